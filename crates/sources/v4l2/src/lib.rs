//! Cameras, through the kernel's own interface: Video4Linux2.
//!
//! ```text
//!             ┌──── QBUF: nobody reads it any more ────┐
//!             ▼                                        │
//!   driver fills a buffer ──DQBUF──▶ Frame, a lease on that very memory ──▶ readers
//! ```
//!
//! **Nothing is copied.** A driver's buffers are mapped once, before the first frame, and are the slots of a pool: what
//! a reader sees are the bytes that the driver wrote. A buffer goes back to its driver only when its last reader has
//! let go of it. Where readers hold all but the last one, the picture is copied once, counted, and told. Where it is asked
//! for, the buffers are memory of ours, which the driver fills; all else is the same.
//!
//! **Nothing is assumed.** Format, size, rate, stride and colours are read back from the driver and told; so is what
//! differs from what was asked for. The driver's own time and number are on each frame; pictures that it lost, and those
//! that it says are damaged, stand in the account.
//!
//! **Cameras come back.** What fails is started again, what is unplugged is looked for; the run is told when it was away.
//! Leases on a camera's buffers outlive all of this: those of before are unmapped when nobody reads them any more.
//!
//! Motion JPEG alone is no picture yet: it is decoded on the thread that captures, to YUV24. A thread that comes back
//! late takes the newest, so what nobody wants is not decoded. Its buffer goes back to the driver with the picture, as any
//! other does; at once, where the driver runs short.
//!
//! What is not here: libv4l, libcamera, and any system but Linux, where opening a camera is an
//! error.

#[cfg(all(target_os = "linux", not(target_pointer_width = "64")))]
compile_error!("the layouts of V4L2's structures are known for 64-bit machines only: see src/sys/buffer.rs");

#[cfg(target_os = "linux")]
mod buffers;
#[cfg(target_os = "linux")]
mod camera;
#[cfg(target_os = "linux")]
mod controls;
#[cfg(target_os = "linux")]
mod describe;
#[cfg(target_os = "linux")]
mod device;
#[cfg(target_os = "linux")]
mod error;
#[cfg(target_os = "linux")]
mod identity;
#[cfg(target_os = "linux")]
pub mod jpeg;
#[cfg(target_os = "linux")]
mod negotiate;
#[cfg(target_os = "linux")]
mod own_buffers;
#[cfg(target_os = "linux")]
mod picture;
#[cfg(target_os = "linux")]
mod queue;
#[cfg(target_os = "linux")]
mod recovery;
#[cfg(target_os = "linux")]
mod returns;
#[cfg(all(test, target_os = "linux"))]
mod script;
#[cfg(target_os = "linux")]
mod sequence;
#[cfg(target_os = "linux")]
mod source;
#[cfg(target_os = "linux")]
mod spare;
#[cfg(target_os = "linux")]
mod stream;
#[cfg(target_os = "linux")]
mod sys;

mod description;
#[cfg(not(target_os = "linux"))]
mod elsewhere;

#[cfg(target_os = "linux")]
pub use self::describe::cameras;
pub use self::description::{CameraControl, CameraDescription, CameraFormat, CameraSize, ControlKind, Rates};
#[cfg(not(target_os = "linux"))]
pub use self::elsewhere::{cameras, open};
#[cfg(target_os = "linux")]
pub use self::source::open;
