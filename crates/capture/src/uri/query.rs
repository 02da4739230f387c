//! What stands behind the `?` of a source: `key=value` pairs, whose keys are all known or an error.

use ocelli_frame::Size;

use crate::{SourceError, SourceErrorKind};

/// Hands each pair to `take`, which answers false for a key it does not know. `known` is the list for the error.
pub(super) fn each_pair(
    query: &str,
    known: &str,
    mut take: impl FnMut(&str, &str) -> Result<bool, SourceError>,
) -> Result<(), SourceError> {
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let Some((key, value)) = pair.split_once('=') else {
            return Err(bad(
                format!("`{pair}` has no value"),
                format!("write it as `{pair}=…`; known: {known}"),
            ));
        };
        if !take(key, value)? {
            return Err(bad(format!("unknown option `{key}`"), format!("known: {known}")));
        }
    }
    Ok(())
}

/// A text that is not a source.
pub(super) fn bad(message: impl Into<String>, hint: impl Into<String>) -> SourceError {
    SourceError::new(SourceErrorKind::BadUri, message, hint)
}

/// `640x480`.
pub(super) fn size(key: &str, value: &str) -> Result<Size, SourceError> {
    let sides = value.split_once(['x', 'X']);
    let parsed = sides
        .and_then(|(width, height)| Some(Size { width: width.parse().ok()?, height: height.parse().ok()? }));
    parsed
        .filter(|size| size.width > 0 && size.height > 0)
        .ok_or_else(|| bad(format!("`{key}={value}` is not a size"), "write it as `640x480`"))
}

/// Frames a second: more than nothing, and at most `FPS_MAX`.
pub(super) fn fps(key: &str, value: &str) -> Result<f64, SourceError> {
    const FPS_MAX: f64 = 1000.0;
    let parsed = value.parse().ok().filter(|fps| *fps > 0.0 && *fps <= FPS_MAX);
    parsed.ok_or_else(|| {
        let hint = format!("write it as `30` or `29.97`, up to {FPS_MAX}");
        bad(format!("`{key}={value}` is not a number of frames a second"), hint)
    })
}

/// Seconds, up to `SECONDS_MAX`, as nanoseconds to the next thousandth of a second.
pub(super) fn nanoseconds(key: &str, value: &str) -> Result<u64, SourceError> {
    const SECONDS_MAX: f64 = 1e9;
    let parsed = value.parse().ok().filter(|seconds: &f64| (0.0..=SECONDS_MAX).contains(seconds));
    parsed.map(|seconds| (seconds * 1e3).round() as u64 * 1_000_000).ok_or_else(|| {
        bad(
            format!("`{key}={value}` is no time"),
            format!("write it in seconds: `{key}=2.5`; at most {SECONDS_MAX}"),
        )
    })
}

/// A whole number.
pub(super) fn number(key: &str, value: &str) -> Result<u64, SourceError> {
    value.parse().map_err(|_| bad(format!("`{key}={value}` is not a whole number"), "write it as `300`"))
}

/// A whole number, which may be negative.
pub(super) fn whole(key: &str, value: &str) -> Result<i64, SourceError> {
    value.parse().map_err(|_| bad(format!("`{key}={value}` is not a whole number"), "write it as `-3`"))
}
