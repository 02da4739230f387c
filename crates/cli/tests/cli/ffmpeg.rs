//! Footage that ffmpeg reads, through the binary: what is said of it, and that a child which dies, hangs or outlives its
//! use takes nothing else with it.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::Duration;

use crate::binary::{assert_fails, assert_ok, command, json, json_lines, ocelli, stderr};
use ocelli_testkit::{TestFolder, asset, program};

/// ffmpeg with these arguments, split at spaces, making `name` in the folder; `None` where there is no ffmpeg.
fn make(folder: &TestFolder, arguments: &str, name: &str) -> Option<String> {
    let path = folder.join(name);
    let mut ffmpeg = Command::new(program("ffmpeg")?);
    ffmpeg.args(["-nostdin", "-v", "error", "-y"]).args(arguments.split(' ')).arg(&path);
    assert!(ffmpeg.status().unwrap().success(), "{arguments}");
    Some(path.to_str().unwrap().to_owned())
}

/// A folder for `PATH` in which a script of ours is called ffmpeg; in it, `$REAL` is the real one.
fn instead_of_ffmpeg(folder: &TestFolder, script: &str) -> Option<String> {
    let real = program("ffmpeg")?;
    let path = folder.join("path");
    fs::create_dir(&path).unwrap();
    let program = path.join("ffmpeg");
    fs::write(&program, format!("#!/bin/sh\nREAL={}\n{script}\n", real.display())).unwrap();
    let mut permissions = fs::metadata(&program).unwrap().permissions();
    std::os::unix::fs::PermissionsExt::set_mode(&mut permissions, 0o755);
    fs::set_permissions(&program, permissions).unwrap();
    let old = std::env::var("PATH").unwrap_or_default();
    Some(format!("{}:{old}", path.display()))
}

/// Looks until it is so; panics after a minute.
#[track_caller]
fn wait_until(what: &str, mut is_so: impl FnMut() -> bool) {
    for _ in 0..6_000 {
        if is_so() {
            return;
        }
        thread::sleep(Duration::from_millis(10));
    }
    panic!("a minute without {what}");
}

fn send(signal: &str, process: &str) {
    assert!(Command::new("kill").args([signal, process.trim()]).status().unwrap().success());
}

/// Whether a process has ended, looked at by somebody or not.
fn is_gone(process: &str) -> bool {
    let stat = fs::read_to_string(format!("/proc/{}/stat", process.trim()));
    stat.map_or(true, |stat| stat.contains(") Z "))
}

/// Whether a process has its own way to end on SIGTERM, which is number 15.
fn handles_sigterm(process: u32) -> bool {
    let status = fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let caught = status.lines().find_map(|line| line.strip_prefix("SigCgt:")).unwrap_or("0");
    u64::from_str_radix(caught.trim(), 16).is_ok_and(|caught| caught & 1 << 14 != 0)
}

/// What a script wrote, once it is a whole line.
#[track_caller]
fn line_of(path: &Path) -> String {
    let mut line = String::new();
    wait_until("a line", || {
        line = fs::read_to_string(path).unwrap_or_default();
        line.ends_with('\n')
    });
    line
}

fn lines_of(path: &Path) -> usize {
    fs::read(path).map_or(0, |bytes| bytes.iter().filter(|byte| **byte == b'\n').count())
}

#[test]
fn another_codec_is_read_and_that_is_said() {
    let (Some(clip), Some(_)) = (asset("media/mmpose_posetrack_mpii.mp4"), program("ffmpeg")) else { return };
    let folder = TestFolder::new("ffmpeg");
    let arguments = ["run", clip.to_str().unwrap(), "--model", "none", "--quiet"];
    let output = command(folder.path())
        .args(arguments)
        .args(["--sink", "jsonl:o.jsonl", "--summary", "s.json"])
        .output();
    let output = output.unwrap();
    assert_ok(&output);
    let said = "mmpose_posetrack_mpii.mp4: read through ffmpeg (codec mpeg4)";
    assert_eq!(stderr(&output), format!("note: {said}\n"));
    assert_eq!(json(&folder.join("s.json"))["events"], serde_json::json!([said]));
    let lines = json_lines(&folder.join("o.jsonl"));
    assert_eq!(lines.len(), 5);
    assert!(lines.iter().enumerate().all(|(n, line)| line["seq"] == n && line["size"][0] == 1280));
}

#[test]
fn without_ffmpeg_the_package_is_named() {
    let Some(clip) = asset("media/mmpose_posetrack_mpii.mp4") else { return };
    let folder = TestFolder::new("ffmpeg");
    let output = command(folder.path())
        .args(["run", clip.to_str().unwrap(), "--model", "none"])
        .env("PATH", folder.path())
        .output()
        .unwrap();
    assert_fails(&output, 1, &["mmpose_posetrack_mpii.mp4", "MPEG-4 part 2", "ffmpeg", "PATH"]);
    assert!(stderr(&output).contains("apt install ffmpeg"), "{}", stderr(&output));
}

#[test]
fn what_ffmpeg_cannot_read_either_is_named() {
    let folder = TestFolder::new("ffmpeg");
    let Some(_) = make(&folder, "-f lavfi -i sine=d=0.2", "sound.mkv") else { return };
    fs::write(folder.join("junk.mkv"), (0..50_000u32).map(|n| (n * n / 7) as u8).collect::<Vec<_>>())
        .unwrap();
    for (name, words) in [("sound.mkv", "no video in it"), ("junk.mkv", "Invalid data")] {
        let output = ocelli(folder.path(), ["run", name, "--model", "none"]);
        assert_fails(&output, 1, &[name, words]);
    }
}

#[test]
fn no_name_is_taken_for_an_option_or_an_address() {
    let folder = TestFolder::new("ffmpeg");
    let Some(clip) = make(&folder, "-f lavfi -i testsrc=s=64x48:d=0.2", "clip.avi") else { return };
    for name in ["-y.avi", "a:b.avi", "a b.avi", "%03d.avi"] {
        fs::copy(&clip, folder.join(name)).unwrap();
        let arguments = ["run", "--model", "none", "--sink", "jsonl:o.jsonl", "--quiet", "--", name];
        assert_ok(&ocelli(folder.path(), arguments));
        assert_eq!(json_lines(&folder.join("o.jsonl")).len(), 5, "{name}");
    }
}

#[test]
fn a_hardware_decoder_is_passed_on_and_never_replaced_in_silence() {
    let (Some(clip), Some(_)) = (asset("media/pup_sample.mp4"), program("ffmpeg")) else { return };
    let folder = TestFolder::new("ffmpeg");
    let run = |name: &str| {
        let clip = clip.to_str().unwrap();
        ocelli(
            folder.path(),
            ["run", clip, "--model", "none", &format!("--hwaccel={name}"), "--summary", "s.json"],
        )
    };
    assert_fails(&run("abacus"), 1, &["pup_sample.mp4", "abacus"]);
    assert_fails(&run("-i"), 1, &["-i"]);
    assert_ok(&run("none"));
    let event = &json(&folder.join("s.json"))["events"][0];
    assert!(event.as_str().unwrap().contains("hwaccel none"), "{event}");
}

/// A release before 5.1 knows `-fps_mode` by another name.
#[test]
fn an_older_ffmpeg_is_spoken_to_in_its_own_words() {
    let folder = TestFolder::new("ffmpeg");
    let Some(_) = make(&folder, "-f lavfi -i testsrc=s=64x48:d=0.2", "clip.avi") else { return };
    let script = "case \"$*\" in *-fps_mode*) echo \"[error] Unrecognized option 'fps_mode'.\" >&2; exit 1;; esac\n\
                  exec $REAL \"$@\"";
    let path = instead_of_ffmpeg(&folder, script).unwrap();
    let mut run = command(folder.path());
    run.args(["run", "clip.avi", "--model", "none", "--sink", "jsonl:o.jsonl"]).env("PATH", path);
    assert_ok(&run.output().unwrap());
    assert_eq!(json_lines(&folder.join("o.jsonl")).len(), 5);
}

/// A run over a clip of some minutes' work, whose ffmpeg leaves its number in `number`.
fn long_run(folder: &TestFolder, more: &[&str]) -> Option<(Child, String)> {
    make(folder, "-f lavfi -i testsrc=s=64x48:r=100 -frames:v 20000 -c:v mjpeg", "long.avi")?;
    let path = instead_of_ffmpeg(folder, "echo $$ > number\nexec $REAL \"$@\"")?;
    let child = command(folder.path())
        .args(["run", "long.avi", "--backend", "fake:10ms", "--sink", "jsonl:o.jsonl", "--quiet"])
        .args(more)
        .env("PATH", path)
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    wait_until("results", || lines_of(&folder.join("o.jsonl")) > 10);
    Some((child, line_of(&folder.join("number"))))
}

#[test]
fn a_child_that_is_killed_ends_its_source_and_nothing_else() {
    let folder = TestFolder::new("ffmpeg");
    let more = ["synthetic:?frames=1000&size=64x64", "--summary", "s.json"];
    let Some((child, number)) = long_run(&folder, &more) else { return };
    send("-KILL", &number);
    let output = child.wait_with_output().unwrap();
    assert_fails(&output, 1, &["long.avi: frame ", "SIGKILL"]);
    let lines = json_lines(&folder.join("o.jsonl"));
    let of = |name: &str| lines.iter().filter(|line| line["source"] == name).count() as u64;
    let summary = json(&folder.join("s.json"));
    let clip = &summary["sources"]["long.avi"];
    assert!(
        of("long.avi") > 0 && clip["emitted"] == of("long.avi") && clip["captured"] == of("long.avi"),
        "{clip}"
    );
    assert_eq!(lines.len() as u64 - of("long.avi"), 1000, "the scene goes on to its end");
}

#[test]
fn whoever_dies_no_child_is_left() {
    for (signal, succeeds) in [("-TERM", true), ("-KILL", false)] {
        let folder = TestFolder::new("ffmpeg");
        let Some((mut child, number)) = long_run(&folder, &[]) else { return };
        assert!(!is_gone(&number));
        send(signal, &child.id().to_string());
        assert_eq!(child.wait().unwrap().success(), succeeds);
        wait_until("the end of ffmpeg", || is_gone(&number));
    }
}

#[test]
fn a_child_that_hangs_holds_nobody_up() {
    // At once; and after a few pictures, with a child of its own that holds the pipe open.
    let some_pictures = "$REAL \"$@\" | head -c 20000; sleep 1000";
    for (script, pictures) in [("exec sleep 1000", false), (some_pictures, true)] {
        let folder = TestFolder::new("ffmpeg");
        let Some(_) = make(&folder, "-f lavfi -i testsrc=s=64x48:d=2", "clip.avi") else { return };
        let path = instead_of_ffmpeg(&folder, &format!("echo $$ > number\n{script}")).unwrap();
        let mut child = command(folder.path())
            .args(["run", "clip.avi", "--model", "none", "--sink", "jsonl:o.jsonl", "--summary", "s.json"])
            .env("PATH", path)
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        // The note says that the source is open.
        let mut said = BufReader::new(child.stderr.take().unwrap());
        let mut note = String::new();
        said.read_line(&mut note).unwrap();
        assert!(note.contains("clip.avi: read through ffmpeg"), "{note}");
        wait_until("pictures", || !pictures || lines_of(&folder.join("o.jsonl")) >= 4);
        wait_until("a handler", || handles_sigterm(child.id()));
        send("-TERM", &child.id().to_string());
        let status = child.wait().unwrap();
        assert!(status.success(), "{status}");
        assert_eq!(json(&folder.join("s.json"))["stopped"], true);
        assert!(is_gone(&line_of(&folder.join("number"))), "reaped before the run is over");
    }
}

/// Serves these bytes to whoever asks for a path that begins with `/clip`, until the test is over.
fn serve(bytes: Vec<u8>) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut lines = BufReader::new(stream.try_clone().unwrap()).lines().map_while(Result::ok);
            let asked = lines.next().unwrap_or_default();
            lines.take_while(|line| !line.is_empty()).for_each(drop);
            let found = asked.starts_with("GET /clip");
            let (status, body) =
                if found { ("200 OK", bytes.as_slice()) } else { ("404 Not Found", &b""[..]) };
            let length = body.len();
            let head = format!("HTTP/1.1 {status}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n");
            // Whoever asks may have seen enough before the end.
            let _ = stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(body));
        }
    });
    port
}

#[test]
fn a_web_address_is_read_and_its_password_never_told() {
    let folder = TestFolder::new("ffmpeg");
    let Some(clip) = make(&folder, "-f lavfi -i testsrc=s=64x48:d=2", "clip.mkv") else { return };
    let port = serve(fs::read(clip).unwrap());
    let url = |path: &str| format!("http://someone:s3cret@127.0.0.1:{port}/{path}?token=t0ken");
    let run = |path: &str| {
        let arguments =
            ["run", &url(path), "--model", "none", "--sink", "jsonl:o.jsonl", "--summary", "s.json"];
        ocelli(folder.path(), arguments)
    };
    let output = run("clip.mkv");
    assert_ok(&output);
    assert_eq!(json_lines(&folder.join("o.jsonl")).len(), 50);
    let missing = run("nothing.mkv");
    assert_fails(&missing, 1, &["404"]);
    let written = fs::read_to_string(folder.join("o.jsonl")).unwrap()
        + &fs::read_to_string(folder.join("s.json")).unwrap();
    for text in [stderr(&output), stderr(&missing), written] {
        assert!(text.contains("someone:***@127.0.0.1"), "{text}");
        assert!(!text.contains("s3cret") && !text.contains("t0ken"), "{text}");
    }
}
