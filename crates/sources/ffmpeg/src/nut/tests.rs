//! NUT streams written by hand, cut, and damaged.

use ocelli_frame::Size;
use proptest::prelude::*;

use super::*;

/// A number as NUT writes it.
fn v(value: u64) -> Vec<u8> {
    let groups = (1..10).find(|groups| value >> (7 * groups) == 0).unwrap_or(10);
    (0..groups).rev().map(|n| (value >> (7 * n)) as u8 & 0x7f | if n > 0 { 0x80 } else { 0 }).collect()
}

fn packet(code: u64, fields: &[Vec<u8>]) -> Vec<u8> {
    let body = [fields.concat(), vec![0; 4]].concat();
    let checksum = if body.len() > 4096 { vec![0; 4] } else { Vec::new() };
    [code.to_be_bytes().to_vec(), v(body.len() as u64), checksum, body].concat()
}

/// Headers of a 4x2 stream of `GREY`-like bytes at 1/1000 s: every frame code says its time and its size.
fn headers() -> Vec<u8> {
    let set = flags::CODED_PTS | flags::SIZE_MSB;
    let run = |flag: u64, count: u64| [v(flag), v(6), v(0), v(1), v(0), v(0), v(0), v(count)].concat();
    let elided = [v(3), b"abc".to_vec()].concat();
    let main = packet(
        MAIN,
        &[
            v(3),
            v(1),
            v(65536),
            v(1),
            v(1),
            v(1000),
            run(set, 1),
            run(set | flags::HEADER_IDX, 1),
            run(flags::INVALID, 253),
            v(1),
            elided,
        ],
    );
    let fourcc = [v(4), b"Y800".to_vec()].concat();
    let fields =
        [v(0), v(0), fourcc, v(0), v(7), v(9), v(0), v(0), v(0), v(4), v(2), v(1), v(1), v(0)].concat();
    [FILE_ID.to_vec(), main, packet(STREAM, &[fields]), packet(INFO, &[vec![7; 5000]])].concat()
}

/// Frame code 0 with a time of its own and a size.
fn frame(coded_ticks: u64, payload: &[u8]) -> Vec<u8> {
    [vec![0], v(coded_ticks), v(payload.len() as u64), payload.to_vec()].concat()
}

/// Every picture of a stream that comes in pieces of `step` bytes: its time and its bytes.
fn pictures(stream: &[u8], step: usize) -> Result<Vec<(i64, Vec<u8>)>, NutError> {
    let (mut demuxer, mut found) = (Demuxer::default(), Vec::new());
    let (mut start, mut end) = (0, 0);
    while start < stream.len() {
        match demuxer.find(&stream[start..end])? {
            Found::More if end == stream.len() => break,
            Found::More => end = (end + step).min(stream.len()),
            Found::Skip(bytes) => start += bytes,
            Found::Picture(header) => {
                start += header.header_bytes;
                let bytes = usize::try_from(header.payload_bytes).unwrap_or(usize::MAX);
                let Some(payload) = stream[start..].get(..bytes) else { break };
                found.push((header.ticks, [demuxer.elided(header.elision), payload].concat()));
                start += bytes;
                end = end.max(start);
            }
        }
    }
    Ok(found)
}

#[test]
fn pictures_come_with_their_times_however_the_bytes_arrive() {
    let syncpoint = packet(SYNCPOINT, &[v(1000), v(0)]);
    let elided = [vec![1], v(128 + 2000), v(8), v(1), b"defgh".to_vec()].concat();
    let stream = [
        headers(),
        frame(0, b"12345678"),
        frame(40, b"abcdefgh"),
        // 1000 in its lower seven bits, next to the syncpoint's 1000.
        syncpoint,
        frame(1000 & 127, b"ABCDEFGH"),
        elided,
    ]
    .concat();
    for step in [1, 7, 512, 100_000] {
        let expected: [(i64, &[u8]); 4] =
            [(0, b"12345678"), (40, b"abcdefgh"), (1000, b"ABCDEFGH"), (2000, b"abcdefgh")];
        let found = pictures(&stream, step).unwrap();
        let found: Vec<_> = found.iter().map(|(ticks, bytes)| (*ticks, bytes.as_slice())).collect();
        assert_eq!(found, expected, "in steps of {step}");
    }
    let mut demuxer = Demuxer::default();
    let mut start = 0;
    while let Found::Skip(bytes) = demuxer.find(&stream[start..]).unwrap() {
        start += bytes;
    }
    let video = demuxer.video().unwrap();
    assert_eq!((video.fourcc, video.size), (*b"Y800", Size { width: 4, height: 2 }));
    assert_eq!(video.time_base.nanoseconds(40), Some(40_000_000));
}

#[test]
fn lower_bits_mean_the_nearest_time() {
    for (last, ticks) in [(1000, 1001), (1000, 990), (1000, 1063), (127, 128), (0, 60)] {
        assert_eq!(full_ticks(ticks as u64 & 127, 7, last), Some(ticks), "{last} {ticks}");
    }
    assert_eq!(full_ticks(128 + 5, 7, 1_000_000), Some(5));
    assert_eq!(full_ticks(u64::MAX, 7, 0), None);
}

#[test]
fn what_is_no_stream_of_ours_is_named() {
    assert_eq!(pictures(b"RIFF....AVI ", 4), Err(NutError("no NUT stream")));
    let unknown = [FILE_ID.to_vec(), b"NXXXXXXX".to_vec(), v(4), vec![0; 4]].concat();
    assert_eq!(pictures(&unknown, 64), Err(NutError("an unknown start code")));
    let endless = [FILE_ID.to_vec(), MAIN.to_be_bytes().to_vec(), v(1 << 40)].concat();
    assert_eq!(pictures(&endless, 64), Err(NutError("a packet that is too long")));
    let meaningless = [headers(), vec![5]].concat();
    assert_eq!(pictures(&meaningless, 64), Err(NutError("a frame code without a meaning")));
}

proptest! {
    #[test]
    fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        let _ = pictures(&[FILE_ID.to_vec(), bytes].concat(), 16);
    }

    #[test]
    fn no_damage_makes_it_panic(at in 25usize..400, value in any::<u8>(), step in 1usize..600) {
        let mut stream = [headers(), frame(3, b"12345678"), frame(4, b"12345678")].concat();
        stream[at] = value;
        let _ = pictures(&stream, step);
    }
}
