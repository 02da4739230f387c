//! `VIDIOC_QUERYCAP`: who the device is and what it can do.

use std::os::fd::BorrowedFd;

use super::request::{QUERYCAP, call};
use super::{BufferType, Errno, text};

const CAP_VIDEO_CAPTURE: u32 = 0x1;
const CAP_VIDEO_CAPTURE_MPLANE: u32 = 0x1000;
const CAP_STREAMING: u32 = 0x0400_0000;
const CAP_DEVICE_CAPS: u32 = 0x8000_0000;

/// `struct v4l2_capability`.
#[derive(Clone, Copy, Debug, Default)]
#[repr(C)]
pub(super) struct RawCapability {
    pub driver: [u8; 16],
    pub card: [u8; 32],
    pub bus_info: [u8; 32],
    pub version: u32,
    pub capabilities: u32,
    pub device_caps: u32,
    pub reserved: [u32; 3],
}

/// A device's own words on itself.
#[derive(Clone, Debug, Default)]
pub(crate) struct Capability {
    /// The driver's name: `uvcvideo`.
    pub driver: String,
    /// The device's name, for people.
    pub card: String,
    /// Where it is plugged in: `usb-0000:00:14.0-1`.
    pub bus: String,
    /// The kernel's version, or the driver's: `6.12.117`.
    pub version: String,
    /// The kind of queue that pictures come out of; `None` where none do, or not into mapped memory.
    pub capture: Option<BufferType>,
}

/// Asks a device who it is. `ENOTTY` where it is no V4L2 device.
pub(crate) fn querycap(device: BorrowedFd<'_>) -> Result<Capability, Errno> {
    let mut raw = RawCapability::default();
    call(device, &QUERYCAP, &mut raw)?;
    // Of a device with several nodes, `capabilities` are those of all together.
    let own = if raw.capabilities & CAP_DEVICE_CAPS != 0 { raw.device_caps } else { raw.capabilities };
    let capture = match own {
        _ if own & CAP_STREAMING == 0 => None,
        _ if own & CAP_VIDEO_CAPTURE != 0 => Some(BufferType::Single),
        _ if own & CAP_VIDEO_CAPTURE_MPLANE != 0 => Some(BufferType::Multi),
        _ => None,
    };
    let version = raw.version;
    Ok(Capability {
        driver: text(&raw.driver),
        card: text(&raw.card),
        bus: text(&raw.bus_info),
        version: format!("{}.{}.{}", version >> 16, version >> 8 & 0xff, version & 0xff),
        capture,
    })
}
