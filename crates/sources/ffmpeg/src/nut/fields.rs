//! The fields that everything in NUT is made of: numbers of variable length, and strings with their length in front.

use super::NutError;

/// Reads fields from the front of a stretch of bytes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Fields<'a> {
    bytes: &'a [u8],
    read: usize,
}

/// Why a field cannot be read.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Missing {
    /// The bytes end within it.
    Bytes,
    /// It is no number that fits.
    Number,
}

impl From<Missing> for NutError {
    /// Inside a packet, whose bytes are all there, a field that ends too late is as wrong as any other.
    fn from(_: Missing) -> Self {
        Self("a field that does not fit its packet")
    }
}

impl<'a> Fields<'a> {
    pub fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, read: 0 }
    }

    /// Bytes read so far.
    pub fn read(&self) -> usize {
        self.read
    }

    /// `v`: seven bits a byte, the highest first; the top bit says that more follow.
    pub fn number(&mut self) -> Result<u64, Missing> {
        let mut value = 0u64;
        loop {
            let byte = *self.bytes.get(self.read).ok_or(Missing::Bytes)?;
            self.read += 1;
            if value >> 57 != 0 {
                return Err(Missing::Number);
            }
            value = value << 7 | u64::from(byte & 0x7f);
            if byte & 0x80 == 0 {
                return Ok(value);
            }
        }
    }

    /// `s`: the same with a sign, as 0, 1, -1, 2, -2, …
    pub fn signed(&mut self) -> Result<i64, Missing> {
        let coded = self.number()?;
        let half = i64::try_from(coded.div_ceil(2)).map_err(|_| Missing::Number)?;
        Ok(if coded.is_multiple_of(2) { -half } else { half })
    }

    /// `vb`: a length and that many bytes.
    pub fn string(&mut self) -> Result<&'a [u8], Missing> {
        let len = usize::try_from(self.number()?).map_err(|_| Missing::Number)?;
        self.raw(len)
    }

    /// The next `len` bytes.
    pub fn raw(&mut self, len: usize) -> Result<&'a [u8], Missing> {
        let end = self.read.checked_add(len).ok_or(Missing::Number)?;
        let bytes = self.bytes.get(self.read..end).ok_or(Missing::Bytes)?;
        self.read = end;
        Ok(bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_as_the_format_writes_them() {
        let mut fields = Fields::new(&[0x05, 0x81, 0x00, 0xff, 0x7f, 0x80]);
        let numbers: Vec<_> = (0..4).map(|_| fields.number()).collect();
        assert_eq!(numbers, [Ok(5), Ok(128), Ok(16_383), Err(Missing::Bytes)]);
        assert_eq!(Fields::new(&[0xff; 12]).number(), Err(Missing::Number));
        let mut fields = Fields::new(&[0, 1, 2, 3, 4]);
        let signed: Vec<_> = (0..5).map(|_| fields.signed().unwrap()).collect();
        assert_eq!(signed, [0, 1, -1, 2, -2]);
        assert_eq!(Fields::new(&[3, b'a', b'b']).string(), Err(Missing::Bytes));
        assert_eq!(Fields::new(&[2, b'a', b'b', 9]).string(), Ok(&b"ab"[..]));
    }
}
