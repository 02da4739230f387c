//! Rust source with its comments, strings and character literals blanked out, so that a check may look for a word
//! without parsing the language.
//!
//! Line numbers stay as they are. What is not here: a parser. Macros and `cfg` are taken as they stand.

/// The masked text of one file.
#[derive(Debug)]
pub struct Source {
    /// As long as the original in characters; everything that is not code is a space, line ends stay.
    code: String,
}

impl Source {
    /// Blanks out whatever is not code.
    pub fn mask(text: &str) -> Self {
        let characters: Vec<char> = text.chars().collect();
        let mut code = String::with_capacity(text.len());
        let mut at = 0;
        while at < characters.len() {
            let end = literal_or_comment_end(&characters, at);
            if end == at {
                code.push(characters[at]);
                at += 1;
            } else {
                code.extend(characters[at..end].iter().map(|&c| if c == '\n' { '\n' } else { ' ' }));
                at = end;
            }
        }
        Self { code }
    }

    /// The code.
    pub fn code(&self) -> &str {
        &self.code
    }

    /// Each line of code with its number, from 1.
    pub fn lines(&self) -> impl Iterator<Item = (usize, &str)> {
        self.code.lines().enumerate().map(|(index, line)| (index + 1, line))
    }

    /// Numbers of the lines in which `phrase` stands as whole words: neither end runs on into an identifier.
    pub fn lines_with(&self, phrase: &str) -> Vec<usize> {
        self.lines().filter(|(_, line)| has_words(line, phrase)).map(|(number, _)| number).collect()
    }
}

/// Whether `phrase` stands in `line` with no identifier character before or behind it.
pub fn has_words(line: &str, phrase: &str) -> bool {
    line.match_indices(phrase).any(|(start, _)| {
        let before = line[..start].chars().next_back();
        let behind = line[start + phrase.len()..].chars().next();
        !before.is_some_and(is_identifier) && !behind.is_some_and(is_identifier)
    })
}

/// Whether `c` may stand inside an identifier.
pub fn is_identifier(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// Where the comment or literal that starts at `at` ends; `at` itself where none starts there.
fn literal_or_comment_end(text: &[char], at: usize) -> usize {
    let next = |offset: usize| text.get(at + offset).copied();
    let after_identifier = at > 0 && is_identifier(text[at - 1]);
    match text[at] {
        '/' if next(1) == Some('/') => line_end(text, at),
        '/' if next(1) == Some('*') => block_comment_end(text, at),
        '"' => quoted_end(text, at + 1, '"'),
        '\'' => character_end(text, at),
        'b' | 'c' | 'r' if !after_identifier => prefixed_end(text, at),
        _ => at,
    }
}

fn line_end(text: &[char], at: usize) -> usize {
    text[at..].iter().position(|&c| c == '\n').map_or(text.len(), |length| at + length)
}

/// Block comments nest.
fn block_comment_end(text: &[char], start: usize) -> usize {
    let mut depth = 0;
    let mut at = start;
    while at < text.len() {
        match (text[at], text.get(at + 1)) {
            ('/', Some('*')) => (depth, at) = (depth + 1, at + 2),
            ('*', Some('/')) => (depth, at) = (depth - 1, at + 2),
            _ => at += 1,
        }
        if depth == 0 {
            return at;
        }
    }
    text.len()
}

/// Behind the closing `quote` of a literal whose inside starts at `at`.
fn quoted_end(text: &[char], mut at: usize, quote: char) -> usize {
    while at < text.len() {
        match text[at] {
            '\\' => at += 2,
            c if c == quote => return at + 1,
            _ => at += 1,
        }
    }
    text.len()
}

/// `'a'` and `'\n'` are characters, `'a` is a lifetime.
fn character_end(text: &[char], at: usize) -> usize {
    match (text.get(at + 1), text.get(at + 2)) {
        (Some('\\'), _) => quoted_end(text, at + 1, '\''),
        (Some(_), Some('\'')) => at + 3,
        _ => at,
    }
}

/// Literals with a prefix: `b'x'`, `b"…"`, `c"…"`, and the raw ones, `r"…"`, `r#"…"#`, `br#"…"#`.
fn prefixed_end(text: &[char], start: usize) -> usize {
    let mut at = start;
    if matches!(text[at], 'b' | 'c') {
        at += 1;
    }
    match text.get(at) {
        Some('"') => return quoted_end(text, at + 1, '"'),
        Some('\'') if text[start] == 'b' => return character_end(text, at),
        Some('r') => at += 1,
        _ => return start,
    }
    let hashes = text[at..].iter().take_while(|&&c| c == '#').count();
    at += hashes;
    if text.get(at) != Some(&'"') {
        return start;
    }
    at += 1;
    while at < text.len() {
        let closes =
            text[at] == '"' && text[at + 1..].iter().take(hashes).filter(|&&c| c == '#').count() == hashes;
        if closes {
            return at + 1 + hashes;
        }
        at += 1;
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_code_is_blanked_and_lines_stay() {
        let text = "a // x\nb /* x /* x */\nx */ c \"x\\\"x\" d\nr#\"x\"x\"# e b'x' 'x' '\\'' f<'l> br\"x\\\" g r#fn";
        let masked = Source::mask(text);
        let words: Vec<&str> = masked.code().split_whitespace().collect();
        assert_eq!(words, ["a", "b", "c", "d", "e", "f<'l>", "g", "r#fn"]);
        assert_eq!(masked.lines().count(), 4);
        assert_eq!(masked.code().chars().count(), text.chars().count());
    }

    #[test]
    fn a_literal_that_never_ends_does_not_hang_or_panic() {
        for text in ["\"", "\"\\", "'", "'\\", "r#\"", "/*", "b", "r", "br##", "b'"] {
            assert!(Source::mask(text).code().len() <= text.len(), "{text}");
        }
    }

    #[test]
    fn words_are_whole_words() {
        assert!(has_words("unsafe {", "unsafe") && has_words("(unsafe)", "unsafe"));
        assert!(!has_words("forbid(unsafe_code)", "unsafe") && !has_words("not_unsafe", "unsafe"));
    }
}
