//! Buffers that do not live at the same time share memory.

use std::ops::Range;

/// Where buffers begin: cache lines, so that vectors do not straddle them.
const ALIGNMENT: usize = 64;

/// What a buffer asks for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct BufferPlan {
    pub(crate) bytes: usize,
    /// The steps that it lives from and to, both counted.
    pub(crate) first: usize,
    pub(crate) last: usize,
}

/// Where buffers lie.
#[derive(Debug)]
pub(super) struct Places {
    pub(super) ranges: Vec<Range<usize>>,
    pub(super) bytes: usize,
}

/// Places each buffer, the largest first, as low as those allow that live with it.
pub(super) fn place(buffers: &[BufferPlan]) -> Places {
    let mut order: Vec<_> = (0..buffers.len()).collect();
    order.sort_by_key(|&index| (std::cmp::Reverse(buffers[index].bytes), index));
    let mut offsets = vec![0; buffers.len()];
    let mut placed: Vec<usize> = Vec::new();
    let mut bytes = 0;
    for index in order {
        let buffer = &buffers[index];
        let lives_with = |other: &BufferPlan| other.first <= buffer.last && buffer.first <= other.last;
        let mut taken: Vec<_> = placed
            .iter()
            .filter(|&&other| lives_with(&buffers[other]))
            .map(|&other| (offsets[other], offsets[other] + buffers[other].bytes))
            .collect();
        taken.sort_unstable();
        let mut offset = 0;
        for (begin, end) in taken {
            if offset + buffer.bytes <= begin {
                break;
            }
            offset = offset.max(end.next_multiple_of(ALIGNMENT));
        }
        offsets[index] = offset;
        bytes = bytes.max(offset + buffer.bytes);
        placed.push(index);
    }
    let ranges = offsets.iter().zip(buffers).map(|(&offset, buffer)| offset..offset + buffer.bytes).collect();
    Places { ranges, bytes: bytes.next_multiple_of(ALIGNMENT) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn buffers_that_live_together_do_not_overlap_and_others_share() {
        // A chain: each is made while the one before is read.
        let chain: Vec<_> = (0..20)
            .map(|step| BufferPlan { bytes: 100 + step * 37 % 90, first: step, last: step + 1 })
            .collect();
        let places = place(&chain);
        for (a, first) in chain.iter().enumerate() {
            for (b, second) in chain.iter().enumerate().skip(a + 1) {
                let live_together = first.first <= second.last && second.first <= first.last;
                let (one, other) = (&places.ranges[a], &places.ranges[b]);
                let overlap = one.start < other.end && other.start < one.end;
                assert!(!(live_together && overlap), "{a} and {b}");
            }
        }
        assert!(places.bytes <= 4 * 192, "three at a time, rounded up: {}", places.bytes);
        for (range, buffer) in places.ranges.iter().zip(&chain) {
            assert_eq!((range.start % ALIGNMENT, range.len()), (0, buffer.bytes));
        }
    }
}
