//! `ocelli bench engine`: one inference, on a picture from a formula or on a source's first frame.

use std::sync::Arc;
use std::time::Duration;

use ocelli_capture::Next;
use ocelli_frame::{Clock, Frame, TensorMut};
use ocelli_pipeline::frames_held;
use ocelli_preprocess::Preprocessor;
use serde_json::json;

use crate::args::{BenchEngine, PlayArguments};
use crate::clock::MonotonicClock;
use crate::commands::bench::timing::Times;
use crate::failure::Failure;
use crate::memory;
use crate::wiring::{OpenSources, SourcePlan, card_of, isa, open_named_model, open_sources};

/// Times a session's run; what writes the input and reads the output is not counted.
pub fn run(arguments: &BenchEngine) -> Result<(), Failure> {
    let (open, threads) = open_named_model(&arguments.model)?;
    open.note.iter().for_each(|note| eprintln!("note: {note}"));
    let mut session = open.model.session(&threads)?;
    match &arguments.source {
        // What a frame becomes is the card's to say; without a frame any model will do.
        Some(source) => {
            let mut preprocessor = Preprocessor::new(card_of(&open, &arguments.model)?.input, isa()?);
            preprocessor.run(&first_frame(source)?, session.input(0))?;
        }
        None => fill_with_pattern(session.input(0))?,
    }
    let times = Times::measure(&arguments.repeat, || Ok(session.run()?))?;
    times.tell(
        &arguments.repeat,
        json!({
            "what": "engine",
            "model": open.file.path.file_stem().map(|stem| stem.to_string_lossy()),
            "backend": open.backend,
            "threads": threads.count,
            "peak_memory_bytes": memory::use_so_far().peak_bytes,
        }),
    );
    Ok(())
}

/// The first frame that a source gives.
fn first_frame(source: &String) -> Result<Frame, Failure> {
    let clock: Arc<dyn Clock> = Arc::new(MonotonicClock::start());
    let play = PlayArguments::once();
    let plan = SourcePlan { clock: &clock, readers: frames_held(1, 0), play: &play };
    let OpenSources { mut sources, events } = open_sources(std::slice::from_ref(source), &plan)?;
    events.tell();
    loop {
        match sources[0].next(Duration::from_millis(100))? {
            Next::Frame(frame) => return Ok(frame),
            Next::TimedOut => {}
            Next::Ended => return Err(Failure::new(format!("{source}: no frame"), "name one that has some")),
        }
    }
}

fn fill_with_pattern(input: TensorMut<'_>) -> Result<(), Failure> {
    match input {
        TensorMut::F32(numbers) => {
            numbers.iter_mut().enumerate().for_each(|(n, number)| *number = pattern(n) as f32 / 255.0);
        }
        TensorMut::U8(bytes) => {
            bytes.iter_mut().enumerate().for_each(|(n, byte)| *byte = pattern(n));
        }
        other => return Err(Failure::new(format!("an input of {other:?}"), "f32 or u8")),
    }
    Ok(())
}

/// Bytes that look like no picture, the same in every run.
fn pattern(n: usize) -> u8 {
    (n.wrapping_mul(7919) % 255) as u8
}
