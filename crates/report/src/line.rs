//! One result as one line of JSONL, version 1.
//!
//! Times in milliseconds have three decimals, boxes (source pixels, top left and bottom right) three, confidences six.
//! Left out where there is nothing to say: `name`, `media_ms`, `health`, `failed`, `away`, `invalid`, `classification`. `dropped`
//! is always there, and names only the reasons that occurred since this source's previous line.

use ocelli_frame::{Away, AwayReason, ClassScore, ClockKind, Detection, FrameResult, Health};
use serde::ser::{SerializeMap, SerializeSeq};
use serde::{Serialize, Serializer};

use crate::RunLabels;
use crate::numbers::{Displayed, Reasons, millionths, ms, thousandths};

/// The version of the line, its `v`.
const VERSION: u32 = 1;

/// Appends one line, its newline included. Allocates nothing where `line` has room.
///
/// # Panics
/// Where the result's source has no name among the labels.
pub fn write_line(line: &mut Vec<u8>, labels: &RunLabels, result: &FrameResult) {
    let lost = &result.lost_since_previous;
    let failed = Reasons { counts: || lost.failed_named(), with_zeros: false };
    let form = Line {
        v: VERSION,
        source: &labels.sources[usize::from(result.source.0)],
        seq: result.sequence,
        name: result.name.as_deref(),
        captured_ns: result.captured.ns,
        clock: Displayed(result.captured.clock),
        media_ms: result.media_time_ns.map(ms),
        age_ms: ms(result.age_ns),
        size: [result.size.width, result.size.height],
        health: Some(Displayed(result.health)).filter(|_| result.health != Health::Good),
        backend: &labels.backend,
        model: &labels.model,
        stages_ms: Stages(result),
        dropped: Reasons { counts: || lost.dropped_named(), with_zeros: false },
        failed: lost.failed.iter().any(|&count| count > 0).then_some(failed),
        away: result.away.map(AwayForm::from),
        invalid: Some(result.predictions.invalid).filter(|&invalid| invalid > 0),
        detections: Detections { labels, detections: &result.predictions.detections },
        classification: Some(Classification { labels, scores: &result.predictions.classification })
            .filter(|classification| !classification.scores.is_empty()),
    };
    serde_json::to_writer(&mut *line, &form).expect("memory takes bytes, and every key is a string");
    line.push(b'\n');
}

#[derive(Serialize)]
struct Line<'a, D: Serialize, F: Serialize> {
    v: u32,
    source: &'a str,
    seq: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'a str>,
    captured_ns: u64,
    clock: Displayed<ClockKind>,
    #[serde(skip_serializing_if = "Option::is_none")]
    media_ms: Option<f64>,
    age_ms: f64,
    size: [u32; 2],
    #[serde(skip_serializing_if = "Option::is_none")]
    health: Option<Displayed<Health>>,
    backend: &'a str,
    model: &'a str,
    stages_ms: Stages<'a>,
    dropped: D,
    #[serde(skip_serializing_if = "Option::is_none")]
    failed: Option<F>,
    #[serde(skip_serializing_if = "Option::is_none")]
    away: Option<AwayForm>,
    #[serde(skip_serializing_if = "Option::is_none")]
    invalid: Option<u32>,
    detections: Detections<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    classification: Option<Classification<'a>>,
}

#[derive(Serialize)]
struct AwayForm {
    from_ns: u64,
    to_ns: u64,
    reason: Displayed<AwayReason>,
}

impl From<Away> for AwayForm {
    fn from(Away { from_ns, to_ns, reason }: Away) -> Self {
        Self { from_ns, to_ns, reason: Displayed(reason) }
    }
}

struct Stages<'a>(&'a FrameResult);

impl Serialize for Stages<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        for (name, ns) in self.0.stages.named() {
            map.serialize_entry(name, &ms(ns))?;
        }
        map.end()
    }
}

struct Detections<'a> {
    labels: &'a RunLabels,
    detections: &'a [Detection],
}

impl Serialize for Detections<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Entry<'a> {
            class_id: u32,
            class: ClassName<'a>,
            confidence: f64,
            #[serde(rename = "box")]
            box_in_source: [f64; 4],
        }
        let mut sequence = serializer.serialize_seq(Some(self.detections.len()))?;
        for Detection { class_id, confidence, box_in_source } in self.detections {
            let corners = [box_in_source.x1, box_in_source.y1, box_in_source.x2, box_in_source.y2];
            sequence.serialize_element(&Entry {
                class_id: *class_id,
                class: ClassName { labels: self.labels, class_id: *class_id },
                confidence: millionths(*confidence),
                box_in_source: corners.map(|corner| thousandths(f64::from(corner))),
            })?;
        }
        sequence.end()
    }
}

struct Classification<'a> {
    labels: &'a RunLabels,
    scores: &'a [ClassScore],
}

impl Serialize for Classification<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Entry<'a> {
            class_id: u32,
            class: ClassName<'a>,
            confidence: f64,
        }
        serializer.collect_seq(self.scores.iter().map(|score| Entry {
            class_id: score.class_id,
            class: ClassName { labels: self.labels, class_id: score.class_id },
            confidence: millionths(score.confidence),
        }))
    }
}

struct ClassName<'a> {
    labels: &'a RunLabels,
    class_id: u32,
}

impl Serialize for ClassName<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.labels.classes.get(self.class_id as usize) {
            Some(name) => serializer.serialize_str(name),
            None => serializer.collect_str(&self.class_id),
        }
    }
}
