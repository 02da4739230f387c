//! AVX-512: a vector is one register, and there are 32.

use std::arch::x86_64::*;

use super::{LANES, Simd, in_registers};
use crate::kernels::isa::Avx512;

impl Simd for Avx512 {
    type Vector = __m512;

    const ACCUMULATORS: usize = 28;
    const REGISTERS: usize = 1;

    #[inline(always)]
    unsafe fn load(self, from: *const f32) -> __m512 {
        // SAFETY: as the caller promises.
        unsafe { _mm512_loadu_ps(from) }
    }

    #[inline(always)]
    unsafe fn store(self, to: *mut f32, value: __m512) {
        // SAFETY: as the caller promises.
        unsafe { _mm512_storeu_ps(to, value) }
    }

    #[inline(always)]
    unsafe fn load_first(self, from: *const f32, count: usize) -> __m512 {
        // SAFETY: as the caller promises; lanes outside the mask are not touched.
        unsafe { _mm512_maskz_loadu_ps(first(count), from) }
    }

    #[inline(always)]
    unsafe fn store_first(self, to: *mut f32, value: __m512, count: usize) {
        // SAFETY: as the caller promises; lanes outside the mask are not touched.
        unsafe { _mm512_mask_storeu_ps(to, first(count), value) }
    }

    in_registers! {
        splat(value: f32) -> __m512 = _mm512_set1_ps(value);
        add(a: __m512, b: __m512) -> __m512 = _mm512_add_ps(a, b);
        sub(a: __m512, b: __m512) -> __m512 = _mm512_sub_ps(a, b);
        mul(a: __m512, b: __m512) -> __m512 = _mm512_mul_ps(a, b);
        div(a: __m512, b: __m512) -> __m512 = _mm512_div_ps(a, b);
        mul_add(a: __m512, b: __m512, c: __m512) -> __m512 = _mm512_fmadd_ps(a, b, c);
        min(a: __m512, b: __m512) -> __m512 = _mm512_min_ps(a, b);
        max(a: __m512, b: __m512) -> __m512 = _mm512_max_ps(a, b);
        sqrt(a: __m512) -> __m512 = _mm512_sqrt_ps(a);
        round(a: __m512) -> __m512 = _mm512_roundscale_ps::<0>(a);
        transpose(rows: [__m512; LANES]) -> [__m512; LANES] = transpose(rows);
        scale_by_power_of_2(a: __m512, n: __m512) -> __m512 = _mm512_scalef_ps(a, n);
    }

    #[inline(always)]
    fn reciprocal(self, a: __m512) -> __m512 {
        // One step of Newton's from 14 bits.
        // SAFETY: the token proves that the CPU has the instructions; they work on registers.
        unsafe {
            let estimate = _mm512_rcp14_ps(a);
            let error = _mm512_fnmadd_ps(a, estimate, _mm512_set1_ps(1.0));
            _mm512_fmadd_ps(error, estimate, estimate)
        }
    }
}

/// Within each quarter of the vectors: columns `4 q` to `4 q + 3` of four rows to a vector for each column.
///
/// # Safety
/// - The CPU has the foundation of AVX-512.
#[inline(always)]
unsafe fn transpose_quarters(rows: [__m512; 4]) -> [__m512; 4] {
    let [a, b, c, e] = rows;
    // SAFETY: as the caller promises; registers alone.
    unsafe {
        let low_0 = _mm512_castps_pd(_mm512_unpacklo_ps(a, b));
        let high_0 = _mm512_castps_pd(_mm512_unpackhi_ps(a, b));
        let low_1 = _mm512_castps_pd(_mm512_unpacklo_ps(c, e));
        let high_1 = _mm512_castps_pd(_mm512_unpackhi_ps(c, e));
        [
            _mm512_castpd_ps(_mm512_unpacklo_pd(low_0, low_1)),
            _mm512_castpd_ps(_mm512_unpackhi_pd(low_0, low_1)),
            _mm512_castpd_ps(_mm512_unpacklo_pd(high_0, high_1)),
            _mm512_castpd_ps(_mm512_unpackhi_pd(high_0, high_1)),
        ]
    }
}

/// Pairs of rows, then of pairs, then of quarters.
///
/// # Safety
/// - The CPU has the foundation of AVX-512.
#[inline(always)]
unsafe fn transpose(r: [__m512; LANES]) -> [__m512; LANES] {
    // SAFETY: as the caller promises; registers alone.
    unsafe {
        let t = [
            transpose_quarters([r[0], r[1], r[2], r[3]]),
            transpose_quarters([r[4], r[5], r[6], r[7]]),
            transpose_quarters([r[8], r[9], r[10], r[11]]),
            transpose_quarters([r[12], r[13], r[14], r[15]]),
        ];
        let mut columns = [_mm512_setzero_ps(); LANES];
        for within in 0..4 {
            // Quarters 0 and 2, then 1 and 3, of the first eight rows and of the last.
            let (a, b) = (t[0][within], t[1][within]);
            let (c, e) = (t[2][within], t[3][within]);
            let (ab_02, ab_13) = (_mm512_shuffle_f32x4::<0x88>(a, b), _mm512_shuffle_f32x4::<0xdd>(a, b));
            let (ce_02, ce_13) = (_mm512_shuffle_f32x4::<0x88>(c, e), _mm512_shuffle_f32x4::<0xdd>(c, e));
            columns[within] = _mm512_shuffle_f32x4::<0x88>(ab_02, ce_02);
            columns[8 + within] = _mm512_shuffle_f32x4::<0xdd>(ab_02, ce_02);
            columns[4 + within] = _mm512_shuffle_f32x4::<0x88>(ab_13, ce_13);
            columns[12 + within] = _mm512_shuffle_f32x4::<0xdd>(ab_13, ce_13);
        }
        columns
    }
}

/// A bit for each of the first `count` lanes.
#[inline(always)]
fn first(count: usize) -> __mmask16 {
    if count >= LANES { !0 } else { (1 << count) - 1 }
}
