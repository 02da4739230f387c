//! Files: sinks that write results as they come, and the summary at the end.
//!
//! A sink opens its file when it is made, before the first frame, so that a path that cannot be written ends the start
//! and not the run; what stood in the file stays until the first result. How a file dies with its process:
//!
//! - `jsonl`: one `write` a line, so nothing is buffered and every line before the last is whole.
//! - `coco` and the summary: written beside their place as `NAME.partial` and renamed when they are complete, so that
//!   the name always stands for a whole file, the old or the new.
//! - `yolo` and `images`: the same for each of their files.
//! - `video`: fragments of about a second, each written at once, which any player reads; an ordinary film at the end.
//!
//! What is not here: the form of what is written (`ocelli-report`), how pictures are drawn (`ocelli-draw`), sockets.

#![forbid(unsafe_code)]

mod coco;
mod distinct;
mod folder;
mod images;
mod jsonl;
mod mp4;
mod output;
mod replace;
mod spec;
mod summary;
mod video;
mod yolo;

pub use coco::CocoSink;
pub use distinct::check_distinct;
pub use images::ImagesSink;
pub use jsonl::JsonlSink;
pub use output::Destination;
pub use spec::{GRAMMAR, SinkKind, SinkSpec, parse_sink, split_rate};
pub use summary::{summary_of, write_summary};
pub use video::VideoSink;
pub use yolo::YoloSink;
