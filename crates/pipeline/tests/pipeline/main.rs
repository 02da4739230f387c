//! Whole runs, with sources, predictors and sinks made by hand. What is slow here waits for a count, never for a time,
//! so that a run is the same on a busy machine; no test looks at a clock but the watchdog that ends one that hangs.

#![forbid(unsafe_code)]

mod away;
mod faults;
mod health;
mod live;
mod order;
mod parts;
mod rates;
mod watch;
