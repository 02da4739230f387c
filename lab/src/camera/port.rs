//! The kernel's hub for devices that are elsewhere, `vhci-hcd`: one of its ports is handed a socket.

use std::fs;
use std::os::fd::AsRawFd;
use std::os::unix::net::UnixStream;
use std::thread;
use std::time::Duration;

const ATTACH: &str = "/sys/devices/platform/vhci_hcd.0/attach";
/// `USB_SPEED_HIGH`.
const SPEED: u32 = 3;
/// How often a port is tried that has not yet lost its last device, and how long to wait between.
const TRIES: u32 = 500;
const WAIT: Duration = Duration::from_millis(10);

/// Plugs whoever has the other end of the socket into the port. The kernel keeps the socket for itself.
pub fn plug_in(port: u32, socket: &UnixStream) -> Result<(), String> {
    // Port, socket, device (anything that the kernel does not read again), speed.
    let line = format!("{port} {} {} {SPEED}", socket.as_raw_fd(), port + 1);
    let mut tried = fs::write(ATTACH, &line);
    for _ in 1..TRIES {
        if tried.is_ok() {
            break;
        }
        thread::sleep(WAIT);
        tried = fs::write(ATTACH, &line);
    }
    tried.map_err(|error| format!("port {port}: {ATTACH}: {error}"))
}
