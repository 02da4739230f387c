//! `VIDIOC_SUBSCRIBE_EVENT` and `VIDIOC_DQEVENT`: what a driver has to tell beside pictures. And `VIDIOC_G_INPUT`, for
//! events belong to an input.

use std::os::fd::BorrowedFd;

use super::Errno;
use super::request::{DQEVENT, G_INPUT, SUBSCRIBE_EVENT, call};

/// `V4L2_EVENT_SOURCE_CHANGE`.
pub(super) const EVENT_SOURCE_CHANGE: u32 = 5;

/// `struct v4l2_event_subscription`.
#[derive(Clone, Copy, Debug, Default)]
#[repr(C)]
pub(super) struct RawSubscription {
    pub kind: u32,
    pub id: u32,
    pub flags: u32,
    pub reserved: [u32; 5],
}

/// `struct v4l2_event` on 64-bit machines.
#[derive(Clone, Copy, Debug, Default)]
#[repr(C)]
pub(super) struct RawEvent {
    pub kind: u32,
    /// 64 bytes, 8-aligned: what the event says.
    pub u: [u64; 8],
    pub pending: u32,
    pub sequence: u32,
    pub timestamp: [i64; 2],
    pub id: u32,
    pub reserved: [u32; 8],
}

/// From now on the driver tells when the input that it is set to shows something of another form.
pub(crate) fn subscribe_source_change(device: BorrowedFd<'_>) -> Result<(), Errno> {
    let mut input = 0i32;
    call(device, &G_INPUT, &mut input)?;
    let id = u32::try_from(input).map_err(|_| Errno::INVAL)?;
    let mut raw = RawSubscription { kind: EVENT_SOURCE_CHANGE, id, ..Default::default() };
    call(device, &SUBSCRIBE_EVENT, &mut raw)
}

/// What a driver has told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Event {
    /// The input shows something of another form.
    SourceChange,
    /// Something that we did not ask for.
    Other,
}

/// The event that came first of those that wait; `None` where none does.
pub(crate) fn dqevent(device: BorrowedFd<'_>) -> Result<Option<Event>, Errno> {
    let mut raw = RawEvent::default();
    match call(device, &DQEVENT, &mut raw) {
        // `ENOENT` where none waits.
        Err(Errno::NOENT | Errno::AGAIN) => Ok(None),
        Err(errno) => Err(errno),
        Ok(()) if raw.kind == EVENT_SOURCE_CHANGE => Ok(Some(Event::SourceChange)),
        Ok(()) => Ok(Some(Event::Other)),
    }
}
