//! Reading numbers of a few bits out of a NAL unit (ITU-T H.264, 7.2 and 9.1), stepping over the emulation prevention
//! bytes on the way.

/// The bits of a NAL unit's payload. Every read answers `None` behind its end.
pub(super) struct Bits<'a> {
    bytes: &'a [u8],
    byte: usize,
    /// Bits of `bytes[byte]` already read.
    bit: u32,
    zeros: u32,
}

impl<'a> Bits<'a> {
    /// Starts at the first byte behind the NAL unit's header.
    pub fn new(payload: &'a [u8]) -> Self {
        Self { bytes: payload, byte: 0, bit: 0, zeros: 0 }
    }

    pub fn bit(&mut self) -> Option<bool> {
        let byte = *self.bytes.get(self.byte)?;
        let bit = byte >> (7 - self.bit) & 1 != 0;
        self.bit += 1;
        if self.bit == 8 {
            self.step(byte);
        }
        Some(bit)
    }

    /// `u(count)`, up to 32 bits.
    pub fn bits(&mut self, count: u32) -> Option<u32> {
        (0..count).try_fold(0, |value, _| Some(value << 1 | u32::from(self.bit()?)))
    }

    /// `ue(v)`, up to 2^32 - 2.
    pub fn unsigned(&mut self) -> Option<u32> {
        let mut leading = 0;
        while !self.bit()? {
            leading += 1;
            if leading == 32 {
                return None;
            }
        }
        let rest = self.bits(leading)?;
        Some(((1u64 << leading) - 1) as u32 + rest)
    }

    /// `se(v)`.
    pub fn signed(&mut self) -> Option<i32> {
        let code = i64::from(self.unsigned()?);
        let magnitude = (code + 1) / 2;
        i32::try_from(if code % 2 == 0 { -magnitude } else { magnitude }).ok()
    }

    fn step(&mut self, finished: u8) {
        self.bit = 0;
        self.byte += 1;
        self.zeros = if finished == 0 { self.zeros + 1 } else { 0 };
        if self.zeros >= 2 && self.bytes.get(self.byte) == Some(&3) {
            self.byte += 1;
            self.zeros = 0;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exp_golomb_codes_of_table_9_2() {
        // 1 | 010 | 011 | 00100 | 00111 | 1...
        let mut bits = Bits::new(&[0b1010_0110, 0b0100_0011, 0b1100_0000]);
        let codes: Vec<_> = (0..6).map(|_| bits.unsigned().unwrap()).collect();
        assert_eq!(codes, [0, 1, 2, 3, 6, 0]);
        let mut bits = Bits::new(&[0b1010_0110, 0b0100_0010, 0b1000_0000]);
        let codes: Vec<_> = (0..5).map(|_| bits.signed().unwrap()).collect();
        assert_eq!(codes, [0, 1, -1, 2, -2]);
    }

    #[test]
    fn emulation_prevention_is_stepped_over_and_the_end_is_none() {
        let mut bits = Bits::new(&[0, 0, 3, 1]);
        assert_eq!(bits.bits(24), Some(1));
        assert_eq!(bits.bit(), None);
        assert_eq!(Bits::new(&[0; 8]).unsigned(), None);
        assert_eq!(Bits::new(&[]).unsigned(), None);
    }
}
