//! The grammar of sources: every kind, what wins over what, what is refused and with which hint, and that nothing
//! panics.

use std::path::Path;

use ocelli_capture::synthetic::SceneOptions;
use ocelli_capture::{DeviceFormat, DeviceUri, OnDisk, SourceErrorKind, SourceUri};
use ocelli_frame::{PixelFormat, Size};
use proptest::prelude::*;

fn nothing(_: &Path) -> Option<OnDisk> {
    None
}

fn parse(text: &str) -> SourceUri {
    SourceUri::parse_with(text, nothing).unwrap_or_else(|error| panic!("{text}: {error}"))
}

fn device(path: &str) -> SourceUri {
    SourceUri::Device(DeviceUri::at(path))
}

#[test]
fn each_kind_is_told_from_the_others() {
    for (text, uri) in [
        ("0", device("/dev/video0")),
        ("12", device("/dev/video12")),
        ("/dev/video0", device("/dev/video0")),
        ("v4l2:///dev/video0", device("/dev/video0")),
        ("v4l2:/dev/video0", device("/dev/video0")),
        ("v4l2:1", device("/dev/video1")),
        ("clip.mp4", SourceUri::Video("clip.mp4".into())),
        ("no-ending", SourceUri::Video("no-ending".into())),
        ("a:b.mp4", SourceUri::Video("a:b.mp4".into())),
        ("file:clip.mp4", SourceUri::Video("clip.mp4".into())),
        ("file:///data/a.PNG", SourceUri::Image("/data/a.PNG".into())),
        ("file:0", SourceUri::Video("0".into())),
        ("a.jpg", SourceUri::Image("a.jpg".into())),
        ("a.JPEG", SourceUri::Image("a.JPEG".into())),
        ("pictures/", SourceUri::Folder("pictures/".into())),
        ("pictures/*.jpg", SourceUri::Glob("pictures/*.jpg".to_owned())),
        ("a?.png", SourceUri::Glob("a?.png".to_owned())),
        ("a[0-9].png", SourceUri::Glob("a[0-9].png".to_owned())),
        ("synthetic:", SourceUri::Synthetic(SceneOptions::default())),
    ] {
        assert_eq!(parse(text), uri, "{text}");
    }
    assert!(matches!(parse("rtsp://cam/live"), SourceUri::Rtsp(url) if url.expose() == "rtsp://cam/live"));
    assert!(matches!(parse("RTSPS://cam"), SourceUri::Rtsp(_)));
    assert!(matches!(parse("https://example.com/a.mp4?x=[1]"), SourceUri::Http(_)));
}

#[test]
fn what_exists_on_disk_wins() {
    let as_found = |text: &str, found| SourceUri::parse_with(text, |_| Some(found)).unwrap();
    assert_eq!(as_found("0", OnDisk::File), SourceUri::Video("0".into()));
    assert_eq!(as_found("0", OnDisk::Folder), SourceUri::Folder("0".into()));
    assert_eq!(as_found("a[1].png", OnDisk::File), SourceUri::Image("a[1].png".into()));
    assert_eq!(as_found("synthetic:", OnDisk::File), SourceUri::Video("synthetic:".into()));
    assert_eq!(as_found("clip.mp4", OnDisk::Folder), SourceUri::Folder("clip.mp4".into()));
    assert_eq!(as_found("/dev/v4l/by-id/cam", OnDisk::Device), device("/dev/v4l/by-id/cam"));
    let behind_file = |path: &Path| (path == Path::new("x*")).then_some(OnDisk::Folder);
    let uri = SourceUri::parse_with("file:x*", behind_file).unwrap();
    assert_eq!(uri, SourceUri::Folder("x*".into()));
}

#[test]
fn the_disk_itself_is_asked() {
    let here = env!("CARGO_MANIFEST_DIR");
    assert_eq!(SourceUri::parse(here).unwrap(), SourceUri::Folder(here.into()));
    let manifest = format!("{here}/Cargo.toml");
    assert_eq!(SourceUri::parse(&manifest).unwrap(), SourceUri::Video(manifest.into()));
    assert_eq!(SourceUri::parse("/dev/null").unwrap(), device("/dev/null"));
}

#[test]
fn options_are_read() {
    let SourceUri::Device(camera) = parse("v4l2:///dev/video0?size=1280x720&fps=59.94&format=mjpg") else {
        panic!("not a device")
    };
    assert_eq!(camera.size, Some(Size { width: 1280, height: 720 }));
    assert_eq!((camera.fps, camera.format), (Some(59.94), Some(DeviceFormat::Mjpg)));
    let SourceUri::Device(camera) = parse("v4l2:0?format=yuyv") else { panic!("not a device") };
    assert_eq!(camera.format, Some(DeviceFormat::Raw(PixelFormat::Yuyv)));
    let scene = SceneOptions {
        size: Size { width: 320, height: 240 },
        fps: 15.0,
        frames: Some(300),
        objects: 3,
        seed: 9,
    };
    let text = "synthetic:?size=320x240&fps=15&frames=300&objects=3&seed=9";
    assert_eq!(parse(text), SourceUri::Synthetic(scene));
}

#[test]
fn what_is_printed_reads_back_the_same() {
    for text in [
        "/dev/video3",
        "v4l2:///dev/video0?size=1280x720&fps=60&format=MJPG",
        "v4l2:///dev/video0?buffers=20",
        "v4l2:///dev/video0?reconnect=0&timeout=2.5&export=dmabuf",
        "v4l2:///dev/video0?buffers=8&memory=userptr",
        "v4l2:///dev/video0?export=dmabuf&memory=mmap",
        "v4l2:///dev/video0?size=640x480&ctrl.exposure_auto=1&ctrl.gain=-3",
        "clip.mp4",
        "a*.png",
        "rtsp://cam:554/live",
        "synthetic:?size=320x240&fps=15&frames=300&objects=3&seed=9",
    ] {
        assert_eq!(parse(text).to_string(), text);
    }
    assert_eq!(parse("rtsp://user:pw@cam/live").to_string(), "rtsp://user:***@cam/live");
    assert!(!format!("{:?}", parse("http://user:pw@example.com/live")).contains("pw"));
    assert_eq!(parse(&parse("synthetic:").to_string()), parse("synthetic:"));
}

#[test]
fn what_is_wrong_is_named_with_what_is_known() {
    for (text, message, hint) in [
        ("", "an empty source", "rtsp://"),
        ("ftp://host/x", "unknown kind of source `ftp://host/x`", "known: file:, v4l2:"),
        ("ftp://u:pw@host/x", "unknown kind of source `ftp://u:***@host/x`", "known: "),
        ("rtsp://", "`rtsp://` is not an address", "rtsp://host"),
        ("file:", "`file:` without a path", "file:clip.mp4"),
        ("v4l2:", "`v4l2:` without a device", "/dev/video0"),
        ("v4l2:0?speed=9", "unknown option `speed`", "known: size=WxH, fps=F, format=NAME, buffers=N"),
        ("v4l2:0?format=RGBX", "unknown format `RGBX`", "known: MJPG, I420, NV12, YUYV"),
        ("v4l2:0?buffers=33", "33 buffers", "from 2 to 32"),
        ("v4l2:0?buffers=1", "1 buffers", "from 2 to 32"),
        ("v4l2:0?memory=gpu", "`memory=gpu`", "known: memory=mmap, memory=userptr"),
        (
            "v4l2:0?memory=userptr&export=dmabuf",
            "`export=dmabuf` and `memory=userptr` in one",
            "leave one of the two out",
        ),
        ("synthetic:?colour=1", "unknown option `colour`", "known: size=WxH, fps=F, frames=N, objects=N"),
        ("synthetic:?size", "`size` has no value", "`size=…`"),
        ("synthetic:?size=640", "`size=640` is not a size", "640x480"),
        ("synthetic:?size=0x480", "`size=0x480` is not a size", "640x480"),
        ("synthetic:?size=99999x99999", "a scene of 99999x99999 pixels", "64x64"),
        ("synthetic:?size=8x8", "a scene of 8x8 pixels", "64x64"),
        ("synthetic:?fps=0", "`fps=0` is not a number of frames a second", "29.97"),
        ("synthetic:?fps=NaN", "`fps=NaN` is not a number of frames a second", "29.97"),
        ("synthetic:?frames=-1", "`frames=-1` is not a whole number", "300"),
        ("synthetic:?objects=9999", "a scene of 9999 objects", "64"),
        ("synthetic:cats", "`synthetic:` has no `cats`", "synthetic:?size"),
    ] {
        let error = SourceUri::parse_with(text, nothing).expect_err(text);
        assert_eq!(error.kind(), SourceErrorKind::BadUri, "{text}");
        assert!(error.to_string().contains(message), "{text}: {error}");
        assert!(error.hint().contains(hint), "{text}: {}", error.hint());
    }
}

proptest! {
    #[test]
    fn any_text_is_a_source_or_an_error(text in ".{0,40}", scheme in "(v4l2:|synthetic:\\?|rtsp://|file:)?") {
        let _ = SourceUri::parse_with(&format!("{scheme}{text}"), nothing);
    }
}
