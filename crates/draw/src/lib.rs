//! Pictures with predictions: boxes, labels and class scores drawn over a copy of a frame.
//!
//! A [`Painter`] copies each frame once, into its [`Canvas`], and draws there; the frame itself is never touched. The
//! canvas is I420, which is what video encoders take and JPEG stores: footage is copied as it is, RGB is converted as
//! JPEG does it, and colours are drawn as YCbCr numbers. After warm-up a frame allocates nothing.
//! [`write_jpeg`] makes a file's bytes of it, for whoever keeps or sends single pictures; a [`ScreenPicture`] is a canvas
//! scaled to the room that it has on a screen, in the pixels that screens take.
//!
//! What is not here: video encoders, files, windows, and any clock. The font is embedded; its licence lies beside it, in
//! `font/OFL.txt`.

#![forbid(unsafe_code)]

mod canvas;
mod color;
mod convert;
mod glyphs;
mod jpeg;
mod label;
mod painter;
mod palette;
mod rgb;
mod scale;
mod screen;
mod style;

pub use canvas::{Canvas, CanvasPlane};
pub use jpeg::{JpegError, write_jpeg};
pub use painter::Painter;
pub use scale::Scaler;
pub use screen::ScreenPicture;
