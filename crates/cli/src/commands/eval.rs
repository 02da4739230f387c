//! `ocelli eval`: a model over labelled pictures, and how right it was.

use std::fs;
use std::io::ErrorKind;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use ocelli_eval::{GroundTruth, MeanAveragePrecision, ScoredBox, mean_average_precision, parse_yolo_labels};
use ocelli_frame::{Detection, Size};
use ocelli_pipeline::{Delivery, Demand, OnFrozen, Sink, SinkError};
use ocelli_postprocess::Settings;
use ocelli_report::{RunLabels, image_id};
use serde_json::json;

use crate::args::{EvalArguments, PlayArguments};
use crate::failure::Failure;
use crate::wiring::{Assembly, Order, failures_of, settings};

/// Runs the model over every picture at validation settings and counts as pycocotools does.
pub fn run(arguments: &EvalArguments) -> Result<(), Failure> {
    if !arguments.labels.is_dir() {
        return Err(Failure::new(
            format!("{}: not a folder", arguments.labels.display()),
            "labels are a folder of YOLO text files, named as the pictures",
        ));
    }
    let mut assembly = Assembly::new(Order {
        sources: std::slice::from_ref(&arguments.images),
        model: &arguments.model,
        settings: settings(&arguments.settings, Settings::evaluation()),
        play: &PlayArguments::once(),
        on_frozen: OnFrozen::default(),
        infer_fps: None,
        pixel_sinks: 0,
        frames_watched: 0,
        quiet: arguments.json,
    })?;
    let pictures = Arc::new(Mutex::new(Vec::new()));
    assembly.add_sink(Box::new(Collector { pictures: Arc::clone(&pictures) }), None);
    let labels = Arc::clone(&assembly.labels);
    let outcome = assembly.run()?;
    if let Some(failure) = Failure::several(failures_of(&outcome)) {
        return Err(failure);
    }
    if outcome.stopped {
        return Err(Failure::new(
            "stopped before the last picture",
            "figures need every picture: let it run",
        ));
    }
    let pictures = std::mem::take(&mut *pictures.lock().unwrap_or_else(PoisonError::into_inner));
    let accuracy = accuracy(&pictures, &arguments.labels)?;
    tell(&accuracy, pictures.len(), &labels, arguments.json);
    Ok(())
}

/// One picture and what was found in it.
#[derive(Debug)]
struct Picture {
    image_id: u64,
    name: Arc<str>,
    size: Size,
    detections: Vec<Detection>,
}

/// A sink that keeps everything.
struct Collector {
    pictures: Arc<Mutex<Vec<Picture>>>,
}

impl Sink for Collector {
    fn name(&self) -> &str {
        "eval"
    }

    fn demand(&self) -> (Demand, bool) {
        (Demand::Every, false)
    }

    fn write(&mut self, delivery: &Delivery) -> Result<(), SinkError> {
        let result = &delivery.result;
        let Some(name) = result.name.clone() else {
            return Err(SinkError::new("frames without a name", "eval wants a folder of pictures"));
        };
        self.pictures.lock().unwrap_or_else(PoisonError::into_inner).push(Picture {
            image_id: image_id(result),
            name,
            size: result.size,
            detections: result.predictions.detections.clone(),
        });
        Ok(())
    }

    fn finish(&mut self) -> Result<(), SinkError> {
        Ok(())
    }
}

/// Reads each picture's labels and compares. A picture without a label file has no objects.
fn accuracy(pictures: &[Picture], labels: &Path) -> Result<MeanAveragePrecision, Failure> {
    let (mut truth, mut found) = (Vec::new(), Vec::new());
    let mut label_files = 0;
    for picture in pictures {
        let stem = Path::new(&*picture.name).file_stem().unwrap_or_default();
        let path = labels.join(stem).with_extension("txt");
        let text = match fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == ErrorKind::NotFound => continue,
            Err(error) => {
                return Err(Failure::new(format!("{}: {error}", path.display()), "labels are text files"));
            }
        };
        label_files += 1;
        let objects = parse_yolo_labels(&text)
            .map_err(|error| Failure::new(format!("{}: {error}", path.display()), error.hint()))?;
        truth.extend(objects.into_iter().map(|object| GroundTruth {
            image_id: picture.image_id,
            class_id: object.class_id,
            box_in_source: object.box_in_source(picture.size),
        }));
    }
    if label_files == 0 {
        return Err(Failure::new(
            format!("{}: no label file for any of {} pictures", labels.display(), pictures.len()),
            "a picture 0001.jpg has its labels in 0001.txt",
        ));
    }
    for picture in pictures {
        found.extend(picture.detections.iter().map(|detection| ScoredBox {
            image_id: picture.image_id,
            class_id: detection.class_id,
            confidence: detection.confidence,
            box_in_source: detection.box_in_source,
        }));
    }
    Ok(mean_average_precision(&truth, &found))
}

fn tell(accuracy: &MeanAveragePrecision, images: usize, labels: &RunLabels, as_json: bool) {
    let MeanAveragePrecision { map, map50, .. } = accuracy;
    let RunLabels { model, backend, .. } = labels;
    if as_json {
        let figures =
            json!({ "map": map, "map50": map50, "images": images, "model": model, "backend": backend });
        println!("{figures}");
    } else {
        println!("mAP50-95 {map:.4}   mAP50 {map50:.4}   {images} pictures   {model} on {backend}");
    }
}
