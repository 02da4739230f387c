//! Plain Rust: the oracle, and what runs where there is nothing better. Products and sums are rounded one by one.

use super::{LANES, Simd};
use crate::kernels::isa::Portable;

type Vector = [f32; LANES];

#[inline(always)]
fn each(a: Vector, b: Vector, operation: impl Fn(f32, f32) -> f32) -> Vector {
    std::array::from_fn(|lane| operation(a[lane], b[lane]))
}

impl Simd for Portable {
    type Vector = Vector;

    const ACCUMULATORS: usize = 4;
    const REGISTERS: usize = 4;

    #[inline(always)]
    unsafe fn load(self, from: *const f32) -> Vector {
        // SAFETY: as the caller promises; an array of floats is aligned like one.
        unsafe { *from.cast() }
    }

    #[inline(always)]
    unsafe fn store(self, to: *mut f32, value: Vector) {
        // SAFETY: as the caller promises; an array of floats is aligned like one.
        unsafe { *to.cast() = value }
    }

    #[inline(always)]
    fn splat(self, value: f32) -> Vector {
        [value; LANES]
    }

    #[inline(always)]
    fn add(self, a: Vector, b: Vector) -> Vector {
        each(a, b, |a, b| a + b)
    }

    #[inline(always)]
    fn sub(self, a: Vector, b: Vector) -> Vector {
        each(a, b, |a, b| a - b)
    }

    #[inline(always)]
    fn mul(self, a: Vector, b: Vector) -> Vector {
        each(a, b, |a, b| a * b)
    }

    #[inline(always)]
    fn div(self, a: Vector, b: Vector) -> Vector {
        each(a, b, |a, b| a / b)
    }

    #[inline(always)]
    fn mul_add(self, a: Vector, b: Vector, c: Vector) -> Vector {
        self.add(self.mul(a, b), c)
    }

    #[inline(always)]
    fn min(self, a: Vector, b: Vector) -> Vector {
        each(a, b, |a, b| if a < b { a } else { b })
    }

    #[inline(always)]
    fn max(self, a: Vector, b: Vector) -> Vector {
        each(a, b, |a, b| if a > b { a } else { b })
    }

    #[inline(always)]
    fn reciprocal(self, a: Vector) -> Vector {
        a.map(|a| 1.0 / a)
    }

    #[inline(always)]
    fn sqrt(self, a: Vector) -> Vector {
        a.map(f32::sqrt)
    }

    #[inline(always)]
    fn round(self, a: Vector) -> Vector {
        a.map(f32::round_ties_even)
    }

    #[inline(always)]
    fn scale_by_power_of_2(self, a: Vector, n: Vector) -> Vector {
        each(a, n, |a, n| a * f32::from_bits(((n as i32 + 127) as u32) << 23))
    }
}
