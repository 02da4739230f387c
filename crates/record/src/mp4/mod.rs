//! An MP4 file that can be read whenever it is left: fragments of about a second while it grows, an ordinary film at the
//! end.
//!
//! ```text
//! growing   ftyp moov(empty) moof mdat moof mdat …
//! ended     ftyp mdat[       moof mdat moof mdat … ] moov(tables)
//! ```
//!
//! While it grows, each fragment is written at once, so a process that is killed leaves everything up to its last whole
//! fragment to any player. At the end the tables of all samples are gathered from the fragments' headers, which are read
//! back (so nothing in memory grows with the film), and written behind them; then one write of 16 bytes turns the first
//! header and all fragments into the content of one `mdat`. What players then see is a film with an index, to be searched.
//!
//! What cannot be read back, a pipe, stays in fragments. What is not here: the encoder.

mod boxes;
mod film;

pub(crate) use boxes::Track;
pub(crate) use film::Film;

/// Of all times in the file: the customary clock of video, in which 24, 25, 30 and 29.97 a second are whole.
pub(crate) const TICKS_PER_SECOND: u32 = 90_000;

/// One picture in the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Sample {
    /// For how long it is shown.
    pub ticks: u32,
    pub bytes: u32,
    /// Whether it can be read without those before it.
    pub is_key: bool,
}
