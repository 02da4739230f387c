//! V4L2 as the kernel speaks it: one file an ioctl, what we give and what we learn.
//!
//! Layouts are those of `linux/videodev2.h` on 64-bit machines; `layout.rs` holds them against that header. Answers
//! that are expected (there is no more, nothing is ready) are values; everything else is the [`Errno`].
//!
//! What is not here: what any of it is for.

mod buffer;
mod control;
mod dqbuf;
mod dv_timings;
mod enum_fmt;
mod enum_frameintervals;
mod enum_framesizes;
mod event;
mod expbuf;
mod fmt;
mod four_cc;
#[cfg(test)]
mod layout;
mod mapping;
mod parm;
mod qbuf;
mod querybuf;
mod querycap;
mod reqbufs;
mod request;
mod stream;

pub(crate) use rustix::io::Errno;

pub(crate) use buffer::{PLANES_MAX, Region};
pub(crate) use control::{Control, ControlType, g_ctrl, menu_entry, next_control, s_ctrl};
pub(crate) use dqbuf::{Dequeued, dqbuf};
pub(crate) use dv_timings::{Signal, follow_signal};
pub(crate) use enum_fmt::{FormatDescription, enum_fmt};
pub(crate) use enum_frameintervals::{Intervals, enum_frameintervals};
pub(crate) use enum_framesizes::{Sizes, enum_framesizes};
pub(crate) use event::{Event, dqevent, subscribe_source_change};
pub(crate) use expbuf::expbuf;
#[cfg(test)]
pub(crate) use fmt::MemoryPlane;
pub(crate) use fmt::{Format, g_fmt, s_fmt};
pub(crate) use four_cc::FourCc;
pub(crate) use mapping::Mapping;
pub(crate) use parm::{Fraction, g_parm, s_parm};
pub(crate) use qbuf::{qbuf, qbuf_user};
pub(crate) use querybuf::querybuf;
pub(crate) use querycap::{Capability, querycap};
pub(crate) use reqbufs::{fills_user_memory, reqbufs};
pub(crate) use stream::{streamoff, streamon};

/// Which kind of queue: pictures in one piece of memory each, or in one for each plane.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
pub(crate) enum BufferType {
    /// `V4L2_BUF_TYPE_VIDEO_CAPTURE`.
    Single = 1,
    /// `V4L2_BUF_TYPE_VIDEO_CAPTURE_MPLANE`.
    Multi = 9,
}

/// Whose memory the buffers of a queue are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
pub(crate) enum MemoryType {
    /// `V4L2_MEMORY_MMAP`: the driver's, to be mapped.
    Mmap = 1,
    /// `V4L2_MEMORY_USERPTR`: ours, which goes to the driver with each buffer.
    UserPtr = 2,
}

/// Text in a field of the kernel's, up to its first zero.
fn text(field: &[u8]) -> String {
    let end = field.iter().position(|&byte| byte == 0).unwrap_or(field.len());
    String::from_utf8_lossy(&field[..end]).into_owned()
}
