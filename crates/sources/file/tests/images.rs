//! Pictures: one, a folder, a pattern; every kind of PNG; JPEG against OpenCV's decoder; EXIF; and what is no picture.

mod support;

use std::fs;
use std::path::{Path, PathBuf};

use ocelli_capture::{Next, Pace, SourceErrorKind};
use ocelli_frame::{ClockKind, Frame, PixelFormat, Size};
use ocelli_source_file::open_images;
use ocelli_testkit::asset;
use png::{BitDepth, ColorType};
use support::{TIMEOUT, options, play, scratch};

/// A PNG of packed samples.
fn png_bytes(
    size: (u32, u32),
    color: ColorType,
    depth: BitDepth,
    data: &[u8],
    exif: Option<&[u8]>,
) -> Vec<u8> {
    let mut info = png::Info::with_size(size.0, size.1);
    (info.color_type, info.bit_depth) = (color, depth);
    info.palette = (color == ColorType::Indexed).then(|| vec![10, 20, 30, 40, 50, 60].into());
    info.exif_metadata = exif.map(|exif| exif.to_vec().into());
    let mut bytes = Vec::new();
    let mut writer = png::Encoder::with_info(&mut bytes, info).unwrap().write_header().unwrap();
    writer.write_image_data(data).unwrap();
    drop(writer);
    bytes
}

fn grey_png(width: u32, height: u32, level: u8) -> Vec<u8> {
    let data = vec![level; (width * height) as usize];
    png_bytes((width, height), ColorType::Grayscale, BitDepth::Eight, &data, None)
}

fn frames_of(path: &Path) -> Vec<Frame> {
    let mut frames = Vec::new();
    let (mut options, _) = options(Pace::Max);
    options.readers = 8;
    play(&mut *open_images(path, &options).unwrap(), |frame| frames.push(frame)).unwrap();
    frames
}

fn only(path: &Path) -> Frame {
    let mut frames = frames_of(path);
    assert_eq!(frames.len(), 1);
    frames.remove(0)
}

/// A folder of this name with these files in it and no others.
fn folder(name: &str, files: &[(&str, Vec<u8>)]) -> PathBuf {
    let folder = scratch("mark", b"").with_file_name(name);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    for (file, bytes) in files {
        fs::write(folder.join(file), bytes).unwrap();
    }
    folder
}

#[test]
fn every_kind_of_png_becomes_rgb_or_grey() {
    use BitDepth::{Eight, One, Sixteen};
    use ColorType::{Grayscale, GrayscaleAlpha, Indexed, Rgb, Rgba};
    type Case<'a> = (ColorType, BitDepth, &'a [u8], PixelFormat, &'a [u8]);
    let cases: [Case<'_>; 7] = [
        (Grayscale, Eight, &[1, 2], PixelFormat::Grey, &[1, 2]),
        (Grayscale, One, &[0b0100_0000], PixelFormat::Grey, &[0, 255]),
        (Grayscale, Sixteen, &[1, 99, 2, 200], PixelFormat::Grey, &[1, 2]),
        (GrayscaleAlpha, Eight, &[1, 0, 2, 255], PixelFormat::Grey, &[1, 2]),
        (Rgb, Eight, &[1, 2, 3, 4, 5, 6], PixelFormat::Rgb24, &[1, 2, 3, 4, 5, 6]),
        (Rgba, Eight, &[1, 2, 3, 0, 4, 5, 6, 128], PixelFormat::Rgb24, &[1, 2, 3, 4, 5, 6]),
        (Indexed, One, &[0b0100_0000], PixelFormat::Rgb24, &[10, 20, 30, 40, 50, 60]),
    ];
    for (color, depth, data, format, pixels) in cases {
        let frame = only(&scratch("kind.png", &png_bytes((2, 1), color, depth, data, None)));
        assert_eq!((frame.info().format, frame.plane(0).row(0)), (format, pixels), "{color:?} {depth:?}");
        assert_eq!(frame.info().name.as_deref(), Some("kind.png"));
    }
}

#[test]
fn exif_turns_pictures_upright() {
    let exif = [b"II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0", &[6u8, 0, 0, 0, 0, 0, 0, 0][..]].concat();
    // Stored on its side: its first row is the upright picture's right column.
    let turned = png_bytes((2, 3), ColorType::Grayscale, BitDepth::Eight, &[2, 5, 1, 4, 0, 3], Some(&exif));
    let frame = only(&scratch("turned.png", &turned));
    assert_eq!(frame.info().size, Size { width: 3, height: 2 });
    assert_eq!((frame.plane(0).row(0), frame.plane(0).row(1)), (&[0, 1, 2][..], &[3, 4, 5][..]));
}

/// Means of R, G, B over the whole picture, and pixel values, from OpenCV 5.0: `cv2.imread(file)[..., ::-1]`.
#[test]
fn jpegs_agree_with_another_decoder() {
    for (file, size, means, places) in JPEGS {
        let Some(path) = asset(file) else { return };
        let frame = only(&path);
        assert_eq!((frame.info().format, frame.info().size), (PixelFormat::Rgb24, *size));
        let plane = frame.plane(0);
        let mut sums = [0u64; 3];
        for row in 0..plane.rows {
            for pixel in plane.row(row).chunks_exact(3) {
                sums.iter_mut().zip(pixel).for_each(|(sum, &value)| *sum += u64::from(value));
            }
        }
        for (sum, mean) in sums.into_iter().zip(means) {
            let found = sum as f64 / (f64::from(size.width) * f64::from(size.height));
            assert!((found - mean).abs() < 0.3, "{file}: {found}, not {mean}");
        }
        for &((x, y), expected) in *places {
            let found = &plane.row(y)[3 * x..3 * x + 3];
            let same = found.iter().zip(expected).all(|(a, b)| a.abs_diff(b) <= 4);
            assert!(same, "{file} at {x}, {y}: {found:?}, not {expected:?}");
        }
    }
}

#[test]
fn all_pictures_of_a_data_set_decode() {
    let Some(path) = asset("media/coco_val64") else { return };
    let mut source = open_images(&path, &options(Pace::Max).0).unwrap();
    assert_eq!(source.info().frames, Some(64));
    let mut names = Vec::new();
    play(&mut *source, |frame| names.push(frame.info().name.clone().unwrap())).unwrap();
    assert_eq!(names.len(), 64);
    assert!(names.is_sorted());
}

#[test]
fn a_folder_comes_in_order_and_grows_its_slots() {
    let files = [
        ("b.PNG", grey_png(30, 20, 2)),
        ("a.png", grey_png(10, 10, 1)),
        ("c.png", grey_png(20, 20, 3)),
        (".hidden.png", grey_png(1, 1, 9)),
        ("notes.txt", b"not a picture".to_vec()),
    ];
    let folder = folder("sizes", &files);
    for path in [folder.clone(), folder.join("*")] {
        let frames = frames_of(&path);
        let seen: Vec<_> = frames
            .iter()
            .map(|frame| {
                let info = frame.info();
                (info.name.as_deref().unwrap(), info.size.width, frame.generation(), frame.plane(0).row(0)[0])
            })
            .collect();
        assert_eq!(seen, [("a.png", 10, 0, 1), ("b.PNG", 30, 1, 2), ("c.png", 20, 1, 3)]);
        assert!(frames.iter().zip(0..).all(|(frame, sequence)| frame.info().sequence == sequence));
    }
}

#[test]
fn live_pictures_come_at_the_rate_asked_for_and_loop() {
    let folder = folder("live", &[("1.png", grey_png(4, 4, 1)), ("2.png", grey_png(4, 4, 2))]);
    let (mut options, _) = options(Pace::Live);
    (options.looped, options.fps) = (true, Some(4.0));
    let mut source = open_images(&folder, &options).unwrap();
    assert_eq!((source.info().frames, source.info().fps), (None, Some(4.0)));
    for sequence in 0..5 {
        let frame = loop {
            if let Next::Frame(frame) = source.next(TIMEOUT).unwrap() {
                break frame;
            }
        };
        assert_eq!((frame.info().sequence, frame.plane(0).row(0)[0]), (sequence, 1 + (sequence % 2) as u8));
        let captured = frame.info().captured;
        assert_eq!((captured.ns, captured.clock), (sequence * 250_000_000, ClockKind::Stream));
    }
}

#[test]
fn a_starved_source_times_out_and_loses_nothing() {
    let files = ["1.png", "2.png", "3.png", "4.png"].map(|name| (name, grey_png(4, 4, name.as_bytes()[0])));
    let mut source = open_images(&folder("starved", &files), &options(Pace::Max).0).unwrap();
    let mut next = || source.next(TIMEOUT).unwrap();
    let held = [next(), next(), next()];
    assert!(held.iter().all(|next| matches!(next, Next::Frame(_))));
    assert!(matches!(next(), Next::TimedOut), "slots for two readers and one of its own");
    drop(held);
    assert!(matches!(next(), Next::Frame(frame) if frame.plane(0).row(0)[0] == b'4'));
    assert!(matches!(next(), Next::Ended));
}

#[test]
fn what_is_no_picture_is_named() {
    use SourceErrorKind::{BadUri, Corrupt, NotFound, TooLarge, Unsupported};
    let whole = grey_png(64, 64, 7);
    let ihdr = 16;
    let mut huge = whole.clone();
    huge[ihdr..ihdr + 8].copy_from_slice(&[0, 1, 0, 0, 0, 1, 0, 0]);
    fix_crc(&mut huge);
    let empty = folder("empty", &[("notes.txt", Vec::new())]);
    for (path, kind, message) in [
        (PathBuf::from("no/such.png"), NotFound, "no/such.png: no such file"),
        (empty.clone(), NotFound, "no pictures in this folder"),
        (empty.join("*.png"), NotFound, "matches no pictures"),
        (PathBuf::from("a[.png"), BadUri, "not a pattern"),
        (scratch("empty.png", b""), Corrupt, "the file is empty"),
        (scratch("text.jpg", b"just words"), Unsupported, "something unknown"),
        (scratch("anim.png", b"GIF89a"), Unsupported, "a GIF"),
        (scratch("head.png", &whole[..20]), Corrupt, "cannot be decoded"),
        (scratch("head.jpg", b"\xff\xd8\xff\xe0\0\x10JFIF\0"), Corrupt, "cannot be decoded"),
        (scratch("huge.png", &huge), TooLarge, "65536x65536 pixels are over the limit"),
        (PathBuf::from("/dev/zero"), Unsupported, "not a regular file"),
    ] {
        let Err(error) = open_images(&path, &options(Pace::Max).0) else {
            panic!("{} opened", path.display())
        };
        assert_eq!(error.kind(), kind, "{error}");
        assert!(error.to_string().contains(message), "{error}");
    }
}

#[test]
fn a_broken_picture_ends_a_folder_and_is_named() {
    let whole = grey_png(64, 64, 7);
    let folder =
        folder("broken", &[("1.png", whole.clone()), ("2.png", whole[..60].to_vec()), ("3.png", whole)]);
    let mut source = open_images(&folder, &options(Pace::Max).0).unwrap();
    let mut frames = 0;
    let error = play(&mut *source, |_| frames += 1).unwrap_err();
    assert_eq!((frames, error.kind()), (1, SourceErrorKind::Corrupt));
    assert!(error.to_string().contains("2.png"), "{error}");
    assert!(matches!(source.next(TIMEOUT), Ok(Next::Ended)));
    // A JPEG that is cut off is an error too, not half a grey picture.
    let Some(path) = asset("media/bus.jpg") else { return };
    let bytes = fs::read(path).unwrap();
    let path = scratch("cut.jpg", &bytes[..bytes.len() / 2]);
    let mut source = open_images(&path, &options(Pace::Max).0).unwrap();
    let error = source.next(TIMEOUT).unwrap_err();
    assert_eq!(error.kind(), SourceErrorKind::Corrupt, "{error}");
}

/// The checksum of a PNG's header chunk, made right again.
fn fix_crc(png: &mut [u8]) {
    let crc = !png[12..29].iter().fold(!0u32, |crc, &byte| {
        (0..8).fold(crc ^ u32::from(byte), |crc, _| crc >> 1 ^ if crc & 1 == 1 { 0xedb8_8320 } else { 0 })
    });
    png[29..33].copy_from_slice(&crc.to_be_bytes());
}

type Place = ((usize, usize), [u8; 3]);

const JPEGS: &[(&str, Size, [f64; 3], &[Place])] = &[
    (
        "media/bus.jpg",
        Size { width: 810, height: 1080 },
        [117.344, 115.611, 118.343],
        &[
            ((10, 10), [190, 166, 128]),
            ((400, 500), [4, 16, 40]),
            ((700, 900), [80, 79, 84]),
            ((33, 777), [97, 88, 93]),
        ],
    ),
    (
        "media/zidane.jpg",
        Size { width: 1280, height: 720 },
        [69.423, 58.304, 51.489],
        &[
            ((10, 10), [86, 61, 54]),
            ((640, 360), [100, 60, 34]),
            ((1000, 200), [149, 86, 55]),
            ((77, 700), [129, 84, 63]),
        ],
    ),
];
