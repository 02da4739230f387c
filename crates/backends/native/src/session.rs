//! One thread's way to run a plan: its memory and its team.

#[cfg(test)]
use std::ops::Range;
use std::sync::Arc;
use std::thread::{self, ThreadId};

use ocelli_engine::{EngineError, Session, Threads};
use ocelli_frame::{DataType, TensorMut, TensorView};

use crate::arena::Arena;
use crate::cores;
use crate::model::NativeModel;
use crate::plan::Port;
use crate::steps::{Memory, Worker};
use crate::team::{Member, Team};

/// Threads' scratches lie this far apart at least, so that no cache line is two threads'.
const SCRATCH_ALIGNMENT: usize = 64;

/// A plan with memory to run it in.
#[derive(Debug)]
pub(crate) struct NativeSession {
    model: Arc<NativeModel>,
    team: Team,
    /// What `bases` lie in.
    _memory: Vec<Arena>,
    bases: Bases,
    threads: usize,
    /// Where the calling thread is to run, and the one that was moved there.
    core: Option<usize>,
    moved: Option<ThreadId>,
}

/// Where the buffers begin, and at the end each thread's scratch.
#[derive(Debug)]
struct Bases(Box<[*mut u8]>);

// SAFETY: pointers into the arena that the session owns beside them.
unsafe impl Send for Bases {}
// SAFETY: as above; the plan says which thread writes where.
unsafe impl Sync for Bases {}

impl NativeSession {
    pub(crate) fn new(model: Arc<NativeModel>, threads: &Threads) -> Result<Self, EngineError> {
        let plan = &model.plan;
        let scratch_bytes = plan.scratch_bytes().next_multiple_of(SCRATCH_ALIGNMENT);
        let count = threads.count.max(1);
        let arena = Arena::new(plan.arena_bytes + scratch_bytes * count);
        let scratches = (0..count).map(|thread| plan.arena_bytes + thread * scratch_bytes);
        let offsets = plan.buffers.iter().map(|range| range.start).chain(scratches);
        let bases = Bases(offsets.map(|offset| arena.base().wrapping_add(offset)).collect());
        Self::within(vec![arena], bases, model, threads)
    }

    /// The same with every buffer and scratch in memory of its own: a sanitizer then sees who leaves one.
    #[cfg(test)]
    pub(crate) fn new_apart(model: Arc<NativeModel>, threads: &Threads) -> Result<Self, EngineError> {
        let plan = &model.plan;
        let scratches = std::iter::repeat_n(plan.scratch_bytes(), threads.count.max(1));
        let memory: Vec<_> = plan.buffers.iter().map(Range::len).chain(scratches).map(Arena::new).collect();
        let bases = Bases(memory.iter().map(Arena::base).collect());
        Self::within(memory, bases, model, threads)
    }

    fn within(
        memory: Vec<Arena>,
        bases: Bases,
        model: Arc<NativeModel>,
        threads: &Threads,
    ) -> Result<Self, EngineError> {
        let (count, core) = (threads.count.max(1), threads.cores.first().copied());
        Ok(Self {
            model,
            team: Team::new(threads)?,
            _memory: memory,
            bases,
            threads: count,
            core,
            moved: None,
        })
    }

    /// Runs the plan. Every member says its own index and the step's before each step, and at the end how many there were.
    pub(crate) fn run_telling(&self, tell: &(dyn Fn(usize, usize) + Sync)) -> Result<(), EngineError> {
        let plan = &self.model.plan;
        let (buffers, threads) = (plan.buffers.len(), self.threads);
        self.team.run(&|member: &Member<'_>| {
            // The whole of it, and not its field alone, is what may be sent.
            let bases = &self.bases;
            let memory = Memory::new(&bases.0[..buffers]);
            let worker = Worker {
                index: member.index,
                count: threads,
                scratch: bases.0[buffers + member.index].cast(),
            };
            for (index, planned) in plan.steps.iter().enumerate() {
                if index > 0 {
                    member.wait_for_all();
                }
                tell(member.index, index);
                // SAFETY: the buffers are this plan's, steps run in order, and every member does each between barriers.
                member.attempt(|| unsafe { planned.step.run(memory, worker) });
            }
            member.wait_for_all();
            tell(member.index, plan.steps.len());
        })
    }

    fn base(&self, port: &Port) -> *mut u8 {
        self.bases.0[port.buffer.0]
    }
}

impl Session for NativeSession {
    fn input(&mut self, index: usize) -> TensorMut<'_> {
        let port = &self.model.plan.inputs[index];
        let (base, count) = (self.base(port), port.spec.elements());
        // SAFETY: the plan made the buffer for this tensor, at a cache line; no run is going on while this borrow of the
        // session lives.
        unsafe {
            match port.spec.data_type {
                DataType::U8 => TensorMut::U8(std::slice::from_raw_parts_mut(base, count)),
                DataType::I8 => TensorMut::I8(std::slice::from_raw_parts_mut(base.cast(), count)),
                DataType::I32 => TensorMut::I32(std::slice::from_raw_parts_mut(base.cast(), count)),
                DataType::I64 => TensorMut::I64(std::slice::from_raw_parts_mut(base.cast(), count)),
                DataType::Bool => {
                    // Another tensor may have had this memory, and not every byte is a bool.
                    base.write_bytes(0, count);
                    TensorMut::Bool(std::slice::from_raw_parts_mut(base.cast(), count))
                }
                _ => TensorMut::F32(std::slice::from_raw_parts_mut(base.cast(), count)),
            }
        }
    }

    fn run(&mut self) -> Result<(), EngineError> {
        // The first run of a thread: it is one of the team, and stays where that belongs.
        if let Some(core) = self.core
            && self.moved != Some(thread::current().id())
        {
            cores::move_to(core)?;
            self.moved = Some(thread::current().id());
        }
        self.run_telling(&|_, _| {})
    }

    fn output(&self, index: usize) -> TensorView<'_> {
        let port = &self.model.plan.outputs[index];
        let (base, count) = (self.base(port), port.spec.elements());
        // SAFETY: the plan made the buffer for this tensor, at a cache line, and nothing writes it until the next run,
        // which needs the session for itself.
        unsafe {
            match port.spec.data_type {
                DataType::U8 => TensorView::U8(std::slice::from_raw_parts(base, count)),
                DataType::I8 => TensorView::I8(std::slice::from_raw_parts(base.cast(), count)),
                DataType::I32 => TensorView::I32(std::slice::from_raw_parts(base.cast(), count)),
                DataType::I64 => TensorView::I64(std::slice::from_raw_parts(base.cast(), count)),
                DataType::Bool => TensorView::Bool(std::slice::from_raw_parts(base.cast(), count)),
                _ => TensorView::F32(std::slice::from_raw_parts(base.cast(), count)),
            }
        }
    }
}
