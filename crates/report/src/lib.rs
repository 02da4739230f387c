//! The serde forms of results: a line of JSONL, an entry of COCO results, a YOLO label file, the summary of a run, and
//! what the live view says.
//!
//! They are borrowed views that are built, written and forgotten; the nouns of `ocelli-frame` derive no serde. A line
//! written into a buffer that is used again allocates nothing.
//!
//! What is not here: files, pipelines, clocks. Everything comes in as plain values and goes out as bytes.

#![forbid(unsafe_code)]

mod coco;
mod labels;
mod line;
mod live;
mod numbers;
mod summary;
mod words;
mod yolo;

pub use coco::{CocoArray, image_id};
pub use labels::{RunLabels, unique_names};
pub use line::write_line;
pub use live::{
    LiveHello, LivePictures, LivePoint, LiveSource, LiveSpread, LiveStatus, LiveWish, live_result,
};
pub use summary::{MemoryUse, NamedCounts, Quantiles, StageQuantiles, Summary};
pub use yolo::write_yolo;
