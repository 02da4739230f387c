//! The summary of a real, small run.

mod support;

use std::sync::Arc;
use std::time::Duration;

use ocelli_capture::{Next, Pace, Source, SourceError, SourceErrorKind, SourceInfo};
use ocelli_frame::{PixelFormat, Size};
use ocelli_pipeline::{Pipeline, Stop};
use ocelli_predict::Fake;
use ocelli_record::{parse_sink, summary_of};
use ocelli_report::MemoryUse;
use ocelli_testkit::{ManualClock, frame_from};
use serde_json::{Value, json};
use support::{labels, scratch};

/// Three frames, then an error.
struct Short(SourceInfo, u8);

impl Source for Short {
    fn info(&self) -> &SourceInfo {
        &self.0
    }

    fn next(&mut self, _timeout: Duration) -> Result<Next, SourceError> {
        self.1 += 1;
        if self.1 > 3 {
            return Err(SourceError::new(SourceErrorKind::Unplugged, "cam: it is gone", "plug it in"));
        }
        Ok(Next::Frame(frame_from(PixelFormat::Grey, Size { width: 4, height: 4 }, 0, |_, _, _| 0)))
    }
}

#[test]
fn a_run_is_summed_up_with_its_errors() {
    let clock = Arc::new(ManualClock::default());
    let predictor = Fake::new(Arc::clone(&clock) as _, Duration::from_millis(5), Vec::new());
    let mut pipeline = Pipeline::new(clock, Box::new(predictor), 0, Stop::default());
    let info = SourceInfo { name: "other name".into(), size: None, fps: None, frames: None, pace: Pace::Max };
    pipeline.add_source(Box::new(Short(info, 0)));
    let labels = Arc::new(labels());
    let spec = format!("jsonl:{}/out.jsonl", scratch("summed").display());
    pipeline.add_sink(parse_sink(&spec).unwrap().open(&labels).unwrap());
    let outcome = pipeline.run();
    let memory = MemoryUse { peak_bytes: 5, faults_major: 6, faults_minor: 7 };

    let summary: Value = serde_json::from_slice(&summary_of(&outcome, &labels, memory).to_json()).unwrap();
    let mut account = json!({
        "captured": 3, "emitted": 3, "in_flight": 0,
        "dropped": { "superseded": 0, "sink": 0, "shutdown": 0, "driver": 0, "corrupt": 0, "frozen": 0, "paused": 0, "rate": 0 },
        "failed": { "lost": 0, "inference": 0, "write": 0 },
    });
    assert_eq!(summary["sinks"], json!({ spec: account }));
    (account["away"], account["copied"]) = (json!({ "times": 0, "ms": 0.0 }), json!(0));
    assert_eq!(summary["sources"], json!({ "scene": account }));
    assert_eq!(summary["errors"], json!(["cam: it is gone (hint: plug it in)"]));
    assert_eq!(summary["page_faults"], json!({ "major": 6, "minor": 7 }));
    let inference_ms = summary["stages_ms"]["inference"]["p50"].as_f64().unwrap();
    assert!((inference_ms - 5.0).abs() < 0.01, "{inference_ms}");
    assert!((summary["wall_s"].as_f64().unwrap() - 0.015).abs() < 1e-9, "{summary}");
}
