//! `video:PATH`: the frames with what was found drawn onto them, as H.264 in MP4.
//!
//! ```text
//! Painter ──I420──▶ Encoder ──NAL units──▶ Film
//! ```
//!
//! A frame is shown from its own time to the next one's, so a video of a live source runs at the speed of life, with the
//! frames that were dropped left out. One video is of one source and one size.

mod encoder;
mod sink;
mod times;

pub use sink::VideoSink;
