//! Average precision: the area under the curve of precision over recall, read at 101 recalls, for ten thresholds of
//! overlap, averaged over all of these and over the classes that are there.

use std::collections::BTreeMap;

use crate::matching::{FOUND_MAX, Hit, THRESHOLDS, match_picture};
use crate::{GroundTruth, ScoredBox};

/// Recalls at which precision is read: 0.00, 0.01 … 1.00.
const RECALLS: usize = 101;

/// COCO's figures for boxes, all areas, at most 100 boxes of a class in a picture.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct MeanAveragePrecision {
    /// mAP50-95, 0..=1: over overlaps 0.50, 0.55 … 0.95. 0 where there is no ground truth (`per_class` is empty then).
    pub map: f64,
    /// mAP50, 0..=1: at an overlap of 0.50.
    pub map50: f64,
    /// By ascending class id: the classes that have ground truth. Others do not count.
    pub per_class: Vec<ClassPrecision>,
}

/// One class's figures.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ClassPrecision {
    /// Which class.
    pub class_id: u32,
    /// Its true boxes.
    pub truths: usize,
    /// Average precision over overlaps 0.50, 0.55 … 0.95.
    pub map: f64,
    /// Average precision at an overlap of 0.50.
    pub map50: f64,
}

/// Counts as pycocotools' `COCOeval(…, "bbox")` does where nothing is a crowd: pictures in the order of their ids, equal
/// confidences in the order in which they are given.
pub fn mean_average_precision(truth: &[GroundTruth], found: &[ScoredBox]) -> MeanAveragePrecision {
    let mut classes: BTreeMap<u32, Class<'_>> = BTreeMap::new();
    for truth in truth {
        let class = classes.entry(truth.class_id).or_default();
        class.truths += 1;
        class.pictures.entry(truth.image_id).or_default().truth.push(truth);
    }
    for found in found {
        // A class without ground truth has no recall to speak of.
        if let Some(class) = classes.get_mut(&found.class_id) {
            class.pictures.entry(found.image_id).or_default().found.push(found);
        }
    }
    let per_class: Vec<_> = classes.into_iter().map(|(class_id, class)| class.precision(class_id)).collect();
    let mean = |of: fn(&ClassPrecision) -> f64| {
        per_class.iter().map(of).sum::<f64>() / per_class.len().max(1) as f64
    };
    MeanAveragePrecision { map: mean(|class| class.map), map50: mean(|class| class.map50), per_class }
}

#[derive(Default)]
struct Class<'a> {
    truths: usize,
    pictures: BTreeMap<u64, Picture<'a>>,
}

#[derive(Default)]
struct Picture<'a> {
    truth: Vec<&'a GroundTruth>,
    found: Vec<&'a ScoredBox>,
}

impl Class<'_> {
    fn precision(self, class_id: u32) -> ClassPrecision {
        let mut hits = Vec::new();
        for mut picture in self.pictures.into_values() {
            picture.found.sort_by(|a, b| surest_first(a.confidence, b.confidence));
            picture.found.truncate(FOUND_MAX);
            match_picture(&picture.truth, &picture.found, &mut hits);
        }
        hits.sort_by(|a, b| surest_first(a.confidence, b.confidence));
        let averages: [f64; THRESHOLDS] =
            std::array::from_fn(|index| average_precision(&hits, index, self.truths));
        let map = averages.iter().sum::<f64>() / THRESHOLDS as f64;
        ClassPrecision { class_id, truths: self.truths, map, map50: averages[0] }
    }
}

/// A total order: NaN last, and zeros of either sign equal.
fn surest_first(a: f32, b: f32) -> std::cmp::Ordering {
    let comparable = |confidence: f32| if confidence.is_nan() { f32::NEG_INFINITY } else { confidence + 0.0 };
    comparable(b).total_cmp(&comparable(a))
}

/// The mean, over the 101 recalls, of the best precision at that recall or a higher one; 0 where it is never reached.
/// `hits` is sorted, the surest first.
fn average_precision(hits: &[Hit], threshold: usize, truths: usize) -> f64 {
    let (mut right, mut wrong) = (0u32, 0u32);
    let mut curve: Vec<(f64, f64)> = hits
        .iter()
        .map(|hit| {
            *(if hit.is_right[threshold] { &mut right } else { &mut wrong }) += 1;
            let (right, wrong) = (f64::from(right), f64::from(wrong));
            (right / truths as f64, right / (right + wrong + f64::EPSILON))
        })
        .collect();
    let mut best_after = 0.0f64;
    for (_, precision) in curve.iter_mut().rev() {
        best_after = best_after.max(*precision);
        *precision = best_after;
    }
    let at_recall = |index: usize| {
        let recall = if index == RECALLS - 1 { 1.0 } else { index as f64 * 0.01 };
        let place = curve.partition_point(|(reached, _)| *reached < recall);
        curve.get(place).map_or(0.0, |(_, precision)| *precision)
    };
    (0..RECALLS).map(at_recall).sum::<f64>() / RECALLS as f64
}
