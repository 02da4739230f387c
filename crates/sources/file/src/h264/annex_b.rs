//! From the NAL units of an MP4 sample, each behind its length, to those of a byte stream, each behind a start code
//! (ITU-T H.264, annex B), which is what the decoder reads.
//!
//! It looks at the type of each unit and at nothing else in it.

/// Low five bits of a NAL unit's first byte (table 7-1).
const TYPE_MASK: u8 = 0x1f;
const TYPE_SLICE: u8 = 1;
const TYPE_IDR_SLICE: u8 = 5;
const TYPE_SPS: u8 = 7;
const START_CODE: [u8; 4] = [0, 0, 0, 1];

/// A buffer that is filled anew for each sample and grows to the largest.
#[derive(Debug, Default)]
pub(crate) struct Packet {
    bytes: Vec<u8>,
    /// Whether a slice of a picture is in it.
    has_picture: bool,
    /// Where the last sequence parameter set lies in it.
    sps: Option<(usize, usize)>,
}

/// A sample whose lengths do not add up.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct NalProblem {
    /// Where in the sample.
    pub at: usize,
    /// What the length says.
    pub bytes: usize,
    /// What is left.
    pub left: usize,
}

impl Packet {
    /// Room for samples of this many bytes, so that none of them makes it grow.
    pub fn with_capacity(bytes: usize) -> Self {
        Self { bytes: Vec::with_capacity(bytes), ..Self::default() }
    }

    /// Empties it and keeps the memory.
    pub fn clear(&mut self) {
        self.bytes.clear();
        self.has_picture = false;
        self.sps = None;
    }

    /// Appends one NAL unit.
    pub fn push_nal(&mut self, nal: &[u8]) {
        let Some(header) = nal.first() else { return };
        self.bytes.extend_from_slice(&START_CODE);
        match header & TYPE_MASK {
            TYPE_SLICE..=TYPE_IDR_SLICE => self.has_picture = true,
            TYPE_SPS => self.sps = Some((self.bytes.len(), nal.len())),
            _ => {}
        }
        self.bytes.extend_from_slice(nal);
    }

    /// Appends all NAL units of a sample.
    pub fn push_sample(&mut self, sample: &[u8], nal_length_bytes: usize) -> Result<(), NalProblem> {
        let mut at = 0;
        while at < sample.len() {
            let problem =
                |bytes| NalProblem { at, bytes, left: (sample.len() - at).saturating_sub(nal_length_bytes) };
            let body = at + nal_length_bytes;
            let length = sample.get(at..body).ok_or_else(|| problem(nal_length_bytes))?;
            let bytes = length.iter().fold(0usize, |value, &byte| value << 8 | usize::from(byte));
            let nal = body.checked_add(bytes).and_then(|end| sample.get(body..end));
            self.push_nal(nal.ok_or_else(|| problem(bytes))?);
            at = body + bytes;
        }
        Ok(())
    }

    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    pub fn has_picture(&self) -> bool {
        self.has_picture
    }

    /// The last sequence parameter set in it.
    pub fn sps(&self) -> Option<&[u8]> {
        self.sps.map(|(at, len)| &self.bytes[at..at + len])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_become_start_codes() {
        let mut packet = Packet::default();
        packet.push_sample(&[0, 0, 0, 2, 0x67, 9, 0, 0, 0, 0, 0, 0, 0, 1, 0x65], 4).unwrap();
        assert_eq!(packet.bytes(), [0, 0, 0, 1, 0x67, 9, 0, 0, 0, 1, 0x65]);
        assert_eq!((packet.has_picture(), packet.sps()), (true, Some(&[0x67, 9][..])));
        packet.clear();
        packet.push_sample(&[1, 0x09, 2, 0x06, 5], 1).unwrap();
        assert_eq!(packet.bytes(), [0, 0, 0, 1, 0x09, 0, 0, 0, 1, 0x06, 5]);
        assert_eq!((packet.has_picture(), packet.sps()), (false, None));
    }

    #[test]
    fn lengths_beyond_the_sample_are_named() {
        let mut packet = Packet::default();
        let problem = packet.push_sample(&[0, 1, 0x65, 0, 9, 1], 2).unwrap_err();
        assert_eq!(problem, NalProblem { at: 3, bytes: 9, left: 1 });
        let problem = packet.push_sample(&[0xff, 0xff, 0xff, 0xff, 1], 4).unwrap_err();
        assert_eq!(problem, NalProblem { at: 0, bytes: 0xffff_ffff, left: 1 });
        assert_eq!(packet.push_sample(&[0, 0], 4).unwrap_err(), NalProblem { at: 0, bytes: 4, left: 0 });
    }
}
