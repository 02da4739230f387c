//! Files that are missing, cut off, broken, crafted, or something else: each is an error that says what and where,
//! after every picture that could be had; none costs more memory than it could justify.

mod support;

use std::path::Path;

use ocelli_capture::{Pace, SourceError, SourceErrorKind};
use ocelli_source_file::open_video;
use ocelli_testkit::CountingAllocator;
use proptest::prelude::*;
use support::{Layout, Sets, clip, mp4, options, play, scratch};

#[global_allocator]
static ALLOCATOR: CountingAllocator = CountingAllocator;

const LUMAS: [u8; 5] = [40, 80, 120, 160, 200];

fn made(layout: Layout) -> Vec<u8> {
    mp4(&[clip(64, 48, &LUMAS, None)], layout, Sets::InIndex)
}

/// Pictures that came out, and how it ended.
fn outcome(path: &Path) -> (usize, Result<(), SourceError>) {
    let mut source = match open_video(path, &options(Pace::Max).0) {
        Ok(source) => source,
        Err(error) => return (0, Err(error)),
    };
    let mut pictures = 0;
    let end = play(&mut *source, |_| pictures += 1);
    assert!(matches!(source.next(support::TIMEOUT), Ok(ocelli_capture::Next::Ended)), "an error is the end");
    (pictures, end)
}

fn error_of(name: &str, bytes: &[u8]) -> SourceError {
    outcome(&scratch(name, bytes)).1.expect_err(name)
}

#[track_caller]
fn assert_error(error: &SourceError, kind: SourceErrorKind, message: &str) {
    assert_eq!(error.kind(), kind, "{error}");
    assert!(error.to_string().contains(message), "{error}");
    assert!(!error.hint().is_empty());
}

/// Where a box's kind stands, `nth` from 0.
fn find(bytes: &[u8], kind: &[u8], nth: usize) -> usize {
    bytes.windows(kind.len()).enumerate().filter(|(_, window)| window == &kind).nth(nth).expect("a box").0
}

fn patched(bytes: &[u8], at: usize, with: &[u8]) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    bytes[at..at + with.len()].copy_from_slice(with);
    bytes
}

#[test]
fn what_is_no_video_is_named() {
    use SourceErrorKind::{Corrupt, NotFound, Unsupported};
    let (_, missing) = outcome(Path::new("no/such/clip.mp4"));
    assert_error(&missing.unwrap_err(), NotFound, "no/such/clip.mp4: no such file");
    assert_error(&error_of("empty.mp4", b""), Corrupt, "the file is empty");
    assert_error(&error_of("short.mp4", b"abc"), Corrupt, "before its index (`moov`)");
    assert_error(&error_of("text.mp4", b"These are words, not pictures.\n"), Unsupported, "begins like text");
    assert_error(&error_of("m.mkv", b"\x1a\x45\xdf\xa3\x01\0\0\0\0\0\0\0"), Unsupported, "Matroska");
    assert_error(&error_of("p.mp4", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"), Unsupported, "PNG");
    let folder = scratch("in", b"").with_file_name("folder.mp4");
    std::fs::create_dir_all(&folder).unwrap();
    assert_error(&outcome(&folder).1.unwrap_err(), Unsupported, "a folder, not a video");
    assert_error(&outcome(Path::new("/dev/zero")).1.unwrap_err(), Unsupported, "not a regular file");
}

#[test]
fn tracks_that_are_not_ours_are_named() {
    let file = made(Layout::IndexFirst);
    let sound = patched(&file, find(&file, b"vide", 0), b"soun");
    assert_error(&error_of("sound.mp4", &sound), SourceErrorKind::Unsupported, "no video track");
    for (kind, name) in [(b"hvc1", "H.265 (`hvc1`)"), (b"av01", "AV1"), (b"zzzz", "coded as `zzzz`")] {
        let other = patched(&file, find(&file, b"avc1", 0), kind);
        let error = error_of("other.mp4", &other);
        assert_error(&error, SourceErrorKind::Unsupported, name);
        assert!(error.hint().contains("ffmpeg"));
    }
}

#[test]
fn a_cut_costs_the_pictures_behind_it_and_no_others() {
    let file = made(Layout::IndexFirst);
    let data = find(&file, b"mdat", 0) + 4;
    let sizes_at = find(&file, b"stsz", 0) + 16;
    let sizes = file[sizes_at..sizes_at + 20].chunks(4);
    let mut end = data;
    let ends = sizes.map(|size| {
        end += u32::from_be_bytes(size.try_into().unwrap()) as usize;
        end
    });
    let ends = ends.collect::<Vec<usize>>();
    assert_eq!(ends[4], file.len());
    for cut in data..file.len() {
        let (pictures, end) = outcome(&scratch("cut.mp4", &file[..cut]));
        assert_eq!(pictures, ends.iter().filter(|&&end| end <= cut).count(), "cut at {cut}");
        let number = pictures;
        let message = format!("sample {number} of 5: the file ends at byte {cut}");
        assert_error(&end.unwrap_err(), SourceErrorKind::Corrupt, &message);
    }
    for cut in (find(&file, b"moov", 0)..data - 8).step_by(7) {
        let (pictures, end) = outcome(&scratch("cut.mp4", &file[..cut]));
        assert_eq!(pictures, 0);
        assert_error(&end.unwrap_err(), SourceErrorKind::Corrupt, "index (`moov`");
    }
}

#[test]
fn a_cut_before_the_index_and_within_fragments() {
    let file = made(Layout::IndexLast);
    let index = find(&file, b"moov", 0) - 4;
    assert_error(&error_of("c.mp4", &file[..index]), SourceErrorKind::Corrupt, "before its index (`moov`)");
    assert_error(
        &error_of("c.mp4", &file[..index - 9]),
        SourceErrorKind::Corrupt,
        "before its index (`moov`)",
    );
    let file = made(Layout::Fragments(2));
    let second = find(&file, b"moof", 1) - 4;
    for (cut, pictures, message) in [
        (second + 20, 2, "within the index of a fragment"),
        (file.len() - 1, 4, "sample 4 of 5: the file ends at byte"),
    ] {
        let (found, end) = outcome(&scratch("cut.mp4", &file[..cut]));
        assert_eq!(found, pictures);
        assert_error(&end.unwrap_err(), SourceErrorKind::Corrupt, message);
    }
}

#[test]
fn a_broken_sample_ends_it_after_those_before() {
    let file = made(Layout::IndexFirst);
    let chunk_at = find(&file, b"stco", 0) + 12 + 3 * 4;
    let fourth = u32::from_be_bytes(file[chunk_at..chunk_at + 4].try_into().unwrap()) as usize;
    let (pictures, end) = outcome(&scratch("length.mp4", &patched(&file, fourth, &[0x7f])));
    assert_eq!(pictures, 3);
    let error = end.unwrap_err();
    assert_error(&error, SourceErrorKind::Corrupt, &format!("byte {fourth}: sample 3 of 5: a NAL unit of"));
    // A slice that says it belongs to a parameter set nobody has.
    let (pictures, end) =
        outcome(&scratch("slice.mp4", &patched(&file, fourth + 5, &[0x00, 0x00, 0x01, 0x00])));
    assert_eq!(pictures, 3);
    assert_error(
        &end.unwrap_err(),
        SourceErrorKind::Corrupt,
        &format!("byte {fourth}: sample 3 of 5: it cannot"),
    );
}

#[test]
fn absurd_sizes_are_refused_before_anything_is_made_for_them() {
    let file = made(Layout::IndexFirst);
    let tkhd = find(&file, b"tkhd", 0) + 4 + 76;
    let avc1 = find(&file, b"avc1", 0) + 4 + 24;
    for (at, with) in [
        (tkhd, &[0x7f, 0xff, 0, 0, 0x7f, 0xff, 0, 0][..]),
        (tkhd, &[0x40, 0x01, 0, 0][..]),
        (avc1, &[0xff; 4][..]),
    ] {
        let before = CountingAllocator::bytes_on_this_thread();
        let error = error_of("huge.mp4", &patched(&file, at, with));
        assert_error(&error, SourceErrorKind::TooLarge, "over the limit of 16384 a side and 64 million");
        assert!(error.to_string().contains(&format!("byte {at}")), "{error}");
        assert!(CountingAllocator::bytes_on_this_thread() - before < 100_000);
    }
    let none = patched(&file, avc1, &[0; 4]);
    assert_error(&error_of("none.mp4", &none), SourceErrorKind::Corrupt, "0x0 pixels");
}

#[test]
fn absurd_counts_cost_nothing() {
    let file = made(Layout::IndexFirst);
    let fragments = made(Layout::Fragments(5));
    let many = [0xff; 4];
    let cases = [
        ("stsz", patched(&file, find(&file, b"stsz", 0) + 12, &many), "a table of 4294967295 entries"),
        (
            "stsz",
            patched(&file, find(&file, b"stsz", 0) + 8, &[0, 0, 0, 1, 0xff, 0xff, 0xff, 0xff]),
            "samples of 1",
        ),
        ("stco", patched(&file, find(&file, b"stco", 0) + 8, &many), "a table of 4294967295 entries"),
        ("stco", patched(&file, find(&file, b"stco", 0) + 8, &[0, 0, 0, 2]), "2 chunks have room for 2 of 5"),
        ("stts", patched(&file, find(&file, b"stts", 0) + 8, &many), "a table of 4294967295 entries"),
        ("stsd", patched(&file, find(&file, b"stsd", 0) + 8, &many), "4294967295 sample descriptions"),
        ("moov", patched(&file, find(&file, b"moov", 0) - 4, &[0x7f, 0, 0, 0]), "within its index"),
        ("trak", patched(&file, find(&file, b"trak", 0) - 4, &[0x7f, 0, 0, 0]), "a box `trak` of 2130706432"),
        ("trun", patched(&fragments, find(&fragments, b"trun", 0) + 8, &many), "bytes wanted"),
        // No field in the run: the count alone would decide.
        (
            "trun",
            patched(&fragments, find(&fragments, b"trun", 0) + 4, &[0, 0, 0, 1, 255, 255, 255, 255]),
            "samples of 0",
        ),
    ];
    for (kind, bytes, message) in cases {
        let before = CountingAllocator::bytes_on_this_thread();
        let error = error_of("crafted.mp4", &bytes);
        assert_error(&error, SourceErrorKind::Corrupt, message);
        assert!(error.to_string().contains("byte "), "{kind}: {error}");
        let spent = CountingAllocator::bytes_on_this_thread() - before;
        assert!(
            spent < 50_000 + 7 * bytes.len() as u64,
            "{kind}: {spent} bytes for a file of {}",
            bytes.len()
        );
    }
}

/// Bytes that the pictures of any file can cost: three slots of the largest picture there can be.
const POOL_BYTES_MAX: u64 = 3 * 36_864 * 256 * 3 / 2;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(192))]
    #[test]
    fn damage_anywhere_is_an_error_or_a_picture(
        layout in prop_oneof![Just(Layout::IndexFirst), Just(Layout::IndexLast), Just(Layout::Fragments(2))],
        damage in prop::collection::vec((0.0..1.0f64, any::<u8>()), 1..6),
        in_index in any::<bool>(),
    ) {
        let mut bytes = made(layout);
        // Most damage of a small file would hit its pictures; half of the cases look at the index only.
        let (from, to) = if in_index { (find(&bytes, b"moov", 0), find(&bytes, b"avcC", 0) + 200) } else { (0, bytes.len()) };
        let to = to.min(bytes.len());
        for (place, byte) in damage {
            bytes[from + (place * (to - from) as f64) as usize] = byte;
        }
        let before = CountingAllocator::bytes_on_this_thread();
        let (pictures, _) = outcome(&scratch("damaged.mp4", &bytes));
        prop_assert!(pictures <= bytes.len() / 8);
        let spent = CountingAllocator::bytes_on_this_thread() - before;
        prop_assert!(spent < POOL_BYTES_MAX + 1_000_000, "{} bytes", spent);
    }
}
