//! Transposes and parts of dense tensors of 4-byte elements.

use super::{BufferId, Memory, Step, Worker};
use crate::strided::Walk;

/// An output written in order, its elements picked from a tensor in strides.
#[derive(Debug)]
pub(crate) struct MoveStep {
    source: BufferId,
    out: BufferId,
    /// Elements of the output.
    elements: usize,
    walk: Walk<1>,
    /// Where the first element lies in the source.
    start: usize,
}

impl MoveStep {
    /// A walk over an output of `elements`, from `start` in the source on.
    pub(crate) fn new([source, out]: [BufferId; 2], elements: usize, walk: Walk<1>, start: usize) -> Self {
        Self { source, out, elements, walk, start }
    }
}

impl Step for MoveStep {
    unsafe fn run(&self, memory: Memory<'_>, worker: Worker) {
        let (length, [stride]) = self.walk.run();
        if self.elements == 0 {
            return;
        }
        let source = memory.base(self.source).cast::<u32>();
        let out = memory.base(self.out).cast::<u32>();
        let share = worker.share(self.elements / length);
        let mut run = 0;
        self.walk.for_each_run([self.start as isize], |[at]| {
            if share.contains(&run) {
                // SAFETY: the walk stays in the source, and this is a run of the output that no other worker writes.
                unsafe {
                    let (from, to) = (source.offset(at), out.add(run * length));
                    if stride == 1 {
                        to.copy_from_nonoverlapping(from, length);
                    } else {
                        for index in 0..length {
                            *to.add(index) = *from.offset(index as isize * stride);
                        }
                    }
                }
            }
            run += 1;
        });
    }

    fn kernel(&self) -> &'static str {
        "move"
    }
}
