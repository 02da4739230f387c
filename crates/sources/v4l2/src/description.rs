//! What there is to know of a camera before it is opened for capture.

use std::path::PathBuf;

use ocelli_frame::{PixelFormat, Size};

/// A camera.
#[derive(Clone, Debug, PartialEq)]
pub struct CameraDescription {
    /// `/dev/video0`.
    pub path: PathBuf,
    /// Its name, for people.
    pub card: String,
    /// Its driver: `uvcvideo`.
    pub driver: String,
    /// The driver's version, in most cases the kernel's.
    pub driver_version: String,
    /// Where it is plugged in.
    pub bus: String,
    /// Whether its planes lie in memory of their own.
    pub multi_planar: bool,
    /// In the driver's order.
    pub formats: Vec<CameraFormat>,
}

/// A pixel format of a camera.
#[derive(Clone, Debug, PartialEq)]
pub struct CameraFormat {
    /// The driver's four letters.
    pub four_cc: String,
    /// For people.
    pub description: String,
    /// The format that we read in place; `None` where it is none of ours.
    pub reads_as: Option<PixelFormat>,
    /// Pictures are compressed, each by itself or not.
    pub compressed: bool,
    /// In the driver's order; none where the driver does not tell.
    pub sizes: Vec<CameraSize>,
}

/// A picture size, or a range of them.
#[derive(Clone, Debug, PartialEq)]
pub struct CameraSize {
    /// The smallest of the range.
    pub min: Size,
    /// The largest; the same where it is one size.
    pub max: Size,
    /// Frames a second, at the largest size of the range.
    pub rates: Rates,
}

/// Frames a second.
#[derive(Clone, Debug, PartialEq)]
pub enum Rates {
    /// These, in the driver's order; none where the driver does not tell.
    These(Vec<f64>),
    /// Any from `min` to `max`.
    Range {
        /// The slowest.
        min: f64,
        /// The fastest.
        max: f64,
    },
}
