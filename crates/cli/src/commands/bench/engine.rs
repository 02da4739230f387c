//! `ocelli bench engine`: one inference, on a picture from a formula.

use ocelli_frame::TensorMut;
use serde_json::json;

use crate::args::BenchEngine;
use crate::commands::bench::timing::Times;
use crate::failure::Failure;
use crate::memory;
use crate::wiring::load_model;

/// Times a session's run; what writes the input and reads the output is not counted.
pub fn run(arguments: &BenchEngine) -> Result<(), Failure> {
    let loaded = load_model(&arguments.model)?;
    let mut session = loaded.model.session(&loaded.threads)?;
    match session.input(0) {
        TensorMut::F32(numbers) => {
            numbers.iter_mut().enumerate().for_each(|(n, number)| *number = pattern(n) as f32 / 255.0);
        }
        TensorMut::U8(bytes) => {
            bytes.iter_mut().enumerate().for_each(|(n, byte)| *byte = pattern(n));
        }
        other => return Err(Failure::new(format!("an input of {other:?}"), "f32 or u8")),
    }
    let times = Times::measure(&arguments.repeat, || Ok(session.run()?))?;
    times.tell(
        &arguments.repeat,
        json!({
            "what": "engine",
            "model": loaded.label,
            "backend": loaded.backend,
            "threads": loaded.threads.count,
            "peak_memory_bytes": memory::use_so_far().peak_bytes,
        }),
    );
    Ok(())
}

/// Bytes that look like no picture, the same in every run.
fn pattern(n: usize) -> u8 {
    (n.wrapping_mul(7919) % 255) as u8
}
