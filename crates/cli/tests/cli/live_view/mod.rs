//! The live view in a real browser, before the real binary: what the page shows, against what the scene truly holds.

mod connection;
mod controls;
mod files;
mod looks;
mod pictures;
mod run;
