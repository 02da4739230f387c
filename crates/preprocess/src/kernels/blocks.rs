//! What comes in and what goes out by blocks of `Simd::LANES` columns: the loop that all row kernels share, and the
//! things that can become of a block of red, green and blue.

use crate::kernels::convert::Triple;
use crate::normalise::Normalise;
use crate::simd::{RAISE, Scale, Simd};

/// Red, green and blue of one block.
pub(crate) type Out<'a, T> = [&'a mut [T]; 3];

/// Three rows by blocks.
#[inline(always)]
pub(crate) fn blocks_of<T>(rows: [&mut [T]; 3], lanes: usize) -> impl Iterator<Item = Out<'_, T>> {
    let [red, green, blue] = rows;
    let red = red.chunks_exact_mut(lanes);
    let green = green.chunks_exact_mut(lanes);
    let blue = blue.chunks_exact_mut(lanes);
    red.zip(green).zip(blue).map(|((red, green), blue)| [red, green, blue])
}

/// Puts what a kernel makes of each block, and counts the columns.
macro_rules! each {
    ($simd:ident, $outs:expr, $put:expr, $blocks:expr, |$block:pat_param| $kernel:expr) => {{
        let mut done = 0;
        for ($block, out) in $blocks.zip($outs) {
            let colors = $kernel;
            $put.put($simd, colors, out);
            done += S::LANES;
        }
        done
    }};
}

pub(crate) use each;

/// What becomes of a block in 1/64 code.
pub(crate) trait Put<S: Simd> {
    /// What a row is made of.
    type Element;
    /// Writes all of `out`, which is as long as the block.
    fn put(&mut self, simd: S, colors: Triple<S>, out: Out<'_, Self::Element>);
}

/// Does something else before each block.
pub(crate) struct Meanwhile<'a, P, W> {
    put: &'a mut P,
    work: W,
}

/// Calls `work` before each block.
#[inline(always)]
pub(crate) fn meanwhile<P, W: FnMut()>(put: &mut P, work: W) -> Meanwhile<'_, P, W> {
    Meanwhile { put, work }
}

impl<S: Simd, P: Put<S>, W: FnMut()> Put<S> for Meanwhile<'_, P, W> {
    type Element = P::Element;

    #[inline(always)]
    fn put(&mut self, simd: S, colors: Triple<S>, out: Out<'_, P::Element>) {
        (self.work)();
        self.put.put(simd, colors, out);
    }
}

/// 1/64 codes as they are, for a resized row.
pub(crate) struct Words;

impl<S: Simd> Put<S> for Words {
    type Element = i16;

    #[inline(always)]
    fn put(&mut self, simd: S, [red, green, blue]: Triple<S>, [out_red, out_green, out_blue]: Out<'_, i16>) {
        simd.store_words(red, out_red);
        simd.store_words(green, out_green);
        simd.store_words(blue, out_blue);
    }
}

/// Codes, for a tensor of u8.
pub(crate) struct Codes;

impl<S: Simd> Put<S> for Codes {
    type Element = u8;

    #[inline(always)]
    fn put(&mut self, simd: S, colors: Triple<S>, out: Out<'_, u8>) {
        simd.store_codes(colors, out);
    }
}

/// Elements, for a tensor of f32. `RAISED`, see `Normalise::can_be_raised`.
pub(crate) struct Elements<S: Simd, const RAISED: bool> {
    /// For red, green and blue.
    scales: [Scale<S::Floats>; 3],
}

impl<S: Simd, const RAISED: bool> Elements<S, RAISED> {
    #[inline(always)]
    pub(crate) fn new(simd: S, normalise: &Normalise) -> Self {
        let [red, green, blue] = normalise.order;
        Self {
            scales: [
                scale::<S, RAISED>(simd, normalise, red),
                scale::<S, RAISED>(simd, normalise, green),
                scale::<S, RAISED>(simd, normalise, blue),
            ],
        }
    }
}

#[inline(always)]
fn scale<S: Simd, const RAISED: bool>(simd: S, normalise: &Normalise, channel: usize) -> Scale<S::Floats> {
    let multiplier = normalise.multiplier[channel];
    let bias = if RAISED { -(RAISE * multiplier) } else { normalise.bias[channel] };
    Scale { multiplier: simd.splat_float(multiplier), bias: simd.splat_float(bias) }
}

impl<S: Simd, const RAISED: bool> Put<S> for Elements<S, RAISED> {
    type Element = f32;

    #[inline(always)]
    fn put(&mut self, simd: S, [red, green, blue]: Triple<S>, [out_red, out_green, out_blue]: Out<'_, f32>) {
        simd.store_floats::<RAISED>(red, &self.scales[0], out_red);
        simd.store_floats::<RAISED>(green, &self.scales[1], out_green);
        simd.store_floats::<RAISED>(blue, &self.scales[2], out_blue);
    }
}
