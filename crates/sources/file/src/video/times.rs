//! Which time belongs to which picture. The decoder hands pictures out in the order they are shown and forgets
//! whose they are; of the samples it was fed, the one shown first is therefore the one that comes out next.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// Samples a decoder may hold back: the 16 pictures of the largest decoded picture buffer (ITU-T H.264, A.3.1), and
/// the one being decoded.
pub(super) const HELD_BACK_MAX: usize = 17;

/// Times of the samples whose pictures have not come out yet.
#[derive(Debug)]
pub(super) struct PendingTimes {
    /// Ticks, smallest on top.
    ticks: BinaryHeap<Reverse<i64>>,
}

impl PendingTimes {
    pub fn new() -> Self {
        Self { ticks: BinaryHeap::with_capacity(HELD_BACK_MAX + 1) }
    }

    /// A sample is fed. False where the decoder holds back more than it can.
    #[must_use]
    pub fn push(&mut self, ticks: i64) -> bool {
        self.ticks.push(Reverse(ticks));
        self.ticks.len() <= HELD_BACK_MAX
    }

    /// A picture comes out.
    pub fn pop(&mut self) -> Option<i64> {
        self.ticks.pop().map(|Reverse(ticks)| ticks)
    }

    /// A sample will never come out.
    pub fn forget(&mut self, ticks: i64) {
        self.ticks.retain(|&Reverse(pending)| pending != ticks);
    }

    /// How many have not come out.
    pub fn len(&self) -> usize {
        self.ticks.len()
    }

    pub fn clear(&mut self) {
        self.ticks.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pictures_come_out_as_shown_not_as_decoded() {
        let mut times = PendingTimes::new();
        for ticks in [0, 40, 20, 10, 30] {
            assert!(times.push(ticks));
        }
        assert_eq!((times.pop(), times.pop()), (Some(0), Some(10)));
        times.forget(30);
        assert_eq!((times.pop(), times.pop(), times.pop()), (Some(20), Some(40), None));
    }

    #[test]
    fn a_decoder_that_only_swallows_is_noticed() {
        let mut times = PendingTimes::new();
        let taken = (0..100).take_while(|&ticks| times.push(ticks)).count();
        assert_eq!(taken, HELD_BACK_MAX);
    }
}
