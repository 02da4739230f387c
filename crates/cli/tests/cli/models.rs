//! `ocelli models`, and names instead of paths: with a mirror on this machine that serves well or badly.

use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use crate::binary::{assert_fails, assert_ok, command, json_lines, quick_model, stderr, write_model};
use ocelli_fetch::Digest;
use ocelli_model::{REGISTRY, RegistryEntry};
use ocelli_testkit::onnx::{Axis, FLOAT, constant_detector};
use ocelli_testkit::{HttpReply, HttpServer, OnnxModel, TestFolder, asset};
use serde_json::Value;

const SCENE: &str = "synthetic:?frames=2&size=64x64";
const CACHED: &str = "cache/models/yolox-nano.onnx";

/// `ocelli`, with a cache in `folder` and nothing of this machine's environment.
fn ocelli(folder: &TestFolder, mirror: &str) -> Command {
    let mut command = command(folder.path());
    for name in ["OCELLI_OFFLINE", "XDG_CACHE_HOME", "HOME", "SSL_CERT_FILE"] {
        command.env_remove(name);
    }
    command.env("OCELLI_CACHE", folder.join("cache")).env("OCELLI_MODEL_MIRROR", mirror);
    command
}

fn run(command: &mut Command, arguments: &[&str]) -> Output {
    command.args(arguments).output().expect("the binary starts")
}

fn stdout(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[track_caller]
fn stdout_json(output: &Output) -> Value {
    assert_ok(output);
    serde_json::from_slice(&output.stdout).expect("JSON on stdout")
}

/// The file that is called yolox-nano, and a server that has it at the path of its own address.
fn yolox() -> Option<(Vec<u8>, HttpServer)> {
    let file = fs::read(asset("models/yolox_nano_416_fp32.onnx")?).unwrap();
    let address = RegistryEntry::find("yolox-nano").unwrap().address();
    let path = address.strip_prefix("https://github.com").unwrap().to_owned();
    let served = file.clone();
    let server = HttpServer::start(move |request, _| match request.path == path {
        true => HttpReply::file(request, &served),
        false => HttpReply::new("404 Not Found", &["Content-Length: 0"], b""),
    });
    Some((file, server))
}

/// A server that nobody may ask.
fn silent() -> HttpServer {
    HttpServer::of(Vec::new())
}

#[test]
fn the_registry_names_the_very_files_that_we_test_with() {
    for (name, file) in [
        ("yolox-nano", "models/yolox_nano_416_fp32.onnx"),
        ("movenet-lightning-int8", "models/movenet_singlepose_lightning_int8_4.tflite"),
    ] {
        let Some(path) = asset(file) else { continue };
        let (bytes, entry) = (fs::read(path).unwrap(), RegistryEntry::find(name).unwrap());
        assert_eq!(bytes.len() as u64, entry.size_bytes, "{name}");
        assert_eq!(Digest::of(&*bytes).unwrap(), Digest(entry.sha256), "{name}");
    }
}

#[test]
fn a_model_is_pulled_once_and_then_run_by_its_name() {
    let Some((file, server)) = yolox() else { return };
    let folder = TestFolder::new("models");
    let mirror = server.address("/");
    let pulled = run(&mut ocelli(&folder, &mirror), &["models", "pull", "yolox-nano"]);
    assert_ok(&pulled);
    assert_eq!(stdout(&pulled).trim_end(), folder.join(CACHED).to_str().unwrap());
    assert!(stderr(&pulled).contains(&mirror), "where from is said: {}", stderr(&pulled));
    assert!(fs::read(folder.join(CACHED)).unwrap() == file);

    for arguments in
        [&["models", "pull", "yolox-nano"][..], &["run", SCENE, "--model", "yolox-nano", "--sink", "jsonl:o"]]
    {
        let output = run(ocelli(&folder, &mirror).env("OCELLI_OFFLINE", "1"), arguments);
        assert_ok(&output);
        assert!(!stderr(&output).contains("pulling"), "{}", stderr(&output));
    }
    assert_eq!(json_lines(&folder.join("o"))[0]["model"], "yolox-nano@416");
    assert_eq!(server.requests().len(), 1);

    let told = stdout_json(&run(&mut ocelli(&folder, &mirror), &["models", "info", "yolox-nano", "--json"]));
    assert_eq!(told["registry"]["state"], "cached");
    assert_eq!(told["file"]["sha256"], told["registry"]["sha256"]);
    let card = &told["file"]["card"];
    assert_eq!((&card["head"], &card["runs"]), (&"yolox".into(), &true.into()));
    assert_eq!(card["input"]["channels"], "bgr");
    assert_eq!(told["file"]["inputs"][0]["shape"], Value::from(vec![1, 3, 416, 416]));
}

#[test]
fn the_first_run_pulls_and_says_so() {
    let Some((_, server)) = yolox() else { return };
    let folder = TestFolder::new("models");
    let arguments = ["run", SCENE, "--model", "yolox-nano", "--quiet"];
    let output = run(&mut ocelli(&folder, &server.address("/")), &arguments);
    assert_ok(&output);
    assert!(
        stderr(&output).contains("yolox-nano is not in the cache: pulling 3.7 MB"),
        "{}",
        stderr(&output)
    );
    assert_eq!(server.requests().len(), 1);
}

#[test]
fn a_damaged_file_in_the_cache_is_noticed() {
    let Some((file, server)) = yolox() else { return };
    let folder = TestFolder::new("models");
    let mirror = server.address("/");
    let mut damaged = file.clone();
    damaged[1_000_000] ^= 1;
    fs::create_dir_all(folder.join("cache/models")).unwrap();
    fs::write(folder.join(CACHED), &damaged).unwrap();
    let arguments = ["run", SCENE, "--model", "yolox-nano"];
    let output = run(ocelli(&folder, &mirror).arg("run").args(&arguments[1..]), &["--offline"]);
    assert_fails(&output, 1, &["yolox-nano is damaged in the cache", "sha256"]);
    let list = run(&mut ocelli(&folder, &mirror), &["models", "list"]);
    assert!(stdout(&list).contains("damaged"), "{}", stdout(&list));

    let output = run(&mut ocelli(&folder, &mirror), &arguments);
    assert_ok(&output);
    assert!(stderr(&output).contains("is damaged in the cache"), "{}", stderr(&output));
    assert!(fs::read(folder.join(CACHED)).unwrap() == file);
}

#[test]
fn two_processes_pull_at_once() {
    let Some((file, server)) = yolox() else { return };
    let folder = TestFolder::new("models");
    let mut children: Vec<_> = (0..3)
        .map(|_| {
            let mut command = ocelli(&folder, &server.address("/"));
            command.args(["models", "pull", "yolox-nano"]).stdout(Stdio::piped()).stderr(Stdio::piped());
            command.spawn().expect("the binary starts")
        })
        .collect();
    for child in children.drain(..) {
        assert_ok(&child.wait_with_output().unwrap());
    }
    assert_eq!(server.requests().len(), 1);
    assert!(fs::read(folder.join(CACHED)).unwrap() == file);
    assert_eq!(fs::read_dir(folder.join("cache/models")).unwrap().count(), 1, "something was left beside it");
}

/// A file size limit stands in for the full disk.
#[test]
fn a_disk_that_is_full_is_said_and_what_came_is_kept() {
    let Some((file, server)) = yolox() else { return };
    let folder = TestFolder::new("models");
    let mirror = server.address("/");
    let mut shell = Command::new("sh");
    shell
        .args(["-c", "trap '' XFSZ; ulimit -f 1000; exec \"$@\"", "sh"])
        .args([env!("CARGO_BIN_EXE_ocelli"), "models", "pull", "yolox-nano"])
        .env("OCELLI_CACHE", folder.join("cache"))
        .env("OCELLI_MODEL_MIRROR", &mirror);
    let output = shell.output().expect("sh starts");
    assert_fails(&output, 1, &["yolox-nano.onnx.part", "are here and kept"]);
    assert!(stderr(&output).contains("make room"), "{}", stderr(&output));
    let kept = fs::metadata(folder.join("cache/models/yolox-nano.onnx.part")).unwrap().len() as usize;
    assert!((1..file.len()).contains(&kept), "{kept} bytes");

    assert_ok(&run(&mut ocelli(&folder, &mirror), &["models", "pull", "yolox-nano"]));
    assert_eq!(server.requests().last().unwrap().from_byte(), Some(kept));
    assert!(fs::read(folder.join(CACHED)).unwrap() == file);
}

#[test]
fn offline_is_an_error_with_a_hint_and_no_request() {
    let (folder, server) = (TestFolder::new("models"), silent());
    let mirror = server.address("/");
    let arguments = ["run", SCENE, "--model", "yolox-nano"];
    let flag = run(ocelli(&folder, &mirror).args(arguments), &["--offline"]);
    let variable = run(ocelli(&folder, &mirror).env("OCELLI_OFFLINE", "1"), &arguments);
    let pull = run(&mut ocelli(&folder, &mirror), &["models", "pull", "yolox-nano", "--offline"]);
    for output in [flag, variable, pull] {
        assert_fails(&output, 1, &["yolox-nano is not in the cache", "downloads are off"]);
        assert!(stderr(&output).contains("ocelli models pull yolox-nano"), "{}", stderr(&output));
    }
    assert_eq!(server.requests(), []);
    run(ocelli(&folder, &mirror).env("OCELLI_OFFLINE", "0"), &arguments);
    assert_eq!(server.requests().len(), 1, "OCELLI_OFFLINE=0 is online");
}

#[test]
fn wrong_bytes_are_never_used() {
    let size_bytes = RegistryEntry::find("yolox-nano").unwrap().size_bytes as usize;
    let (folder, server) = (TestFolder::new("models"), HttpServer::of(vec![0; size_bytes]));
    for arguments in [&["models", "pull", "yolox-nano"][..], &["run", SCENE, "--model", "yolox-nano"]] {
        let output = run(&mut ocelli(&folder, &server.address("/")), arguments);
        assert_fails(&output, 1, &["127.0.0.1", "sha256"]);
        assert_eq!(fs::read_dir(folder.join("cache/models")).unwrap().count(), 0);
    }
}

#[test]
fn a_mirror_that_must_not_be_asked_is_refused() {
    let folder = TestFolder::new("models");
    for mirror in ["http://example.com/", "ftp://127.0.0.1/", "/srv/models"] {
        let output = run(&mut ocelli(&folder, mirror), &["models", "pull", "yolox-nano"]);
        assert_fails(&output, 2, &["OCELLI_MODEL_MIRROR", mirror]);
    }
}

#[test]
fn names_that_are_none_and_models_that_cannot_be_run() {
    let (folder, server) = (TestFolder::new("models"), silent());
    let mirror = server.address("/");
    for arguments in [
        &["models", "pull", "yolo"][..],
        &["models", "info", "yolo"],
        &["run", SCENE, "--model", "yolo"],
        &["models", "pull", "../yolo"],
    ] {
        let output = run(&mut ocelli(&folder, &mirror), arguments);
        assert_fails(&output, 1, &["yolo", "neither a file nor a model"]);
        assert!(stderr(&output).contains("yolox-nano"), "the names are listed: {}", stderr(&output));
    }
    let output = run(&mut ocelli(&folder, &mirror), &["run", SCENE, "--model", "movenet-lightning-int8"]);
    assert_fails(&output, 1, &["movenet-lightning-int8", "cannot be run yet"]);
    assert_eq!(server.requests(), []);
}

#[test]
fn a_file_of_that_name_goes_before_the_registry() {
    let (folder, server) = (TestFolder::new("models"), silent());
    fs::rename(quick_model(&folder), folder.join("yolox-nano")).unwrap();
    let arguments = ["run", SCENE, "--model", "yolox-nano", "--sink", "jsonl:o"];
    assert_ok(&run(&mut ocelli(&folder, &server.address("/")), &arguments));
    assert_eq!(json_lines(&folder.join("o"))[0]["model"], "yolox-nano@64");
    assert_eq!(server.requests(), []);
}

#[test]
fn the_list_says_what_there_is_and_where_it_would_be() {
    let folder = TestFolder::new("models");
    let list = run(&mut ocelli(&folder, ""), &["models", "list"]);
    assert_ok(&list);
    for entry in REGISTRY {
        let text = stdout(&list);
        let row = text.lines().find(|line| line.starts_with(entry.name)).expect("a row for each");
        for word in [entry.licence, "not here", &entry.task.to_string()] {
            assert!(row.contains(word), "{word} is missing in: {row}");
        }
    }
    let path_with = |set: &[(&str, &str)]| {
        let mut command = ocelli(&folder, "");
        command.env_remove("OCELLI_CACHE").envs(set.iter().copied());
        let rows = stdout_json(&run(&mut command, &["models", "list", "--json"]));
        assert_eq!((&rows[0]["state"], &rows[1]["runs"]), (&"absent".into(), &false.into()));
        rows[0]["path"].as_str().unwrap().to_owned()
    };
    let (cache, xdg, home) = (("OCELLI_CACHE", "/o"), ("XDG_CACHE_HOME", "/x"), ("HOME", "/h"));
    assert_eq!(path_with(&[cache, xdg, home]), "/o/models/yolox-nano.onnx");
    assert_eq!(path_with(&[xdg, home]), "/x/ocelli/models/yolox-nano.onnx");
    assert_eq!(path_with(&[home]), "/h/.cache/ocelli/models/yolox-nano.onnx");
    assert_eq!(path_with(&[("XDG_CACHE_HOME", "relative"), home]), "/h/.cache/ocelli/models/yolox-nano.onnx");
    let nowhere = run(ocelli(&folder, "").env_remove("OCELLI_CACHE"), &["models", "list"]);
    assert_fails(&nowhere, 1, &["OCELLI_CACHE"]);
}

#[test]
fn a_file_is_told_even_where_it_cannot_be_run() {
    let folder = TestFolder::new("models");
    let shape = [Axis::Fixed(1), Axis::Fixed(3), Axis::Fixed(64), Axis::Fixed(64)];
    let headless = OnnxModel::new(13).input("x", FLOAT, &shape).output("y", FLOAT, &shape).node(
        "Relu",
        &["x"],
        "y",
        &[],
    );
    let headless = write_model(&folder, "headless.onnx", &headless);
    let output = run(&mut ocelli(&folder, ""), &["models", "info", &headless]);
    assert_ok(&output);
    for words in ["input     x f32[1, 3, 64, 64]", "output    y f32[1, 3, 64, 64]", "card      none"] {
        assert!(stdout(&output).contains(words), "{words} is missing in: {}", stdout(&output));
    }
    assert!(stderr(&output).contains("the known heads are"), "{}", stderr(&output));
    let told = stdout_json(&run(&mut ocelli(&folder, ""), &["models", "info", &headless, "--json"]));
    assert!(told["file"]["card"].is_null() && told["file"]["card_error"].is_string(), "{told}");
    assert_eq!(told["file"]["sha256"], Digest::of(&*fs::read(&headless).unwrap()).unwrap().to_string());

    fs::write(folder.join("text.onnx"), b"no model\n").unwrap();
    assert_fails(&run(&mut ocelli(&folder, ""), &["models", "info", "text.onnx"]), 1, &["text.onnx"]);
    assert_fails(&run(&mut ocelli(&folder, ""), &["models", "info", "none.onnx"]), 1, &["none.onnx"]);
}

#[test]
fn the_card_that_is_printed_is_one_to_begin_from() {
    let folder = TestFolder::new("models");
    let model = quick_model(&folder);
    let output = run(&mut ocelli(&folder, ""), &["models", "info", &model, "--toml"]);
    assert_ok(&output);
    let card = stdout(&output).replace("\"class1\"", "\"a thing\"");
    fs::write(Path::new(&model).with_extension("toml"), card).unwrap();
    assert_ok(&run(&mut ocelli(&folder, ""), &["run", SCENE, "--model", &model, "--sink", "jsonl:o"]));
    assert_eq!(json_lines(&folder.join("o"))[0]["detections"][0]["class"], "a thing");
}

/// Each example of a card in the guide is a card, for a model of 2 classes or of 80.
#[test]
fn the_cards_in_the_guide_are_cards() {
    let folder = TestFolder::new("models");
    let of_80 = write_model(&folder, "80.onnx", &constant_detector(64, 84, |_, _| 0.0));
    let models = [quick_model(&folder), of_80];
    let guide = include_str!("../../../../docs/guide/models.md");
    let cards: Vec<_> =
        guide.split("```toml\n").skip(1).map(|rest| rest.split("```").next().unwrap()).collect();
    assert!(cards.len() >= 5, "the guide has {} cards", cards.len());
    for card in cards {
        fs::write(folder.join("card.toml"), card).unwrap();
        let fits = models.iter().any(|model| {
            let arguments = ["models", "info", model, "--card", "card.toml", "--json"];
            stdout_json(&run(&mut ocelli(&folder, ""), &arguments))["file"]["card"].is_object()
        });
        assert!(fits, "no card: {card}");
    }
}
