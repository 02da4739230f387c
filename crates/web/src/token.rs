//! The token: who has it may look. Made here from the system's randomness, or read from a file.

use std::fmt;
use std::io::Read;
use std::path::Path;

use ocelli_pipeline::SinkError;

/// Bytes of a token that is made: 128 bits that nobody guesses.
const RANDOM_BYTES: usize = 16;
/// Characters of one that is given.
const LENGTH_MIN: usize = 16;
const LENGTH_MAX: usize = 128;

/// A secret. `Debug` does not show it.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Token(String);

impl Token {
    /// A new one, in hexadecimal.
    ///
    /// # Errors
    /// Where the system has no randomness.
    pub(crate) fn generate() -> Result<Self, SinkError> {
        let mut bytes = [0; RANDOM_BYTES];
        getrandom::fill(&mut bytes).map_err(|error| {
            SinkError::new(
                format!("web: no token could be made: {error}"),
                "write one into a file and give it as token_file=PATH",
            )
        })?;
        Ok(Self(bytes.iter().map(|byte| format!("{byte:02x}")).collect()))
    }

    /// The one in a file, white space around it left out.
    ///
    /// # Errors
    /// Where there is none that can stand in a header: 16 to 128 letters, digits and `-._~`.
    pub(crate) fn read(path: &Path) -> Result<Self, SinkError> {
        let wrong = |what: String| {
            let hint = format!(
                "the file holds one line of {LENGTH_MIN} to {LENGTH_MAX} letters, digits and -._~, such as \
                 `head -c 16 /dev/urandom | od -An -tx1 | tr -d ' '` gives"
            );
            SinkError::new(format!("{}: {what}", path.display()), hint)
        };
        let mut text = String::new();
        let file = std::fs::File::open(path).map_err(|error| wrong(error.to_string()))?;
        // What is longer than any token need not be read to its end.
        file.take(4 * LENGTH_MAX as u64)
            .read_to_string(&mut text)
            .map_err(|error| wrong(error.to_string()))?;
        let token = text.trim();
        let is_letter = |letter: char| letter.is_ascii_alphanumeric() || "-._~".contains(letter);
        if !(LENGTH_MIN..=LENGTH_MAX).contains(&token.len()) || !token.chars().all(is_letter) {
            return Err(wrong("no token".to_owned()));
        }
        Ok(Self(token.to_owned()))
    }

    /// Whether `offered` is it. Takes as long wherever the two differ; only the length shows.
    pub(crate) fn is(&self, offered: &[u8]) -> bool {
        let token = self.0.as_bytes();
        if token.len() != offered.len() {
            return false;
        }
        let difference = token.iter().zip(offered).fold(0, |sum, (a, b)| std::hint::black_box(sum | (a ^ b)));
        std::hint::black_box(difference) == 0
    }

    /// For whoever is to have it.
    pub(crate) fn text(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(…)")
    }
}

#[cfg(test)]
mod tests {
    use ocelli_testkit::TestFolder;

    use super::*;

    #[test]
    fn made_tokens_are_long_and_differ() {
        let (one, other) = (Token::generate().unwrap(), Token::generate().unwrap());
        assert_ne!(one, other);
        assert_eq!(one.text().len(), 32);
        assert!(one.is(one.text().as_bytes()) && !one.is(other.text().as_bytes()));
        assert_eq!(format!("{one:?}"), "Token(…)");
    }

    #[test]
    fn only_the_whole_token_will_do() {
        let token = Token("0123456789abcdef".to_owned());
        for other in ["", "0123456789abcde", "0123456789abcdef0", "1123456789abcdef", "0123456789abcdeF"] {
            assert!(!token.is(other.as_bytes()), "{other}");
        }
    }

    #[test]
    fn files_hold_one_line() {
        let folder = TestFolder::new("web-token");
        let path = folder.path().join("token");
        std::fs::write(&path, " a-token_of.some~length \n").unwrap();
        assert_eq!(Token::read(&path).unwrap().text(), "a-token_of.some~length");
        for none in [String::new(), "short".to_owned(), "two words and more".to_owned(), "x".repeat(129)] {
            std::fs::write(&path, none).unwrap();
            let error = Token::read(&path).unwrap_err();
            assert!(error.to_string().ends_with("token: no token"), "{error}");
            assert!(error.hint().starts_with("the file holds one line of 16 to 128"), "{}", error.hint());
        }
        assert!(Token::read(&folder.path().join("none")).is_err());
    }
}
