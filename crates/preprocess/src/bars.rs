//! The bars above and below the content of a planar tensor, written a little at a time: converting a row keeps the
//! vector units busy and leaves the memory idle, filling bars does the opposite, and so they go together.

/// Elements of one chunk.
const CHUNK: usize = 32;

/// Chunks of up to six bars, above and below in each of three planes, that are still to be written.
#[derive(Debug)]
pub(crate) struct Bars<'a, T> {
    left: [(&'a mut [[T; CHUNK]], T); 6],
    /// How many of them there are.
    count: usize,
    /// The one being written.
    at: usize,
    chunks_per_step: usize,
}

impl<'a, T: Copy> Bars<'a, T> {
    /// No bars yet; `pad` is any element.
    pub(crate) fn new(pad: T) -> Self {
        Self { left: std::array::from_fn(|_| (&mut [][..], pad)), count: 0, at: 0, chunks_per_step: 0 }
    }

    /// Another bar, all of whose elements are to be `pad`.
    ///
    /// # Panics
    /// Where there are six already.
    pub(crate) fn push(&mut self, bar: &'a mut [T], pad: T) {
        let (chunks, rest) = bar.as_chunks_mut();
        rest.fill(pad);
        self.left[self.count] = (chunks, pad);
        self.count += 1;
    }

    /// Makes `steps` steps reach the end.
    pub(crate) fn spread_over(&mut self, steps: usize) {
        let chunks: usize = self.left.iter().map(|(chunks, _)| chunks.len()).sum();
        self.chunks_per_step = chunks.div_ceil(steps.max(1));
    }

    /// Writes the next few chunks.
    #[inline]
    pub(crate) fn step(&mut self) {
        for _ in 0..self.chunks_per_step {
            self.write_chunk();
        }
    }

    /// Writes what is left.
    pub(crate) fn finish(mut self) {
        while self.write_chunk() {}
    }

    /// Whether there was one.
    #[inline]
    fn write_chunk(&mut self) -> bool {
        while let Some((chunks, pad)) = self.left.get_mut(self.at) {
            if let Some((chunk, rest)) = std::mem::take(chunks).split_first_mut() {
                chunk.fill(*pad);
                *chunks = rest;
                return true;
            }
            self.at += 1;
        }
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_and_the_end_write_every_element_once_it_is_over() {
        for (steps_made, steps_planned) in [(0, 1), (3, 5), (9, 9), (50, 7)] {
            let (mut above, mut below) = (vec![0u8; 3 * CHUNK + 5], vec![0u8; 200]);
            let mut bars = Bars::new(0);
            bars.push(&mut above, 7);
            bars.push(&mut below, 8);
            bars.spread_over(steps_planned);
            (0..steps_made).for_each(|_| bars.step());
            bars.finish();
            assert!(above.iter().all(|&element| element == 7) && below.iter().all(|&element| element == 8));
        }
    }

    #[test]
    fn planned_steps_need_no_end() {
        let mut bar = vec![0u8; 11 * CHUNK];
        let mut bars = Bars::new(0);
        bars.push(&mut bar, 9);
        bars.spread_over(4);
        (0..4).for_each(|_| bars.step());
        assert!(bar.iter().all(|&element| element == 9));
    }
}
