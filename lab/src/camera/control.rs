//! Control requests: those that every USB device answers, and the negotiation of UVC 1.0 (4.3.1.1), probe and commit.

use super::descriptors::{TRANSFER_BYTES, descriptor};
use super::pictures::{FORMATS, Format, PictureSize};
use super::usbip::Setup;

/// USB 2.0, table 9-2: who is asked, what kind of request, and which way the data goes.
const TO_INTERFACE: u8 = 0x21;
const FROM_INTERFACE: u8 = 0xA1;
/// USB 2.0, table 9-4.
const GET_STATUS: u8 = 0;
const CLEAR_FEATURE: u8 = 1;
const SET_FEATURE: u8 = 3;
const GET_DESCRIPTOR: u8 = 6;
const GET_CONFIGURATION: u8 = 8;
const SET_CONFIGURATION: u8 = 9;
const GET_INTERFACE: u8 = 10;
const SET_INTERFACE: u8 = 11;
/// UVC 1.0, A.8.
const SET_CUR: u8 = 0x01;
const GET_CUR: u8 = 0x81;
const GET_MIN: u8 = 0x82;
const GET_MAX: u8 = 0x83;
const GET_LEN: u8 = 0x85;
const GET_INFO: u8 = 0x86;
const GET_DEF: u8 = 0x87;
/// The streaming interface, and its two controls.
const STREAMING: u8 = 1;
const PROBE: u8 = 1;
const COMMIT: u8 = 2;
/// Bytes of either control in UVC 1.0.
const PROBE_BYTES: u16 = 26;

/// What the camera is to send.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Choice {
    pub format: Format,
    pub size: PictureSize,
    /// In units of 100 ns.
    pub interval: u32,
}

impl Default for Choice {
    fn default() -> Self {
        let format = FORMATS[0];
        let size = format.sizes()[0];
        Self { format, size, interval: size.intervals[0] }
    }
}

/// What becomes of a request.
#[derive(Debug, PartialEq, Eq)]
pub enum Answer {
    Data(Vec<u8>),
    Done,
    Unknown,
}

/// Answers a request; what is committed becomes the choice.
pub fn answer(setup: &Setup, data: &[u8], serial: &str, chosen: &mut Choice) -> Answer {
    let [control, _] = setup.value.to_be_bytes();
    let [interface, _] = setup.index.to_le_bytes();
    let is_negotiation = interface == STREAMING && [PROBE, COMMIT].contains(&control);
    match (setup.kind, setup.request) {
        (0x80, GET_DESCRIPTOR) => descriptor(setup.value, serial).map_or(Answer::Unknown, Answer::Data),
        (0x80, GET_CONFIGURATION) => Answer::Data(vec![1]),
        (0x80..=0x82, GET_STATUS) => Answer::Data(vec![0, 0]),
        (0x81, GET_INTERFACE) => Answer::Data(vec![0]),
        (0, SET_CONFIGURATION) | (1, SET_INTERFACE) | (0..=2, CLEAR_FEATURE | SET_FEATURE) => Answer::Done,
        (TO_INTERFACE, SET_CUR) if is_negotiation => {
            *chosen = choice(data);
            Answer::Done
        }
        (FROM_INTERFACE, GET_LEN) if is_negotiation => Answer::Data(PROBE_BYTES.to_le_bytes().to_vec()),
        // It can be read and written.
        (FROM_INTERFACE, GET_INFO) if is_negotiation => Answer::Data(vec![3]),
        (FROM_INTERFACE, GET_CUR | GET_MIN | GET_MAX | GET_DEF) if is_negotiation => {
            Answer::Data(probe(chosen))
        }
        _ => Answer::Unknown,
    }
}

/// What can be granted of what is asked for: what there is no such thing of becomes the first that there is.
fn choice(asked: &[u8]) -> Choice {
    let at = |place: usize| asked.get(place).copied().unwrap_or(0);
    let nth = |number: u8| usize::from(number).saturating_sub(1);
    let format = *FORMATS.get(nth(at(2))).unwrap_or(&FORMATS[0]);
    let sizes = format.sizes();
    let size = *sizes.get(nth(at(3))).unwrap_or(&sizes[0]);
    let wanted = u32::from_le_bytes([at(4), at(5), at(6), at(7)]);
    let interval = size.intervals.iter().find(|interval| **interval == wanted).unwrap_or(&size.intervals[0]);
    Choice { format, size, interval: *interval }
}

fn probe(chosen: &Choice) -> Vec<u8> {
    let place = |found: Option<usize>| found.map_or(1, |index| index as u8 + 1);
    let format = place(FORMATS.iter().position(|format| *format == chosen.format));
    let size = place(chosen.format.sizes().iter().position(|size| *size == chosen.size));
    let mut bytes = vec![1, 0, format, size];
    bytes.extend(chosen.interval.to_le_bytes());
    // Rates of key frames, quality, window, delay: none of them is this camera's.
    bytes.extend([0; 10]);
    bytes.extend(chosen.size.bytes_max().to_le_bytes());
    bytes.extend(TRANSFER_BYTES.to_le_bytes());
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(format: u8, size: u8, interval: u32) -> Vec<u8> {
        let mut bytes = vec![1, 0, format, size];
        bytes.extend(interval.to_le_bytes());
        bytes.resize(PROBE_BYTES.into(), 0);
        bytes
    }

    #[test]
    fn what_is_committed_is_what_is_told_then() {
        let mut chosen = Choice::default();
        let set =
            Setup { kind: TO_INTERFACE, request: SET_CUR, value: 0x0200, index: 1, length: PROBE_BYTES };
        let wanted = asked(2, 1, 666_666);
        assert_eq!(answer(&set, &wanted, "", &mut chosen), Answer::Done);
        assert_eq!((chosen.format, chosen.interval), (Format::Yuyv, 666_666));
        let get = Setup { kind: FROM_INTERFACE, request: GET_CUR, ..set };
        let Answer::Data(told) = answer(&get, &[], "", &mut chosen) else { panic!() };
        assert_eq!((told.len(), &told[..8]), (PROBE_BYTES.into(), &wanted[..8]));
    }

    #[test]
    fn what_there_is_not_becomes_what_there_is() {
        assert_eq!(choice(&asked(9, 9, 1)), Choice::default());
        assert_eq!(choice(&[]), Choice::default());
    }

    #[test]
    fn a_request_that_nobody_knows_is_refused() {
        let setup = Setup { kind: FROM_INTERFACE, request: GET_CUR, value: 0x0900, index: 1, length: 1 };
        assert_eq!(answer(&setup, &[], "", &mut Choice::default()), Answer::Unknown);
    }
}
