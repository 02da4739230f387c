//! `ocelli bench preprocess`: one frame into one tensor.

use ocelli_frame::{Aligned, ClockKind, Frame, FrameInfo, InputFormat, Pool, TensorMut, Timestamp};
use ocelli_preprocess::Preprocessor;
use serde_json::json;

use crate::args::BenchPreprocess;
use crate::commands::bench::timing::Times;
use crate::failure::Failure;
use crate::wiring::isa;

/// Times the way from a frame to Ultralytics' input tensor: letterboxed f32 RGB planes.
pub fn run(arguments: &BenchPreprocess) -> Result<(), Failure> {
    let frame = frame(arguments)?;
    let isa = isa()?;
    let input = InputFormat::ultralytics(arguments.imgsz);
    let mut tensor = Aligned::<f32>::new(input.elements());
    let mut preprocessor = Preprocessor::new(input, isa);
    let times = Times::measure(&arguments.repeat, || {
        preprocessor.run(&frame, TensorMut::F32(tensor.as_mut_slice()))?;
        Ok(())
    })?;
    times.tell(
        &arguments.repeat,
        json!({
            "what": "preprocess",
            "format": arguments.format.to_string(),
            "size": arguments.size.to_string(),
            "imgsz": arguments.imgsz.to_string(),
            "threads": arguments.threads,
            "isa": isa.to_string(),
        }),
    );
    Ok(())
}

/// A frame of smooth gradients with some noise.
fn frame(arguments: &BenchPreprocess) -> Result<Frame, Failure> {
    let captured = Timestamp { ns: 0, clock: ClockKind::Read };
    let info = FrameInfo::packed(arguments.format, arguments.size, captured);
    let bytes = FrameInfo::packed_bytes(arguments.format, arguments.size);
    let too_large =
        || Failure::usage(format!("--size {}: too large", arguments.size), "16384 a side at most");
    let mut pool = Pool::host(1, bytes, 0).ok_or_else(too_large)?;
    let mut filling = pool.acquire().expect("a fresh pool has a free slot");
    for (n, byte) in filling.bytes_mut().iter_mut().enumerate() {
        *byte = (n / 64 + (n.wrapping_mul(7919) & 15)) as u8;
    }
    Ok(filling.publish(info).expect("the slot was made to fit"))
}
