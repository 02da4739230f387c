//! What a label says: a class's name, made safe to draw, and a confidence with two decimals.
//!
//! Names come out of model files, so anything may be in them. What the font does not have becomes `?`, one for a run
//! of such characters; what has no shape of its own (controls, marks, directions) is left out; long names are cut.

use crate::glyphs::{ELLIPSIS, Glyph, GlyphSheet, UNKNOWN};

/// Characters of a name that are drawn at most.
const NAME_GLYPHS_MAX: usize = 32;
/// Characters of a name that are looked at.
const NAME_CHARACTERS_READ: usize = 256;
/// A space, and `1.00`.
const CONFIDENCE_GLYPHS: usize = 5;
const GLYPHS_MAX: usize = NAME_GLYPHS_MAX + CONFIDENCE_GLYPHS;

/// One line of glyphs, in place.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Label {
    glyphs: [Glyph; GLYPHS_MAX],
    length: usize,
}

/// The names of a model's classes, ready to draw.
#[derive(Clone, Debug)]
pub(crate) struct Names(Vec<Label>);

impl Names {
    pub fn new(classes: &[String]) -> Self {
        let number = |id: usize| u32::try_from(id).unwrap_or(u32::MAX);
        Self(classes.iter().enumerate().map(|(id, name)| name_of(name, number(id))).collect())
    }

    /// `car 0.86`, cut so that it takes at most `width` pixels; `None` where not even the number fits.
    pub fn label(&self, class_id: u32, confidence: f32, sheet: &GlyphSheet, width: f32) -> Option<Label> {
        let name = self.0.get(class_id as usize).copied().unwrap_or_else(|| Label::number(class_id));
        let confidence = Label::confidence(confidence);
        let number_width = confidence.width(sheet);
        let joined = |name: &Label| {
            let mut label = *name;
            label.push(Glyph::of(' '));
            label.extend(&confidence);
            label
        };
        let whole = joined(&name);
        if whole.width(sheet) <= width {
            return Some(whole);
        }
        let cut = (1..name.length).rev().map(|length| joined(&name.cut(length)));
        let fitting = cut.into_iter().find(|label| label.width(sheet) <= width);
        fitting.or_else(|| (number_width <= width).then_some(confidence))
    }
}

impl Label {
    fn empty() -> Self {
        Self { glyphs: [ELLIPSIS; GLYPHS_MAX], length: 0 }
    }

    pub fn glyphs(&self) -> &[Glyph] {
        &self.glyphs[..self.length]
    }

    /// From the first pen to the last, in pixels.
    pub fn width(&self, sheet: &GlyphSheet) -> f32 {
        self.glyphs().iter().map(|&glyph| sheet.advance(glyph)).sum()
    }

    fn push(&mut self, glyph: Option<Glyph>) {
        if let (Some(glyph), Some(place)) = (glyph, self.glyphs.get_mut(self.length)) {
            *place = glyph;
            self.length += 1;
        }
    }

    fn extend(&mut self, other: &Self) {
        other.glyphs().iter().for_each(|&glyph| self.push(Some(glyph)));
    }

    /// The first `length` glyphs and `…`.
    fn cut(&self, length: usize) -> Self {
        let mut cut = Self { length, ..*self };
        while cut.glyphs().last().copied() == Glyph::of(' ') {
            cut.length -= 1;
        }
        cut.push(Some(ELLIPSIS));
        cut
    }

    fn number(number: u32) -> Self {
        let mut label = Self::empty();
        let mut unit = 1_000_000_000;
        while unit > 0 {
            if number >= unit || unit == 1 {
                label.push(digit(number / unit % 10));
            }
            unit /= 10;
        }
        label
    }

    /// Rounded to two decimals; what is no number is 0.
    fn confidence(confidence: f32) -> Self {
        let percent = (confidence * 100.0).round().clamp(0.0, 100.0) as u32;
        let mut label = Self::empty();
        label.push(digit(percent / 100));
        label.push(Glyph::of('.'));
        label.push(digit(percent / 10 % 10));
        label.push(digit(percent % 10));
        label
    }
}

fn digit(digit: u32) -> Option<Glyph> {
    char::from_digit(digit, 10).and_then(Glyph::of)
}

/// A class without a name that can be drawn goes by its number.
fn name_of(name: &str, class_id: u32) -> Label {
    let mut label = Label { length: 0, ..Label::empty() };
    let mut is_legible = false;
    for character in name.chars().take(NAME_CHARACTERS_READ) {
        let drawn = match character {
            _ if character.is_whitespace() || character.is_control() => ' ',
            _ if has_no_shape(character) => continue,
            _ if Glyph::of(character).is_none() => UNKNOWN,
            _ => character,
        };
        let glyph = Glyph::of(drawn);
        let repeats = label.glyphs().last().copied() == glyph;
        let leads = drawn == ' ' && label.length == 0;
        if leads || repeats && (drawn == ' ' || drawn == UNKNOWN && character != UNKNOWN) {
            continue;
        }
        if label.length == NAME_GLYPHS_MAX {
            return label.cut(NAME_GLYPHS_MAX - 1);
        }
        is_legible |= drawn != ' ' && drawn == character;
        label.push(glyph);
    }
    while label.length > 0 && label.glyphs().last().copied() == Glyph::of(' ') {
        label.length -= 1;
    }
    if is_legible { label } else { Label::number(class_id) }
}

/// Marks that sit on other letters, joiners, directions, variations: Unicode's blocks of them.
fn has_no_shape(character: char) -> bool {
    matches!(
        character,
        '\u{ad}'
            | '\u{300}'..='\u{36f}'
            | '\u{200b}'..='\u{200f}'
            | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{fe00}'..='\u{fe0f}'
            | '\u{feff}'
            | '\u{e0000}'..='\u{e0fff}'
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a label says; every glyph but `…` is its own character.
    fn said(label: &Label) -> String {
        let character = |glyph: Glyph| {
            let latin = (' '..='\u{ff}').find(|&character| Glyph::of(character) == Some(glyph));
            latin.unwrap_or('…')
        };
        label.glyphs().iter().map(|&glyph| character(glyph)).collect()
    }

    #[test]
    fn names_are_made_safe() {
        let names = [
            ("traffic light", "traffic light"),
            ("  a\t\n b\u{0}\u{1b}[31m ", "a b [31m"),
            ("café Ñandú", "café Ñandú"),
            ("cafe\u{301}", "cafe"),
            ("猫 cat 犬犬", "? cat ?"),
            ("猫", "7"),
            ("שלום", "7"),
            ("\u{202e}\u{feff}", "7"),
            ("\u{202e}abc", "abc"),
            ("", "7"),
            ("??", "??"),
        ];
        for (name, expected) in names {
            assert_eq!(said(&name_of(name, 7)), expected, "{name:?}");
        }
        let long = "a rather long name of the sort that generators make up".repeat(10_000);
        assert_eq!(said(&name_of(&long, 7)), "a rather long name of the sort…");
    }

    #[test]
    fn confidences_have_two_decimals() {
        for (confidence, expected) in
            [(0.864, "0.86"), (0.866, "0.87"), (1.0, "1.00"), (0.0, "0.00"), (0.05, "0.05"), (7.0, "1.00")]
        {
            assert_eq!(said(&Label::confidence(confidence)), expected);
        }
        for nothing in [f32::NAN, f32::NEG_INFINITY, -1.0] {
            assert_eq!(said(&Label::confidence(nothing)), "0.00");
        }
    }

    #[test]
    fn a_label_is_cut_to_the_room_it_has() {
        let sheet = GlyphSheet::new(20);
        let names = Names::new(&["refrigerator".into()]);
        let label = |id, width| names.label(id, 0.5, &sheet, width).map(|label| said(&label));
        assert_eq!(label(0, 1e9).as_deref(), Some("refrigerator 0.50"));
        assert_eq!(label(u32::MAX, 1e9).as_deref(), Some("4294967295 0.50"));
        let cut = label(0, 100.0).unwrap();
        assert!(cut.starts_with("ref") && cut.ends_with("… 0.50"), "{cut}");
        assert_eq!(label(0, 40.0).as_deref(), Some("0.50"));
        assert_eq!(label(0, 10.0), None);
        for width in 0..200 {
            let label = names.label(0, 0.5, &sheet, width as f32);
            assert!(label.is_none_or(|label| label.width(&sheet) <= width as f32));
        }
    }
}
