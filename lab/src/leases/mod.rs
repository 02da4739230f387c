//! Frames that are held for long: a reader that lets the first frame go last, and looks whether its pixels are still those
//! that it got. The source is the one that `ocelli run` opens.
//!
//! Where the picture moves to the side, every row alike (vivid: `horizontal_movement`, no text), two frames differ, and
//! a frame that is made of two has rows that do.

mod queue_early;

use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use ocelli_capture::{Next, OpenOptions, Pace, Source, SourceUri};
use ocelli_frame::{Clock, Frame, SourceIndex};

use crate::clock::{GuestClock, now_ns};

/// Frames before the one that is held.
const FRAMES_BEFORE: u32 = 5;
const PATIENCE: Duration = Duration::from_millis(100);
/// How long to wait for frames in all.
const SECONDS_MAX: u64 = 30;

/// What the command line asks for.
struct Options {
    source: SourceUri,
    /// Frames that pass while one is held.
    frames: u32,
    rows: Rows,
    sabotage: Sabotage,
}

/// What is known of the picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Rows {
    Any,
    /// All of a frame's rows are alike.
    Alike,
}

/// What is done to the frame that is held.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sabotage {
    None,
    /// Its buffer is given to the driver behind the source's back.
    QueueEarly,
}

/// What was seen.
#[derive(Debug, Default)]
struct Seen {
    passed: u32,
    /// Of those, frames that do not look like the one that is held.
    different: u32,
    /// Of those, frames whose rows are not alike.
    torn: u32,
    /// The pools that frames came from, each once.
    generations: Vec<u32>,
}

/// Holds a frame, lets others pass, and tells; a failure where the held one has changed or the others were not right.
pub fn run(words: &[&str]) -> Result<ExitCode, String> {
    let Options { source, frames, rows: rows_are, sabotage } = parse(words)?;
    let SourceUri::Device(device) = source else { return Err("only cameras".to_owned()) };
    let clock: Arc<dyn Clock> = Arc::new(GuestClock);
    let options =
        OpenOptions { source: SourceIndex(0), readers: 2, clock, pace: Pace::Live, looped: false, fps: None };
    let mut opened = ocelli_source_v4l2::open(&device, &options).map_err(|error| error.to_string())?;
    let source = &mut *opened.source;
    let deadline_ns = now_ns() + SECONDS_MAX * 1_000_000_000;
    for _ in 0..FRAMES_BEFORE {
        next(source, deadline_ns)?;
    }
    let held = next(source, deadline_ns)?;
    let pixels = rows(&held).collect::<Vec<_>>().concat();
    if sabotage == Sabotage::QueueEarly {
        queue_early::queue_early(&device.path, device.memory, &held)?;
    }
    let mut seen = Seen::default();
    let ended = look_at_others(source, deadline_ns, frames, (&pixels, rows_are), &mut seen);
    let is_unchanged = rows(&held).collect::<Vec<_>>().concat() == pixels;
    opened.notes.take().iter().for_each(|note| eprintln!("note: {note}"));
    println!(
        "{{\"passed\":{},\"different\":{},\"torn\":{},\"generations\":{:?},\"is_unchanged\":{is_unchanged}}}",
        seen.passed, seen.different, seen.torn, seen.generations
    );
    if let Err(why) = ended {
        eprintln!("lab: {why}");
        return Ok(ExitCode::FAILURE);
    }
    Ok(if is_unchanged && seen.torn == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn parse(words: &[&str]) -> Result<Options, String> {
    let [source, rest @ ..] = words else { return Err("leases wants a camera".to_owned()) };
    let source = SourceUri::parse(source).map_err(|error| error.to_string())?;
    let mut options = Options { source, frames: 100, rows: Rows::Any, sabotage: Sabotage::None };
    let mut rest = rest.iter();
    while let Some(&word) = rest.next() {
        match word {
            "--frames" => {
                let value = rest.next().and_then(|value| value.parse().ok());
                options.frames = value.ok_or("--frames wants a number")?;
            }
            "--rows-alike" => options.rows = Rows::Alike,
            "--queue-early" => options.sabotage = Sabotage::QueueEarly,
            _ => return Err(format!("leases does not know {word}")),
        }
    }
    Ok(options)
}

fn look_at_others(
    source: &mut dyn Source,
    deadline_ns: u64,
    frames: u32,
    (pixels, rows_are): (&[u8], Rows),
    seen: &mut Seen,
) -> Result<(), String> {
    while seen.passed < frames {
        let frame = next(source, deadline_ns)?;
        seen.passed += 1;
        let first = frame.plane(0).row(0);
        if rows(&frame).zip(pixels.chunks(first.len())).any(|(row, held)| row != held) {
            seen.different += 1;
        }
        if rows_are == Rows::Alike && rows(&frame).any(|row| row != first) {
            seen.torn += 1;
        }
        if !seen.generations.contains(&frame.generation()) {
            seen.generations.push(frame.generation());
        }
    }
    Ok(())
}

/// The next frame, however long the camera is away before it.
fn next(source: &mut dyn Source, deadline_ns: u64) -> Result<Frame, String> {
    while now_ns() < deadline_ns {
        match source.next(PATIENCE).map_err(|error| error.to_string())? {
            Next::Frame(frame) => return Ok(frame),
            Next::TimedOut => {}
            Next::Ended => return Err("the camera has ended".to_owned()),
        }
    }
    Err(format!("too few frames in {SECONDS_MAX} s"))
}

/// The rows of the first plane.
fn rows(frame: &Frame) -> impl Iterator<Item = &[u8]> {
    (0..frame.info().size.height as usize).map(|row| frame.plane(0).row(row))
}
