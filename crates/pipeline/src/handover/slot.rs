//! One place, the newest wins: the hand-over for live sources and for consumers that want the present.

use std::sync::{Arc, Mutex, PoisonError};

use crate::handover::{Bell, Taken};

/// Holds one item at most. The lock is held for as long as it takes to swap it, never while anybody waits.
#[derive(Debug)]
pub struct Slot<T> {
    place: Mutex<Place<T>>,
    bell: Arc<Bell>,
}

#[derive(Debug)]
struct Place<T> {
    item: Option<T>,
    closed: bool,
}

impl<T> Slot<T> {
    /// An empty slot that rings `bell` when something changes.
    pub fn new(bell: Arc<Bell>) -> Self {
        Self { place: Mutex::new(Place { item: None, closed: false }), bell }
    }

    /// Puts an item in. Returns the one that it replaced, for the caller to account for; where the slot is closed,
    /// the item itself as the error.
    pub fn put(&self, item: T) -> Result<Option<T>, T> {
        let replaced = {
            let mut place = self.place.lock().unwrap_or_else(PoisonError::into_inner);
            if place.closed {
                return Err(item);
            }
            place.item.replace(item)
        };
        self.bell.ring();
        Ok(replaced)
    }

    /// Takes what is there.
    pub fn take(&self) -> Taken<T> {
        let mut place = self.place.lock().unwrap_or_else(PoisonError::into_inner);
        match place.item.take() {
            Some(item) => Taken::Item(item),
            None if place.closed => Taken::Closed,
            None => Taken::Empty,
        }
    }

    /// Nothing more goes in; what is there can still be taken.
    pub fn close(&self) {
        self.place.lock().unwrap_or_else(PoisonError::into_inner).closed = true;
        self.bell.ring();
    }

    /// Whether it has been closed.
    pub fn is_closed(&self) -> bool {
        self.place.lock().unwrap_or_else(PoisonError::into_inner).closed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_wins_and_the_older_comes_back() {
        let slot = Slot::new(Bell::new());
        assert_eq!(slot.put(1), Ok(None));
        assert_eq!(slot.put(2), Ok(Some(1)));
        assert_eq!(slot.take(), Taken::Item(2));
        assert_eq!(slot.take(), Taken::Empty);
    }

    #[test]
    fn a_closed_slot_gives_its_last_item_and_takes_none() {
        let slot = Slot::new(Bell::new());
        assert_eq!(slot.put(1), Ok(None));
        slot.close();
        assert_eq!(slot.put(2), Err(2));
        assert_eq!(slot.take(), Taken::Item(1));
        assert_eq!(slot.take(), Taken::Closed);
    }

    #[test]
    fn every_item_put_is_taken_or_returned_once() {
        let bell = Bell::new();
        let slot = Slot::new(Arc::clone(&bell));
        let (replaced, taken) = std::thread::scope(|scope| {
            let producer = scope.spawn(|| {
                let replaced = (0..10_000u64).filter_map(|n| slot.put(n).unwrap()).count();
                slot.close();
                replaced
            });
            let mut taken = Vec::new();
            loop {
                let seen = bell.rings();
                match slot.take() {
                    Taken::Item(n) => taken.push(n),
                    Taken::Empty => bell.wait(seen, std::time::Duration::from_secs(100)),
                    Taken::Closed => break,
                }
            }
            (producer.join().unwrap(), taken)
        });
        assert_eq!(replaced + taken.len(), 10_000);
        assert!(taken.is_sorted() && taken.last() == Some(&9_999));
    }
}
