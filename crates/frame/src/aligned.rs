//! Numbers whose first one starts a cache line: tensors are written and read in whole lines.

/// Bytes of a cache line, and of the widest vector register.
const LINE_BYTES: usize = 64;

/// A fixed number of elements, the first one on a cache line's start. Made without unsafe: a little more is allocated,
/// and the elements begin where a line does.
#[derive(Debug)]
pub struct Aligned<T> {
    elements: Vec<T>,
    start: usize,
    len: usize,
}

impl<T: Copy + Default> Aligned<T> {
    /// `len` default elements.
    pub fn new(len: usize) -> Self {
        let elements = vec![T::default(); len + LINE_BYTES / size_of::<T>().max(1)];
        let start = elements.as_ptr().align_offset(LINE_BYTES);
        // Where the start cannot be found (it may not be, by `align_offset`'s terms), unaligned is slower and no more.
        let start = if start + len <= elements.len() { start } else { 0 };
        Self { elements, start, len }
    }

    /// The elements.
    pub fn as_slice(&self) -> &[T] {
        &self.elements[self.start..][..self.len]
    }

    /// The elements.
    pub fn as_mut_slice(&mut self) -> &mut [T] {
        &mut self.elements[self.start..][..self.len]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_element_starts_a_line_and_all_are_there() {
        for len in [0, 1, 17, 1000] {
            let mut floats = Aligned::<f32>::new(len);
            assert_eq!((floats.as_slice().len(), floats.as_mut_slice().len()), (len, len));
            assert_eq!(floats.as_slice().as_ptr().addr() % LINE_BYTES, 0);
            let bytes = Aligned::<u8>::new(len);
            assert_eq!((bytes.as_slice().len(), bytes.as_slice().as_ptr().addr() % LINE_BYTES), (len, 0));
        }
    }
}
