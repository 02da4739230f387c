//! What the camera says it is: the descriptors of USB 2.0 and of the USB Video Class 1.0 (UVC), as bytes.
//!
//! One camera terminal, wired to one output terminal, which is a bulk endpoint with two formats.

use super::pictures::{FORMATS, Format};

/// USB 2.0, table 9-5.
const DEVICE: u8 = 1;
const CONFIGURATION: u8 = 2;
const STRING: u8 = 3;
const INTERFACE: u8 = 4;
const ENDPOINT: u8 = 5;
const DEVICE_QUALIFIER: u8 = 6;
const INTERFACE_ASSOCIATION: u8 = 11;
/// UVC 1.0, A.4.
const CS_INTERFACE: u8 = 0x24;
/// UVC 1.0, A.1 and A.2: the class, and its two kinds of interfaces.
const VIDEO: u8 = 14;
const VIDEO_CONTROL: u8 = 1;
const VIDEO_STREAMING: u8 = 2;
const VIDEO_COLLECTION: u8 = 3;

/// The endpoint that pictures come from.
const PICTURES: u8 = 0x81;
/// Ticks a second of the times in the pictures' headers.
pub const CLOCK_HZ: u32 = 48_000_000;
/// Bytes of one transfer of pictures: the most that uvcvideo asks for at once.
pub const TRANSFER_BYTES: u32 = 16_384;
/// What a format's colours are (UVC 1.0, 3.9.2.6): those of BT.709 and sRGB, in the YCbCr of BT.601.
const COLORS: [u8; 3] = [1, 1, 4];

/// The descriptor that GET_DESCRIPTOR asks for by this value: kind and index.
pub fn descriptor(value: u16, serial: &str) -> Option<Vec<u8>> {
    let [index, kind] = value.to_le_bytes();
    match kind {
        DEVICE => Some(device()),
        CONFIGURATION => Some(configuration()),
        STRING => string(index, serial),
        DEVICE_QUALIFIER => Some(vec![10, DEVICE_QUALIFIER, 0, 2, 0xEF, 2, 1, 64, 1, 0]),
        _ => None,
    }
}

fn device() -> Vec<u8> {
    let mut bytes = vec![18, DEVICE, 0, 2];
    // Several interfaces that belong together, so says their association; 64 bytes a control packet.
    bytes.extend([0xEF, 2, 1, 64]);
    // Linux Foundation, a product of ours, version 1.0.
    for word in [0x1d6b_u16, 0x0102, 0x0100] {
        bytes.extend(word.to_le_bytes());
    }
    // Strings: maker, product, serial number; one configuration.
    bytes.extend([1, 2, 3, 1]);
    bytes
}

fn string(index: u8, serial: &str) -> Option<Vec<u8>> {
    let text = match index {
        0 => return Some(vec![4, STRING, 0x09, 0x04]),
        1 => "Ocelli",
        2 => "Lab camera",
        3 => serial,
        _ => return None,
    };
    let units: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let mut bytes = vec![(units.len() + 2) as u8, STRING];
    bytes.extend(units);
    Some(bytes)
}

fn configuration() -> Vec<u8> {
    let mut body = vec![8, INTERFACE_ASSOCIATION, 0, 2, VIDEO, VIDEO_COLLECTION, 0, 0];
    body.extend([9, INTERFACE, 0, 0, 0, VIDEO, VIDEO_CONTROL, 0, 0]);
    body.extend(terminals());
    body.extend([9, INTERFACE, 1, 0, 1, VIDEO, VIDEO_STREAMING, 0, 0]);
    body.extend(formats());
    // 512 bytes a packet, as every bulk endpoint at high speed.
    body.extend([7, ENDPOINT, PICTURES, 2, 0, 2, 0]);
    let mut bytes = vec![9, CONFIGURATION];
    bytes.extend((9 + body.len() as u16).to_le_bytes());
    // Two interfaces, configuration 1, powered by the bus, 500 mA.
    bytes.extend([2, 1, 0, 0x80, 250]);
    bytes.extend(body);
    bytes
}

/// The control interface: its header, a camera, and where its pictures go.
fn terminals() -> Vec<u8> {
    let mut units = vec![18, CS_INTERFACE, 2, 1];
    // A camera (0x0201) without optics of known length and without controls (3 bytes of them).
    units.extend([1, 2, 0, 0, 0, 0, 0, 0, 0, 0, 3, 0, 0, 0]);
    // Streaming (0x0101), from unit 1.
    units.extend([9, CS_INTERFACE, 3, 2, 1, 1, 0, 1, 0]);
    let mut bytes = vec![13, CS_INTERFACE, 1, 0, 1];
    bytes.extend((13 + units.len() as u16).to_le_bytes());
    bytes.extend(CLOCK_HZ.to_le_bytes());
    bytes.extend([1, 1]);
    bytes.extend(units);
    bytes
}

/// The streaming interface: its header, then each format with its sizes.
fn formats() -> Vec<u8> {
    let body: Vec<u8> =
        (1..).zip(FORMATS).flat_map(|(number, format)| format_with_sizes(number, format)).collect();
    let count = FORMATS.len() as u8;
    let length = 13 + count;
    let mut bytes = vec![length, CS_INTERFACE, 1, count];
    bytes.extend((u16::from(length) + body.len() as u16).to_le_bytes());
    // From output terminal 2; no still pictures, no trigger, one byte of controls a format.
    bytes.extend([PICTURES, 0, 2, 0, 0, 0, 1]);
    bytes.extend(FORMATS.map(|_| 0));
    bytes.extend(body);
    bytes
}

fn format_with_sizes(number: u8, format: Format) -> Vec<u8> {
    let sizes = format.sizes();
    let count = sizes.len() as u8;
    let (mut bytes, size_kind) = match format {
        Format::Mjpeg => (vec![11, CS_INTERFACE, 6, number, count, 1, 1, 0, 0, 0, 0], 7),
        Format::Yuyv => {
            let mut bytes = vec![27, CS_INTERFACE, 4, number, count];
            // The GUID of YUY2; 16 bits a pixel.
            bytes.extend(*b"YUY2\x00\x00\x10\x00\x80\x00\x00\xAA\x00\x38\x9B\x71");
            bytes.extend([16, 1, 0, 0, 0, 0]);
            (bytes, 5)
        }
    };
    for (index, size) in (1..).zip(sizes) {
        let intervals = size.intervals;
        bytes.extend([(26 + 4 * intervals.len()) as u8, CS_INTERFACE, size_kind, index, 0]);
        for side in [size.width, size.height] {
            bytes.extend(side.to_le_bytes());
        }
        // Bits a second, at least and at most; bytes a picture at most; the interval that it has by itself.
        let bits = size.bytes_max() * 8;
        for word in [bits * 15, bits * 30, size.bytes_max(), intervals[0]] {
            bytes.extend(word.to_le_bytes());
        }
        bytes.push(intervals.len() as u8);
        intervals.iter().for_each(|interval| bytes.extend(interval.to_le_bytes()));
    }
    bytes.extend([6, CS_INTERFACE, 13]);
    bytes.extend(COLORS);
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Each descriptor begins with its length: walking by it ends where the whole ends.
    #[test]
    fn the_configuration_is_a_chain_of_descriptors_of_the_length_it_says() {
        let bytes = descriptor(0x0200, "").unwrap();
        assert_eq!(usize::from(u16::from_le_bytes([bytes[2], bytes[3]])), bytes.len());
        let (mut place, mut kinds) = (0, Vec::new());
        while place < bytes.len() {
            kinds.push(bytes[place + 1]);
            place += usize::from(bytes[place]);
        }
        assert_eq!(place, bytes.len());
        assert_eq!(kinds.iter().filter(|kind| **kind == INTERFACE).count(), 2);
        assert_eq!(kinds.last(), Some(&ENDPOINT));
    }

    #[test]
    fn strings_are_utf_16_and_the_serial_number_is_the_one_given() {
        assert_eq!(descriptor(0x0303, "7b").unwrap(), [6, STRING, b'7', 0, b'b', 0]);
        assert_eq!(descriptor(0x0309, "7b"), None);
    }
}
