//! NEON: 8 pixels at a time, in order.

use std::arch::aarch64::*;

use crate::isa::Neon;
use crate::pick::WINDOW;
use crate::simd::{RAISE_BITS, Scale, Simd, entries, in_registers};

entries!(Neon, "neon");

impl Simd for Neon {
    type Words = int16x8_t;
    type Floats = float32x4_t;
    const LANES: usize = 8;

    in_registers! {
        splat(value: i16) -> int16x8_t = vdupq_n_s16(value);
        add(a: int16x8_t, b: int16x8_t) -> int16x8_t = vaddq_s16(a, b);
        saturating_add(a: int16x8_t, b: int16x8_t) -> int16x8_t = vqaddq_s16(a, b);
        sub(a: int16x8_t, b: int16x8_t) -> int16x8_t = vsubq_s16(a, b);
        // Twice the product, and its high half rounded.
        multiply(a: int16x8_t, b: int16x8_t) -> int16x8_t = vqrdmulhq_s16(a, b);
        min(a: int16x8_t, b: int16x8_t) -> int16x8_t = vminq_s16(a, b);
        max(a: int16x8_t, b: int16x8_t) -> int16x8_t = vmaxq_s16(a, b);
        mean(a: int16x8_t, b: int16x8_t) -> int16x8_t = vrhaddq_s16(a, b);
        sixty_fourths(codes: int16x8_t) -> int16x8_t =
            vreinterpretq_s16_u16(vshrq_n_u16::<2>(vreinterpretq_u16_s16(codes)));
        centred(codes: int16x8_t) -> int16x8_t = veorq_s16(codes, vdupq_n_s16(i16::MIN));
        no_windows() -> int16x8_t = vdupq_n_s16(0);
        splat_float(value: f32) -> float32x4_t = vdupq_n_f32(value);
    }

    #[inline(always)]
    fn load_bytes(self, bytes: &[u8]) -> int16x8_t {
        self.high_bytes(self.load_8(bytes))
    }

    #[inline(always)]
    fn load_doubled(self, bytes: &[u8]) -> int16x8_t {
        let bytes: &[u8; 4] = bytes.first_chunk().expect("4 bytes");
        self.high_bytes(self.doubled(u32::from_le_bytes(*bytes)))
    }

    #[inline(always)]
    fn load_doubled_pairs(self, bytes: &[u8]) -> [int16x8_t; 2] {
        self.twins(self.load_8(bytes))
    }

    #[inline(always)]
    fn load_pairs(self, bytes: &[u8]) -> [int16x8_t; 2] {
        let bytes: &[u8; 16] = bytes.first_chunk().expect("16 bytes");
        // SAFETY: NEON is there by the token; the reference covers the 16 bytes read.
        let pairs = unsafe { vld2_u8(bytes.as_ptr()) };
        [self.high_bytes(pairs.0), self.high_bytes(pairs.1)]
    }

    #[inline(always)]
    fn load_yuyv(self, bytes: &[u8]) -> [int16x8_t; 3] {
        let bytes: &[u8; 16] = bytes.first_chunk().expect("16 bytes");
        // SAFETY: NEON is there by the token; the reference covers the 16 bytes read.
        let pairs = unsafe { vld2_u8(bytes.as_ptr()) };
        let [cb, cr] = self.twins(pairs.1);
        [self.high_bytes(pairs.0), cb, cr]
    }

    #[inline(always)]
    fn load_yuyv_pairs(self, bytes: &[u8]) -> [int16x8_t; 4] {
        let bytes: &[u8; 32] = bytes.first_chunk().expect("32 bytes");
        // SAFETY: NEON is there by the token; the reference covers the 32 bytes read.
        let groups = unsafe { vld4_u8(bytes.as_ptr()) };
        [
            self.high_bytes(groups.0),
            self.high_bytes(groups.2),
            self.high_bytes(groups.1),
            self.high_bytes(groups.3),
        ]
    }

    #[inline(always)]
    fn load_triples(self, bytes: &[u8]) -> [int16x8_t; 3] {
        let bytes: &[u8; 24] = bytes.first_chunk().expect("24 bytes");
        // SAFETY: NEON is there by the token; the reference covers the 24 bytes read.
        let triples = unsafe { vld3_u8(bytes.as_ptr()) };
        [self.high_bytes(triples.0), self.high_bytes(triples.1), self.high_bytes(triples.2)]
    }

    #[inline(always)]
    fn load_sextuples(self, bytes: &[u8]) -> [int16x8_t; 6] {
        let bytes: &[u8; 48] = bytes.first_chunk().expect("48 bytes");
        // SAFETY: NEON is there by the token; the reference covers the 48 bytes read.
        let triples = unsafe { vld3q_u8(bytes.as_ptr()) };
        let [red, next_red] = self.even_and_odd(triples.0);
        let [green, next_green] = self.even_and_odd(triples.1);
        let [blue, next_blue] = self.even_and_odd(triples.2);
        [red, green, blue, next_red, next_green, next_blue]
    }

    #[inline(always)]
    fn prefetch(self, _: &u8) {
        // No stable intrinsic asks for one: the hardware has to see through the rows by itself.
    }

    #[inline(always)]
    unsafe fn or_windows(
        self,
        quads: int16x8_t,
        bytes: &[u8],
        offsets: &[u32],
        shuffles: &[[u8; WINDOW]],
    ) -> int16x8_t {
        debug_assert!(offsets.iter().all(|&offset| offset as usize + WINDOW <= bytes.len()));
        debug_assert!(offsets.len() == 1 && shuffles.len() == 1);
        // SAFETY: the caller's: an offset with a window of bytes behind it, and a shuffle.
        unsafe {
            let window = vld1q_u8(bytes.as_ptr().add(*offsets.get_unchecked(0) as usize));
            let shuffled = vqtbl1q_u8(window, vld1q_u8(shuffles.as_ptr().cast()));
            vorrq_s16(quads, vreinterpretq_s16_u8(shuffled))
        }
    }

    #[inline(always)]
    fn unpack_quads(self, halves: [int16x8_t; 2]) -> [int16x8_t; 3] {
        let [first, third] = self.unzipped_fours(halves);
        [
            self.high_bytes(self.low(first)),
            self.high_bytes(self.high(first)),
            self.high_bytes(self.low(third)),
        ]
    }

    #[inline(always)]
    fn store_words(self, words: int16x8_t, out: &mut [i16]) {
        self.store_words_in_order(words, out);
    }

    #[inline(always)]
    fn store_words_in_order(self, words: int16x8_t, out: &mut [i16]) {
        let out: &mut [i16; 8] = out.first_chunk_mut().expect("8 words");
        // SAFETY: NEON is there by the token; the reference covers the 8 words written.
        unsafe { vst1q_s16(out.as_mut_ptr(), words) }
    }

    #[inline(always)]
    fn load_words_in_order(self, words: &[i16]) -> int16x8_t {
        let words: &[i16; 8] = words.first_chunk().expect("8 words");
        // SAFETY: NEON is there by the token; the reference covers the 8 words read.
        unsafe { vld1q_s16(words.as_ptr()) }
    }

    #[inline(always)]
    fn store_codes(self, [red, green, blue]: [int16x8_t; 3], [out_red, out_green, out_blue]: [&mut [u8]; 3]) {
        self.store_8(self.rounded_codes(red), out_red);
        self.store_8(self.rounded_codes(green), out_green);
        self.store_8(self.rounded_codes(blue), out_blue);
    }

    #[inline(always)]
    fn store_codes_in_order(self, [first, second]: [int16x8_t; 2], out: &mut [u8]) {
        let (first_out, second_out) = out.split_at_mut(8);
        self.store_8(self.rounded_codes(first), first_out);
        self.store_8(self.rounded_codes(second), second_out);
    }

    #[inline(always)]
    fn periodic_floats(self, values: [f32; 3]) -> [float32x4_t; 3] {
        let lanes: [f32; 12] = std::array::from_fn(|lane| values[lane % 3]);
        let start = lanes.as_ptr();
        // SAFETY: NEON is there by the token; each load reads 4 of the 12 floats.
        unsafe { [vld1q_f32(start), vld1q_f32(start.add(4)), vld1q_f32(start.add(8))] }
    }

    #[inline(always)]
    fn store_floats<const RAISED: bool>(self, words: int16x8_t, scale: &Scale<float32x4_t>, out: &mut [f32]) {
        let codes = self.rounded(words);
        let above = self.splat(if RAISED { RAISE_BITS } else { 0 });
        let (halves, _) = out.as_chunks_mut::<4>();
        self.store_scaled::<RAISED>(self.zipped_low(codes, above), scale, &mut halves[0]);
        self.store_scaled::<RAISED>(self.zipped_high(codes, above), scale, &mut halves[1]);
    }

    #[inline(always)]
    fn store_floats_of_codes(self, codes: &[u8], scale: &Scale<float32x4_t>, out: &mut [f32]) {
        let codes = self.widened(self.load_8(codes));
        let (halves, _) = out.as_chunks_mut::<4>();
        self.store_scaled::<false>(self.zipped_low(codes, self.splat(0)), scale, &mut halves[0]);
        self.store_scaled::<false>(self.zipped_high(codes, self.splat(0)), scale, &mut halves[1]);
    }

    #[inline(always)]
    fn interleave(self, channels: [&[u8; 16]; 3], out: &mut [u8; 48]) {
        // SAFETY: NEON is there by the token; the references cover the 16 bytes of each read, and the 48 written.
        unsafe {
            let [first, second, third] = channels;
            let channels =
                uint8x16x3_t(vld1q_u8(first.as_ptr()), vld1q_u8(second.as_ptr()), vld1q_u8(third.as_ptr()));
            vst3q_u8(out.as_mut_ptr(), channels);
        }
    }

    #[inline(always)]
    fn interleave_floats(
        self,
        channels: [&[u8; 16]; 3],
        multipliers: [float32x4_t; 3],
        biases: [float32x4_t; 3],
        out: &mut [f32; 48],
    ) {
        let mut codes = [0; 48];
        self.interleave(channels, &mut codes);
        let parts = codes.as_chunks::<8>().0.iter().zip(out.as_chunks_mut::<8>().0);
        for (index, (codes, out)) in parts.enumerate() {
            let codes = self.widened(self.load_8(codes));
            let (halves, _) = out.as_chunks_mut::<4>();
            let scale = |half: usize| {
                let of = (2 * index + half) % 3;
                Scale { multiplier: multipliers[of], bias: biases[of] }
            };
            self.store_scaled::<false>(self.zipped_low(codes, self.splat(0)), &scale(0), &mut halves[0]);
            self.store_scaled::<false>(self.zipped_high(codes, self.splat(0)), &scale(1), &mut halves[1]);
        }
    }
}

/// What the operations are made of.
impl Neon {
    in_registers! {
        high_bytes(bytes: uint8x8_t) -> int16x8_t = vreinterpretq_s16_u16(vshll_n_u8::<8>(bytes));
        widened(bytes: uint8x8_t) -> int16x8_t = vreinterpretq_s16_u16(vmovl_u8(bytes));
        low(bytes: uint8x16_t) -> uint8x8_t = vget_low_u8(bytes);
        high(bytes: uint8x16_t) -> uint8x8_t = vget_high_u8(bytes);
        // Each of four bytes twice.
        doubled(four: u32) -> uint8x8_t = {
            let four = vcreate_u8(four as u64);
            vzip1_u8(four, four)
        };
        // Of four pairs, each first byte twice, and each second.
        twins(pairs: uint8x8_t) -> [int16x8_t; 2] = [
            vreinterpretq_s16_u16(vshll_n_u8::<8>(vtrn1_u8(pairs, pairs))),
            vreinterpretq_s16_u16(vshll_n_u8::<8>(vtrn2_u8(pairs, pairs))),
        ];
        even_and_odd(bytes: uint8x16_t) -> [int16x8_t; 2] = [
            vreinterpretq_s16_u16(vshlq_n_u16::<8>(vreinterpretq_u16_u8(bytes))),
            vandq_s16(vreinterpretq_s16_u8(bytes), vdupq_n_s16(0xFF00_u16.cast_signed())),
        ];
        // Groups of four bytes: the first ones of both and the second ones, the third ones and the fourth ones.
        unzipped_fours(quads: [int16x8_t; 2]) -> [uint8x16_t; 2] = {
            let quads = [vreinterpretq_s32_s16(quads[0]), vreinterpretq_s32_s16(quads[1])];
            [
                vreinterpretq_u8_s32(vzip1q_s32(quads[0], quads[1])),
                vreinterpretq_u8_s32(vzip2q_s32(quads[0], quads[1])),
            ]
        };
        rounded(words: int16x8_t) -> int16x8_t = vrshrq_n_s16::<6>(words);
        rounded_codes(words: int16x8_t) -> uint8x8_t = vqrshrun_n_s16::<6>(words);
        zipped_low(low: int16x8_t, high: int16x8_t) -> uint32x4_t = vreinterpretq_u32_s16(vzip1q_s16(low, high));
        zipped_high(low: int16x8_t, high: int16x8_t) -> uint32x4_t = vreinterpretq_u32_s16(vzip2q_s16(low, high));
    }

    #[inline(always)]
    fn load_8(self, bytes: &[u8]) -> uint8x8_t {
        let bytes: &[u8; 8] = bytes.first_chunk().expect("8 bytes");
        // SAFETY: NEON is there by the token; the reference covers the 8 bytes read.
        unsafe { vld1_u8(bytes.as_ptr()) }
    }

    #[inline(always)]
    fn store_8(self, codes: uint8x8_t, out: &mut [u8]) {
        let out: &mut [u8; 8] = out.first_chunk_mut().expect("8 bytes");
        // SAFETY: NEON is there by the token; the reference covers the 8 bytes written.
        unsafe { vst1_u8(out.as_mut_ptr(), codes) }
    }

    /// 4 integers, or raised floats, times and plus.
    #[inline(always)]
    fn store_scaled<const RAISED: bool>(
        self,
        codes: uint32x4_t,
        scale: &Scale<float32x4_t>,
        out: &mut [f32; 4],
    ) {
        // SAFETY: NEON is there by the token; the reference covers the 4 floats written.
        unsafe {
            let floats = if RAISED { vreinterpretq_f32_u32(codes) } else { vcvtq_f32_u32(codes) };
            vst1q_f32(out.as_mut_ptr(), vfmaq_f32(scale.bias, floats, scale.multiplier));
        }
    }
}
