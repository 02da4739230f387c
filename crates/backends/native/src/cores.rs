//! The core that a thread runs on.

use ocelli_engine::{EngineError, EngineErrorKind};
use rustix::thread::{CpuSet, sched_getaffinity, sched_getcpu, sched_setaffinity};

/// The core that the calling thread is on at this moment.
pub(crate) fn current() -> usize {
    sched_getcpu()
}

/// Moves the calling thread to a core, where it stays.
///
/// # Errors
/// Where there is no such core, or it is not this process's to use.
pub(crate) fn move_to(core: usize) -> Result<(), EngineError> {
    let refused = |what: &str| {
        let hint = "name cores that this process may use (see `nproc`)";
        EngineError::new(EngineErrorKind::Run, format!("cannot run on core {core}: {what}"), hint)
    };
    if core >= CpuSet::MAX_CPU {
        return Err(refused("there is no such core"));
    }
    let mut wanted = CpuSet::new();
    wanted.set(core);
    sched_setaffinity(None, &wanted).map_err(|error| refused(&error.to_string()))
}

/// Moves the calling thread from a core to any other that it may use; does nothing where there is none. Afterwards it may
/// run wherever it could before.
pub(crate) fn leave(core: usize) {
    let Ok(allowed) = sched_getaffinity(None) else { return };
    let mut others = allowed;
    others.unset(core);
    if others.count() > 0 && sched_setaffinity(None, &others).is_ok() {
        // What was allowed a moment ago is refused only where somebody has taken the cores away since: then theirs holds.
        let _ = sched_setaffinity(None, &allowed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_leaves_a_core_may_run_where_it_could_before() {
        let allowed = sched_getaffinity(None).unwrap();
        let cores: Vec<_> = (0..CpuSet::MAX_CPU).filter(|&core| allowed.is_set(core)).collect();
        std::thread::scope(|scope| {
            scope.spawn(|| {
                for &core in &cores {
                    move_to(core).unwrap();
                    leave(core);
                    assert_eq!(current(), core, "there was no other");
                    // Free again, and on that core still.
                    sched_setaffinity(None, &allowed).unwrap();
                    let seen = (0..100).map(|_| {
                        let here = current();
                        leave(here);
                        (here, current())
                    });
                    // The system may bring it back at once; not a hundred times.
                    assert!(cores.len() == 1 || seen.into_iter().any(|(here, after)| here != after));
                    assert!(sched_getaffinity(None).unwrap() == allowed);
                }
            });
        });
    }

    #[test]
    fn a_core_that_does_not_exist_is_an_error() {
        let error = move_to(CpuSet::MAX_CPU).unwrap_err();
        assert!(error.to_string().contains(&format!("core {}", CpuSet::MAX_CPU)), "{error}");
    }
}
