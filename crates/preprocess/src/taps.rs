//! Where along one axis each target pixel looks: OpenCV's `INTER_LINEAR`.

/// A weight of 1, which is never stored: it is the weight 0 of the next pixel.
const ONE: f64 = 32768.0;

/// For each target pixel along one axis, two source pixels and the second one's weight in 1/32768.
///
/// `second` is `first` where the weight is 0, and so at the edges: a pixel of weight 0 is never read.
#[derive(Debug)]
pub(crate) struct Taps {
    pub(crate) first: Vec<u32>,
    pub(crate) second: Vec<u32>,
    pub(crate) weight: Vec<i16>,
}

impl Taps {
    /// `source` pixels scaled to `content` pixels; both at least 1.
    pub(crate) fn new(source: u32, content: u32) -> Self {
        let ratio = f64::from(source) / f64::from(content);
        let last = source - 1;
        let mut taps = Self { first: Vec::new(), second: Vec::new(), weight: Vec::new() };
        for target in 0..content {
            let at = ((f64::from(target) + 0.5) * ratio - 0.5).clamp(0.0, f64::from(last));
            let mut first = at as u32;
            let mut weight = ((at - f64::from(first)) * ONE).round();
            if weight == ONE {
                (first, weight) = (first + 1, 0.0);
            }
            taps.first.push(first);
            taps.second.push(if weight == 0.0 { first } else { first + 1 });
            taps.weight.push(weight as i16);
        }
        taps
    }

    /// Target pixels.
    pub(crate) fn len(&self) -> usize {
        self.first.len()
    }

    /// Whether every target pixel is one source pixel.
    pub(crate) fn is_single(&self) -> bool {
        self.weight.iter().all(|&weight| weight == 0)
    }

    /// Whether target pixel `x` is source pixel `x`.
    pub(crate) fn is_dense(&self) -> bool {
        self.is_single() && self.first.iter().zip(0..).all(|(&first, x)| first == x)
    }

    /// Whether target pixel `x` is the mean of source pixels `2 * x` and `2 * x + 1`.
    pub(crate) fn is_halving(&self) -> bool {
        self.weight.iter().all(|&weight| weight == 1 << 14)
            && self.first.iter().zip(0..).all(|(&first, x)| first == 2 * x)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_ratios_hit_pixels_or_their_middle() {
        assert_eq!(Taps::new(5, 5).first, [0, 1, 2, 3, 4]);
        assert!(Taps::new(5, 5).is_single());
        assert_eq!(Taps::new(9, 3).first, [1, 4, 7]);
        assert!(Taps::new(9, 3).is_single());
        let halves = Taps::new(6, 3);
        assert_eq!((halves.first, halves.second), (vec![0, 2, 4], vec![1, 3, 5]));
        assert_eq!(halves.weight, [16384; 3]);
    }

    #[test]
    fn edges_are_clamped() {
        let taps = Taps::new(2, 4); // -0.25, 0.25, 0.75, 1.25
        assert_eq!(taps.first, [0, 0, 0, 1]);
        assert_eq!(taps.second, [0, 1, 1, 1]);
        assert_eq!(taps.weight, [0, 8192, 24576, 0]);
        assert_eq!(Taps::new(1, 3).second, [0, 0, 0]);
    }
}
