//! The driver's numbers, 32 bits wide, as frames of a run: from 0, without wrap, with what was lost between.

/// Follows a driver's numbers.
#[derive(Debug, Default)]
pub(crate) struct Sequence {
    last: Option<u32>,
    next: u64,
}

/// Where a picture stands among all that there were.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    /// From 0; pictures that were lost count.
    pub number: u64,
    /// Pictures that were lost right before it.
    pub lost: u64,
}

impl Sequence {
    /// For a driver that begins anew in the middle of a run: its first picture has this number.
    pub fn from(number: u64) -> Self {
        Self { last: None, next: number }
    }

    /// The number of the next picture, where none is lost before it.
    pub fn next(&self) -> u64 {
        self.next
    }

    /// The place of the picture with this number of the driver's. A number that repeats or goes back tells of no loss:
    /// some drivers begin again.
    pub fn place(&mut self, driver: u32) -> Place {
        let ahead = self.last.map_or(1, |last| driver.wrapping_sub(last).cast_signed());
        let lost = u64::try_from(ahead).unwrap_or(0).saturating_sub(1);
        let number = self.next + lost;
        (self.last, self.next) = (Some(driver), number + 1);
        Place { number, lost }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn places(numbers: &[u32]) -> Vec<(u64, u64)> {
        let mut sequence = Sequence::default();
        numbers
            .iter()
            .map(|&number| {
                let Place { number, lost } = sequence.place(number);
                (number, lost)
            })
            .collect()
    }

    #[test]
    fn numbers_begin_at_0_and_gaps_are_losses() {
        assert_eq!(places(&[7, 8, 10, 14]), [(0, 0), (1, 0), (3, 1), (7, 3)]);
    }

    #[test]
    fn the_wrap_is_no_gap() {
        assert_eq!(places(&[u32::MAX - 1, u32::MAX, 0, 2]), [(0, 0), (1, 0), (2, 0), (4, 1)]);
        assert_eq!(places(&[u32::MAX, 3]), [(0, 0), (4, 3)]);
    }

    #[test]
    fn numbers_that_repeat_or_go_back_are_no_losses() {
        assert_eq!(places(&[5, 5, 3, 4, 0, 1]), [(0, 0), (1, 0), (2, 0), (3, 0), (4, 0), (5, 0)]);
        // Half way round is back.
        assert_eq!(places(&[0, 1 << 31]), [(0, 0), (1, 0)]);
    }

    #[test]
    fn a_driver_that_begins_anew_goes_on_where_the_one_before_ended() {
        let mut sequence = Sequence::default();
        sequence.place(7);
        let lost_one = sequence.place(9);
        assert_eq!((lost_one.number, sequence.next()), (2, 3));
        let mut anew = Sequence::from(sequence.next());
        assert_eq!(
            (anew.place(0), anew.place(1)),
            (Place { number: 3, lost: 0 }, Place { number: 4, lost: 0 })
        );
    }

    proptest! {
        #[test]
        fn what_came_and_what_was_lost_add_up(start: u32, gaps in prop::collection::vec(0u32..1000, 1..50)) {
            let mut sequence = Sequence::default();
            let (mut driver, mut came, mut lost) = (start, 1u64, 0u64);
            prop_assert_eq!(sequence.place(driver).number, 0);
            for gap in gaps {
                driver = driver.wrapping_add(gap + 1);
                let place = sequence.place(driver);
                (came, lost) = (came + 1, lost + u64::from(gap));
                prop_assert_eq!((place.lost, place.number + 1), (u64::from(gap), came + lost));
            }
        }
    }
}
