//! `window:`, a sink for eyes: the newest result of each source on its own picture, in a window of the desktop.
//!
//! The sink's thread keeps pace with the results and does little: it notes the figures and puts the newest picture
//! where the window's thread finds it. That one paints, scales and shows, as often as displays do and only what is new;
//! so a slow display holds nobody back. Between them stands a slot for each source, in which the newest wins.
//!
//! ```text
//!                       ┌─ newest picture ─┐
//! results ─▶ WindowSink ┼─ newest picture ─┼─▶ Viewer: Painter ─▶ ScreenPicture ─▶ Display (X11)
//!                       └─ figures         ┘      keys ─▶ pause, full screen, the end of the run
//! ```
//!
//! What is not here: how boxes are drawn and pictures scaled (`ocelli-draw`), and the environment: the caller says which
//! display.

#![forbid(unsafe_code)]

mod caption;
mod display;
mod feed;
mod figures;
mod grid;
mod keys;
mod sink;
mod viewer;
mod wake;

pub use sink::{Desktop, WindowPlan, WindowSink};
