//! The threads that run a plan: they go through its steps side by side, and none begins a step before all have ended the
//! one before.
//!
//! The calling thread is one of them; the session moves it to its core where cores are named. The others wait by spinning
//! for about as long as a frame's other work takes, then sleep. At a barrier they spin for much less: whoever is late there
//! has lost its core to somebody, and gets one sooner where nobody spins on it. A spin that was in vain makes the next ones
//! shorter still, so that beside a program that never lets go of a core the team loses no more than that core. And who is
//! about to sleep leaves a core that another member was last seen on: two that take turns on one core sleep in turn, so the
//! system sees one thread that is ready at any moment, and leaves the other core idle.
//!
//! A panic in a step is caught where it happens, and every thread goes on from barrier to barrier without working, so that
//! a bug ends the run and not the process's progress.

mod turn;

use std::cell::{Cell, UnsafeCell};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicUsize, Ordering};
use std::thread::{Builder, JoinHandle};

use ocelli_engine::{EngineError, EngineErrorKind, Threads};

use self::turn::{SPINS_AT_BARRIER, Turn};
use crate::cores;

/// Turns of a spinning wait for the next run: a few milliseconds.
const SPINS_BETWEEN_RUNS: u32 = 100_000;

/// A team. Dropping it ends its threads.
#[derive(Debug)]
pub(crate) struct Team {
    shared: Arc<Shared>,
    members: Vec<JoinHandle<()>>,
}

/// What a run's work may ask of the team.
#[derive(Debug)]
pub(crate) struct Member<'a> {
    pub(crate) index: usize,
    pub(crate) count: usize,
    shared: &'a Shared,
    /// Turns of its next spin at a barrier.
    spins: Cell<u32>,
    /// Whether it has left a core in this run: beside programs that have every core, to leave is of no use.
    has_left: Cell<bool>,
}

#[derive(Debug)]
struct Shared {
    count: usize,
    /// How many runs have been started; the last one ends the threads.
    runs: Turn,
    /// How many barriers have been passed.
    barriers: Turn,
    arrived: AtomicU32,
    /// The core that each member was last seen on, when a run began and when it last slept at a barrier.
    places: Box<[AtomicUsize]>,
    work: UnsafeCell<Option<Work>>,
    is_ending: AtomicBool,
    has_panicked: AtomicBool,
}

/// The work of a run, without its lifetime.
#[derive(Clone, Copy, Debug)]
struct Work {
    data: *const (),
    call: unsafe fn(*const (), &Member<'_>),
}

// SAFETY: `work` is written between runs only, when every other thread waits for `runs` to move, and read after; the work
// itself is `Sync`.
unsafe impl Sync for Shared {}
// SAFETY: as above.
unsafe impl Send for Shared {}

impl Team {
    /// A team of `threads.count`, the calling thread counted; the others run on the cores that are named, else on any.
    ///
    /// # Errors
    /// Where a thread cannot be started, or not there.
    pub(crate) fn new(threads: &Threads) -> Result<Self, EngineError> {
        let shared = Arc::new(Shared {
            count: threads.count.max(1),
            runs: Turn::default(),
            barriers: Turn::default(),
            arrived: AtomicU32::new(0),
            places: (0..threads.count.max(1)).map(|_| AtomicUsize::new(usize::MAX)).collect(),
            work: UnsafeCell::new(None),
            is_ending: AtomicBool::new(false),
            has_panicked: AtomicBool::new(false),
        });
        let mut team = Self { shared, members: Vec::new() };
        for index in 1..team.shared.count {
            let shared = Arc::clone(&team.shared);
            let core = threads.cores.get(index % threads.cores.len().max(1)).copied();
            let (started, has_started) = std::sync::mpsc::sync_channel(1);
            let member = Builder::new().name(format!("engine-{index}")).spawn(move || {
                let moved = core.map_or(Ok(()), cores::move_to);
                let is_there = moved.is_ok();
                let _ = started.send(moved);
                if is_there {
                    Member::new(index, &shared).serve();
                }
            });
            let member = member.map_err(|error| {
                let message = format!("a thread cannot be started: {error}");
                EngineError::new(EngineErrorKind::Run, message, "ask for fewer threads")
            })?;
            team.members.push(member);
            has_started.recv().unwrap_or(Ok(()))?;
        }
        Ok(team)
    }

    /// Every thread does `work` once, at the same time; returns when all have ended.
    ///
    /// # Errors
    /// Where any of them panicked.
    pub(crate) fn run<F: Fn(&Member<'_>) + Sync>(&self, work: &F) -> Result<(), EngineError> {
        /// # Safety
        /// - `data` is the work.
        unsafe fn call<F: Fn(&Member<'_>) + Sync>(data: *const (), member: &Member<'_>) {
            // SAFETY: as the caller promises.
            let work = unsafe { &*data.cast::<F>() };
            work(member);
        }
        let shared = &*self.shared;
        let erased = Work { data: std::ptr::from_ref(work).cast(), call: call::<F> };
        // SAFETY: the others wait for `runs` to move: nobody reads.
        unsafe { *shared.work.get() = Some(erased) };
        shared.runs.advance();
        let member = Member::new(0, shared);
        member.work();
        // All have left the work when this is passed, so `work` may end.
        member.wait_for_all();
        if shared.has_panicked.load(Ordering::Relaxed) {
            let hint =
                "this is a bug of ours: please report it with the model; `--backend rten` runs without it";
            return Err(EngineError::new(EngineErrorKind::Run, "a step of the plan panicked", hint));
        }
        Ok(())
    }
}

impl<'a> Member<'a> {
    fn new(index: usize, shared: &'a Shared) -> Self {
        Self {
            index,
            count: shared.count,
            shared,
            spins: Cell::new(*SPINS_AT_BARRIER.end()),
            has_left: Cell::new(false),
        }
    }

    /// Returns when every member has called this as often.
    pub(crate) fn wait_for_all(&self) {
        let shared = self.shared;
        if self.count == 1 {
            return;
        }
        let turn = shared.barriers.now();
        if shared.arrived.fetch_add(1, Ordering::AcqRel) + 1 == self.count as u32 {
            shared.arrived.store(0, Ordering::Relaxed);
            shared.barriers.advance();
        } else {
            let waited = shared.barriers.wait(turn, self.spins.get(), || self.make_room());
            self.spins.set(waited.spins_after(self.spins.get()));
        }
    }

    /// Leaves the core to another member that was last seen on it.
    fn make_room(&self) {
        let here = self.tell_place();
        let mut others = self.shared.places.iter().enumerate().filter(|&(index, _)| index != self.index);
        if !self.has_left.get() && others.any(|(_, place)| place.load(Ordering::Relaxed) == here) {
            self.has_left.set(true);
            cores::leave(here);
            self.tell_place();
        }
    }

    /// Says which core it is on.
    fn tell_place(&self) -> usize {
        let here = cores::current();
        self.shared.places[self.index].store(here, Ordering::Relaxed);
        here
    }

    /// Does a part of the work, unless any member has panicked.
    pub(crate) fn attempt(&self, part: impl FnOnce()) {
        if self.shared.has_panicked.load(Ordering::Relaxed) {
            return;
        }
        if catch_unwind(AssertUnwindSafe(part)).is_err() {
            self.shared.has_panicked.store(true, Ordering::Relaxed);
        }
    }

    fn work(&self) {
        if self.count > 1 {
            self.has_left.set(false);
            self.tell_place();
        }
        // SAFETY: written before `runs` moved, which this thread has seen; not written again before it waits at the end.
        let work = unsafe { *self.shared.work.get() };
        if let Some(work) = work {
            // SAFETY: `Team::run` keeps the work alive until every member has waited at the end.
            unsafe { (work.call)(work.data, self) };
        }
    }

    /// The life of a member that is not the caller.
    fn serve(&self) {
        let mut turn = 0;
        loop {
            self.shared.runs.wait(turn, SPINS_BETWEEN_RUNS, || ());
            turn = turn.wrapping_add(1);
            if self.shared.is_ending.load(Ordering::Acquire) {
                return;
            }
            self.work();
            self.wait_for_all();
        }
    }
}

impl Drop for Team {
    fn drop(&mut self) {
        self.shared.is_ending.store(true, Ordering::Release);
        self.shared.runs.advance();
        for member in self.members.drain(..) {
            // A member catches its panics: there is nothing to hear of.
            let _ = member.join();
        }
    }
}

#[cfg(test)]
mod tests {
    use rustix::thread::{sched_getaffinity, sched_setaffinity};

    use super::*;

    #[test]
    fn nobody_begins_a_step_before_all_have_ended_the_one_before() {
        for count in 1..5 {
            let team = Team::new(&Threads::unpinned(count)).unwrap();
            let ended = AtomicUsize::new(0);
            for run in 0..50 {
                let before = run * 20 * count;
                team.run(&|member: &Member<'_>| {
                    for step in 0..20 {
                        assert!(ended.load(Ordering::Relaxed) >= before + step * count);
                        ended.fetch_add(1, Ordering::Relaxed);
                        member.wait_for_all();
                        assert!(ended.load(Ordering::Relaxed) >= before + (step + 1) * count);
                    }
                })
                .unwrap();
                assert_eq!(ended.load(Ordering::Relaxed), before + 20 * count);
            }
        }
    }

    #[test]
    fn a_panic_is_an_error_and_nobody_waits_for_ever() {
        let team = Team::new(&Threads::unpinned(3)).unwrap();
        let error = team
            .run(&|member: &Member<'_>| {
                member.attempt(|| assert_ne!(member.index, 1, "on purpose"));
                member.wait_for_all();
                member.attempt(|| {});
                member.wait_for_all();
            })
            .unwrap_err();
        assert!(error.to_string().contains("panicked"), "{error}");
    }

    #[test]
    fn who_waits_for_a_member_on_its_core_leaves_it() {
        let team = Team::new(&Threads::unpinned(2)).unwrap();
        let allowed = sched_getaffinity(None).unwrap();
        let core = cores::current();
        let leaves = || {
            team.run(&|member: &Member<'_>| {
                cores::move_to(core).unwrap();
                sched_setaffinity(None, &allowed).unwrap();
                member.tell_place();
                member.wait_for_all();
                if member.index == 1 {
                    std::thread::sleep(std::time::Duration::from_millis(30));
                }
                member.wait_for_all();
            })
            .unwrap();
            team.shared.places[0].load(Ordering::Relaxed) != core
        };
        // The system may bring it back at once; not every time.
        assert!(allowed.count() == 1 || (0..20).any(|_| leaves()));
    }

    #[test]
    fn sleepers_are_woken() {
        let team = Team::new(&Threads::unpinned(2)).unwrap();
        let seen = AtomicUsize::new(0);
        for _ in 0..3 {
            std::thread::sleep(std::time::Duration::from_millis(30));
            team.run(&|_: &Member<'_>| {
                seen.fetch_add(1, Ordering::Relaxed);
            })
            .unwrap();
        }
        assert_eq!(seen.load(Ordering::Relaxed), 6);
    }

    #[test]
    fn a_core_that_does_not_exist_is_an_error() {
        let error = Team::new(&Threads { count: 2, cores: vec![usize::MAX] }).unwrap_err();
        assert!(error.to_string().contains(&format!("core {}", usize::MAX)), "{error}");
    }
}
