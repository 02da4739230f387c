//! A whole download: ask, receive, ask again from where it broke off, check, and only then put it in place.
//!
//! Every number a server names is compared with the pin before anything is read or kept; nothing it says sizes a
//! buffer.

use std::path::{Path, PathBuf};
use std::time::Duration;

use ocelli_frame::Clock;

use crate::client::{Answer, Client, body_error};
use crate::part::Part;
use crate::{Address, FetchError, FetchErrorKind, FileState, Pinned, state_of};

/// Bytes taken from the network at once.
const BUFFER_BYTES: usize = 64 << 10;

/// The pause before the first retry; it doubles with each.
const FIRST_PAUSE_NS: u64 = 500_000_000;

/// How patient a download is, and whom it trusts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Options {
    /// Time for a connection to come about: name, TCP and TLS together.
    pub connect: Duration,
    /// Time without a single byte after which a server counts as stalled.
    pub stall: Duration,
    /// Times that a download is taken up again after it broke off.
    pub retries: u32,
    /// Root certificates in PEM, instead of the built-in ones of Mozilla.
    pub roots: Option<PathBuf>,
}

impl Default for Options {
    fn default() -> Self {
        Self { connect: Duration::from_secs(10), stall: Duration::from_secs(30), retries: 3, roots: None }
    }
}

/// What happens on the way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// Another process downloads the same file; this one waits for it.
    Waiting,
    /// A server is asked. Some bytes may be here from an earlier try.
    Asking {
        /// What is here already.
        bytes: u64,
    },
    /// More has come.
    Received {
        /// What is here now.
        bytes: u64,
    },
    /// It broke off, and is taken up again.
    Retrying {
        /// Why it broke off.
        error: FetchError,
    },
    /// What an earlier run had left was not of this file, and is fetched anew.
    Restarting,
}

/// How the file came to be there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It was downloaded.
    Downloaded,
    /// It was there, whole.
    AlreadyThere,
}

/// Downloads a pinned file to `target`. Several processes may do so at once: one downloads, the others wait and find
/// it there. On an error nothing is at `target` that was not there before; what has come is kept beside it for the
/// next try, unless its hash was wrong.
///
/// # Errors
/// A server that cannot be reached, does not give the file, stalls, or gives another one; storage that fails.
pub fn download(
    pinned: &Pinned,
    address: &Address,
    target: &Path,
    options: &Options,
    clock: &dyn Clock,
    watch: &mut dyn FnMut(Event),
) -> Result<Outcome, FetchError> {
    if state_of(target, pinned)? == FileState::Whole {
        return Ok(Outcome::AlreadyThere);
    }
    let client = Client::new(options)?;
    let mut part = Part::open(target, &mut || watch(Event::Waiting))?;
    if state_of(target, pinned)? == FileState::Whole {
        // Whoever had the part before us has finished.
        part.discard()?;
        return Ok(Outcome::AlreadyThere);
    }
    if part.bytes() > pinned.size_bytes {
        part.clear()?;
    }
    let mut is_inherited = part.bytes() > 0;
    let mut transfer = Transfer { client, pinned, address, options, clock, etag: None };
    loop {
        if let Err(error) = transfer.fill(&mut part, watch) {
            return Err(end(error, part));
        }
        let found = part.digest()?;
        if found == pinned.sha256 {
            part.install(target, pinned)?;
            return Ok(Outcome::Downloaded);
        }
        if !is_inherited {
            part.discard()?;
            return Err(mismatch(
                address,
                &format!("gives a file with the sha256 {found}, not {}", pinned.sha256),
            ));
        }
        // The earlier run's bytes may be at fault, not the server.
        is_inherited = false;
        part.clear()?;
        watch(Event::Restarting);
    }
}

/// An error's last words, once it is clear what becomes of the part.
fn end(error: FetchError, part: Part) -> FetchError {
    let bytes = part.bytes();
    if bytes == 0 {
        // An empty file helps nobody; if it cannot be deleted, it does no harm.
        let _ = part.discard();
        return error;
    }
    error.and(&format!(" ({bytes} bytes are here and kept: the next try goes on from there)"))
}

fn mismatch(address: &Address, why: &str) -> FetchError {
    let hint = "is a proxy, a mirror or a login page in between? nothing of it was kept";
    FetchError::new(FetchErrorKind::Mismatch, format!("{address} {why}"), hint)
}

/// The way from a server to a part.
struct Transfer<'a> {
    client: Client,
    pinned: &'a Pinned,
    address: &'a Address,
    options: &'a Options,
    clock: &'a dyn Clock,
    /// Of the bytes that came in this run.
    etag: Option<String>,
}

impl Transfer<'_> {
    /// Until all bytes are there, or the retries are used up.
    fn fill(&mut self, part: &mut Part, watch: &mut dyn FnMut(Event)) -> Result<(), FetchError> {
        let mut pause_ns = FIRST_PAUSE_NS;
        for retries_left in (0..=self.options.retries).rev() {
            match self.attempt(part, watch) {
                Err(error) if error.is_passing() && retries_left > 0 => {
                    watch(Event::Retrying { error });
                    self.clock.sleep_until_ns(self.clock.now_ns().saturating_add(pause_ns));
                    pause_ns = pause_ns.saturating_mul(2);
                }
                Err(error) if error.is_passing() => {
                    let tries = self.options.retries.saturating_add(1);
                    return Err(if tries == 1 {
                        error
                    } else {
                        error.and(&format!(", at the last of {tries} tries"))
                    });
                }
                outcome => return outcome,
            }
        }
        Ok(())
    }

    /// One question, and as much of its answer as comes.
    fn attempt(&mut self, part: &mut Part, watch: &mut dyn FnMut(Event)) -> Result<(), FetchError> {
        let wanted = self.pinned.size_bytes;
        if part.bytes() == wanted {
            return Ok(());
        }
        watch(Event::Asking { bytes: part.bytes() });
        let mut answer = self.client.get(self.address, part.bytes(), self.etag.as_deref())?;
        if let Some(size_bytes) = answer.size_bytes.filter(|&size_bytes| size_bytes != wanted) {
            return Err(mismatch(&answer.address, &format!("has {size_bytes} bytes, not {wanted}")));
        }
        if answer.from_byte == 0 && part.bytes() > 0 {
            // The server does not do parts, or has changed its file.
            part.clear()?;
        }
        self.etag = answer.etag.take();
        self.receive(answer, part, watch)
    }

    fn receive(
        &self,
        mut answer: Answer,
        part: &mut Part,
        watch: &mut dyn FnMut(Event),
    ) -> Result<(), FetchError> {
        let wanted = self.pinned.size_bytes;
        let mut buffer = vec![0; BUFFER_BYTES];
        loop {
            let count = answer.body.read(&mut buffer).map_err(|error| body_error(&answer.address, error))?;
            if count == 0 {
                break;
            }
            if count as u64 > wanted - part.bytes() {
                part.clear()?;
                return Err(mismatch(
                    &answer.address,
                    &format!("goes on beyond the {wanted} bytes of the file"),
                ));
            }
            part.append(&buffer[..count])?;
            watch(Event::Received { bytes: part.bytes() });
        }
        if part.bytes() < wanted {
            return Err(FetchError::new(
                FetchErrorKind::Interrupted,
                format!("{} broke off after {} of {wanted} bytes", answer.address, part.bytes()),
                "check the network and try again",
            ));
        }
        Ok(())
    }
}
