//! A predictor that takes its time and then says what it was told to: for measuring everything around inference.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use ocelli_frame::{Clock, Detection, Predictions, StageTimes};

use crate::{Job, Next, Predictor};

/// Sleeps `inference` on the run's clock for each frame, then gives the same scripted detections. It works on its
/// jobs one after the other, in order, and takes `capacity` of them.
#[derive(Debug)]
pub struct Fake {
    name: String,
    clock: Arc<dyn Clock>,
    inference: Duration,
    detections: Vec<Detection>,
    capacity: usize,
    jobs: VecDeque<Job>,
}

impl Fake {
    /// A fake that says `detections` of every frame, `inference` after it was asked.
    pub fn new(clock: Arc<dyn Clock>, inference: Duration, detections: Vec<Detection>) -> Self {
        let name = format!("fake:{}ms", inference.as_millis());
        Self { name, clock, inference, detections, capacity: 1, jobs: VecDeque::with_capacity(1) }
    }

    /// A predictor that finds nothing and takes no time: for runs without a model.
    pub fn silent(clock: Arc<dyn Clock>) -> Self {
        Self { name: "none".to_owned(), ..Self::new(clock, Duration::ZERO, Vec::new()) }
    }

    /// The same, taking several jobs at once.
    #[must_use]
    pub fn with_capacity(mut self, capacity: usize) -> Self {
        self.capacity = capacity.max(1);
        self.jobs.reserve(self.capacity);
        self
    }
}

impl Predictor for Fake {
    fn name(&self) -> &str {
        &self.name
    }

    fn capacity(&self) -> usize {
        self.capacity
    }

    fn submit(&mut self, job: Job) -> Result<(), Job> {
        if self.jobs.len() == self.capacity {
            return Err(job);
        }
        self.jobs.push_back(job);
        Ok(())
    }

    fn next(&mut self, _timeout: Duration, predictions: &mut Predictions) -> Next {
        let Some(job) = self.jobs.pop_front() else { return Next::TimedOut };
        let start_ns = self.clock.now_ns();
        if !self.inference.is_zero() {
            self.clock.sleep_until_ns(start_ns + self.inference.as_nanos() as u64);
        }
        predictions.clear();
        let size = job.frame.info().size;
        predictions.detections.extend(self.detections.iter().filter_map(|scripted| {
            let box_in_source = scripted.box_in_source.clipped(size);
            (box_in_source.area() > 0.0).then_some(Detection { box_in_source, ..*scripted })
        }));
        let inference_ns = self.clock.now_ns() - start_ns;
        Next::Done(job, Ok(StageTimes { inference_ns, ..StageTimes::default() }))
    }
}
