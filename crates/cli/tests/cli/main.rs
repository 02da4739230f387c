//! The binary `ocelli` from outside, as a person would run it.

mod bad_input;
mod binary;
mod ffmpeg;
mod footage;
mod run;
