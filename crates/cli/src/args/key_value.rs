//! `model=m.onnx conf=0.5 source=clip.mp4`, as Ultralytics' users type it.

use std::ffi::OsString;

/// Keys that are flags here. `source` is a positional argument; everything else is left as it is, so that a file
/// called `a=b.mp4` stays a file.
const KEYS: [&str; 18] = [
    "model", "backend", "threads", "cores", "task", "imgsz", "conf", "iou", "max_det", "classes", "sink",
    "summary", "pace", "fps", "runs", "format", "size", "card",
];

/// The arguments with every `key=value` whose key is known turned into `--key=value`.
pub fn with_key_values(arguments: impl Iterator<Item = OsString>) -> Vec<OsString> {
    arguments.map(|argument| argument.to_str().and_then(translate).unwrap_or(argument)).collect()
}

fn translate(argument: &str) -> Option<OsString> {
    let (key, value) = argument.split_once('=')?;
    if key == "source" {
        return Some(value.into());
    }
    if key == "loop" {
        return matches!(value, "true" | "True" | "1").then(|| "--loop".into());
    }
    KEYS.contains(&key).then(|| format!("--{}={value}", key.replace('_', "-")).into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn translated(arguments: &[&str]) -> Vec<OsString> {
        with_key_values(arguments.iter().map(OsString::from))
    }

    #[test]
    fn known_keys_become_flags_and_files_stay_files() {
        assert_eq!(
            translated(&["run", "source=clip.mp4", "max_det=10", "a=b.mp4", "--conf=0.3"]),
            ["run", "clip.mp4", "--max-det=10", "a=b.mp4", "--conf=0.3"]
        );
    }
}
