//! What keys mean: by the letter that is on them, whatever the layout.

use x11rb::errors::ReplyError;
use x11rb::protocol::xproto::{ConnectionExt, Keycode, Keysym};
use x11rb::rust_connection::RustConnection;

use x11rb::connection::Connection;

/// What a key asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wish {
    Quit,
    FullScreen,
    Pause,
}

/// X11's name of the escape key; letters go by their Latin-1 code.
const ESCAPE: Keysym = 0xff1b;

/// The keyboard's table: which letters each key can write.
#[derive(Debug)]
pub(crate) struct Keys {
    first: Keycode,
    letters_of_a_key: usize,
    letters: Vec<Keysym>,
}

impl Keys {
    /// As the server has it now.
    pub fn ask(connection: &RustConnection) -> Result<Self, ReplyError> {
        let setup = connection.setup();
        let (first, last) = (setup.min_keycode, setup.max_keycode);
        let table = connection.get_keyboard_mapping(first, last.saturating_sub(first).saturating_add(1))?;
        let table = table.reply()?;
        Ok(Self { first, letters_of_a_key: table.keysyms_per_keycode.into(), letters: table.keysyms })
    }

    /// What a key asks for, by its number. Any letter on it counts, so that layouts with two alphabets work too.
    pub fn wish(&self, key: Keycode) -> Option<Wish> {
        let place = usize::from(key.checked_sub(self.first)?) * self.letters_of_a_key;
        let letters = self.letters.get(place..)?.iter().take(self.letters_of_a_key);
        letters.copied().find_map(meaning)
    }
}

fn meaning(letter: Keysym) -> Option<Wish> {
    match letter {
        ESCAPE => Some(Wish::Quit),
        _ => match u8::try_from(letter).ok()? {
            b'q' | b'Q' => Some(Wish::Quit),
            b'f' | b'F' => Some(Wish::FullScreen),
            b' ' => Some(Wish::Pause),
            _ => None,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_means_what_any_of_its_letters_means() {
        let letters = |pair: [u8; 2]| pair.map(Keysym::from);
        // Of the second alphabet: Cyrillic a.
        let table = [letters(*b"qQ"), letters(*b"aA"), [0x6c1, b'f'.into()], [ESCAPE, 0], letters(*b" \0")];
        let keys = Keys { first: 8, letters_of_a_key: 2, letters: table.concat() };
        let wishes = [8, 9, 10, 11, 12].map(|key| keys.wish(key));
        let expected = [Some(Wish::Quit), None, Some(Wish::FullScreen), Some(Wish::Quit), Some(Wish::Pause)];
        assert_eq!(wishes, expected);
        assert_eq!([0, 7, 13, 255].map(|key| keys.wish(key)), [None; 4], "keys that the table does not have");
    }
}
