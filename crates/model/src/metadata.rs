//! What Ultralytics writes into an ONNX file about the model: `names`, `task` and `kpt_shape`. Other keys, and files
//! without any, are fine.

use crate::python_literal::{numbered_names, numbers};
use crate::{CLASSES_MAX, CardError, Task};

/// What was found; `None` for what was not.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Metadata {
    pub(crate) task: Option<Task>,
    pub(crate) names: Option<Vec<String>>,
    pub(crate) keypoint_shape: Option<[usize; 2]>,
}

impl Metadata {
    pub(crate) fn read(file_name: &str, metadata: &[(String, String)]) -> Result<Self, CardError> {
        let value =
            |key: &str| metadata.iter().find(|(name, _)| name == key).map(|(_, value)| value.as_str());
        let broken = |key: &str, why: &dyn std::fmt::Display| {
            CardError::new(
                format!("{file_name}: metadata {key:?} cannot be read: {why}"),
                format!("export the model again, or take {key:?} out of its metadata"),
            )
        };
        let task = value("task")
            .map(str::parse::<Task>)
            .transpose()
            .map_err(|error| CardError::new(format!("{file_name}: metadata says {error}"), error.hint()))?;
        let names = value("names").map(class_names).transpose().map_err(|why| broken("names", &why))?;
        let keypoint_shape =
            value("kpt_shape").map(keypoint_shape).transpose().map_err(|why| broken("kpt_shape", &why))?;
        Ok(Self { task, names, keypoint_shape })
    }
}

/// The names by number, which must be 0, 1, 2 and so on.
fn class_names(text: &str) -> Result<Vec<String>, String> {
    let mut numbered = numbered_names(text).map_err(|error| error.to_string())?;
    if numbered.is_empty() || numbered.len() > CLASSES_MAX {
        return Err(format!("it names {} classes, and 1 to {CLASSES_MAX} are possible", numbered.len()));
    }
    numbered.sort_by_key(|(number, _)| *number);
    match numbered.iter().enumerate().find(|(place, (number, _))| place != number) {
        Some((place, _)) => Err(format!("class {place} is missing or named twice")),
        None => Ok(numbered.into_iter().map(|(_, name)| name).collect()),
    }
}

fn keypoint_shape(text: &str) -> Result<[usize; 2], String> {
    let shape = numbers(text).map_err(|error| error.to_string())?;
    match shape.as_slice() {
        &[keypoints @ 1..=1024, numbers @ (2 | 3)] => Ok([keypoints, numbers]),
        _ => Err(format!("{shape:?} is not [keypoints, 2 or 3 numbers each]")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(pairs: &[(&str, &str)]) -> Result<Metadata, CardError> {
        let pairs: Vec<_> = pairs.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
        Metadata::read("m.onnx", &pairs)
    }

    #[test]
    fn ultralytics_keys_are_read_and_others_skipped() {
        let found = read(&[
            ("author", "Ultralytics"),
            ("task", "pose"),
            ("names", "{1: 'b', 0: 'a'}"),
            ("kpt_shape", "[17, 3]"),
        ]);
        let names = Some(vec!["a".to_owned(), "b".to_owned()]);
        assert_eq!(found, Ok(Metadata { task: Some(Task::Pose), names, keypoint_shape: Some([17, 3]) }));
        assert_eq!(read(&[]), Ok(Metadata::default()));
    }

    #[test]
    fn broken_values_name_the_key_and_the_place() {
        for (key, value, message) in [
            ("task", "obb", "m.onnx: metadata says unknown task \"obb\""),
            ("names", "{", "m.onnx: metadata \"names\" cannot be read: at byte 1: expected a whole number"),
            (
                "names",
                "{}",
                "m.onnx: metadata \"names\" cannot be read: it names 0 classes, and 1 to 65536 are possible",
            ),
            (
                "names",
                "{1: 'a'}",
                "m.onnx: metadata \"names\" cannot be read: class 0 is missing or named twice",
            ),
            (
                "names",
                "{0: 'a', 0: 'b'}",
                "m.onnx: metadata \"names\" cannot be read: class 1 is missing or named twice",
            ),
            (
                "kpt_shape",
                "[17]",
                "m.onnx: metadata \"kpt_shape\" cannot be read: [17] is not [keypoints, 2 or 3 numbers each]",
            ),
        ] {
            assert_eq!(read(&[(key, value)]).unwrap_err().to_string(), message);
        }
    }
}
