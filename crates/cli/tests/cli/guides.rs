//! Every command of README and guide, as it stands there, in a folder with the files that it names.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use ocelli_testkit::{TestFolder, program};

use crate::binary::{assert_ok, ocelli, quick_model, stderr};

/// What is not tried, by words of the command, and why.
const LEFT_OUT: &[(&str, &str)] = &[
    ("demo", "demo.rs runs it"),
    ("ffplay", "wants a display"),
    ("--sink window:", "wants a display; window.rs has one"),
    ("--hwaccel", "wants the hardware"),
    ("models pull", "wants a network; models.rs pulls from a server of its own"),
    ("--model yolox-nano", "the same"),
    ("web:", "serves until it is stopped; web.rs runs it"),
    ("http://", "wants a server; ffmpeg.rs has one"),
    ("/dev/video", "wants a camera; `cargo xtask lab` has some"),
];

fn pages() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let guide = fs::read_dir(root.join("docs/guide")).expect("the guide");
    let mut pages: Vec<_> = guide.map(|entry| entry.expect("a page").path()).collect();
    pages.push(root.join("README.md"));
    pages.sort();
    pages
}

/// The commands of a page, in order: indented lines that call the binary.
fn commands(page: &str) -> Vec<String> {
    let lines = page.lines().filter_map(|line| line.strip_prefix("    "));
    let calls = lines.map(|line| line.replacen("cargo run --release -- ", "ocelli ", 1));
    let tried = calls.filter(|line| line.starts_with("ocelli "));
    tried.filter(|line| !LEFT_OUT.iter().any(|(words, _)| line.contains(words))).collect()
}

/// A folder as a newcomer's: a clip in two containers, pictures, labels, a detector under two names.
fn furnished() -> TestFolder {
    let folder = TestFolder::new("guides");
    let model = quick_model(&folder);
    for name in ["yolov8n.onnx", "model.onnx"] {
        fs::copy(&model, folder.join(name)).unwrap();
    }
    let scene = ["run", "synthetic:?size=320x180&frames=12", "--model", "none", "--quiet"];
    let sinks = ["--sink", "video:clip.mp4", "--sink", "images:pictures"];
    assert_ok(&ocelli(folder.path(), scene.iter().chain(&sinks)));
    fs::create_dir(folder.join("labels")).unwrap();
    for picture in fs::read_dir(folder.join("pictures")).unwrap() {
        let picture = picture.unwrap().path();
        let label = folder.join("labels").join(picture.file_stem().unwrap()).with_extension("txt");
        fs::write(label, "1 0.5 0.5 0.5 0.5\n").unwrap();
        fs::copy(&picture, folder.join("picture.jpg")).unwrap();
    }
    fs::copy(folder.join("picture.jpg"), folder.join("bus.jpg")).unwrap();
    folder
}

#[test]
fn every_command_of_the_guide_works_as_it_stands() {
    let ffmpeg = program("ffmpeg");
    let mut tried = 0;
    for page in pages() {
        let folder = furnished();
        if let Some(ffmpeg) = &ffmpeg {
            let mut remux = Command::new(ffmpeg);
            remux.args(["-v", "error", "-i", "clip.mp4", "-c:v", "mpeg4", "clip.avi"]);
            assert!(remux.current_dir(folder.path()).status().unwrap().success());
        }
        for line in commands(&fs::read_to_string(&page).unwrap()) {
            if ffmpeg.is_none() && line.contains(".avi") {
                continue;
            }
            let output = Command::new("sh")
                .args(["-c", &format!("ocelli() {{ {} \"$@\"; }}; {line}", env!("CARGO_BIN_EXE_ocelli"))])
                .env_remove("OCELLI_ISA")
                .current_dir(folder.path())
                .output()
                .unwrap();
            assert!(output.status.success(), "{}: {line}\n{}", page.display(), stderr(&output));
            tried += 1;
        }
    }
    assert!(tried > 20, "{tried} commands");
}
