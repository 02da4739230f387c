//! One frame's output tensor to boxes: decoding and suppression, as `run` and as `eval` ask for it.

use serde_json::{Map, Value, json};

use super::context::Context;
use super::series::Series;
use crate::error::ChoreError;

const ROUNDS: usize = 3;

/// The settings of `run`, and those of `eval`, which keeps thousands of candidates; by their confidences.
const SETTINGS: [(&str, &str); 2] = [("0.25", ""), ("0.001", "--multi-label")];

/// Runs our stage with each of them.
pub fn run(context: &Context) -> Result<Value, ChoreError> {
    let mut commands = Map::new();
    let mut confidences = Map::new();
    for (confidence, more) in SETTINGS {
        let ours = context.ocelli().args("bench postprocess --json --conf").arg(confidence).args(more);
        let mut ours_ms = Series::default();
        for _ in 0..context.rounds(ROUNDS) {
            ours_ms.push(ours.run_number("p50_ms")?);
        }
        commands.insert(confidence.to_owned(), json!(ours.line()));
        confidences.insert(confidence.to_owned(), json!({ "ours_p50_ms": ours_ms.to_json() }));
    }
    Ok(json!({ "commands": commands, "conf": confidences }))
}
