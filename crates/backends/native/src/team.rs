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

use std::cell::{Cell, UnsafeCell};
use std::hint::spin_loop;
use std::ops::RangeInclusive;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread::{Builder, JoinHandle};

use ocelli_engine::{EngineError, EngineErrorKind, Threads};

use crate::cores;

/// Turns of a spinning wait at a barrier before a thread sleeps: at most some 0.2 ms, more than shares of a step differ by;
/// after spins that were in vain at least this many.
const SPINS_AT_BARRIER: RangeInclusive<u32> = 1_000..=20_000;
/// What a spin in vain divides the next one's turns by. One that was not doubles them.
const IMPATIENCE: u32 = 16;
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

/// A number that moves on, and those who wait for it to.
#[derive(Debug, Default)]
#[repr(align(128))]
struct Turn {
    now: AtomicU32,
    sleepers: AtomicU32,
    lock: Mutex<()>,
    moved: Condvar,
}

/// How a wait ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Waited {
    Spinning,
    Asleep,
}

impl Waited {
    /// Turns of the next spin at a barrier, after one of `spins` at most.
    fn spins_after(self, spins: u32) -> u32 {
        let next = match self {
            Self::Spinning => spins * 2,
            Self::Asleep => spins / IMPATIENCE,
        };
        next.clamp(*SPINS_AT_BARRIER.start(), *SPINS_AT_BARRIER.end())
    }
}

impl Turn {
    fn now(&self) -> u32 {
        self.now.load(Ordering::Acquire)
    }

    /// Moves on; one thread at a time.
    fn advance(&self) {
        // Both ends use the strongest order: either this sees the sleeper, or the sleeper sees the turn moved.
        self.now.fetch_add(1, Ordering::SeqCst);
        if self.sleepers.load(Ordering::SeqCst) > 0 {
            drop(self.lock.lock().unwrap_or_else(PoisonError::into_inner));
            self.moved.notify_all();
        }
    }

    /// Returns when the turn is no longer `turn`; calls `before_sleep` where it has not moved on after as many spins.
    fn wait(&self, turn: u32, spins: u32, before_sleep: impl FnOnce()) -> Waited {
        for _ in 0..spins {
            if self.now() != turn {
                return Waited::Spinning;
            }
            spin_loop();
        }
        before_sleep();
        self.sleepers.fetch_add(1, Ordering::SeqCst);
        let mut guard = self.lock.lock().unwrap_or_else(PoisonError::into_inner);
        while self.now.load(Ordering::SeqCst) == turn {
            guard = self.moved.wait(guard).unwrap_or_else(PoisonError::into_inner);
        }
        drop(guard);
        self.sleepers.fetch_sub(1, Ordering::SeqCst);
        Waited::Asleep
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicUsize;

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
    fn spins_in_vain_are_few_and_patience_comes_back() {
        let (least, most) = (*SPINS_AT_BARRIER.start(), *SPINS_AT_BARRIER.end());
        // Beside a program that has a core for itself, every second wait or so is in vain.
        let mut spins = most;
        let mut in_vain = 0;
        for _ in 0..100 {
            in_vain += spins;
            spins = Waited::Asleep.spins_after(spins);
        }
        assert!(in_vain <= most + 99 * most / IMPATIENCE, "{in_vain} turns");
        assert_eq!(spins, least.max(most / IMPATIENCE / IMPATIENCE));
        let back = (1..=10).find(|_| {
            spins = Waited::Spinning.spins_after(spins);
            spins == most
        });
        assert!(back.is_some_and(|waits| waits <= 5), "{back:?} waits");
        assert_eq!(Waited::Spinning.spins_after(most), most);
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
