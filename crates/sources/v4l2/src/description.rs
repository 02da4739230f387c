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
    /// Whether its driver fills memory of ours too (`memory=userptr`); `None` where it does not tell, or is busy.
    pub fills_user_memory: Option<bool>,
    /// In the driver's order.
    pub formats: Vec<CameraFormat>,
    /// What can be turned, in the driver's order.
    pub controls: Vec<CameraControl>,
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

/// A control of a camera.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CameraControl {
    /// What it is called in `ctrl.NAME=VALUE`.
    pub name: String,
    /// For people.
    pub title: String,
    /// What its values are.
    pub kind: ControlKind,
    /// The least value.
    pub min: i64,
    /// The greatest.
    pub max: i64,
    /// From one value to the next.
    pub step: u64,
    /// As the driver would have it.
    pub default: i64,
    /// As it is set; `None` where it has none to tell.
    pub value: Option<i64>,
    /// It can be set.
    pub writable: bool,
    /// It has no effect until another is set.
    pub inactive: bool,
}

/// What a control's values are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ControlKind {
    /// Numbers.
    Integer,
    /// 0 or 1.
    Boolean,
    /// These, with what they stand for.
    Menu(Vec<(i64, String)>),
    /// None: something happens when it is set.
    Button,
    /// Bits.
    Bitmask,
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
