//! Which instruction set the kernels use. A value of [`Isa`] is the proof that this machine has it.

use std::fmt;

/// An instruction set that this machine has: the tokens inside cannot be made anywhere else.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Isa {
    /// Plain Rust: the oracle, and what runs where there is nothing better.
    Scalar,
    /// x86-64 with 256-bit integer vectors and fused multiply-add (2013 and later).
    #[cfg(target_arch = "x86_64")]
    Avx2(Avx2),
    /// x86-64 with 512-bit vectors and permutations of their bytes, `VBMI` (2019 and later, where there are any). What
    /// has the one without the other goes by AVX2.
    #[cfg(target_arch = "x86_64")]
    Avx512(Avx512),
    /// Every 64-bit Arm.
    #[cfg(target_arch = "aarch64")]
    Neon(Neon),
}

/// Proof that the CPU has AVX2 and FMA.
#[cfg(target_arch = "x86_64")]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Avx2(());

/// Proof that the CPU has AVX-512 with byte and word operations and `VBMI`, and all that AVX2 stands for.
#[cfg(target_arch = "x86_64")]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Avx512(Avx2);

/// Proof that the CPU has NEON, which is a part of the target.
#[cfg(target_arch = "aarch64")]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Neon(());

#[cfg(target_arch = "x86_64")]
impl Avx2 {
    fn detect() -> Option<Self> {
        (std::arch::is_x86_feature_detected!("avx2") && std::arch::is_x86_feature_detected!("fma"))
            .then_some(Self(()))
    }
}

#[cfg(target_arch = "x86_64")]
impl Avx512 {
    fn detect() -> Option<Self> {
        let avx2 = Avx2::detect()?;
        (std::arch::is_x86_feature_detected!("avx512f")
            && std::arch::is_x86_feature_detected!("avx512bw")
            && std::arch::is_x86_feature_detected!("avx512vbmi"))
        .then_some(Self(avx2))
    }

    /// What AVX-512 comes on top of.
    pub(crate) fn avx2(self) -> Avx2 {
        self.0
    }
}

impl Isa {
    /// The best one there is.
    pub fn detect() -> Self {
        Self::available().next_back().unwrap_or(Self::Scalar)
    }

    /// All that this machine has, from plain to best.
    pub fn available() -> impl DoubleEndedIterator<Item = Self> {
        #[cfg(target_arch = "x86_64")]
        let vectors = [Avx2::detect().map(Self::Avx2), Avx512::detect().map(Self::Avx512)];
        #[cfg(target_arch = "aarch64")]
        let vectors = [Some(Self::Neon(Neon(())))];
        #[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
        let vectors = [None];
        std::iter::once(Self::Scalar).chain(vectors.into_iter().flatten())
    }

    /// `scalar`, `avx2`, `avx512` or `neon`, in any case; `None` where there is no such thing or this machine lacks it.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::available().find(|isa| isa.to_string().eq_ignore_ascii_case(name))
    }
}

impl fmt::Display for Isa {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Scalar => "scalar",
            #[cfg(target_arch = "x86_64")]
            Self::Avx2(_) => "avx2",
            #[cfg(target_arch = "x86_64")]
            Self::Avx512(_) => "avx512",
            #[cfg(target_arch = "aarch64")]
            Self::Neon(_) => "neon",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_available_set_is_found_by_its_name() {
        for isa in Isa::available() {
            assert_eq!(Isa::from_name(&isa.to_string().to_uppercase()), Some(isa));
        }
        assert_eq!(Isa::from_name("quantum"), None);
        assert!(Isa::available().any(|isa| isa == Isa::detect()));
    }
}
