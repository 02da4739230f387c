//! USB/IP's two commands and their answers, as the kernel's `Documentation/usb/usbip_protocol.rst` has them: headers of
//! 48 bytes, big-endian, then data. Attaching and isochronous transfers are not here: the kernel is handed the socket,
//! and the camera's are bulk transfers.

use std::io::{self, Read, Write};

const HEADER_BYTES: usize = 48;
const SUBMIT: u32 = 1;
const UNLINK: u32 = 2;
const SUBMIT_DONE: u32 = 3;
const UNLINK_DONE: u32 = 4;
/// Direction: from the device.
const IN: u32 = 1;
/// Bytes that a control request may bring: more than any has.
const CONTROL_BYTES_MAX: usize = 4096;

/// What the kernel wants.
#[derive(Debug, PartialEq, Eq)]
pub enum Command {
    /// A control request, with what it brings.
    Control { number: u32, setup: Setup, data: Vec<u8> },
    /// So many bytes of a picture.
    Fill { number: u32, length: usize },
    /// A transfer back.
    TakeBack { number: u32, which: u32 },
}

/// USB 2.0, 9.3: the eight bytes of a control request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Setup {
    pub kind: u8,
    pub request: u8,
    pub value: u16,
    pub index: u16,
    pub length: u16,
}

/// The next command; `None` where the kernel has closed its end.
pub fn read_command(from: &mut impl Read) -> io::Result<Option<Command>> {
    let mut header = [0; HEADER_BYTES];
    match from.read_exact(&mut header) {
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(None),
        answer => answer?,
    }
    let field = |place: usize| {
        u32::from_be_bytes([header[place], header[place + 1], header[place + 2], header[place + 3]])
    };
    let (command, number, direction, endpoint, length) =
        (field(0), field(4), field(12), field(16), field(24) as usize);
    match (command, endpoint) {
        (UNLINK, _) => Ok(Some(Command::TakeBack { number, which: field(20) })),
        (SUBMIT, 0) => {
            let short = |place: usize| u16::from_le_bytes([header[place], header[place + 1]]);
            let (kind, request) = (header[40], header[41]);
            let setup = Setup { kind, request, value: short(42), index: short(44), length: short(46) };
            if direction == IN {
                return Ok(Some(Command::Control { number, setup, data: Vec::new() }));
            }
            if length > CONTROL_BYTES_MAX {
                return Err(io::Error::other(format!("a control request of {length} bytes")));
            }
            let mut data = vec![0; length];
            from.read_exact(&mut data)?;
            Ok(Some(Command::Control { number, setup, data }))
        }
        (SUBMIT, _) if direction == IN => Ok(Some(Command::Fill { number, length })),
        _ => Err(io::Error::other(format!("command {command} to endpoint {endpoint}"))),
    }
}

/// A transfer of `length` bytes is done; `data` are those that go to the kernel.
pub fn write_done(
    to: &mut impl Write,
    number: u32,
    status: i32,
    length: usize,
    data: &[u8],
) -> io::Result<()> {
    let mut answer = Vec::with_capacity(HEADER_BYTES + data.len());
    header(&mut answer, SUBMIT_DONE, number, status);
    answer.extend_from_slice(&(length as u32).to_be_bytes());
    answer.resize(HEADER_BYTES, 0);
    answer.extend_from_slice(data);
    to.write_all(&answer)
}

/// A transfer that was to be taken back.
pub fn write_taken_back(to: &mut impl Write, number: u32, status: i32) -> io::Result<()> {
    let mut answer = Vec::with_capacity(HEADER_BYTES);
    header(&mut answer, UNLINK_DONE, number, status);
    answer.resize(HEADER_BYTES, 0);
    to.write_all(&answer)
}

/// Device, direction and endpoint are zero in answers.
fn header(into: &mut Vec<u8>, command: u32, number: u32, status: i32) {
    for field in [command, number, 0, 0, 0, status as u32] {
        into.extend_from_slice(&field.to_be_bytes());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn submit(direction: u32, endpoint: u32, length: u32, setup: [u8; 8]) -> Vec<u8> {
        let fields = [SUBMIT, 7, 0, direction, endpoint, 0, length, 0, 0, 0];
        let mut bytes: Vec<u8> = fields.iter().flat_map(|field| field.to_be_bytes()).collect();
        bytes.extend(setup);
        bytes
    }

    #[test]
    fn commands_are_read_one_after_another() {
        let mut bytes = submit(IN, 0, 18, [0x80, 6, 0, 1, 0, 0, 18, 0]);
        bytes.extend(submit(0, 0, 2, [0x21, 1, 0, 1, 1, 0, 2, 0]));
        bytes.extend([5, 6]);
        bytes.extend(submit(IN, 1, 16_384, [0; 8]));
        let mut from = &bytes[..];
        let setup = Setup { kind: 0x80, request: 6, value: 0x100, index: 0, length: 18 };
        assert_eq!(
            read_command(&mut from).unwrap(),
            Some(Command::Control { number: 7, setup, data: Vec::new() })
        );
        let Some(Command::Control { data, .. }) = read_command(&mut from).unwrap() else { panic!() };
        assert_eq!(data, [5, 6]);
        assert_eq!(read_command(&mut from).unwrap(), Some(Command::Fill { number: 7, length: 16_384 }));
        assert_eq!(read_command(&mut from).unwrap(), None);
    }

    #[test]
    fn lengths_are_not_believed_and_other_commands_are_refused() {
        assert!(read_command(&mut &submit(0, 0, u32::MAX, [0; 8])[..]).is_err());
        assert!(read_command(&mut &submit(0, 1, 8, [0; 8])[..]).is_err());
    }

    #[test]
    fn an_answer_is_a_header_and_its_data() {
        let mut bytes = Vec::new();
        write_done(&mut bytes, 9, -32, 3, b"abc").unwrap();
        assert_eq!(bytes.len(), HEADER_BYTES + 3);
        assert_eq!(bytes[..8], [0, 0, 0, 3, 0, 0, 0, 9]);
        assert_eq!(bytes[20..28], [0xff, 0xff, 0xff, 0xe0, 0, 0, 0, 3]);
        bytes.clear();
        write_taken_back(&mut bytes, 9, 0).unwrap();
        assert_eq!((bytes.len(), bytes[3]), (HEADER_BYTES, 4));
    }
}
