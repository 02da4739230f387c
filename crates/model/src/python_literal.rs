//! Just enough of Python's literals to read what Ultralytics writes into a model's metadata: a dict of whole numbers to
//! strings, a list of strings, a list of whole numbers. `str(names)` in Python is the writer on the other side.

use std::fmt;
use std::iter::Peekable;
use std::str::CharIndices;

/// Where a literal is none of the expected kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct LiteralError {
    byte: usize,
    expected: &'static str,
}

impl fmt::Display for LiteralError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "at byte {}: expected {}", self.byte, self.expected)
    }
}

/// `{0: 'person', 1: "o'clock"}` or `['person', 'car']`: numbers and names in the order they are written; a list's are
/// numbered from 0.
pub(crate) fn numbered_names(text: &str) -> Result<Vec<(usize, String)>, LiteralError> {
    let mut reader = Reader::new(text);
    let mut names = Vec::new();
    if reader.skip('[') {
        reader.items(']', |reader| {
            names.push((names.len(), reader.string()?));
            Ok(())
        })?;
    } else {
        reader.expect('{', "`{` or `[`")?;
        reader.items('}', |reader| {
            let number = reader.number()?;
            reader.expect(':', "`:`")?;
            names.push((number, reader.string()?));
            Ok(())
        })?;
    }
    reader.end()?;
    Ok(names)
}

/// `[17, 3]`, or the same as a tuple.
pub(crate) fn numbers(text: &str) -> Result<Vec<usize>, LiteralError> {
    let mut reader = Reader::new(text);
    let mut numbers = Vec::new();
    let close = if reader.skip('(') {
        ')'
    } else {
        reader.expect('[', "`[` or `(`")?;
        ']'
    };
    reader.items(close, |reader| {
        numbers.push(reader.number()?);
        Ok(())
    })?;
    reader.end()?;
    Ok(numbers)
}

struct Reader<'a> {
    text: &'a str,
    rest: Peekable<CharIndices<'a>>,
}

impl<'a> Reader<'a> {
    fn new(text: &'a str) -> Self {
        Self { text, rest: text.char_indices().peekable() }
    }

    /// Items with commas between them, one after the last allowed, up to `close`.
    fn items(
        &mut self,
        close: char,
        mut item: impl FnMut(&mut Self) -> Result<(), LiteralError>,
    ) -> Result<(), LiteralError> {
        while !self.skip(close) {
            item(self)?;
            if !self.skip(',') {
                return self.expect(close, "`,` or the closing bracket");
            }
        }
        Ok(())
    }

    fn string(&mut self) -> Result<String, LiteralError> {
        self.skip_space();
        let quote = match self.rest.peek() {
            Some(&(_, quote @ ('\'' | '"'))) => quote,
            _ => return self.fail("a string in quotes"),
        };
        self.rest.next();
        let mut string = String::new();
        loop {
            match self.rest.next() {
                None => return self.fail("the string's closing quote"),
                Some((_, character)) if character == quote => return Ok(string),
                Some((_, '\\')) => string.push(self.escaped()?),
                Some((_, character)) => string.push(character),
            }
        }
    }

    /// What stands for the characters after a backslash; the ones that Python's `repr` writes.
    fn escaped(&mut self) -> Result<char, LiteralError> {
        let digits = match self.rest.next() {
            Some((_, character @ ('\\' | '\'' | '"'))) => return Ok(character),
            Some((_, 'n')) => return Ok('\n'),
            Some((_, 'r')) => return Ok('\r'),
            Some((_, 't')) => return Ok('\t'),
            Some((_, 'x')) => 2,
            Some((_, 'u')) => 4,
            Some((_, 'U')) => 8,
            _ => return self.fail("one of Python's escapes before it"),
        };
        let mut code = 0u32;
        for _ in 0..digits {
            let Some(digit) = self.rest.next().and_then(|(_, digit)| digit.to_digit(16)) else {
                return self.fail("a hexadecimal digit before it");
            };
            code = code << 4 | digit;
        }
        match char::from_u32(code) {
            Some(character) => Ok(character),
            None => self.fail("the code of a character before it"),
        }
    }

    fn number(&mut self) -> Result<usize, LiteralError> {
        self.skip_space();
        let start = self.byte();
        while self.rest.next_if(|(_, character)| character.is_ascii_digit()).is_some() {}
        self.text[start..self.byte()]
            .parse()
            .map_err(|_| LiteralError { byte: start, expected: "a whole number" })
    }

    fn skip(&mut self, wanted: char) -> bool {
        self.skip_space();
        self.rest.next_if(|&(_, character)| character == wanted).is_some()
    }

    fn expect(&mut self, wanted: char, expected: &'static str) -> Result<(), LiteralError> {
        if self.skip(wanted) { Ok(()) } else { self.fail(expected) }
    }

    fn end(&mut self) -> Result<(), LiteralError> {
        self.skip_space();
        if self.rest.peek().is_none() { Ok(()) } else { self.fail("nothing more") }
    }

    fn skip_space(&mut self) {
        while self.rest.next_if(|(_, character)| character.is_ascii_whitespace()).is_some() {}
    }

    fn byte(&mut self) -> usize {
        self.rest.peek().map_or(self.text.len(), |&(byte, _)| byte)
    }

    fn fail<T>(&mut self, expected: &'static str) -> Result<T, LiteralError> {
        Err(LiteralError { byte: self.byte(), expected })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(text: &str) -> Vec<(usize, String)> {
        numbered_names(text).unwrap()
    }

    #[test]
    fn dicts_and_lists_with_quotes_and_escapes() {
        let person = (0, "person".to_owned());
        assert_eq!(names("{0: 'person', 1: \"o'clock\"}"), [person.clone(), (1, "o'clock".to_owned())]);
        assert_eq!(names(" [ 'person' , ] "), [person]);
        assert_eq!(names(r"{7: 'a\'b\\c\x41\u00e9'}"), [(7, "a'b\\cAé".to_owned())]);
        assert_eq!(names("{0: 'naïve, {x: 1}'}"), [(0, "naïve, {x: 1}".to_owned())]);
        assert_eq!(names("{}"), []);
    }

    #[test]
    fn anything_else_names_the_place() {
        for (text, message) in [
            ("", "at byte 0: expected `{` or `[`"),
            ("{0 'a'}", "at byte 3: expected `:`"),
            ("{0: a}", "at byte 4: expected a string in quotes"),
            ("{0: 'a}", "at byte 7: expected the string's closing quote"),
            ("{-1: 'a'}", "at byte 1: expected a whole number"),
            ("{99999999999999999999: 'a'}", "at byte 1: expected a whole number"),
            ("['a' 'b']", "at byte 5: expected `,` or the closing bracket"),
            ("['a'] x", "at byte 6: expected nothing more"),
            (r"['\q']", "at byte 4: expected one of Python's escapes before it"),
            (r"['\ud800']", "at byte 8: expected the code of a character before it"),
        ] {
            assert_eq!(numbered_names(text).unwrap_err().to_string(), message, "{text}");
        }
    }

    #[test]
    fn lists_of_numbers() {
        assert_eq!(numbers("[17, 3]"), Ok(vec![17, 3]));
        assert_eq!(numbers("(17, 3)"), Ok(vec![17, 3]));
        assert!(numbers("[17, 'a']").is_err());
    }
}
