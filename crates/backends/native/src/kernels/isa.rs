//! Which instruction set the kernels use. A value of [`Isa`] is the proof that this machine has it.

use std::fmt;

/// An instruction set that this machine has: the tokens inside cannot be made anywhere else.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Isa {
    /// Plain Rust: the oracle, and what runs where there is nothing better.
    Portable(Portable),
    /// x86-64 with 256-bit vectors and fused multiply-add (2013 and later).
    #[cfg(target_arch = "x86_64")]
    Avx2(Avx2),
    /// x86-64 with 512-bit vectors.
    #[cfg(target_arch = "x86_64")]
    Avx512(Avx512),
}

/// Needs no proof.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Portable(());

/// Proof that the CPU has AVX2 and FMA.
#[cfg(target_arch = "x86_64")]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Avx2(());

/// Proof that the CPU has the foundation of AVX-512.
#[cfg(target_arch = "x86_64")]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Avx512(());

impl Portable {
    /// # Safety
    /// - None: it is `unsafe` because its like are.
    #[inline(always)]
    pub(crate) unsafe fn assume() -> Self {
        Self(())
    }
}

#[cfg(target_arch = "x86_64")]
impl Avx2 {
    /// # Safety
    /// - The CPU has AVX2 and FMA.
    #[inline(always)]
    pub(crate) unsafe fn assume() -> Self {
        Self(())
    }
}

#[cfg(target_arch = "x86_64")]
impl Avx512 {
    /// # Safety
    /// - The CPU has the foundation of AVX-512.
    #[inline(always)]
    pub(crate) unsafe fn assume() -> Self {
        Self(())
    }
}

impl Isa {
    /// The best one there is.
    pub fn detect() -> Self {
        Self::available().next_back().unwrap_or(Self::Portable(Portable(())))
    }

    /// All that this machine has, from plain to best.
    pub fn available() -> impl DoubleEndedIterator<Item = Self> {
        #[cfg(target_arch = "x86_64")]
        let vectors = [
            (std::arch::is_x86_feature_detected!("avx2") && std::arch::is_x86_feature_detected!("fma"))
                .then_some(Self::Avx2(Avx2(()))),
            std::arch::is_x86_feature_detected!("avx512f").then_some(Self::Avx512(Avx512(()))),
        ];
        #[cfg(not(target_arch = "x86_64"))]
        let vectors = [None];
        std::iter::once(Self::Portable(Portable(()))).chain(vectors.into_iter().flatten())
    }

    /// `scalar`, `avx2` or `avx512`, in any case; `None` where there is no such thing or this machine lacks it.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::available().find(|isa| isa.to_string().eq_ignore_ascii_case(name))
    }
}

impl fmt::Display for Isa {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Portable(_) => "scalar",
            #[cfg(target_arch = "x86_64")]
            Self::Avx2(_) => "avx2",
            #[cfg(target_arch = "x86_64")]
            Self::Avx512(_) => "avx512",
        })
    }
}
