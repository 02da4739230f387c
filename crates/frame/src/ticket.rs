//! A ticket: the right and the duty to say, once, what became of a frame.

use std::sync::Arc;

use crate::account::{Account, DropReason, FailReason, Outcome};

/// Stands for one frame in flight in one [`Account`]. Resolving consumes it; dropped unresolved it counts as
/// `failed{lost}`, so that nothing vanishes from the account.
#[derive(Debug)]
#[must_use = "a ticket that is dropped counts as a lost frame"]
pub struct Ticket {
    /// `None` once resolved.
    account: Option<Arc<Account>>,
}

impl Ticket {
    pub(crate) fn new(account: Arc<Account>) -> Self {
        Self { account: Some(account) }
    }

    /// The frame came out at the other end.
    pub fn emit(self) {
        self.resolve(Outcome::Emitted);
    }

    /// The frame was left out on purpose.
    pub fn drop_for(self, reason: DropReason) {
        self.resolve(Outcome::Dropped(reason));
    }

    /// The frame came to nothing.
    pub fn fail(self, reason: FailReason) {
        self.resolve(Outcome::Failed(reason));
    }

    fn resolve(mut self, outcome: Outcome) {
        if let Some(account) = self.account.take() {
            account.close(outcome);
        }
    }
}

impl Drop for Ticket {
    fn drop(&mut self) {
        if let Some(account) = self.account.take() {
            account.close(Outcome::Failed(FailReason::Lost));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicBool, Ordering};

    #[test]
    fn each_end_counts_in_its_own_place() {
        let account = Account::new();
        account.open().emit();
        account.open().drop_for(DropReason::Superseded);
        account.open().fail(FailReason::Write);
        drop(account.open());
        let held = account.open();
        let counts = account.snapshot();
        assert_eq!((counts.captured, counts.emitted, counts.in_flight), (5, 1, 1));
        assert_eq!((counts.dropped, counts.failed), ([1, 0, 0, 0, 0, 0, 0, 0], [1, 0, 1]));
        assert!(counts.is_balanced());
        account.lose(DropReason::Driver, 3);
        account.lose(DropReason::Corrupt, 0);
        let counts = account.snapshot();
        assert_eq!((counts.captured, counts.dropped), (8, [1, 0, 0, 3, 0, 0, 0, 0]));
        assert!(counts.is_balanced());
        held.emit();
        assert_eq!(account.snapshot().in_flight, 0);
    }

    /// Invariant 9: whoever looks, whenever, finds a balanced account.
    #[test]
    fn every_snapshot_balances_under_the_hammer() {
        let account = Account::new();
        let done = AtomicBool::new(false);
        std::thread::scope(|scope| {
            let workers: Vec<_> = (0..3u32)
                .map(|worker| {
                    let account = &account;
                    scope.spawn(move || {
                        for n in 0..20_000u32 {
                            let ticket = account.open();
                            match (n + worker) % 4 {
                                0 => ticket.emit(),
                                1 => ticket.drop_for(DropReason::Sink),
                                2 => ticket.fail(FailReason::Inference),
                                _ => drop(ticket),
                            }
                        }
                    })
                })
                .collect();
            let (account, done) = (&account, &done);
            let hammer = scope.spawn(move || {
                let mut looks = 0u32;
                while !done.load(Ordering::Relaxed) || looks == 0 {
                    let counts = account.snapshot();
                    assert!(counts.is_balanced(), "{counts:?}");
                    assert!(counts.in_flight <= 3, "{counts:?}");
                    looks += 1;
                }
            });
            for worker in workers {
                worker.join().unwrap();
            }
            done.store(true, Ordering::Relaxed);
            hammer.join().unwrap();
        });
        assert_eq!(account.snapshot().captured, 60_000);
        assert_eq!(account.snapshot().in_flight, 0);
    }
}
