//! The ioctl numbers, each with the one type that its argument has, and the call itself.

use std::ffi::c_void;
use std::marker::PhantomData;
use std::os::fd::BorrowedFd;

use rustix::io::Errno;
use rustix::ioctl::{Direction, Ioctl, IoctlOutput, Opcode, ioctl, opcode};

use super::control::{RawControl, RawMenu, RawValue};
use super::dv_timings::RawTimings;
use super::enum_fmt::RawFormatDescription;
use super::enum_frameintervals::RawInterval;
use super::enum_framesizes::RawSize;
use super::event::{RawEvent, RawSubscription};
use super::expbuf::RawExport;
use super::fmt::RawFormat;
use super::parm::RawParameters;
use super::querycap::RawCapability;
use super::reqbufs::RawRequest;

/// One ioctl whose argument is a `T` that holds no pointers.
#[derive(Debug)]
pub(crate) struct Request<T> {
    opcode: Opcode,
    argument: PhantomData<fn(&mut T)>,
}

impl<T> Request<T> {
    /// # Safety
    /// - The kernel reads and writes at most a `T` under this number, as far as `T` has no padding that matters.
    /// - Every pattern of bits is a valid `T`, and it holds no pointers that the kernel follows.
    const unsafe fn new(direction: Direction, number: u8) -> Self {
        Self { opcode: opcode_of::<T>(direction, number), argument: PhantomData }
    }

    #[cfg(test)]
    pub(super) fn opcode(&self) -> Opcode {
        self.opcode
    }
}

/// The number of a video ioctl.
pub(super) const fn opcode_of<T>(direction: Direction, number: u8) -> Opcode {
    opcode::from_components(direction, b'V', number, size_of::<T>())
}

// SAFETY: of this and all that follow: the layouts are compared with the kernel's header in `layout.rs`; they are made of plain integers.
pub(super) const QUERYCAP: Request<RawCapability> = unsafe { Request::new(Direction::Read, 0) };
// SAFETY: as above.
pub(super) const ENUM_FMT: Request<RawFormatDescription> = unsafe { Request::new(Direction::ReadWrite, 2) };
// SAFETY: as above.
pub(super) const G_FMT: Request<RawFormat> = unsafe { Request::new(Direction::ReadWrite, 4) };
// SAFETY: as above.
pub(super) const S_FMT: Request<RawFormat> = unsafe { Request::new(Direction::ReadWrite, 5) };
// SAFETY: as above.
pub(super) const REQBUFS: Request<RawRequest> = unsafe { Request::new(Direction::ReadWrite, 8) };
// SAFETY: as above.
pub(super) const STREAMON: Request<i32> = unsafe { Request::new(Direction::Write, 18) };
// SAFETY: as above.
pub(super) const STREAMOFF: Request<i32> = unsafe { Request::new(Direction::Write, 19) };
// SAFETY: as above.
pub(super) const G_PARM: Request<RawParameters> = unsafe { Request::new(Direction::ReadWrite, 21) };
// SAFETY: as above.
pub(super) const S_PARM: Request<RawParameters> = unsafe { Request::new(Direction::ReadWrite, 22) };
// SAFETY: as above.
pub(super) const ENUM_FRAMESIZES: Request<RawSize> = unsafe { Request::new(Direction::ReadWrite, 74) };
// SAFETY: as above.
pub(super) const ENUM_FRAMEINTERVALS: Request<RawInterval> =
    unsafe { Request::new(Direction::ReadWrite, 75) };
// SAFETY: as above.
pub(super) const G_INPUT: Request<i32> = unsafe { Request::new(Direction::Read, 38) };
// SAFETY: as above.
pub(super) const S_DV_TIMINGS: Request<RawTimings> = unsafe { Request::new(Direction::ReadWrite, 87) };
// SAFETY: as above.
pub(super) const DQEVENT: Request<RawEvent> = unsafe { Request::new(Direction::Read, 89) };
// SAFETY: as above.
pub(super) const SUBSCRIBE_EVENT: Request<RawSubscription> = unsafe { Request::new(Direction::Write, 90) };
// SAFETY: as above.
pub(super) const QUERY_DV_TIMINGS: Request<RawTimings> = unsafe { Request::new(Direction::Read, 99) };
// SAFETY: as above.
pub(super) const G_CTRL: Request<RawValue> = unsafe { Request::new(Direction::ReadWrite, 27) };
// SAFETY: as above.
pub(super) const S_CTRL: Request<RawValue> = unsafe { Request::new(Direction::ReadWrite, 28) };
// SAFETY: as above.
pub(super) const QUERYMENU: Request<RawMenu> = unsafe { Request::new(Direction::ReadWrite, 37) };
// SAFETY: as above.
pub(super) const QUERY_EXT_CTRL: Request<RawControl> = unsafe { Request::new(Direction::ReadWrite, 103) };
// SAFETY: as above.
pub(super) const EXPBUF: Request<RawExport> = unsafe { Request::new(Direction::ReadWrite, 16) };

/// Asks the driver; a call that a signal interrupted is made again.
pub(super) fn call<T>(device: BorrowedFd<'_>, request: &Request<T>, argument: &mut T) -> Result<(), Errno> {
    // SAFETY: by the promise of `Request::new`, this is an argument that the number goes with.
    unsafe { call_raw(device, request.opcode, argument) }
}

/// # Safety
/// The kernel reads and writes at most a `T` under this number, and pointers in it lead to what it expects there.
pub(super) unsafe fn call_raw<T>(
    device: BorrowedFd<'_>,
    opcode: Opcode,
    argument: &mut T,
) -> Result<(), Errno> {
    loop {
        let update = Update { opcode, argument: &mut *argument };
        // SAFETY: promised by our caller.
        match unsafe { ioctl(device, update) } {
            Err(Errno::INTR) => {}
            answer => return answer,
        }
    }
}

/// A number and what the kernel reads and writes under it.
struct Update<'a, T> {
    opcode: Opcode,
    argument: &'a mut T,
}

// SAFETY: who makes one promises that number and argument go together; the answer is written in place.
unsafe impl<T> Ioctl for Update<'_, T> {
    type Output = ();

    const IS_MUTATING: bool = true;

    fn opcode(&self) -> Opcode {
        self.opcode
    }

    fn as_ptr(&mut self) -> *mut c_void {
        (&raw mut *self.argument).cast()
    }

    unsafe fn output_from_ptr(_: IoctlOutput, _: *mut c_void) -> rustix::io::Result<()> {
        Ok(())
    }
}
