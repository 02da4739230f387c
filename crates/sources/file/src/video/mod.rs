//! A video file as a source: the demuxer's samples, through the decoder, into a pool's slots.
//!
//! ```text
//! file ──read_at──▶ sample ──▶ packet (annex B) ──▶ decoder ──copy──▶ slot ──when due──▶ Frame
//! ```
//!
//! A slot is taken before the decoder is fed, so a picture that came out always has a place to go. Nothing is
//! allocated per picture: one sample buffer and one packet, as large as the largest sample. Pictures of another
//! size in mid-stream get a new pool (the next generation); a broken or missing sample ends the source with an
//! error, after every picture before it.

mod decoder;
mod source;
mod stream;
mod times;

pub(crate) use self::source::VideoSource;
