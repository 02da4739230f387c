//! The live view asked by strangers: whole runs with sources and a predictor made by hand, a server on a free port of
//! loopback, and raw clients. Frames come when a test says so and time passes when it says so; what is waited for is an
//! answer or a count. No test looks at a clock but to end one that hangs.

#![forbid(unsafe_code)]

mod client;
mod control;
mod crowd;
mod doors;
mod eyes;
mod peers;
mod protocol;
mod run;
mod secured;
