//! Protobuf's wire format: the fields of a message, borrowed from the file.
//!
//! Nothing is copied and nothing is read ahead: a length is checked against its message before anything is made of it,
//! so that a damaged file costs no more than its own bytes.

use std::fmt;

/// What is wrong, and at which byte of the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct WireError {
    pub(super) byte: usize,
    pub(super) what: &'static str,
}

impl fmt::Display for WireError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "byte {}: {}", self.byte, self.what)
    }
}

/// A message, or what is left of it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Message<'a> {
    rest: &'a [u8],
    /// Where `rest` starts in the file.
    at: usize,
}

/// A field's value.
#[derive(Clone, Copy, Debug)]
pub(super) enum Value<'a> {
    Varint(u64),
    Fixed64,
    Bytes(Message<'a>),
    Fixed32(u32),
}

/// A field: its number, its value, and where it starts in the file.
#[derive(Clone, Copy, Debug)]
pub(super) struct Field<'a> {
    pub(super) number: u64,
    value: Value<'a>,
    at: usize,
}

impl<'a> Message<'a> {
    pub(super) fn new(file: &'a [u8]) -> Self {
        Self { rest: file, at: 0 }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    /// The next field, or `None` at the message's end.
    pub(super) fn next_field(&mut self) -> Result<Option<Field<'a>>, WireError> {
        if self.is_empty() {
            return Ok(None);
        }
        let at = self.at;
        let key = self.varint()?;
        let value = match key & 7 {
            0 => Value::Varint(self.varint()?),
            1 => {
                self.array::<8>()?;
                Value::Fixed64
            }
            2 => {
                let length = self.varint()?;
                let length = usize::try_from(length).unwrap_or(usize::MAX);
                let start = self.at;
                Value::Bytes(Message { rest: self.take(length)?, at: start })
            }
            5 => Value::Fixed32(u32::from_le_bytes(self.array()?)),
            _ => return Err(WireError { byte: at, what: "no field of a message starts so" }),
        };
        Ok(Some(Field { number: key >> 3, value, at }))
    }

    pub(super) fn varint(&mut self) -> Result<u64, WireError> {
        let at = self.at;
        let mut value = 0;
        for shift in (0..64).step_by(7) {
            let [byte] = self.array()?;
            value |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Ok(value);
            }
        }
        Err(WireError { byte: at, what: "a number of more than 64 bits" })
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], WireError> {
        let bytes = self.take(N)?;
        Ok(bytes.try_into().expect("as many as were taken"))
    }

    fn take(&mut self, count: usize) -> Result<&'a [u8], WireError> {
        let Some((taken, rest)) = self.rest.split_at_checked(count) else {
            return Err(WireError { byte: self.at, what: "what starts here ends behind its message" });
        };
        self.rest = rest;
        self.at += count;
        Ok(taken)
    }
}

impl<'a> Field<'a> {
    fn mismatch(&self) -> WireError {
        WireError { byte: self.at, what: "a field of another kind than ONNX gives it" }
    }

    pub(super) fn message(&self) -> Result<Message<'a>, WireError> {
        match self.value {
            Value::Bytes(message) => Ok(message),
            _ => Err(self.mismatch()),
        }
    }

    pub(super) fn bytes(&self) -> Result<&'a [u8], WireError> {
        self.message().map(|message| message.rest)
    }

    pub(super) fn text(&self) -> Result<&'a str, WireError> {
        let invalid = |_| WireError { byte: self.at, what: "a text that is not UTF-8" };
        str::from_utf8(self.bytes()?).map_err(invalid)
    }

    pub(super) fn integer(&self) -> Result<i64, WireError> {
        match self.value {
            Value::Varint(value) => Ok(value.cast_signed()),
            _ => Err(self.mismatch()),
        }
    }

    pub(super) fn float(&self) -> Result<f32, WireError> {
        match self.value {
            Value::Fixed32(bits) => Ok(f32::from_bits(bits)),
            _ => Err(self.mismatch()),
        }
    }

    /// Adds one integer, or a packed run of them.
    pub(super) fn integers(&self, to: &mut Vec<i64>) -> Result<(), WireError> {
        let Value::Bytes(mut packed) = self.value else {
            to.push(self.integer()?);
            return Ok(());
        };
        while !packed.is_empty() {
            to.push(packed.varint()?.cast_signed());
        }
        Ok(())
    }

    /// Adds one float, or a packed run of them.
    pub(super) fn floats(&self, to: &mut Vec<f32>) -> Result<(), WireError> {
        let Value::Bytes(mut packed) = self.value else {
            to.push(self.float()?);
            return Ok(());
        };
        while !packed.is_empty() {
            to.push(f32::from_le_bytes(packed.array()?));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(bytes: &[u8]) -> Result<Vec<u64>, WireError> {
        let mut message = Message::new(bytes);
        let mut numbers = Vec::new();
        while let Some(field) = message.next_field()? {
            numbers.push(field.number);
        }
        Ok(numbers)
    }

    #[test]
    fn fields_are_read_one_after_the_other() {
        let bytes = [0x08, 0x96, 0x01, 0x12, 2, b'h', b'i', 0x1d, 0, 0, 0x80, 0x3f];
        assert_eq!(fields(&bytes), Ok(vec![1, 2, 3]));
        let mut message = Message::new(&bytes);
        assert_eq!(message.next_field().unwrap().unwrap().integer(), Ok(150));
        assert_eq!(message.next_field().unwrap().unwrap().text(), Ok("hi"));
        assert_eq!(message.next_field().unwrap().unwrap().float(), Ok(1.0));
    }

    #[test]
    fn what_does_not_fit_is_named_by_its_byte() {
        let ends_behind = "what starts here ends behind its message";
        // A length of nearly 2^64: it must not wrap around.
        let long = [0x12, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01, 7];
        assert_eq!(fields(&long), Err(WireError { byte: 11, what: ends_behind }));
        assert_eq!(fields(&[0x08]), Err(WireError { byte: 1, what: ends_behind }));
        assert_eq!(fields(&[0x0d, 1, 2]), Err(WireError { byte: 1, what: ends_behind }));
        assert_eq!(fields(&[0x0b]).unwrap_err().byte, 0);
        assert!(fields(&[0x08, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255]).is_err());
    }

    #[test]
    fn a_message_knows_where_it_stands_in_the_file() {
        let bytes = [0x0a, 3, 0x12, 5, 1];
        let mut inner = Message::new(&bytes).next_field().unwrap().unwrap().message().unwrap();
        assert_eq!(inner.next_field().unwrap_err().byte, 4);
    }

    #[test]
    fn runs_of_numbers_may_be_packed() {
        for bytes in [&[0x0a, 3, 1, 0x80, 1][..], &[0x08, 1, 0x08, 0x80, 1]] {
            let (mut message, mut numbers) = (Message::new(bytes), Vec::new());
            while let Some(field) = message.next_field().unwrap() {
                field.integers(&mut numbers).unwrap();
            }
            assert_eq!(numbers, [1, 128]);
        }
    }
}
