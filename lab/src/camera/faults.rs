//! What the camera does wrong, on purpose.

/// Which pictures go wrong, counted from 1.
#[derive(Clone, Copy, Debug, Default)]
pub struct Faults {
    /// Each so manieth says of itself that it is broken.
    pub broken_every: Option<u64>,
    /// Each so manieth ends half way and says nothing of it.
    pub cut_every: Option<u64>,
    /// Before this one, nothing comes for a while.
    pub stall_at: Option<u64>,
    pub stall_ms: u64,
}

impl Faults {
    pub fn is_broken(&self, number: u64) -> bool {
        is_nth(self.broken_every, number)
    }

    pub fn is_cut(&self, number: u64) -> bool {
        is_nth(self.cut_every, number)
    }

    /// Milliseconds to wait before this picture.
    pub fn stall_ms(&self, number: u64) -> u64 {
        if self.stall_at == Some(number) { self.stall_ms } else { 0 }
    }
}

fn is_nth(every: Option<u64>, number: u64) -> bool {
    every.is_some_and(|every| every > 0 && number.is_multiple_of(every))
}
