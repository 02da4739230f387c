//! The two hand-overs between threads, and the bell that lets one thread wait on several of them.

mod bell;
mod rendezvous;
mod slot;

pub use bell::Bell;
pub use rendezvous::Rendezvous;
pub use slot::Slot;

/// What a consumer finds in a hand-over.
#[derive(Debug, PartialEq, Eq)]
pub enum Taken<T> {
    /// The next item.
    Item(T),
    /// Nothing at the moment.
    Empty,
    /// Nothing, and nothing will come.
    Closed,
}

/// Either hand-over, seen from its consumer.
#[derive(Debug)]
pub(crate) enum HandOver<T> {
    Newest(Slot<T>),
    Every(Rendezvous<T>),
}

impl<T> HandOver<T> {
    pub(crate) fn take(&self) -> Taken<T> {
        match self {
            Self::Newest(slot) => slot.take(),
            Self::Every(rendezvous) => rendezvous.take(),
        }
    }

    pub(crate) fn close(&self) {
        match self {
            Self::Newest(slot) => slot.close(),
            Self::Every(rendezvous) => rendezvous.close(),
        }
    }

    pub(crate) fn is_closed(&self) -> bool {
        match self {
            Self::Newest(slot) => slot.is_closed(),
            Self::Every(rendezvous) => rendezvous.is_closed(),
        }
    }
}
