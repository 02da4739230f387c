//! How long one frame takes, by format, size and instruction set; the same cases as `bench/preprocess_peer.py`.
//!
//! `cargo run --release -p ocelli-preprocess --example time_preprocess [FORMAT SIZE]`: one JSON object a line. `OCELLI_ISA` picks
//! one instruction set; without it, all are timed.

use std::time::Instant;

use ocelli_frame::{InputFormat, PixelFormat, Size, TensorMut};
use ocelli_preprocess::{Isa, Preprocessor};
use ocelli_testkit::frame_from;

const RUNS: usize = 300;
const WARM_UP_RUNS: usize = 20;
const CASES: [(&str, u32, u32); 16] = [
    ("yuyv", 640, 480),
    ("yuyv", 1280, 720),
    ("yuyv", 1920, 1080),
    ("yuyv", 800, 600),
    ("uyvy", 640, 480),
    ("uyvy", 1280, 720),
    ("yuv24", 640, 480),
    ("yuv24", 1280, 720),
    ("i420", 640, 360),
    ("i420", 1280, 720),
    ("i420", 1920, 1080),
    ("nv12", 1920, 1080),
    ("rgb24", 640, 480),
    ("rgb24", 810, 1080),
    ("rgb24", 1280, 720),
    ("rgb24", 1920, 1080),
];

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    for (format, width, height) in CASES {
        let size = Size { width, height };
        if !arguments.is_empty() && arguments != [format.to_owned(), size.to_string()] {
            continue;
        }
        let format = PixelFormat::from_name(format).expect("a name from the table");
        let only = std::env::var("OCELLI_ISA").ok().and_then(|name| Isa::from_name(&name));
        for isa in Isa::available().filter(|isa| only.is_none_or(|only| *isa == only)) {
            time(format, size, isa);
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "a stopwatch is what this program is")]
fn time(format: PixelFormat, size: Size, isa: Isa) {
    let frames = [1u8, 2, 3].map(|seed| {
        frame_from(format, size, 0, |plane, row, column| {
            (column % 192) as u8 + ((row * 31 + column * 17 + plane * 7) as u8 ^ seed) % 64
        })
    });
    let input = InputFormat::ultralytics(Size { width: 640, height: 640 });
    let mut preprocessor = Preprocessor::new(input, isa);
    // On a cache line, as a session's input should be: a `Vec` alone starts 16 bytes behind one.
    let mut memory = vec![0.0f32; input.elements() + 16];
    let start = memory.as_ptr().align_offset(64);
    let tensor = &mut memory[start..][..input.elements()];
    let mut times_ms: Vec<f64> = (0..WARM_UP_RUNS + RUNS)
        .map(|run| {
            let start = Instant::now();
            preprocessor.run(&frames[run % 3], TensorMut::F32(tensor)).expect("a good frame");
            start.elapsed().as_secs_f64() * 1e3
        })
        .skip(WARM_UP_RUNS)
        .collect();
    times_ms.sort_by(f64::total_cmp);
    println!(
        r#"{{"format":"{format}","size":"{size}","imgsz":640,"isa":"{isa}","p50_ms":{:.4},"min_ms":{:.4},"runs":{RUNS}}}"#,
        times_ms[RUNS / 2],
        times_ms[0]
    );
}
