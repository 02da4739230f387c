//! The cameras of this machine, and all that their drivers tell of them.

use std::fs;
use std::os::fd::AsFd;
use std::path::{Path, PathBuf};

use ocelli_capture::{SourceError, SourceErrorKind};
use ocelli_frame::Size;

use crate::controls;
use crate::description::{CameraDescription, CameraFormat, CameraSize, Rates};
use crate::device::Device;
use crate::negotiate::Settings;
use crate::picture::read_as;
use crate::sys::{
    Errno, FourCc, Fraction, Intervals, Sizes, enum_frameintervals, enum_framesizes, fills_user_memory,
};

const FOLDER: &str = "/dev";
const NAME: &str = "video";
/// Answers to one question; a driver that has more has lost its way.
const ANSWERS_MAX: u32 = 512;

/// Every `/dev/video*` that gives pictures, in the order of their numbers; and those that cannot be asked, with the
/// reason. Asking starts nothing and changes nothing.
///
/// # Errors
/// Where `/dev` cannot be read.
pub fn cameras() -> Result<Vec<Result<CameraDescription, SourceError>>, SourceError> {
    let entries = fs::read_dir(FOLDER).map_err(|error| {
        SourceError::new(SourceErrorKind::Io, format!("{FOLDER}: {error}"), "is this Linux, with /dev there?")
    })?;
    let number = |name: &str| name.strip_prefix(NAME)?.parse::<u32>().ok();
    let mut numbers: Vec<u32> =
        entries.filter_map(|entry| number(entry.ok()?.file_name().to_str()?)).collect();
    numbers.sort_unstable();
    let paths = numbers.into_iter().map(|number| PathBuf::from(format!("{FOLDER}/{NAME}{number}")));
    let asked = paths.map(|path| describe(&path));
    // Nodes for metadata and output are no cameras, and no faults.
    let is_camera = |described: &Result<_, SourceError>| match described {
        Ok(_) => true,
        Err(error) => error.kind() != SourceErrorKind::Unsupported,
    };
    Ok(asked.filter(is_camera).collect())
}

fn describe(path: &Path) -> Result<CameraDescription, SourceError> {
    let device = Device::open(path)?;
    let formats = device.formats().map_err(|errno| device.error("ENUM_FMT", errno))?;
    let formats = formats.into_iter().map(|format| {
        Ok(CameraFormat {
            four_cc: format.four_cc.to_string(),
            description: format.description,
            reads_as: read_as(format.four_cc),
            compressed: format.is_compressed,
            sizes: sizes(&device, format.four_cc)?,
        })
    });
    let formats = formats.collect::<Result<_, Errno>>();
    // Another program may have its buffers.
    let fills_user_memory = fills_user_memory(device.file.as_fd(), device.kind).ok().flatten();
    let capability = device.capability.clone();
    Ok(CameraDescription {
        path: path.to_owned(),
        card: capability.card,
        driver: capability.driver,
        driver_version: capability.version,
        bus: capability.bus,
        multi_planar: device.kind == crate::sys::BufferType::Multi,
        fills_user_memory,
        formats: formats.map_err(|errno| device.error("ENUM_FRAMESIZES", errno))?,
        controls: controls::describe(&device).map_err(|errno| device.error("QUERY_EXT_CTRL", errno))?,
    })
}

fn sizes(device: &Device, four_cc: FourCc) -> Result<Vec<CameraSize>, Errno> {
    let mut sizes = Vec::new();
    for index in 0..ANSWERS_MAX {
        let (min, max) = match enum_framesizes(device.file.as_fd(), four_cc, index)? {
            Some(Sizes::One(size)) => (size, size),
            Some(Sizes::Range { min, max, .. }) => (min, max),
            None => break,
        };
        sizes.push(CameraSize { min, max, rates: rates(device, four_cc, max)? });
    }
    Ok(sizes)
}

fn rates(device: &Device, four_cc: FourCc, size: Size) -> Result<Rates, Errno> {
    let mut rates = Vec::new();
    for index in 0..ANSWERS_MAX {
        match enum_frameintervals(device.file.as_fd(), four_cc, size, index)? {
            Some(Intervals::One(interval)) => rates.extend(interval.fps()),
            Some(Intervals::Range { min, max }) => {
                // The longest time between frames is the slowest rate.
                let fps = |interval: Fraction| interval.fps().unwrap_or(0.0);
                return Ok(Rates::Range { min: fps(max), max: fps(min) });
            }
            None => break,
        }
    }
    Ok(Rates::These(rates))
}
