//! The kernels, compiled for one instruction set: the one place where generic code meets `target_feature`.
//!
//! Inside an entry all operations of its set are the compiler's to inline; from outside it is a plain `unsafe fn`, whose
//! proof is that [`Kernels::of`] gives it out only for an [`Isa`], which is proof that the CPU has the set.

use super::elementwise::{BinaryAt, UnaryAt};
use super::finish::Finish;
#[cfg(target_arch = "x86_64")]
use super::isa::{Avx2, Avx512};
use super::isa::{Isa, Portable};
use super::pool::{PoolRowAt, Windows};
use super::resize::BlendRowAt;
use super::simd::Simd;
use super::softmax::SoftmaxAt;
use super::tile::{TileAt, TileFn};
use super::transpose::BlocksAt;
use super::winograd::{PatchAt, SumsAt};
use crate::ops::{Binary, Unary};

/// The kernels of one instruction set.
#[derive(Clone, Copy)]
pub(crate) struct Kernels {
    /// [`Simd::ACCUMULATORS`] and [`Simd::REGISTERS`].
    pub(crate) accumulators: usize,
    pub(crate) registers: usize,
    tile: fn(TileShape) -> Option<TileFn>,
    depthwise: fn(usize, usize) -> Option<TileFn>,
    /// [`super::winograd::transform_patch`]
    pub(crate) transform_patch: unsafe fn(&PatchAt),
    /// [`super::winograd::transform_sums`]
    pub(crate) transform_sums: unsafe fn(&SumsAt, &Finish),
    /// [`super::elementwise::unary`]
    pub(crate) unary: unsafe fn(Option<Unary>, &UnaryAt),
    /// [`super::elementwise::binary`]
    pub(crate) binary: unsafe fn(Binary, &BinaryAt),
    /// [`super::pool::pool_row`]
    pub(crate) pool_row: unsafe fn(&Windows, &PoolRowAt),
    /// [`super::resize::blend_row`]
    pub(crate) blend_row: unsafe fn(&BlendRowAt<'_>),
    /// [`super::transpose::to_blocks`]
    pub(crate) to_blocks: unsafe fn(&BlocksAt),
    /// [`super::transpose::from_blocks`]
    pub(crate) from_blocks: unsafe fn(&BlocksAt),
    /// [`super::softmax::softmax`]
    pub(crate) softmax: unsafe fn(&SoftmaxAt),
    /// [`super::softmax::softmax_mean`]
    pub(crate) softmax_mean: unsafe fn(&SoftmaxAt, &[f32]),
}

/// What a tile is compiled for; stride and run are 0 where they are read from the step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct TileShape {
    pub(crate) pixels: usize,
    pub(crate) blocks: usize,
    pub(crate) stride: usize,
    pub(crate) run: usize,
}

impl Kernels {
    pub(crate) fn of(isa: Isa) -> Self {
        match isa {
            Isa::Portable(_) => portable::kernels(),
            #[cfg(target_arch = "x86_64")]
            Isa::Avx2(_) => avx2::kernels(),
            #[cfg(target_arch = "x86_64")]
            Isa::Avx512(_) => avx512::kernels(),
        }
    }

    /// The tile of a shape; `None` where there is none with so many pixels and blocks.
    pub(crate) fn tile(&self, shape: TileShape) -> Option<TileFn> {
        let compiled =
            [(16, 16), (32, 16), (16, 8), (32, 8), (1, 1), (2, 1)].contains(&(shape.stride, shape.run));
        (self.tile)(if compiled { shape } else { TileShape { stride: 0, run: 0, ..shape } })
    }

    /// The widest depthwise tile.
    pub(crate) fn depthwise_pixels(&self) -> usize {
        self.accumulators.min(14)
    }

    /// The depthwise tile of so many pixels that lie so many pixels apart.
    pub(crate) fn depthwise(&self, pixels: usize, stride: usize) -> Option<TileFn> {
        (self.depthwise)(pixels, if stride <= 2 { stride } else { 0 })
    }
}

/// What generic kernels call that is compiled once for each set, not once for each caller.
pub(crate) trait Entries: Simd {
    /// [`super::finish::finish`]
    ///
    /// # Safety
    /// - As there.
    unsafe fn finish(
        self,
        sums: *const Self::Vector,
        pixels: usize,
        blocks: usize,
        how: &Finish,
        at: &TileAt,
    );
}

/// Plain entries: a kernel's arguments without its token.
macro_rules! entry {
    ($token:ident, $features:tt $($kernel:ident::$name:ident $arguments:tt;)*) => {
        $(entry! { @each $token, $features $kernel::$name $arguments })*
    };
    (@each $token:ident, [$(#[$features:meta])?] $kernel:ident::$name:ident($($argument:ident: $type:ty),*)) => {
        /// # Safety
        /// - The CPU has this set.
        /// - As for the generic kernel.
        $(#[$features])?
        unsafe fn $name($($argument: $type),*) {
            // SAFETY: as the caller promises.
            unsafe { $crate::kernels::$kernel::$name($token::assume(), $($argument),*) };
        }
    };
}

/// A module of entries for one set. `tiles` lists, for each number of blocks, the widths that its registers hold.
macro_rules! entries {
    (
        $module:ident, $token:ident, $(#[$features:meta])?
        tiles { $($blocks:literal: [$($pixels:literal)*])* }
        depthwise [$($depthwise:literal)*]
    ) => {
        mod $module {
            use super::*;

            pub(super) fn kernels() -> Kernels {
                Kernels {
                    accumulators: $token::ACCUMULATORS,
                    registers: $token::REGISTERS,
                    tile: tile_fn,
                    depthwise: depthwise_fn,
                    transform_patch,
                    transform_sums,
                    unary,
                    binary,
                    pool_row,
                    blend_row,
                    to_blocks,
                    from_blocks,
                    softmax,
                    softmax_mean,
                }
            }

            fn tile_fn(shape: TileShape) -> Option<TileFn> {
                Some(match (shape.blocks, shape.pixels) {
                    $($(
                        ($blocks, $pixels) => match (shape.stride, shape.run) {
                            (16, 16) => tile::<$pixels, $blocks, 16, 16>,
                            (32, 16) => tile::<$pixels, $blocks, 32, 16>,
                            (16, 8) => tile::<$pixels, $blocks, 16, 8>,
                            (32, 8) => tile::<$pixels, $blocks, 32, 8>,
                            // The largest are left to the general form: of these the compiler would load all pixels of a
                            // step beforehand, and have no registers left for the sums.
                            (1, 1) if $blocks <= 2 && $pixels * $blocks < $token::ACCUMULATORS => {
                                tile::<$pixels, $blocks, 1, 1>
                            }
                            (2, 1) if $blocks <= 2 && $pixels * $blocks < $token::ACCUMULATORS => {
                                tile::<$pixels, $blocks, 2, 1>
                            }
                            _ => tile::<$pixels, $blocks, 0, 0>,
                        },
                    )*)*
                    _ => return None,
                })
            }

            fn depthwise_fn(pixels: usize, stride: usize) -> Option<TileFn> {
                Some(match pixels {
                    $(
                        $depthwise => match stride {
                            1 => depthwise::<$depthwise, 1>,
                            2 => depthwise::<$depthwise, 2>,
                            _ => depthwise::<$depthwise, 0>,
                        },
                    )*
                    _ => return None,
                })
            }

            /// # Safety
            /// - The CPU has this set.
            /// - As for the generic kernel.
            $(#[$features])?
            unsafe fn tile<const PIXELS: usize, const BLOCKS: usize, const STRIDE: usize, const RUN: usize>(
                tiles: &super::super::tile::Tiles,
                at: &TileAt,
            ) {
                // SAFETY: as the caller promises.
                unsafe {
                    super::super::tile::tile::<_, PIXELS, BLOCKS, STRIDE, RUN>($token::assume(), tiles, at);
                }
            }

            /// # Safety
            /// - The CPU has this set.
            /// - As for the generic kernel.
            $(#[$features])?
            unsafe fn depthwise<const PIXELS: usize, const STRIDE: usize>(
                tiles: &super::super::tile::Tiles,
                at: &TileAt,
            ) {
                // SAFETY: as the caller promises.
                unsafe {
                    super::super::depthwise::depthwise::<_, PIXELS, STRIDE>($token::assume(), tiles, at);
                }
            }

            /// # Safety
            /// - The CPU has this set.
            /// - As for the generic kernel.
            $(#[$features])?
            #[inline(never)]
            unsafe fn finish(
                sums: *const <$token as Simd>::Vector,
                pixels: usize,
                blocks: usize,
                how: &Finish,
                at: &TileAt,
            ) {
                // SAFETY: as the caller promises.
                unsafe { super::super::finish::finish($token::assume(), sums, pixels, blocks, how, at) };
            }

            entry! { $token, [$(#[$features])?]
                winograd::transform_patch(at: &PatchAt);
                winograd::transform_sums(at: &SumsAt, how: &Finish);
                elementwise::unary(unary: Option<Unary>, at: &UnaryAt);
                elementwise::binary(binary: Binary, at: &BinaryAt);
                pool::pool_row(windows: &Windows, at: &PoolRowAt);
                resize::blend_row(at: &BlendRowAt<'_>);
                transpose::to_blocks(at: &BlocksAt);
                transpose::from_blocks(at: &BlocksAt);
                softmax::softmax(at: &SoftmaxAt);
                softmax::softmax_mean(at: &SoftmaxAt, factors: &[f32]);
            }

            impl Entries for $token {
                #[inline(always)]
                unsafe fn finish(
                    self,
                    sums: *const Self::Vector,
                    pixels: usize,
                    blocks: usize,
                    how: &Finish,
                    at: &TileAt,
                ) {
                    // SAFETY: the token proves the set; the rest is as the caller promises.
                    unsafe { finish(sums, pixels, blocks, how, at) };
                }
            }
        }
    };
}

entries! {
    portable, Portable,
    tiles { 1: [1 2 3 4] 2: [1 2] }
    depthwise [1 2 3 4]
}

#[cfg(target_arch = "x86_64")]
entries! {
    avx2, Avx2, #[target_feature(enable = "avx2,fma")]
    tiles { 1: [1 2 3 4 5 6] 2: [1 2] }
    depthwise [1 2 3 4 5 6]
}

#[cfg(target_arch = "x86_64")]
entries! {
    avx512, Avx512, #[target_feature(enable = "avx512f,avx2,fma")]
    tiles {
        1: [1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28]
        2: [1 2 3 4 5 6 7 8 9 10 11 12 13 14]
        3: [1 2 3 4 5 6 7 8 9]
        4: [1 2 3 4 5 6]
    }
    depthwise [1 2 3 4 5 6 7 8 9 10 11 12 13 14]
}
