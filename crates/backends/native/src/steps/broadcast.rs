//! Pairs of elements of dense tensors, broadcast against each other.

use std::fmt;
use std::sync::Arc;

use super::dense::{Dense, DenseF32};
use super::{Memory, Step, Worker};
use crate::kernels::elementwise::BinaryAt;
use crate::kernels::entries::Kernels;
use crate::ops::{Binary, Expand, Operator};
use crate::strided::{self, Walk};
use crate::tensor::{ElementType, Tensor, TensorType, View};

/// A run is cut for the threads where it is longer than this, in elements.
const PIECE: usize = 4096;

/// A run of so many elements keeps vectors busy.
const RUN_LONG: usize = 256;
/// A constant is not repeated to more elements than this.
const RUN_LONGEST: usize = 1 << 16;

/// Pairs of elements of two dense tensors of f32.
pub(crate) struct BroadcastStep {
    kernels: Kernels,
    binary: Binary,
    pairs: Pairs,
    out: DenseF32,
}

/// Two dense tensors, walked through side by side.
pub(crate) struct Pairs {
    sources: [Dense; 2],
    elements: usize,
    walk: Walk<2>,
}

impl Pairs {
    /// As they are broadcast to `shape`. `None` where one is walked through in a way that has no vector form.
    pub(crate) fn of(sources: [Dense; 2], shape: &[usize]) -> Option<Self> {
        let sources = sources.map(|source| lengthened(source, shape));
        let strides = [&sources[0], &sources[1]].map(|source| strided::broadcast(source.shape(), shape));
        let walk = Walk::new(shape, strides);
        let (_, steps) = walk.run();
        let elements = shape.iter().product();
        steps.iter().all(|step| matches!(step, 0 | 1)).then_some(Self { sources, elements, walk })
    }
}

impl BroadcastStep {
    pub(crate) fn new(kernels: &Kernels, binary: Binary, pairs: Pairs, out: DenseF32) -> Self {
        Self { kernels: *kernels, binary, pairs, out }
    }
}

/// A constant that is repeated in runs too short for vectors, repeated beforehand: over as many of the last axes as make
/// a run long.
fn lengthened(source: Dense, shape: &[usize]) -> Dense {
    let Dense::Constant(constant) = &source else { return source };
    let mut axis = shape.len();
    let mut run = 1;
    while axis > 0 && run < RUN_LONG {
        axis -= 1;
        run *= shape[axis];
    }
    let shape = &shape[axis..];
    let ones = constant.shape.iter().take_while(|&&size| size == 1).count();
    let own = &constant.shape[ones..];
    if run > RUN_LONGEST || own.len() > shape.len() || own == shape || own.is_empty() {
        return source;
    }
    let expand = Expand { shape: shape.to_vec() };
    let mut repeated = Tensor::zeros(&TensorType::new(ElementType::F32, shape));
    let short = View { shape: own, ..constant.view() };
    expand.run(&[short], &mut [repeated.view_mut()]);
    Dense::Constant(Arc::new(repeated))
}

impl Step for BroadcastStep {
    unsafe fn run(&self, memory: Memory<'_>, worker: Worker) {
        let Pairs { sources, elements, walk } = &self.pairs;
        let (length, steps) = walk.run();
        if *elements == 0 {
            return;
        }
        let steps = steps.map(|step| step as usize);
        let sources = [0, 1].map(|source: usize| sources[source].f32(memory));
        let out = memory.f32(self.out);
        let runs = elements / length;
        let pieces = if runs == 1 { length.div_ceil(PIECE) } else { 1 };
        let share = worker.share(runs * pieces);
        let mut run = 0;
        walk.for_each_run([0, 0], |starts| {
            for piece in 0..pieces {
                let unit = run * pieces + piece;
                if !share.contains(&unit) {
                    continue;
                }
                let first = piece * PIECE;
                let count = if pieces == 1 { length } else { PIECE.min(length - first) };
                let at = BinaryAt {
                    sources: [0, 1].map(|source: usize| {
                        sources[source].wrapping_offset(starts[source]).wrapping_add(first * steps[source])
                    }),
                    steps,
                    out: out.wrapping_add(run * length + first),
                    count,
                };
                // SAFETY: a part of a run of each tensor.
                unsafe { (self.kernels.binary)(self.binary, &at) };
            }
            run += 1;
        });
    }

    fn kernel(&self) -> &'static str {
        "combine"
    }
}

impl fmt::Debug for BroadcastStep {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "BroadcastStep({:?}, {} elements)", self.binary, self.pairs.elements)
    }
}
