//! A sink that writes nothing: it compares each result with the scene's truth about the very same frame.

use std::sync::{Arc, Mutex, PoisonError};

use ocelli_capture::synthetic::Scene;
use ocelli_pipeline::{Delivery, Demand, Sink, SinkError};

use super::score::Score;

/// The sink.
pub struct ScoreSink {
    scene: Scene,
    score: Arc<Mutex<Score>>,
}

impl ScoreSink {
    /// A sink, and the score that it keeps.
    pub fn new(scene: Scene) -> (Self, Arc<Mutex<Score>>) {
        let score = Arc::new(Mutex::new(Score::default()));
        (Self { scene, score: Arc::clone(&score) }, score)
    }
}

impl Sink for ScoreSink {
    fn name(&self) -> &str {
        "score"
    }

    fn demand(&self) -> (Demand, bool) {
        (Demand::Every, false)
    }

    fn write(&mut self, delivery: &Delivery) -> Result<(), SinkError> {
        let result = &delivery.result;
        let truth = self.scene.truth(result.sequence);
        let mut score = self.score.lock().unwrap_or_else(PoisonError::into_inner);
        score.count(&result.predictions.detections, &truth);
        Ok(())
    }

    fn finish(&mut self) -> Result<(), SinkError> {
        Ok(())
    }
}
