//! Walks over dense outputs whose inputs lie otherwise: transposed, broadcast, backwards, in part.
//!
//! An output is written in order. Beside it each input has a stride for each axis of the output: how far its element
//! moves when that axis moves by one; 0 where it is broadcast, negative where it runs backwards. Axes that all inputs
//! step through as if they were one are made one, so that the inner runs are as long as they can be.

/// Tensors with more axes than this are refused, so that a walk needs no memory of its own.
pub(crate) const RANK_MAX: usize = 8;

/// How far an element moves for each axis.
pub(crate) type Strides = [isize; RANK_MAX];

/// A walk over an output beside `N` inputs.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Walk<const N: usize> {
    rank: usize,
    sizes: [usize; RANK_MAX],
    strides: [Strides; N],
}

/// Strides of a dense tensor.
pub(crate) fn dense(shape: &[usize]) -> Strides {
    let mut strides = [0; RANK_MAX];
    let mut stride = 1;
    for (axis, &size) in shape.iter().enumerate().rev() {
        strides[axis] = stride;
        stride *= size as isize;
    }
    strides
}

/// Strides of a dense tensor of `shape` that is broadcast to `output`, numpy's way.
pub(crate) fn broadcast(shape: &[usize], output: &[usize]) -> Strides {
    let mut strides = [0; RANK_MAX];
    let own = dense(shape);
    let added = output.len() - shape.len();
    for axis in 0..shape.len() {
        strides[added + axis] = if shape[axis] == 1 { 0 } else { own[axis] };
    }
    strides
}

impl<const N: usize> Walk<N> {
    pub(crate) fn new(sizes: &[usize], strides: [Strides; N]) -> Self {
        let mut walk = Self { rank: 0, sizes: [1; RANK_MAX], strides: [[0; RANK_MAX]; N] };
        for (axis, &size) in sizes.iter().enumerate().filter(|&(_, &size)| size != 1) {
            let last = walk.rank.saturating_sub(1);
            let continues = |(own, all): (&Strides, &Strides)| own[last] == all[axis] * size as isize;
            let is_same_run = walk.rank > 0 && walk.strides.iter().zip(&strides).all(continues);
            walk.rank += usize::from(!is_same_run);
            let last = walk.rank - 1;
            walk.sizes[last] = if is_same_run { walk.sizes[last] * size } else { size };
            for (own, all) in walk.strides.iter_mut().zip(&strides) {
                own[last] = all[axis];
            }
        }
        walk.rank = walk.rank.max(1);
        walk
    }

    /// The inner run: its length, and how far each input moves in it.
    pub(crate) fn run(&self) -> (usize, [isize; N]) {
        (self.sizes[self.rank - 1], self.strides.map(|strides| strides[self.rank - 1]))
    }

    /// Visits the runs in the output's order, with where each input starts; `starts` is where they start for the first.
    pub(crate) fn for_each_run(&self, starts: [isize; N], mut visit: impl FnMut([isize; N])) {
        let outer = self.rank - 1;
        if self.sizes[..self.rank].contains(&0) {
            return;
        }
        let mut index = [0; RANK_MAX];
        let mut at = starts;
        loop {
            visit(at);
            let mut axis = outer;
            loop {
                if axis == 0 {
                    return;
                }
                axis -= 1;
                index[axis] += 1;
                for (at, strides) in at.iter_mut().zip(&self.strides) {
                    *at += strides[axis];
                }
                if index[axis] < self.sizes[axis] {
                    break;
                }
                for (at, strides) in at.iter_mut().zip(&self.strides) {
                    *at -= strides[axis] * self.sizes[axis] as isize;
                }
                index[axis] = 0;
            }
        }
    }
}

/// Copies what a walk passes of `from`, beginning at element `start`.
pub(crate) fn copy<T: Copy>(to: &mut [T], from: &[T], walk: &Walk<1>, start: usize) {
    let (length, [stride]) = walk.run();
    if length == 0 {
        return;
    }
    let mut rows = to.chunks_exact_mut(length);
    walk.for_each_run([start as isize], |[at]| {
        let Some(row) = rows.next() else { return };
        match stride {
            1 => row.copy_from_slice(&from[at as usize..at as usize + length]),
            0 => row.fill(from[at as usize]),
            _ => {
                let mut at = at;
                for element in row {
                    *element = from[at as usize];
                    at += stride;
                }
            }
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn axes_that_run_on_are_one() {
        let walk = Walk::new(&[2, 3, 4], [dense(&[2, 3, 4])]);
        assert_eq!((walk.rank, walk.run()), (1, (24, [1])));
        let walk = Walk::new(&[2, 3, 4], [broadcast(&[3, 1], &[2, 3, 4])]);
        assert_eq!((walk.rank, walk.run()), (3, (4, [0])));
        let walk = Walk::new(&[2, 3, 4], [broadcast(&[], &[2, 3, 4])]);
        assert_eq!((walk.rank, walk.run()), (1, (24, [0])));
    }

    #[test]
    fn a_copy_transposes_and_turns_around() {
        let from = [1, 2, 3, 4, 5, 6];
        let mut to = [0; 6];
        let mut strides = [0; RANK_MAX];
        strides[..2].copy_from_slice(&[1, 3]);
        copy(&mut to, &from, &Walk::new(&[3, 2], [strides]), 0);
        assert_eq!(to, [1, 4, 2, 5, 3, 6]);
        strides[..2].copy_from_slice(&[3, -1]);
        copy(&mut to, &from, &Walk::new(&[2, 3], [strides]), 2);
        assert_eq!(to, [3, 2, 1, 6, 5, 4]);
    }

    #[test]
    fn nothing_is_visited_where_there_is_nothing() {
        Walk::new(&[2, 0, 3], [[1; RANK_MAX]]).for_each_run([0], |_| panic!("a run"));
    }
}
