//! What a source's pictures are like, as far as that can be seen without understanding them.

use std::fmt;

/// Of a live source, at one frame.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Health {
    /// Nothing is amiss, or nobody has looked.
    #[default]
    Good,
    /// The same picture again and again, black or not.
    Frozen,
    /// Nothing to be seen.
    Black,
}

impl fmt::Display for Health {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Good => "good",
            Self::Frozen => "frozen",
            Self::Black => "black",
        })
    }
}
