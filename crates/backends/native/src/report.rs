//! A plan for people: what each step is, what it costs, and how near it comes to what the machine can do.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use ocelli_engine::{EngineError, LoadOptions, ModelFile, Threads};
use ocelli_frame::Clock;

use crate::Native;
use crate::kernels::entries::{Kernels, TileShape};
use crate::kernels::finish::Finish;
use crate::kernels::simd::LANES;
use crate::kernels::tile::{TileAt, Tiles};
use crate::model::{self, NativeModel};
use crate::session::NativeSession;
use crate::team::{Member, Team};

/// Runs that are timed; of each step the shortest time counts.
const TIMED_RUNS: usize = 20;
/// Tiles of a measurement of the machine's peak: some milliseconds.
const PEAK_TILES: usize = 5_000;
/// Steps of one of those tiles: its weights and pixels fit a core's nearest cache.
const PEAK_STEPS: usize = 128;

/// A plan, told.
#[derive(Clone, Debug)]
pub struct PlanReport {
    /// The instruction set of its kernels.
    pub isa: String,
    /// In the order they run.
    pub steps: Vec<StepReport>,
    /// Bytes that inputs, outputs and all between them share.
    pub arena_bytes: usize,
    /// Bytes that each thread has beside that.
    pub scratch_bytes: usize,
    /// Multiplications with accumulation a second that all the threads together reach at most, where steps were timed.
    pub peak_macs_per_second: Option<f64>,
}

/// A step of a plan.
#[derive(Clone, Debug)]
pub struct StepReport {
    /// The node of the file that it does, the last one where it does several.
    pub node: String,
    /// What it makes.
    pub made: String,
    /// What does it.
    pub kernel: &'static str,
    /// Multiplications with accumulation that its definition has.
    pub macs: u64,
    /// Bytes of packed weights.
    pub weight_bytes: usize,
    /// The shortest time that it took, where steps were timed.
    pub time_ns: Option<u64>,
}

impl Native {
    /// Compiles a model and tells its plan; with `timed` also how long its steps take on those threads, by that clock.
    ///
    /// # Errors
    /// As for loading the model and opening a session.
    pub fn report(
        &self,
        file: ModelFile<'_>,
        options: &LoadOptions,
        timed: Option<(&Threads, &dyn Clock)>,
    ) -> Result<PlanReport, EngineError> {
        let kernels = Kernels::of(self.isa);
        let model = Arc::new(model::load(file, options, &kernels, &self.options)?);
        let plan = &model.plan;
        let steps = plan.steps.iter().map(|planned| StepReport {
            node: planned.name.clone(),
            made: planned.made.clone(),
            kernel: planned.step.kernel(),
            macs: planned.step.macs(),
            weight_bytes: planned.step.weight_bytes(),
            time_ns: None,
        });
        let mut report = PlanReport {
            isa: self.isa.to_string(),
            steps: steps.collect(),
            arena_bytes: plan.arena_bytes,
            scratch_bytes: plan.scratch_bytes(),
            peak_macs_per_second: None,
        };
        if let Some((threads, clock)) = timed {
            for (step, time_ns) in report.steps.iter_mut().zip(times(&model, threads, clock)?) {
                step.time_ns = Some(time_ns);
            }
            report.peak_macs_per_second = Some(peak(&kernels, threads, clock)?);
        }
        Ok(report)
    }
}

/// The shortest time of each step, barriers included.
fn times(model: &Arc<NativeModel>, threads: &Threads, clock: &dyn Clock) -> Result<Vec<u64>, EngineError> {
    let session = NativeSession::new(Arc::clone(model), threads)?;
    let starts: Vec<_> = (0..=model.plan.steps.len()).map(|_| AtomicU64::new(0)).collect();
    let mut shortest = vec![u64::MAX; model.plan.steps.len()];
    for _ in 0..TIMED_RUNS {
        session.run_telling(&|member, step| {
            if member == 0 {
                starts[step].store(clock.now_ns(), Ordering::Relaxed);
            }
        })?;
        for (index, shortest) in shortest.iter_mut().enumerate() {
            let [start, end] = [index, index + 1].map(|step| starts[step].load(Ordering::Relaxed));
            *shortest = (*shortest).min(end - start);
        }
    }
    Ok(shortest)
}

/// What the tile itself reaches where everything lies at hand, on all threads at once.
fn peak(kernels: &Kernels, threads: &Threads, clock: &dyn Clock) -> Result<f64, EngineError> {
    let pixels = kernels.accumulators.min(14);
    let shape = TileShape { pixels, blocks: 1, stride: LANES, run: LANES };
    let tile = kernels.tile(shape).expect("a tile as wide as the registers hold");
    let finish = Finish { stores_sums: true, out_pixel_stride: LANES, ..Finish::default() };
    let taps = (0..PEAK_STEPS / LANES).map(|tap| (tap * pixels * LANES) as u32);
    let tiles = Tiles { taps: taps.collect(), run: LANES, stride: LANES, finish };
    let team = Team::new(threads)?;
    let (start, end) = (AtomicU64::new(u64::MAX), AtomicU64::new(0));
    team.run(&|member: &Member<'_>| {
        let source = vec![0.5f32; PEAK_STEPS * pixels];
        let weights = vec![0.5f32; PEAK_STEPS * LANES];
        let mut out = vec![0.0f32; pixels * LANES];
        let at = TileAt {
            source: source.as_ptr(),
            weights: weights.as_ptr(),
            biases: std::ptr::null(),
            out: out.as_mut_ptr(),
            residual: std::ptr::null(),
            last_channels: LANES,
        };
        member.wait_for_all();
        start.fetch_min(clock.now_ns(), Ordering::Relaxed);
        for _ in 0..PEAK_TILES {
            // SAFETY: vectors as long as the tile's steps, pixels and channels are many.
            unsafe { tile(&tiles, &at) };
        }
        end.fetch_max(clock.now_ns(), Ordering::Relaxed);
    })?;
    let seconds = (end.into_inner() - start.into_inner()).max(1) as f64 * 1e-9;
    let macs = PEAK_TILES * PEAK_STEPS * pixels * LANES * threads.count.max(1);
    Ok(macs as f64 / seconds)
}
