//! Numbers of every element type, so that an operator's loop is written once. Nothing here panics.

/// Arithmetic of one element type. Sums, differences and products of integers wrap around.
pub(super) trait Number: Copy + PartialOrd + Default {
    const ONE: Self;
    /// Below all others.
    const LEAST: Self;
    /// Above all others.
    const MOST: Self;

    fn plus(self, other: Self) -> Self;
    fn minus(self, other: Self) -> Self;
    fn times(self, other: Self) -> Self;
    /// Of integers towards 0; by 0 it is 0.
    fn over(self, other: Self) -> Self;
    fn power(self, other: Self) -> Self;
    /// The remainder with the sign of the divisor; by 0 it is 0.
    fn modulo(self, other: Self) -> Self;
    /// The remainder with the sign of the dividend; by 0 it is 0.
    fn remainder(self, other: Self) -> Self;
    fn as_f32(self) -> f32;
    /// Floats towards 0.
    fn as_i64(self) -> i64;
    /// The mean of so many whose sum this is.
    fn mean(self, count: usize) -> Self;
    /// Not a number: unequal even to itself.
    fn is_none(self) -> bool;

    /// The larger of two; none where one of both is none.
    fn larger(self, other: Self) -> Self {
        if other > self || other.is_none() { other } else { self }
    }

    /// The smaller of two; none where one of both is none.
    fn smaller(self, other: Self) -> Self {
        if other < self || other.is_none() { other } else { self }
    }
}

impl Number for f32 {
    const ONE: Self = 1.0;
    const LEAST: Self = Self::NEG_INFINITY;
    const MOST: Self = Self::INFINITY;

    fn plus(self, other: Self) -> Self {
        self + other
    }

    fn minus(self, other: Self) -> Self {
        self - other
    }

    fn times(self, other: Self) -> Self {
        self * other
    }

    fn over(self, other: Self) -> Self {
        self / other
    }

    fn power(self, other: Self) -> Self {
        self.powf(other)
    }

    fn modulo(self, other: Self) -> Self {
        let rest = self % other;
        if rest == 0.0 {
            return rest.copysign(other);
        }
        if (rest < 0.0) != (other < 0.0) { rest + other } else { rest }
    }

    fn remainder(self, other: Self) -> Self {
        self % other
    }

    fn as_f32(self) -> f32 {
        self
    }

    fn as_i64(self) -> i64 {
        self as i64
    }

    fn mean(self, count: usize) -> Self {
        self / count as Self
    }

    fn is_none(self) -> bool {
        self.is_nan()
    }
}

macro_rules! integers {
    ($($integer:ty)*) => { $(impl Number for $integer {
        const ONE: Self = 1;
        const LEAST: Self = Self::MIN;
        const MOST: Self = Self::MAX;

        fn plus(self, other: Self) -> Self {
            self.wrapping_add(other)
        }

        fn minus(self, other: Self) -> Self {
            self.wrapping_sub(other)
        }

        fn times(self, other: Self) -> Self {
            self.wrapping_mul(other)
        }

        fn over(self, other: Self) -> Self {
            if other == 0 { 0 } else { self.wrapping_div(other) }
        }

        fn power(self, other: Self) -> Self {
            (self as f64).powf(other as f64) as Self
        }

        fn modulo(self, other: Self) -> Self {
            let rest = self.remainder(other);
            if rest != 0 && (rest > 0) != (other > 0) { rest.wrapping_add(other) } else { rest }
        }

        fn remainder(self, other: Self) -> Self {
            if other == 0 { 0 } else { self.wrapping_rem(other) }
        }

        fn as_f32(self) -> f32 {
            self as f32
        }

        fn as_i64(self) -> i64 {
            self.into()
        }

        fn mean(self, count: usize) -> Self {
            (self.as_i64() / count.max(1) as i64) as Self
        }

        fn is_none(self) -> bool {
            false
        }
    })* };
}
integers!(i64 i32 i8 u8);
