//! mAP on 64 COCO validation pictures, against figures from another implementation from end to end.

use serde_json::{Map, Value, json};

use super::context::Context;
use super::series::rounded;
use crate::error::ChoreError;

const IMAGES: &str = "media/coco_val64";
const LABELS: &str = "labels/coco_val64";

/// A model and its reference by ONNX Runtime and pycocotools on the same pictures: bilinear resize without
/// antialiasing, every class of an anchor, conf 0.001, IoU 0.7.
struct Reference {
    model: &'static str,
    map: f64,
    map50: f64,
}

const REFERENCES: [Reference; 3] = [
    Reference { model: "yolov8n_640_fp32", map: 0.4589, map50: 0.6220 },
    Reference { model: "yolov8n_320_fp32", map: 0.3826, map50: 0.5309 },
    Reference { model: "yolox_nano_416_fp32", map: 0.3471, map50: 0.5114 },
];

/// Evaluates each model once: the answer has no noise in it.
pub fn run(context: &Context) -> Result<Value, ChoreError> {
    let (images, labels) = (context.asset(IMAGES)?, context.asset(LABELS)?);
    let mut commands = Map::new();
    let mut models = Map::new();
    for reference in &REFERENCES {
        let model = context.asset(&format!("models/{}.onnx", reference.model))?;
        let call =
            context.ocelli().arg("eval").arg(&images).arg(&labels).arg("--model").arg(model).arg("--json");
        let answer = call.run_json()?;
        let (map, map50) = (call.number(&answer, "map")?, call.number(&answer, "map50")?);
        commands.insert(reference.model.to_owned(), json!(call.line()));
        models.insert(reference.model.to_owned(), compared(reference, map, map50, &answer));
    }
    Ok(json!({ "commands": commands, "models": models }))
}

fn compared(reference: &Reference, map: f64, map50: f64, answer: &Value) -> Value {
    json!({
        "map": rounded(map),
        "map50": rounded(map50),
        "reference_map": reference.map,
        "reference_map50": reference.map50,
        "map_minus_reference": rounded(map - reference.map),
        "map50_minus_reference": rounded(map50 - reference.map50),
        "images": answer.get("images"),
        "backend": answer.get("backend"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lower_map_shows_as_a_negative_difference() {
        let figures = compared(&REFERENCES[0], 0.4489, 0.6220, &json!({ "images": 64 }));
        assert_eq!(figures["map_minus_reference"], json!(-0.01));
        assert_eq!(figures["map50_minus_reference"], json!(0.0));
        assert_eq!((&figures["images"], &figures["backend"]), (&json!(64), &Value::Null));
    }
}
