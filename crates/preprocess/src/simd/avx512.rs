//! AVX-512: 32 pixels at a time. Lane `i` of four holds pixels `4 * i` to `4 * i + 4` and those 16 further on, so that
//! unpacking, which stays inside lanes, widens the first 16 and the last 16 in order.

use std::arch::x86_64::*;

use crate::isa::Avx512;
use crate::pick::WINDOW;
use crate::simd::avx512_gather::{
    BYTES, DOUBLED, DOUBLED_PAIRS, Gather, PAIRS, QUADS, SEXTUPLES, TRIPLES, YUYV, YUYV_PAIRS,
};
use crate::simd::{RAISE_BITS, Scale, Simd, entries, in_registers};

entries!(Avx512, "avx2,fma,avx512f,avx512bw,avx512vbmi");

impl Simd for Avx512 {
    type Words = __m512i;
    type Floats = __m512;
    const LANES: usize = 32;

    in_registers! {
        splat(value: i16) -> __m512i = _mm512_set1_epi16(value);
        add(a: __m512i, b: __m512i) -> __m512i = _mm512_add_epi16(a, b);
        saturating_add(a: __m512i, b: __m512i) -> __m512i = _mm512_adds_epi16(a, b);
        sub(a: __m512i, b: __m512i) -> __m512i = _mm512_sub_epi16(a, b);
        multiply(a: __m512i, b: __m512i) -> __m512i = _mm512_mulhrs_epi16(a, b);
        min(a: __m512i, b: __m512i) -> __m512i = _mm512_min_epi16(a, b);
        max(a: __m512i, b: __m512i) -> __m512i = _mm512_max_epi16(a, b);
        mean(a: __m512i, b: __m512i) -> __m512i = _mm512_avg_epu16(a, b);
        sixty_fourths(codes: __m512i) -> __m512i = _mm512_srli_epi16::<2>(codes);
        centred(codes: __m512i) -> __m512i = _mm512_xor_si512(codes, _mm512_set1_epi16(i16::MIN));
        no_windows() -> __m512i = _mm512_setzero_si512();
        splat_float(value: f32) -> __m512 = _mm512_set1_ps(value);
    }

    #[inline(always)]
    fn load_bytes(self, bytes: &[u8]) -> __m512i {
        self.gathered([self.load_32(bytes)], &BYTES)
    }

    #[inline(always)]
    fn load_doubled(self, bytes: &[u8]) -> __m512i {
        self.gathered([self.load_16(bytes)], &DOUBLED)
    }

    #[inline(always)]
    fn load_doubled_pairs(self, bytes: &[u8]) -> [__m512i; 2] {
        let pairs = [self.load_32(bytes)];
        [self.gathered(pairs, &DOUBLED_PAIRS[0]), self.gathered(pairs, &DOUBLED_PAIRS[1])]
    }

    #[inline(always)]
    fn load_pairs(self, bytes: &[u8]) -> [__m512i; 2] {
        let pairs = [self.load_64(bytes, 0)];
        [self.gathered(pairs, &PAIRS[0]), self.gathered(pairs, &PAIRS[1])]
    }

    #[inline(always)]
    fn load_yuyv(self, bytes: &[u8]) -> [__m512i; 3] {
        self.all_gathered([self.load_64(bytes, 0)], &YUYV)
    }

    #[inline(always)]
    fn load_yuyv_pairs(self, bytes: &[u8]) -> [__m512i; 4] {
        self.all_gathered([self.load_64(bytes, 0), self.load_64(bytes, 64)], &YUYV_PAIRS)
    }

    #[inline(always)]
    fn load_triples(self, bytes: &[u8]) -> [__m512i; 3] {
        self.all_gathered([self.load_64(bytes, 0), self.load_64(bytes, 32)], &TRIPLES)
    }

    #[inline(always)]
    fn load_sextuples(self, bytes: &[u8]) -> [__m512i; 6] {
        let windows = [
            self.load_64(bytes, 0),
            self.load_64(bytes, 32),
            self.load_64(bytes, 96),
            self.load_64(bytes, 128),
        ];
        self.all_gathered(windows, &SEXTUPLES)
    }

    #[inline(always)]
    fn prefetch(self, byte: &u8) {
        self.avx2().prefetch(byte);
    }

    #[inline(always)]
    unsafe fn or_windows(
        self,
        quads: __m512i,
        bytes: &[u8],
        offsets: &[u32],
        shuffles: &[[u8; WINDOW]],
    ) -> __m512i {
        debug_assert!(offsets.iter().all(|&offset| offset as usize + WINDOW <= bytes.len()));
        debug_assert!(offsets.len() == 4 && shuffles.len() == 4);
        // SAFETY: the caller's: four offsets, each with a window of bytes behind it, and four shuffles.
        unsafe {
            let window = |index: usize| {
                _mm_loadu_si128(bytes.as_ptr().add(*offsets.get_unchecked(index) as usize).cast())
            };
            let windows = _mm512_castsi128_si512(window(0));
            let windows = _mm512_inserti32x4::<1>(windows, window(1));
            let windows = _mm512_inserti32x4::<2>(windows, window(2));
            let windows = _mm512_inserti32x4::<3>(windows, window(3));
            let shuffles = _mm512_loadu_si512(shuffles.as_ptr().cast());
            _mm512_or_si512(quads, _mm512_shuffle_epi8(windows, shuffles))
        }
    }

    #[inline(always)]
    fn unpack_quads(self, halves: [__m512i; 2]) -> [__m512i; 3] {
        self.all_gathered(halves, &QUADS)
    }

    #[inline(always)]
    fn store_words(self, words: __m512i, out: &mut [i16]) {
        self.store_words_in_order(self.quarters_permuted(words, [0, 2, 4, 6, 1, 3, 5, 7]), out);
    }

    #[inline(always)]
    fn store_words_in_order(self, words: __m512i, out: &mut [i16]) {
        let out: &mut [i16; 32] = out.first_chunk_mut().expect("32 words");
        // SAFETY: AVX-512 is there by the token; the reference covers the 64 bytes written.
        unsafe { _mm512_storeu_si512(out.as_mut_ptr().cast(), words) }
    }

    #[inline(always)]
    fn load_words_in_order(self, words: &[i16]) -> __m512i {
        let words: &[i16; 32] = words.first_chunk().expect("32 words");
        // SAFETY: AVX-512 is there by the token; the reference covers the 64 bytes read.
        unsafe { _mm512_loadu_si512(words.as_ptr().cast()) }
    }

    #[inline(always)]
    fn store_codes(self, colors: [__m512i; 3], out: [&mut [u8]; 3]) {
        for (words, out) in colors.into_iter().zip(out) {
            let out: &mut [u8; 32] = out.first_chunk_mut().expect("32 codes");
            let words = self.quarters_permuted(self.rounded(words), [0, 2, 4, 6, 1, 3, 5, 7]);
            // SAFETY: AVX-512 is there by the token; the reference covers the 32 bytes written.
            unsafe { _mm256_storeu_si256(out.as_mut_ptr().cast(), _mm512_cvtepi16_epi8(words)) }
        }
    }

    #[inline(always)]
    fn store_codes_in_order(self, [first, second]: [__m512i; 2], out: &mut [u8]) {
        let codes = self.packed([self.rounded(first), self.rounded(second)]);
        let codes = self.quarters_permuted(codes, [0, 2, 4, 6, 1, 3, 5, 7]);
        let out: &mut [u8; 64] = out.first_chunk_mut().expect("64 codes");
        // SAFETY: AVX-512 is there by the token; the reference covers the 64 bytes written.
        unsafe { _mm512_storeu_si512(out.as_mut_ptr().cast(), codes) }
    }

    #[inline(always)]
    fn periodic_floats(self, values: [f32; 3]) -> [__m512; 3] {
        let lanes: [f32; 48] = std::array::from_fn(|lane| values[lane % 3]);
        let start = lanes.as_ptr();
        // SAFETY: AVX-512 is there by the token; each load reads 16 of the 48 floats.
        unsafe { [_mm512_loadu_ps(start), _mm512_loadu_ps(start.add(16)), _mm512_loadu_ps(start.add(32))] }
    }

    #[inline(always)]
    fn store_floats<const RAISED: bool>(self, words: __m512i, scale: &Scale<__m512>, out: &mut [f32]) {
        let codes = self.rounded(words);
        let above = self.splat(if RAISED { RAISE_BITS } else { 0 });
        let (halves, _) = out.as_chunks_mut::<16>();
        self.store_scaled::<RAISED>(self.unpacked_words_low(codes, above), scale, &mut halves[0]);
        self.store_scaled::<RAISED>(self.unpacked_words_high(codes, above), scale, &mut halves[1]);
    }

    #[inline(always)]
    fn store_floats_of_codes(self, codes: &[u8], scale: &Scale<__m512>, out: &mut [f32]) {
        let (codes, _) = codes.as_chunks::<16>();
        let (halves, _) = out.as_chunks_mut::<16>();
        self.store_scaled::<false>(self.widened(&codes[0]), scale, &mut halves[0]);
        self.store_scaled::<false>(self.widened(&codes[1]), scale, &mut halves[1]);
    }

    #[inline(always)]
    fn interleave(self, channels: [&[u8; 16]; 3], out: &mut [u8; 48]) {
        self.avx2().interleave(channels, out);
    }

    #[inline(always)]
    fn interleave_floats(
        self,
        channels: [&[u8; 16]; 3],
        multipliers: [__m512; 3],
        biases: [__m512; 3],
        out: &mut [f32; 48],
    ) {
        let mut codes = [0; 48];
        self.interleave(channels, &mut codes);
        let parts = codes.as_chunks::<16>().0.iter().zip(out.as_chunks_mut::<16>().0);
        for (index, (codes, out)) in parts.enumerate() {
            let scale = Scale { multiplier: multipliers[index], bias: biases[index] };
            self.store_scaled::<false>(self.widened(codes), &scale, out);
        }
    }
}

/// What the operations are made of.
impl Avx512 {
    in_registers! {
        unpacked_words_low(low: __m512i, high: __m512i) -> __m512i = _mm512_unpacklo_epi16(low, high);
        unpacked_words_high(low: __m512i, high: __m512i) -> __m512i = _mm512_unpackhi_epi16(low, high);
        packed(ab: [__m512i; 2]) -> __m512i = _mm512_packus_epi16(ab[0], ab[1]);
        // (value * 2^9 + 2^14) >> 15 is (value + 32) >> 6.
        rounded(words: __m512i) -> __m512i = _mm512_mulhrs_epi16(words, _mm512_set1_epi16(1 << 9));
    }

    #[inline(always)]
    fn load_16(self, bytes: &[u8]) -> __m512i {
        let bytes: &[u8; 16] = bytes.first_chunk().expect("16 bytes");
        // SAFETY: AVX-512 is there by the token; the reference covers the 16 bytes read.
        unsafe { _mm512_castsi128_si512(_mm_loadu_si128(bytes.as_ptr().cast())) }
    }

    #[inline(always)]
    fn load_32(self, bytes: &[u8]) -> __m512i {
        let bytes: &[u8; 32] = bytes.first_chunk().expect("32 bytes");
        // SAFETY: AVX-512 is there by the token; the reference covers the 32 bytes read.
        unsafe { _mm512_castsi256_si512(_mm256_loadu_si256(bytes.as_ptr().cast())) }
    }

    #[inline(always)]
    fn load_64(self, bytes: &[u8], from: usize) -> __m512i {
        let bytes: &[u8; 64] = bytes[from..].first_chunk().expect("64 bytes");
        // SAFETY: AVX-512 is there by the token; the reference covers the 64 bytes read.
        unsafe { _mm512_loadu_si512(bytes.as_ptr().cast()) }
    }

    /// Quarters of 16 bytes' halves: quad words by their place.
    #[inline(always)]
    fn quarters_permuted(self, vector: __m512i, places: [i64; 8]) -> __m512i {
        // SAFETY: AVX-512 is there by the token; the reference covers the 64 bytes read.
        unsafe { _mm512_permutexvar_epi64(_mm512_loadu_si512(places.as_ptr().cast()), vector) }
    }

    /// Bytes of several vectors, each in the high byte of its word.
    #[inline(always)]
    fn gathered<const N: usize>(self, windows: [__m512i; N], gather: &Gather<N>) -> __m512i {
        let indices = self.load_64(&gather.indices, 0);
        let mut words = self.no_windows();
        for (window, mask) in windows.into_iter().zip(gather.masks) {
            // SAFETY: AVX-512 with VBMI is there by the token.
            words = unsafe { _mm512_mask_permutexvar_epi8(words, mask, indices, window) };
        }
        words
    }

    #[inline(always)]
    fn all_gathered<const N: usize, const M: usize>(
        self,
        windows: [__m512i; N],
        gathers: &[Gather<N>; M],
    ) -> [__m512i; M] {
        let mut all = [self.no_windows(); M];
        for (words, gather) in all.iter_mut().zip(gathers) {
            *words = self.gathered(windows, gather);
        }
        all
    }

    #[inline(always)]
    fn widened(self, codes: &[u8; 16]) -> __m512i {
        // SAFETY: AVX-512 is there by the token; the reference covers the 16 bytes read.
        unsafe { _mm512_cvtepu8_epi32(_mm_loadu_si128(codes.as_ptr().cast())) }
    }

    /// 16 integers, or raised floats, times and plus.
    #[inline(always)]
    fn store_scaled<const RAISED: bool>(self, codes: __m512i, scale: &Scale<__m512>, out: &mut [f32; 16]) {
        // SAFETY: AVX-512 is there by the token; the reference covers the 64 bytes written.
        unsafe {
            let floats = if RAISED { _mm512_castsi512_ps(codes) } else { _mm512_cvtepi32_ps(codes) };
            _mm512_storeu_ps(out.as_mut_ptr(), _mm512_fmadd_ps(floats, scale.multiplier, scale.bias));
        }
    }
}
