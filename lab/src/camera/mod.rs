//! A USB camera that is a program: the kernel's `vhci-hcd` takes one end of a pair of sockets for a port with a device
//! in it, and speaks USB/IP with whoever has the other end.
//!
//! ```text
//!   ocelli ── uvcvideo ── vhci-hcd ══ sockets ══ this: answers control requests, fills bulk transfers
//! ```
//!
//! Both ends are in the guest, so that the guest's time, which is counted in instructions, holds for both. To unplug it,
//! kill it: its end of the sockets goes with it.

mod control;
mod descriptors;
mod faults;
mod pictures;
mod port;
mod sender;
mod usbip;

use std::collections::VecDeque;
use std::io;
use std::os::unix::net::UnixStream;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use self::control::{Answer, Choice, answer};
use self::faults::Faults;
use self::pictures::Pictures;
use self::usbip::{Command, Setup, read_command};

/// Transfers that the kernel may have outstanding; uvcvideo has five.
const TRANSFERS_MAX: usize = 64;
/// `EPIPE`: the device does not know this request.
const STALL: i32 = -32;
/// `ECONNRESET`: the transfer was taken back before it was filled.
const UNLINKED: i32 = -104;

/// What the command line asks for.
#[derive(Debug, Default)]
struct Options {
    /// The port of the kernel's hub that it is plugged into.
    port: u32,
    /// What the device calls itself.
    serial: Option<String>,
    faults: Faults,
}

/// Plugs the camera in, and is one until its end of the sockets is closed.
pub fn run(words: &[&str]) -> Result<(), String> {
    let options = parse(words)?;
    let pictures = Pictures::open()?;
    let device = Device {
        serial: options.serial.unwrap_or_else(|| "0001".to_owned()),
        faults: options.faults,
        state: Mutex::default(),
        changed: Condvar::new(),
    };
    let (ours, kernels) = UnixStream::pair().map_err(|error| format!("sockets: {error}"))?;
    port::plug_in(options.port, &kernels)?;
    drop(kernels);
    let line = Line { stream: Mutex::new(ours.try_clone().map_err(|error| format!("sockets: {error}"))?) };
    std::thread::scope(|scope| {
        let sender = scope.spawn(|| sender::send_pictures(&device, &pictures, &line));
        let ended = device.listen(ours, &line);
        device.state().is_unplugged = true;
        device.changed.notify_all();
        let sent = sender.join().unwrap_or_else(|_| Err("the sender panicked".to_owned()));
        sent.and(ended.map_err(|error| format!("the kernel's end: {error}")))
    })
}

fn parse(words: &[&str]) -> Result<Options, String> {
    let mut options = Options::default();
    for pair in words.chunks(2) {
        let &[name, value] = pair else { return Err(format!("{} wants a value", pair[0])) };
        let number = || value.parse().map_err(|_| format!("{name} {value}: not a number"));
        match name {
            "--port" => options.port = number()? as u32,
            "--serial" => options.serial = Some(value.to_owned()),
            "--broken-every" => options.faults.broken_every = Some(number()?),
            "--cut-every" => options.faults.cut_every = Some(number()?),
            "--stall-at" => options.faults.stall_at = Some(number()?),
            "--stall-ms" => options.faults.stall_ms = number()?,
            _ => return Err(format!("camera does not know {name}")),
        }
    }
    Ok(options)
}

/// What the two threads of a camera share.
struct Device {
    serial: String,
    faults: Faults,
    state: Mutex<State>,
    /// The state has changed.
    changed: Condvar,
}

#[derive(Default)]
struct State {
    /// Transfers that wait for a picture, the oldest first.
    waiting: VecDeque<Transfer>,
    chosen: Choice,
    is_unplugged: bool,
}

/// A transfer that the kernel wants filled.
#[derive(Clone, Copy, Debug)]
struct Transfer {
    number: u32,
    length: usize,
}

/// The way to the kernel, one answer at a time.
struct Line {
    stream: Mutex<UnixStream>,
}

impl Line {
    fn done(&self, number: u32, status: i32, data: &[u8]) -> io::Result<()> {
        self.done_out(number, status, data.len(), data)
    }

    fn done_out(&self, number: u32, status: i32, length: usize, data: &[u8]) -> io::Result<()> {
        let mut stream = self.stream.lock().unwrap_or_else(PoisonError::into_inner);
        usbip::write_done(&mut *stream, number, status, length, data)
    }

    fn taken_back(&self, number: u32, status: i32) -> io::Result<()> {
        let mut stream = self.stream.lock().unwrap_or_else(PoisonError::into_inner);
        usbip::write_taken_back(&mut *stream, number, status)
    }
}

impl Device {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Hears the kernel's commands until it closes its end.
    fn listen(&self, mut stream: UnixStream, line: &Line) -> io::Result<()> {
        while let Some(command) = read_command(&mut stream)? {
            match command {
                Command::Control { number, setup, data } => self.control(line, number, setup, &data)?,
                Command::Fill { number, length } => {
                    let mut state = self.state();
                    if state.waiting.len() == TRANSFERS_MAX {
                        return Err(io::Error::other("the kernel wants too much at once"));
                    }
                    state.waiting.push_back(Transfer { number, length });
                    self.changed.notify_all();
                }
                Command::TakeBack { number, which } => {
                    let mut state = self.state();
                    let before = state.waiting.len();
                    state.waiting.retain(|transfer| transfer.number != which);
                    let status = if state.waiting.len() < before { UNLINKED } else { 0 };
                    drop(state);
                    line.taken_back(number, status)?;
                }
            }
        }
        Ok(())
    }

    fn control(&self, line: &Line, number: u32, setup: Setup, data: &[u8]) -> io::Result<()> {
        let answered = answer(&setup, data, &self.serial, &mut self.state().chosen);
        match answered {
            Answer::Data(mut bytes) => {
                bytes.truncate(setup.length.into());
                line.done(number, 0, &bytes)
            }
            Answer::Done => line.done_out(number, 0, data.len(), &[]),
            Answer::Unknown => line.done(number, STALL, &[]),
        }
    }
}
