//! How much structure a TOML text has, counted before it is parsed: a parser keeps a table for each brace or dot, some
//! five hundred bytes for two of the text, and a value for each comma.
//!
//! What is not here: whether the text is TOML. Strings and comments end where TOML ends them, the broken ones too.

use crate::CLASSES_MAX;

/// Signs that make keys and tables. A card with every key has 22.
pub(crate) const TABLE_MARKS_MAX: usize = 256;
/// Commas: between class names, and a few more.
pub(crate) const COMMAS_MAX: usize = CLASSES_MAX + TABLE_MARKS_MAX;

/// What stands outside of strings and comments.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Marks {
    /// Of `=`, `.`, `[` and `{`.
    pub(crate) tables: usize,
    /// Of `,`.
    pub(crate) commas: usize,
}

impl Marks {
    pub(crate) fn count(text: &str) -> Self {
        let mut marks = Self::default();
        let mut rest = text.as_bytes();
        while let Some(&byte) = rest.first() {
            match byte {
                b'=' | b'.' | b'[' | b'{' => marks.tables += 1,
                b',' => marks.commas += 1,
                _ => {}
            }
            rest = &rest[token_bytes(rest)..];
        }
        marks
    }
}

/// Bytes of the string or comment in front, else one.
fn token_bytes(rest: &[u8]) -> usize {
    match rest {
        [b'"', b'"', b'"', ..] => 3 + up_to(&rest[3..], b"\"\"\"", true, false),
        [b'\'', b'\'', b'\'', ..] => 3 + up_to(&rest[3..], b"'''", false, false),
        [b'"', ..] => 1 + up_to(&rest[1..], b"\"", true, true),
        [b'\'', ..] => 1 + up_to(&rest[1..], b"'", false, true),
        [b'#', ..] => 1 + up_to(&rest[1..], b"\n", false, true),
        _ => 1,
    }
}

/// Bytes up to and with `end`, or up to the line's end where `of_one_line`, or all.
fn up_to(rest: &[u8], end: &[u8], has_escapes: bool, of_one_line: bool) -> usize {
    let mut at = 0;
    while at < rest.len() {
        match rest[at] {
            _ if rest[at..].starts_with(end) => return at + end.len(),
            b'\n' if of_one_line => return at,
            b'\\' if has_escapes && rest.get(at + 1) != Some(&b'\n') => at += 2,
            _ => at += 1,
        }
    }
    rest.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_count_outside_of_strings_and_comments() {
        for (text, tables, commas) in [
            ("", 0, 0),
            ("[input]\nmean = [0.5, 1, 2]", 4, 2),
            ("a.b = {c = 1}", 4, 0),
            (r#"a = "[.,\"," # {{,,"#, 1, 0),
            (r"a = '\' , [", 2, 1),
            ("a = \"\"\"\n[,\\\"\"\"\" , [", 2, 1),
            ("a = '''\n[,\\''' , [", 2, 1),
            ("a = \"broken [\n , [", 2, 1),
            ("a = \"broken \\\n , [", 2, 1),
            ("a = 'broken [\n , [", 2, 1),
            ("# [\r\n[", 1, 0),
            ("\"\\", 0, 0),
            ("\"\"\"[", 0, 0),
        ] {
            assert_eq!(Marks::count(text), Marks { tables, commas }, "{text:?}");
        }
    }
}
