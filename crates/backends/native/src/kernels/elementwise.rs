//! Runs of elements, each by itself or with its partner.

use super::functions::{Function, with_function};
use super::simd::{LANES, Simd};
use crate::ops::{Binary, Unary};

/// A run to be mapped.
#[derive(Clone, Copy, Debug)]
pub(crate) struct UnaryAt {
    pub(crate) source: *const f32,
    pub(crate) out: *mut f32,
    pub(crate) count: usize,
}

/// Two runs to be combined. A step is 1, or 0 where one element meets them all.
#[derive(Clone, Copy, Debug)]
pub(crate) struct BinaryAt {
    pub(crate) sources: [*const f32; 2],
    pub(crate) steps: [usize; 2],
    pub(crate) out: *mut f32,
    pub(crate) count: usize,
}

/// # Safety
/// - `at.count` elements can be read at the source and written at the output.
#[inline(always)]
pub(crate) unsafe fn unary<S: Simd>(simd: S, unary: Option<Unary>, at: &UnaryAt) {
    let at = BinaryAt { sources: [at.source; 2], steps: [1, 0], out: at.out, count: at.count };
    with_function!(unary, function => {
        // SAFETY: as the caller promises.
        unsafe { each(simd, &at, First(function)) }
    });
}

/// Sums, differences, products, quotients, and the lesser and greater.
///
/// # Safety
/// - `at.count` elements can be written at the output, and read at each source, or one where its step is 0.
#[inline(always)]
pub(crate) unsafe fn binary<S: Simd>(simd: S, binary: Binary, at: &BinaryAt) {
    // SAFETY: as the caller promises.
    unsafe {
        match binary {
            Binary::Add => each(simd, at, Sum),
            Binary::Sub => each(simd, at, Difference),
            Binary::Mul => each(simd, at, Product),
            Binary::Div => each(simd, at, Quotient),
            Binary::Min => each(simd, at, Lesser),
            Binary::Max => each(simd, at, Greater),
            other => unreachable!("{other:?} has no vector form: the plan asks first"),
        }
    }
}

/// Whether [`binary`] has it.
pub(crate) fn is_vectorized(binary: Binary) -> bool {
    use Binary::{Add, Div, Max, Min, Mul, Sub};
    matches!(binary, Add | Sub | Mul | Div | Min | Max)
}

/// What becomes of two elements. These are types and not closures, because a closure may be compiled by itself, where the
/// instruction set is not known.
trait Pairing: Copy {
    fn pair<S: Simd>(self, simd: S, a: S::Vector, b: S::Vector) -> S::Vector;
}

/// A function of the first alone.
#[derive(Clone, Copy)]
struct First<F>(F);

impl<F: Function> Pairing for First<F> {
    #[inline(always)]
    fn pair<S: Simd>(self, simd: S, a: S::Vector, _: S::Vector) -> S::Vector {
        self.0.apply(simd, a)
    }
}

macro_rules! pairings {
    ($($pairing:ident: $operation:ident)*) => {
        $(
            #[derive(Clone, Copy)]
            struct $pairing;

            impl Pairing for $pairing {
                #[inline(always)]
                fn pair<S: Simd>(self, simd: S, a: S::Vector, b: S::Vector) -> S::Vector {
                    simd.$operation(a, b)
                }
            }
        )*
    };
}

pairings! { Sum: add Difference: sub Product: mul Quotient: div Lesser: min Greater: max }

/// Whole vectors, then what is left.
///
/// # Safety
/// - As for [`binary`].
#[inline(always)]
unsafe fn each<S: Simd, P: Pairing>(simd: S, at: &BinaryAt, pairing: P) {
    let BinaryAt { sources: [a, b], steps, out, count } = *at;
    let mut index = 0;
    while index < count {
        let left = count - index;
        // SAFETY: as the caller promises.
        unsafe {
            let (a, b) = (load(simd, a, steps[0], index, left), load(simd, b, steps[1], index, left));
            let paired = pairing.pair(simd, a, b);
            if left >= LANES {
                simd.store(out.add(index), paired);
            } else {
                simd.store_first(out.add(index), paired, left);
            }
        }
        index += LANES;
    }
}

/// The next vector, or as many of its elements as are left.
///
/// # Safety
/// - They can be read.
#[inline(always)]
unsafe fn load<S: Simd>(simd: S, source: *const f32, step: usize, index: usize, left: usize) -> S::Vector {
    // SAFETY: as the caller promises.
    unsafe {
        if step == 0 {
            simd.splat(*source)
        } else if left >= LANES {
            simd.load(source.add(index))
        } else {
            simd.load_first(source.add(index), left)
        }
    }
}
