//! Frame → input tensor in one fused pass: colour conversion, letterbox resize, normalisation and layout. Each source
//! row that is needed is read once, each tensor element is written once, and what lies between fits in the L1 cache.
//!
//! ```text
//! source row ──convert + horizontal taps──▶ resized row (i16, 1/64 code) ─┐   one per source row, two are kept
//!                                                                         ├─vertical taps──▶ codes (u8)
//! source row ──convert + horizontal taps──▶ resized row (i16, 1/64 code) ─┘                     │
//! tensor row (f32 or u8, planar or interleaved) ◀──────────multiplier and bias──────────────────┘
//! ```
//!
//! **Geometry** is OpenCV's `INTER_LINEAR`: half-pixel centres, `source = (target + 0.5) * source_side / content_side -
//! 0.5`, clamped to the edge, no antialiasing. **Chroma** is replicated to its luma pixels, as OpenCV's `cvtColor` does,
//! and every channel is clamped to 0..=255 before anything is interpolated. **Resized values are rounded to whole
//! codes** before normalisation, as `cv2.resize` on u8 does.
//!
//! Where no source row is of use twice (a ratio of 1, 2 or an odd number), the middle of this is left out: source rows
//! become tensor rows directly, to the same bits.
//!
//! **Bounds**, before normalisation: within 0.6 code of the exact real-valued result, and within 1 code of
//! `cv2.cvtColor` + `cv2.resize` on the same bytes; a picture that needs no interpolation from RGB is exact.
//!
//! **Speed**: a tensor that starts at a multiple of 64 bytes is written up to a sixth faster than any other.
//!
//! The scalar kernels (`scalar`) stay for ever as the oracle. The vector kernels (`kernels`) are written once, over the
//! operations that each instruction set has (`simd`), and give the same bits and floats, element for element.
//!
//! What is not here: where frames come from, models, threads, clocks.

#![cfg_attr(
    not(any(target_arch = "x86_64", target_arch = "aarch64")),
    expect(
        dead_code,
        reason = "plans hold what vector kernels need, and there are none for this machine yet"
    )
)]

mod bars;
mod color;
mod dispatch;
mod error;
mod isa;
mod kernels;
mod normalise;
mod pick;
mod plan;
mod preprocessor;
mod row;
mod scalar;
mod simd;
mod taps;
mod tensor;

pub use error::PreprocessError;
pub use isa::Isa;
pub use preprocessor::Preprocessor;
