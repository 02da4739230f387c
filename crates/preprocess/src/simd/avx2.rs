//! AVX2: 16 pixels at a time. The lower lane holds pixels 0..4 and 8..12, the upper one 4..8 and 12..16, so that
//! unpacking, which stays inside lanes, widens the first eight and the last eight in order.

use std::arch::x86_64::*;

use crate::isa::Avx2;
use crate::pick::WINDOW;
use crate::simd::avx2_tables::{
    DOUBLED, DOUBLED_PAIRS, IN_ORDER, QUAD_FIRST_AND_SECOND, QUAD_THIRD, SEXTUPLES, SPREAD, TRIPLES_EARLY,
    TRIPLES_LATE, YUYV_CB, YUYV_CHROMA, YUYV_CR, YUYV_LUMA,
};
use crate::simd::{RAISE_BITS, Scale, Simd, entries, in_registers};

entries!(Avx2, "avx2,fma");

impl Simd for Avx2 {
    type Words = __m256i;
    type Floats = __m256;
    const LANES: usize = 16;

    in_registers! {
        splat(value: i16) -> __m256i = _mm256_set1_epi16(value);
        add(a: __m256i, b: __m256i) -> __m256i = _mm256_add_epi16(a, b);
        saturating_add(a: __m256i, b: __m256i) -> __m256i = _mm256_adds_epi16(a, b);
        sub(a: __m256i, b: __m256i) -> __m256i = _mm256_sub_epi16(a, b);
        multiply(a: __m256i, b: __m256i) -> __m256i = _mm256_mulhrs_epi16(a, b);
        min(a: __m256i, b: __m256i) -> __m256i = _mm256_min_epi16(a, b);
        max(a: __m256i, b: __m256i) -> __m256i = _mm256_max_epi16(a, b);
        mean(a: __m256i, b: __m256i) -> __m256i = _mm256_avg_epu16(a, b);
        sixty_fourths(codes: __m256i) -> __m256i = _mm256_srli_epi16::<2>(codes);
        centred(codes: __m256i) -> __m256i = _mm256_xor_si256(codes, _mm256_set1_epi16(i16::MIN));
        no_windows() -> __m256i = _mm256_setzero_si256();
        splat_float(value: f32) -> __m256 = _mm256_set1_ps(value);
    }

    #[inline(always)]
    fn load_bytes(self, bytes: &[u8]) -> __m256i {
        self.shuffled(self.load_both(bytes), &IN_ORDER)
    }

    #[inline(always)]
    fn load_doubled(self, bytes: &[u8]) -> __m256i {
        self.shuffled(self.load_8_everywhere(bytes), &DOUBLED)
    }

    #[inline(always)]
    fn load_doubled_pairs(self, bytes: &[u8]) -> [__m256i; 2] {
        let pairs = self.load_both(bytes);
        [self.shuffled(pairs, &DOUBLED_PAIRS[0]), self.shuffled(pairs, &DOUBLED_PAIRS[1])]
    }

    #[inline(always)]
    fn load_pairs(self, bytes: &[u8]) -> [__m256i; 2] {
        let pairs = self.inner_quarters_swapped(self.load_32(bytes, 0));
        [self.low_bytes_high(pairs), self.high_bytes(pairs)]
    }

    #[inline(always)]
    fn load_yuyv(self, bytes: &[u8]) -> [__m256i; 3] {
        let bytes = self.inner_quarters_swapped(self.load_32(bytes, 0));
        [self.low_bytes_high(bytes), self.shuffled(bytes, &YUYV_CB), self.shuffled(bytes, &YUYV_CR)]
    }

    #[inline(always)]
    fn load_yuyv_pairs(self, bytes: &[u8]) -> [__m256i; 4] {
        let (near, far) = (self.load_32(bytes, 0), self.load_32(bytes, 32));
        let luma = [self.shuffled(near, &YUYV_LUMA), self.shuffled(far, &YUYV_LUMA)];
        let chroma = [self.shuffled(near, &YUYV_CHROMA), self.shuffled(far, &YUYV_CHROMA)];
        let ([first, second], [cb, cr]) = (self.unpacked(luma), self.unpacked(chroma));
        [first, second, cb, cr]
    }

    #[inline(always)]
    fn load_triples(self, bytes: &[u8]) -> [__m256i; 3] {
        // The first four pixels of each lane are the first 12 bytes of what is loaded first, the others the last 12 of
        // the rest.
        let early = self.load_two(bytes, 0, 12);
        let late = self.load_two(bytes, 20, 32);
        let mut numbers = [early; 3];
        for (number, words) in numbers.iter_mut().enumerate() {
            *words = self
                .or(self.shuffled(early, &TRIPLES_EARLY[number]), self.shuffled(late, &TRIPLES_LATE[number]));
        }
        numbers
    }

    #[inline(always)]
    fn load_sextuples(self, bytes: &[u8]) -> [__m256i; 6] {
        // The eight pixels of each lane are 48 bytes, half of them in one place and half in another.
        let first = self.load_two(bytes, 0, 24);
        let second = self.unpacked([self.load_two(bytes, 16, 40), self.load_two(bytes, 48, 72)])[0];
        let third = self.load_two(bytes, 56, 80);
        let mut numbers = [first; 6];
        for (number, words) in numbers.iter_mut().enumerate() {
            let [of_first, of_second, of_third] = &SEXTUPLES[number];
            let start = self.or(self.shuffled(first, of_first), self.shuffled(second, of_second));
            *words = self.or(start, self.shuffled(third, of_third));
        }
        numbers
    }

    #[inline(always)]
    fn prefetch(self, byte: &u8) {
        // SAFETY: prefetching reads nothing.
        unsafe { _mm_prefetch::<_MM_HINT_T0>(std::ptr::from_ref(byte).cast()) }
    }

    #[inline(always)]
    unsafe fn or_windows(
        self,
        quads: __m256i,
        bytes: &[u8],
        offsets: &[u32],
        shuffles: &[[u8; WINDOW]],
    ) -> __m256i {
        debug_assert!(offsets.iter().all(|&offset| offset as usize + WINDOW <= bytes.len()));
        debug_assert!(offsets.len() == 2 && shuffles.len() == 2);
        // SAFETY: the caller's: two offsets, each with a window of bytes behind it, and two shuffles.
        unsafe {
            let window = |index: usize| {
                _mm_loadu_si128(bytes.as_ptr().add(*offsets.get_unchecked(index) as usize).cast())
            };
            let windows = _mm256_inserti128_si256::<1>(_mm256_castsi128_si256(window(0)), window(1));
            let shuffles = _mm256_loadu_si256(shuffles.as_ptr().cast());
            _mm256_or_si256(quads, _mm256_shuffle_epi8(windows, shuffles))
        }
    }

    #[inline(always)]
    fn unpack_quads(self, [early, late]: [__m256i; 2]) -> [__m256i; 3] {
        let first_and_second = self.unpacked([
            self.shuffled(early, &QUAD_FIRST_AND_SECOND),
            self.shuffled(late, &QUAD_FIRST_AND_SECOND),
        ]);
        let third = self.unpacked([self.shuffled(early, &QUAD_THIRD), self.shuffled(late, &QUAD_THIRD)]);
        [first_and_second[0], first_and_second[1], third[0]]
    }

    #[inline(always)]
    fn store_words(self, words: __m256i, out: &mut [i16]) {
        self.store_words_in_order(self.inner_quarters_swapped(words), out);
    }

    #[inline(always)]
    fn store_words_in_order(self, words: __m256i, out: &mut [i16]) {
        let out: &mut [i16; 16] = out.first_chunk_mut().expect("16 words");
        // SAFETY: AVX is there by the token; the reference covers the 32 bytes written.
        unsafe { _mm256_storeu_si256(out.as_mut_ptr().cast(), words) }
    }

    #[inline(always)]
    fn load_words_in_order(self, words: &[i16]) -> __m256i {
        let words: &[i16; 16] = words.first_chunk().expect("16 words");
        // SAFETY: AVX is there by the token; the reference covers the 32 bytes read.
        unsafe { _mm256_loadu_si256(words.as_ptr().cast()) }
    }

    #[inline(always)]
    fn store_codes(self, [red, green, blue]: [__m256i; 3], [out_red, out_green, out_blue]: [&mut [u8]; 3]) {
        let red_green = self.packed([self.rounded(red), self.rounded(green)]);
        let [red, green] = self.halves(self.permuted(red_green, &[0, 4, 1, 5, 2, 6, 3, 7]));
        let blue = self.rounded(blue);
        let [blue, _] = self.halves(self.permuted(self.packed([blue, blue]), &[0, 4, 1, 5, 2, 6, 3, 7]));
        self.store_16(red, out_red);
        self.store_16(green, out_green);
        self.store_16(blue, out_blue);
    }

    #[inline(always)]
    fn store_codes_in_order(self, [first, second]: [__m256i; 2], out: &mut [u8]) {
        let codes = self.inner_quarters_swapped(self.packed([self.rounded(first), self.rounded(second)]));
        let out: &mut [u8; 32] = out.first_chunk_mut().expect("32 codes");
        // SAFETY: AVX is there by the token; the reference covers the 32 bytes written.
        unsafe { _mm256_storeu_si256(out.as_mut_ptr().cast(), codes) }
    }

    #[inline(always)]
    fn periodic_floats(self, values: [f32; 3]) -> [__m256; 3] {
        let lanes: [f32; 24] = std::array::from_fn(|lane| values[lane % 3]);
        let start = lanes.as_ptr();
        // SAFETY: AVX is there by the token; each load reads 8 of the 24 floats.
        unsafe { [_mm256_loadu_ps(start), _mm256_loadu_ps(start.add(8)), _mm256_loadu_ps(start.add(16))] }
    }

    #[inline(always)]
    fn store_floats<const RAISED: bool>(self, words: __m256i, scale: &Scale<__m256>, out: &mut [f32]) {
        let codes = self.rounded(words);
        let above = self.splat(if RAISED { RAISE_BITS } else { 0 });
        let (halves, _) = out.as_chunks_mut::<8>();
        self.store_scaled::<RAISED>(self.unpacked_words_low(codes, above), scale, &mut halves[0]);
        self.store_scaled::<RAISED>(self.unpacked_words_high(codes, above), scale, &mut halves[1]);
    }

    #[inline(always)]
    fn store_floats_of_codes(self, codes: &[u8], scale: &Scale<__m256>, out: &mut [f32]) {
        let codes = self.load_16(codes, 0);
        let (halves, _) = out.as_chunks_mut::<8>();
        self.store_scaled::<false>(self.widened(codes), scale, &mut halves[0]);
        self.store_scaled::<false>(self.widened(self.upper_eight(codes)), scale, &mut halves[1]);
    }

    #[inline(always)]
    fn interleave(self, channels: [&[u8; 16]; 3], out: &mut [u8; 48]) {
        for (part, out) in self.interleaved(channels).into_iter().zip(out.as_chunks_mut::<16>().0) {
            self.store_16(part, out);
        }
    }

    #[inline(always)]
    fn interleave_floats(
        self,
        channels: [&[u8; 16]; 3],
        multipliers: [__m256; 3],
        biases: [__m256; 3],
        out: &mut [f32; 48],
    ) {
        let interleaved = self.interleaved(channels);
        for (index, out) in out.as_chunks_mut::<8>().0.iter_mut().enumerate() {
            let sixteen = interleaved[index / 2];
            let eight = if index % 2 == 0 { sixteen } else { self.upper_eight(sixteen) };
            let scale = Scale { multiplier: multipliers[index % 3], bias: biases[index % 3] };
            self.store_scaled::<false>(self.widened(eight), &scale, out);
        }
    }
}

/// What the operations are made of.
impl Avx2 {
    in_registers! {
        or(a: __m256i, b: __m256i) -> __m256i = _mm256_or_si256(a, b);
        join(low: __m128i, high: __m128i) -> __m256i = _mm256_set_m128i(high, low);
        halves(both: __m256i) -> [__m128i; 2] =
            [_mm256_castsi256_si128(both), _mm256_extracti128_si256::<1>(both)];
        inner_quarters_swapped(words: __m256i) -> __m256i = _mm256_permute4x64_epi64::<0b11_01_10_00>(words);
        low_bytes_high(pairs: __m256i) -> __m256i = _mm256_slli_epi16::<8>(pairs);
        high_bytes(pairs: __m256i) -> __m256i =
            _mm256_and_si256(pairs, _mm256_set1_epi16(0xFF00_u16.cast_signed()));
        unpacked(ab: [__m256i; 2]) -> [__m256i; 2] =
            [_mm256_unpacklo_epi64(ab[0], ab[1]), _mm256_unpackhi_epi64(ab[0], ab[1])];
        unpacked_words_low(low: __m256i, high: __m256i) -> __m256i = _mm256_unpacklo_epi16(low, high);
        unpacked_words_high(low: __m256i, high: __m256i) -> __m256i = _mm256_unpackhi_epi16(low, high);
        packed(ab: [__m256i; 2]) -> __m256i = _mm256_packus_epi16(ab[0], ab[1]);
        // (value * 2^9 + 2^14) >> 15 is (value + 32) >> 6.
        rounded(words: __m256i) -> __m256i = _mm256_mulhrs_epi16(words, _mm256_set1_epi16(1 << 9));
        widened(codes: __m128i) -> __m256i = _mm256_cvtepu8_epi32(codes);
        upper_eight(codes: __m128i) -> __m128i = _mm_srli_si128::<8>(codes);
        or_16(a: __m128i, b: __m128i) -> __m128i = _mm_or_si128(a, b);
        shuffled_16(bytes: __m128i, indices: __m128i) -> __m128i = _mm_shuffle_epi8(bytes, indices);
    }

    #[inline(always)]
    fn load_16(self, bytes: &[u8], from: usize) -> __m128i {
        let bytes: &[u8; 16] = bytes[from..].first_chunk().expect("16 bytes");
        // SAFETY: SSE2 is there by the token; the reference covers the 16 bytes read.
        unsafe { _mm_loadu_si128(bytes.as_ptr().cast()) }
    }

    #[inline(always)]
    fn load_32(self, bytes: &[u8], from: usize) -> __m256i {
        let bytes: &[u8; 32] = bytes[from..].first_chunk().expect("32 bytes");
        // SAFETY: AVX is there by the token; the reference covers the 32 bytes read.
        unsafe { _mm256_loadu_si256(bytes.as_ptr().cast()) }
    }

    /// 16 bytes for each lane.
    #[inline(always)]
    fn load_two(self, bytes: &[u8], lower: usize, upper: usize) -> __m256i {
        self.join(self.load_16(bytes, lower), self.load_16(bytes, upper))
    }

    /// The same 16 bytes in both lanes.
    #[inline(always)]
    fn load_both(self, bytes: &[u8]) -> __m256i {
        let bytes = self.load_16(bytes, 0);
        self.join(bytes, bytes)
    }

    /// The same 8 bytes four times.
    #[inline(always)]
    fn load_8_everywhere(self, bytes: &[u8]) -> __m256i {
        let bytes: &[u8; 8] = bytes.first_chunk().expect("8 bytes");
        // SAFETY: AVX2 is there by the token.
        unsafe { _mm256_set1_epi64x(i64::from_le_bytes(*bytes)) }
    }

    #[inline(always)]
    fn store_16(self, vector: __m128i, out: &mut [u8]) {
        let out: &mut [u8; 16] = out.first_chunk_mut().expect("16 bytes");
        // SAFETY: SSE2 is there by the token; the reference covers the 16 bytes written.
        unsafe { _mm_storeu_si128(out.as_mut_ptr().cast(), vector) }
    }

    /// Bytes by their place in their own lane; 0 where the index is `NOTHING`.
    #[inline(always)]
    fn shuffled(self, bytes: __m256i, indices: &[u8; 32]) -> __m256i {
        let indices = self.load_32(indices, 0);
        // SAFETY: AVX2 is there by the token.
        unsafe { _mm256_shuffle_epi8(bytes, indices) }
    }

    /// Double words by their place.
    #[inline(always)]
    fn permuted(self, vector: __m256i, indices: &[i32; 8]) -> __m256i {
        // SAFETY: AVX2 is there by the token; the reference covers the 32 bytes read.
        unsafe { _mm256_permutevar8x32_epi32(vector, _mm256_loadu_si256(indices.as_ptr().cast())) }
    }

    /// 8 integers, or raised floats, times and plus.
    #[inline(always)]
    fn store_scaled<const RAISED: bool>(self, codes: __m256i, scale: &Scale<__m256>, out: &mut [f32; 8]) {
        // SAFETY: AVX2 and FMA are there by the token; the reference covers the 32 bytes written.
        unsafe {
            let floats = if RAISED { _mm256_castsi256_ps(codes) } else { _mm256_cvtepi32_ps(codes) };
            _mm256_storeu_ps(out.as_mut_ptr(), _mm256_fmadd_ps(floats, scale.multiplier, scale.bias));
        }
    }

    /// 16 pixels of three channels as 48 bytes.
    #[inline(always)]
    fn interleaved(self, channels: [&[u8; 16]; 3]) -> [__m128i; 3] {
        let [first, second, third] = channels;
        let channels = [self.load_16(first, 0), self.load_16(second, 0), self.load_16(third, 0)];
        let mut out = channels;
        for (vector, spread) in out.iter_mut().zip(&SPREAD) {
            let first = self.shuffled_16(channels[0], self.load_16(&spread[0], 0));
            let second = self.shuffled_16(channels[1], self.load_16(&spread[1], 0));
            let third = self.shuffled_16(channels[2], self.load_16(&spread[2], 0));
            *vector = self.or_16(self.or_16(first, second), third);
        }
        out
    }
}
