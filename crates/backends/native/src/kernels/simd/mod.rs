//! The primitive operations that kernels are written in, and one file for each instruction set that has them.
//!
//! **A token is the instruction set**: a type that implements [`Simd`] can be made only where the CPU has the
//! instructions (`isa`), and so what works on registers alone is safe. All of it is `inline(always)`: what a kernel comes
//! to is compiled inside that set's entries, where the compiler may use its instructions.
//!
//! **A vector is [`LANES`] floats** on every machine, in as many registers as that takes: layouts of memory are the same
//! for all instruction sets, and so is the order of every sum.
//!
//! What is not here: what the numbers mean.

#[cfg(target_arch = "x86_64")]
pub(crate) mod avx2;
#[cfg(target_arch = "x86_64")]
pub(crate) mod avx512;
pub(crate) mod portable;

/// Floats of a vector, and channels of a block.
pub(crate) const LANES: usize = 16;

/// Operations on vectors of [`LANES`] floats.
pub(crate) trait Simd: Copy {
    /// [`LANES`] floats.
    type Vector: Copy;

    /// Vectors that fit the registers beside a step's weights and its pixel: the largest tile.
    const ACCUMULATORS: usize;
    /// Registers that a vector takes.
    const REGISTERS: usize;

    /// # Safety
    /// - `from` is the first of [`LANES`] floats that can be read.
    unsafe fn load(self, from: *const f32) -> Self::Vector;
    /// # Safety
    /// - `to` is the first of [`LANES`] floats that can be written.
    unsafe fn store(self, to: *mut f32, value: Self::Vector);
    /// The first `count` lanes, zeros in the others.
    ///
    /// # Safety
    /// - `from` is the first of `count` floats that can be read, at most [`LANES`].
    #[inline(always)]
    unsafe fn load_first(self, from: *const f32, count: usize) -> Self::Vector {
        if count >= LANES {
            // SAFETY: as the caller promises.
            return unsafe { self.load(from) };
        }
        let mut lanes = [0.0; LANES];
        // SAFETY: as the caller promises.
        unsafe { std::ptr::copy_nonoverlapping(from, lanes.as_mut_ptr(), count) };
        // SAFETY: an array of LANES floats.
        unsafe { self.load(lanes.as_ptr()) }
    }
    /// The first `count` lanes only.
    ///
    /// # Safety
    /// - `to` is the first of `count` floats that can be written, at most [`LANES`].
    #[inline(always)]
    unsafe fn store_first(self, to: *mut f32, value: Self::Vector, count: usize) {
        if count >= LANES {
            // SAFETY: as the caller promises.
            return unsafe { self.store(to, value) };
        }
        let mut lanes = [0.0; LANES];
        // SAFETY: an array of LANES floats.
        unsafe { self.store(lanes.as_mut_ptr(), value) };
        // SAFETY: as the caller promises.
        unsafe { std::ptr::copy_nonoverlapping(lanes.as_ptr(), to, count) };
    }

    /// `value` in every lane.
    fn splat(self, value: f32) -> Self::Vector;
    /// `a + b`
    fn add(self, a: Self::Vector, b: Self::Vector) -> Self::Vector;
    /// `a - b`
    fn sub(self, a: Self::Vector, b: Self::Vector) -> Self::Vector;
    /// `a * b`
    fn mul(self, a: Self::Vector, b: Self::Vector) -> Self::Vector;
    /// `a / b`
    fn div(self, a: Self::Vector, b: Self::Vector) -> Self::Vector;
    /// `a * b + c`, rounded once where the machine can.
    fn mul_add(self, a: Self::Vector, b: Self::Vector, c: Self::Vector) -> Self::Vector;
    /// The lesser; `b` where either is no number.
    fn min(self, a: Self::Vector, b: Self::Vector) -> Self::Vector;
    /// The greater; `b` where either is no number.
    fn max(self, a: Self::Vector, b: Self::Vector) -> Self::Vector;
    /// `1 / a` to about a unit in the last place, for `a` from 1 to 2^126.
    fn reciprocal(self, a: Self::Vector) -> Self::Vector;
    /// The square root.
    fn sqrt(self, a: Self::Vector) -> Self::Vector;
    /// The nearest whole number.
    fn round(self, a: Self::Vector) -> Self::Vector;
    /// Rows and columns of 16 vectors exchanged.
    #[inline(always)]
    fn transpose(self, rows: [Self::Vector; LANES]) -> [Self::Vector; LANES] {
        let mut lanes = [[0.0f32; LANES]; LANES];
        for (lanes, row) in lanes.iter_mut().zip(rows) {
            // SAFETY: an array of LANES floats.
            unsafe { self.store(lanes.as_mut_ptr(), row) };
        }
        std::array::from_fn(|column| {
            let column: [f32; LANES] = std::array::from_fn(|row| lanes[row][column]);
            // SAFETY: an array of LANES floats.
            unsafe { self.load(column.as_ptr()) }
        })
    }
    /// `a * 2^n` for whole numbers `n` from -126 to 127.
    fn scale_by_power_of_2(self, a: Self::Vector, n: Self::Vector) -> Self::Vector;
}

/// Operations that touch no memory, each a line.
#[cfg(target_arch = "x86_64")]
macro_rules! in_registers {
    ($($name:ident($($argument:ident: $type:ty),*) -> $result:ty = $operation:expr;)*) => {
        $(
            #[inline(always)]
            fn $name(self, $($argument: $type),*) -> $result {
                // SAFETY: the token proves that the CPU has the instructions; they work on registers.
                unsafe { $operation }
            }
        )*
    };
}

#[cfg(target_arch = "x86_64")]
pub(crate) use in_registers;
