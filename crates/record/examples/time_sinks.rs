//! Milliseconds a frame: drawing, a JPEG, a picture in a folder and a frame of video, with ten boxes that move.
//!
//! `cargo run --release -p ocelli-record --example time_sinks -- CLIP FOLDER`. The folder is left with the video and the
//! pictures, to be looked at.

#![expect(clippy::disallowed_methods, reason = "a stopwatch")]

use std::error::Error;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use ocelli_capture::{Next, OpenOptions, Pace};
use ocelli_draw::{Painter, write_jpeg};
use ocelli_frame::{BoxXyxy, Detection, Frame, FrameResult, SourceIndex};
use ocelli_pipeline::Delivery;
use ocelli_record::parse_sink;
use ocelli_report::RunLabels;
use ocelli_testkit::ManualClock;

const FRAMES: usize = 60;
const NAMES: [&str; 5] = ["car", "traffic light", "person", "bicycle", "café table"];

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let (clip, folder) = arguments.next().zip(arguments.next()).ok_or("usage: time CLIP FOLDER")?;
    let frames = frames_of(Path::new(&clip))?;
    let deliveries: Vec<Delivery> = frames.into_iter().map(delivery).collect();
    let classes: Vec<String> = NAMES.map(String::from).into();

    let mut painter = Painter::new(classes.clone());
    let mut canvas = None;
    report("paint", &deliveries, |Delivery { result, frame }| {
        let painted = frame.as_ref().map(|frame| painter.paint(frame, &result.predictions));
        canvas = canvas.take().or_else(|| painted.cloned());
        Ok(())
    })?;
    let canvas = canvas.ok_or("no frames")?;
    println!("{} frames of {}", deliveries.len(), canvas.size());
    let mut jpeg = Vec::new();
    report("jpeg", &deliveries, |_| {
        jpeg.clear();
        Ok(write_jpeg(&mut jpeg, &canvas, 90)?)
    })?;
    std::fs::create_dir_all(&folder)?;
    let labels = Arc::new(RunLabels { sources: vec!["scene".into()], classes, ..RunLabels::default() });
    for spec in [format!("images:{folder}"), format!("video:{folder}/out.mp4")] {
        let mut sink = parse_sink(&spec)?.open(&labels)?;
        report(&spec, &deliveries, |delivery| Ok(sink.write(delivery)?))?;
        sink.finish()?;
    }
    let video_bytes = std::fs::metadata(format!("{folder}/out.mp4"))?.len();
    println!("{} bytes of JPEG, {video_bytes} of video", jpeg.len());
    Ok(())
}

fn frames_of(clip: &Path) -> Result<Vec<Frame>, Box<dyn Error>> {
    let clock = Arc::new(ManualClock::default());
    let options = OpenOptions {
        source: SourceIndex(0),
        readers: FRAMES,
        clock,
        pace: Pace::Max,
        looped: true,
        fps: None,
    };
    let mut source = match clip.extension().is_some_and(|end| end == "mp4") {
        true => ocelli_source_file::open_video(clip, &options)?,
        false => ocelli_source_file::open_images(clip, &options)?,
    };
    let mut frames = Vec::new();
    while frames.len() < FRAMES
        && let Next::Frame(frame) = source.next(Duration::from_secs(1))?
    {
        frames.push(frame);
    }
    Ok(frames)
}

/// Ten boxes that wander with the frames.
fn delivery(frame: Frame) -> Delivery {
    let info = frame.info();
    let (width, height) = (info.size.width as f32, info.size.height as f32);
    let mut result = FrameResult::with_capacity(10);
    (result.sequence, result.size) = (info.sequence, info.size);
    (result.media_time_ns, result.captured) = (info.media_time_ns, info.captured);
    for n in 0..10u32 {
        let turn = n as f32 * 0.7 + info.sequence as f32 * 0.02;
        let (x, y) = (width * (0.45 + 0.5 * turn.cos()), height * (0.45 + 0.45 * turn.sin()));
        let box_in_source = BoxXyxy { x1: x, y1: y, x2: x + width * 0.12, y2: y + height * 0.15 };
        let box_in_source = box_in_source.clipped(info.size);
        let confidence = 0.97 - n as f32 * 0.07;
        result.predictions.detections.push(Detection { class_id: n % 6, confidence, box_in_source });
    }
    Delivery { result: Arc::new(result), frame: Some(frame) }
}

/// The median over the frames.
fn report(
    what: &str,
    deliveries: &[Delivery],
    mut work: impl FnMut(&Delivery) -> Result<(), Box<dyn Error>>,
) -> Result<(), Box<dyn Error>> {
    let mut times = Vec::with_capacity(deliveries.len());
    for delivery in deliveries {
        let start = Instant::now();
        work(delivery)?;
        times.push(start.elapsed());
    }
    times.sort();
    let ms = |time: Duration| time.as_secs_f64() * 1e3;
    println!("{what}: median {:.3} ms, best {:.3} ms", ms(times[times.len() / 2]), ms(times[0]));
    Ok(())
}
