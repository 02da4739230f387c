//! The threads that a session's runs use, on the cores that the caller names.

use std::sync::Arc;

use ocelli_engine::{EngineError, EngineErrorKind, Threads};
use rten::ThreadPool;
use rustix::thread::{CpuSet, sched_getaffinity, sched_setaffinity};

/// A pool of `threads.count` threads. rten's pool has no pinning of its own; on Linux a thread starts on the cores of
/// the one that spawns it, so the calling thread moves there for as long as the pool takes to start.
pub(crate) fn pool(threads: &Threads) -> Result<Arc<ThreadPool>, EngineError> {
    if threads.cores.is_empty() {
        return Ok(Arc::new(ThreadPool::with_num_threads(threads.count)));
    }
    let refused = |core: String, error: rustix::io::Errno| {
        let message = format!("cannot run on core {core}: {error}");
        EngineError::new(EngineErrorKind::Run, message, "name cores that this process may use (see `nproc`)")
    };
    let mut wanted = CpuSet::new();
    for &core in &threads.cores {
        if core >= CpuSet::MAX_CPU {
            return Err(refused(core.to_string(), rustix::io::Errno::INVAL));
        }
        wanted.set(core);
    }
    let cores = format!("{:?}", threads.cores);
    let before = sched_getaffinity(None).map_err(|error| refused(cores.clone(), error))?;
    sched_setaffinity(None, &wanted).map_err(|error| refused(cores.clone(), error))?;
    let pool = Arc::new(ThreadPool::with_num_threads(threads.count));
    sched_setaffinity(None, &before).map_err(|error| refused(cores, error))?;
    Ok(pool)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn threads_start_on_the_cores_they_are_given_and_the_caller_stays_where_it_was() {
        let before = sched_getaffinity(None).unwrap();
        let core = (0..CpuSet::MAX_CPU).find(|&core| before.is_set(core)).unwrap();
        let pool = pool(&Threads { count: 2, cores: vec![core] }).unwrap();
        let inside = pool.run(|| sched_getaffinity(None).unwrap());
        assert_eq!((inside.count(), inside.is_set(core)), (1, true));
        assert_eq!(sched_getaffinity(None).unwrap(), before);
    }

    #[test]
    fn a_core_that_does_not_exist_is_an_error() {
        let error = pool(&Threads { count: 1, cores: vec![CpuSet::MAX_CPU] }).unwrap_err();
        assert!(error.to_string().contains(&format!("core {}", CpuSet::MAX_CPU)), "{error}");
    }
}
