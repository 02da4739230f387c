//! A YUYV frame to a letterboxed 640x640 f32 tensor on one thread, against OpenCV and numpy doing the same.

use serde_json::{Map, Value, json};

use super::context::Context;
use super::series::Series;
use crate::error::ChoreError;

const ROUNDS: usize = 3;
const SIZES: [&str; 3] = ["640x480", "1280x720", "1920x1080"];
const PEER: &str = "bench/preprocess_peer.py";
const PEER_HINT: &str = "set OCELLI_PYTHON to a Python with opencv-python-headless and numpy";

/// Alternates our kernel and the peer at each size.
pub fn run(context: &Context) -> Result<Value, ChoreError> {
    let mut commands = Map::new();
    let mut sizes = Map::new();
    for size in SIZES {
        let ours = context.ocelli().args("bench preprocess --format yuyv --size").arg(size);
        let ours = ours.args("--imgsz 640 --threads 1 --json");
        let peer = context.python(PEER).arg("--size").arg(size);
        let (mut ours_ms, mut peer_ms, mut ratio) = (Series::default(), Series::default(), Series::default());
        for _ in 0..context.rounds(ROUNDS) {
            let ours_ms_now = ours.run_number("p50_ms")?;
            let peer_ms_now = peer.run_number("p50_ms").map_err(|error| error.with_hint(PEER_HINT))?;
            ours_ms.push(ours_ms_now);
            peer_ms.push(peer_ms_now);
            ratio.push(peer_ms_now / ours_ms_now);
        }
        commands.insert(size.to_owned(), json!({ "ours": ours.line(), "peer": peer.line() }));
        let figures = json!({
            "ours_p50_ms": ours_ms.to_json(),
            "peer_p50_ms": peer_ms.to_json(),
            "peer_over_ours": ratio.to_json(),
        });
        sizes.insert(size.to_owned(), figures);
    }
    Ok(json!({ "commands": commands, "sizes": sizes }))
}
