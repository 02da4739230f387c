//! AVX2 with fused multiply-add: a vector is two registers of the 16.

use std::arch::x86_64::*;

use super::{Simd, in_registers};
use crate::kernels::isa::Avx2;

impl Simd for Avx2 {
    type Vector = [__m256; 2];

    const ACCUMULATORS: usize = 6;
    const REGISTERS: usize = 2;

    #[inline(always)]
    unsafe fn load(self, from: *const f32) -> Self::Vector {
        // SAFETY: as the caller promises.
        unsafe { [_mm256_loadu_ps(from), _mm256_loadu_ps(from.add(8))] }
    }

    #[inline(always)]
    unsafe fn store(self, to: *mut f32, value: Self::Vector) {
        // SAFETY: as the caller promises.
        unsafe {
            _mm256_storeu_ps(to, value[0]);
            _mm256_storeu_ps(to.add(8), value[1]);
        }
    }

    in_registers! {
        splat(value: f32) -> Self::Vector = [_mm256_set1_ps(value); 2];
        add(a: Self::Vector, b: Self::Vector) -> Self::Vector = [_mm256_add_ps(a[0], b[0]), _mm256_add_ps(a[1], b[1])];
        sub(a: Self::Vector, b: Self::Vector) -> Self::Vector = [_mm256_sub_ps(a[0], b[0]), _mm256_sub_ps(a[1], b[1])];
        mul(a: Self::Vector, b: Self::Vector) -> Self::Vector = [_mm256_mul_ps(a[0], b[0]), _mm256_mul_ps(a[1], b[1])];
        div(a: Self::Vector, b: Self::Vector) -> Self::Vector = [_mm256_div_ps(a[0], b[0]), _mm256_div_ps(a[1], b[1])];
        mul_add(a: Self::Vector, b: Self::Vector, c: Self::Vector) -> Self::Vector =
            [_mm256_fmadd_ps(a[0], b[0], c[0]), _mm256_fmadd_ps(a[1], b[1], c[1])];
        min(a: Self::Vector, b: Self::Vector) -> Self::Vector = [_mm256_min_ps(a[0], b[0]), _mm256_min_ps(a[1], b[1])];
        max(a: Self::Vector, b: Self::Vector) -> Self::Vector = [_mm256_max_ps(a[0], b[0]), _mm256_max_ps(a[1], b[1])];
        reciprocal(a: Self::Vector) -> Self::Vector = [reciprocal(a[0]), reciprocal(a[1])];
        sqrt(a: Self::Vector) -> Self::Vector = [_mm256_sqrt_ps(a[0]), _mm256_sqrt_ps(a[1])];
        round(a: Self::Vector) -> Self::Vector = [round(a[0]), round(a[1])];
        scale_by_power_of_2(a: Self::Vector, n: Self::Vector) -> Self::Vector = [scale(a[0], n[0]), scale(a[1], n[1])];
    }
}

/// # Safety
/// - The CPU has AVX2 and FMA.
#[inline(always)]
unsafe fn reciprocal(a: __m256) -> __m256 {
    // One step of Newton's from 12 bits leaves 23.
    // SAFETY: as the caller promises; registers alone.
    unsafe {
        let estimate = _mm256_rcp_ps(a);
        let error = _mm256_fnmadd_ps(a, estimate, _mm256_set1_ps(1.0));
        _mm256_fmadd_ps(error, estimate, estimate)
    }
}

/// # Safety
/// - The CPU has AVX2 and FMA.
#[inline(always)]
unsafe fn round(a: __m256) -> __m256 {
    // SAFETY: as the caller promises; registers alone.
    unsafe { _mm256_round_ps::<{ _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC }>(a) }
}

/// # Safety
/// - The CPU has AVX2 and FMA.
#[inline(always)]
unsafe fn scale(a: __m256, n: __m256) -> __m256 {
    // SAFETY: as the caller promises; registers alone.
    unsafe {
        let exponent = _mm256_add_epi32(_mm256_cvtps_epi32(n), _mm256_set1_epi32(127));
        _mm256_mul_ps(a, _mm256_castsi256_ps(_mm256_slli_epi32::<23>(exponent)))
    }
}
