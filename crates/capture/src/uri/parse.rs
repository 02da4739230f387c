//! From text to [`SourceUri`]: the order in which the readings are tried.

use std::fs;
use std::path::Path;

use super::device::{is_camera, is_number};
use super::query::{bad, each_pair, fps, number, size};
use super::secret::{SecretUrl, redact};
use super::{DeviceUri, SourceUri};
use crate::SourceError;
use crate::synthetic::SceneOptions;

const SCHEMES: &str = "file:, v4l2:, rtsp://, rtsps://, http://, https://, synthetic:";
const SCENE_OPTIONS: &str = "size=WxH, fps=F, frames=N, objects=N, seed=N";

/// What is on disk under a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnDisk {
    /// A file.
    File,
    /// A folder.
    Folder,
    /// A character device: a camera.
    Device,
}

impl OnDisk {
    /// Asks the file system. `None` where there is nothing, or nothing that may be seen.
    pub fn look(path: &Path) -> Option<Self> {
        let kind = fs::metadata(path).ok()?.file_type();
        #[cfg(unix)]
        if std::os::unix::fs::FileTypeExt::is_char_device(&kind) {
            return Some(Self::Device);
        }
        Some(if kind.is_dir() { Self::Folder } else { Self::File })
    }
}

impl SourceUri {
    /// Reads a source text. Looks on disk whether the text as a whole is a path, and does nothing else to it.
    ///
    /// # Errors
    /// [`SourceErrorKind::BadUri`](crate::SourceErrorKind::BadUri), with what is known as the hint.
    pub fn parse(text: &str) -> Result<Self, SourceError> {
        Self::parse_with(text, OnDisk::look)
    }

    /// As [`SourceUri::parse`], asking `on_disk` instead of the disk.
    ///
    /// # Errors
    /// As there.
    pub fn parse_with(text: &str, on_disk: impl Fn(&Path) -> Option<OnDisk>) -> Result<Self, SourceError> {
        if text.is_empty() {
            return Err(bad(
                "an empty source",
                "give a path, a camera's number, or one of: ".to_owned() + SCHEMES,
            ));
        }
        if let Some(found) = on_disk(Path::new(text)) {
            return Ok(by_disk(text, found));
        }
        let Some((scheme, rest)) = split_scheme(text) else { return Ok(by_text(text)) };
        match scheme.to_ascii_lowercase().as_str() {
            "file" => {
                let path = rest.strip_prefix("//").unwrap_or(rest);
                if path.is_empty() {
                    return Err(bad("`file:` without a path", "write it as `file:clip.mp4`"));
                }
                Ok(on_disk(Path::new(path)).map_or_else(|| by_path(path), |found| by_disk(path, found)))
            }
            "v4l2" => Ok(Self::Device(DeviceUri::parse(rest)?)),
            "rtsp" | "rtsps" => url(text, rest).map(Self::Rtsp),
            "http" | "https" => url(text, rest).map(Self::Http),
            "synthetic" => scene(rest).map(Self::Synthetic),
            _ => Err(bad(format!("unknown kind of source `{}`", redact(text)), format!("known: {SCHEMES}"))),
        }
    }
}

/// What stands before a `:` that makes a scheme: two letters or more, and none of a path's `/`. Text such as
/// `a:b.mp4` has none that is known, and no `//`: it is a path.
fn split_scheme(text: &str) -> Option<(&str, &str)> {
    let (scheme, rest) = text.split_once(':')?;
    let is_name = scheme.len() > 1
        && scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte));
    let known = ["file", "v4l2", "synthetic"].iter().any(|known| scheme.eq_ignore_ascii_case(known));
    (is_name && (known || rest.starts_with("//"))).then_some((scheme, rest))
}

fn by_disk(path: &str, found: OnDisk) -> SourceUri {
    match found {
        OnDisk::Folder => SourceUri::Folder(path.into()),
        OnDisk::Device => SourceUri::Device(DeviceUri::at(path)),
        OnDisk::File => by_ending(path),
    }
}

/// Whether a path means itself without `file:` in front.
pub(super) fn is_plain_path(path: &str) -> bool {
    split_scheme(path).is_none() && !is_number(path) && !is_camera(path)
}

/// A text that is no path on disk and has no scheme.
fn by_text(text: &str) -> SourceUri {
    match text {
        number if is_number(number) => SourceUri::Device(DeviceUri::at(format!("/dev/video{number}"))),
        camera if is_camera(camera) => SourceUri::Device(DeviceUri::at(camera)),
        path => by_path(path),
    }
}

/// A path that is not on disk, or a pattern of paths.
fn by_path(path: &str) -> SourceUri {
    if path.contains(['*', '?', '[']) {
        return SourceUri::Glob(path.to_owned());
    }
    if path.ends_with('/') { SourceUri::Folder(path.into()) } else { by_ending(path) }
}

fn by_ending(path: &str) -> SourceUri {
    let ending = Path::new(path).extension().map(|ending| ending.to_string_lossy().to_ascii_lowercase());
    match ending.as_deref() {
        Some("jpg" | "jpeg" | "png") => SourceUri::Image(path.into()),
        _ => SourceUri::Video(path.into()),
    }
}

fn url(text: &str, rest: &str) -> Result<SecretUrl, SourceError> {
    let host = rest.strip_prefix("//").unwrap_or("");
    if host.is_empty() || host.starts_with('/') || text.contains(char::is_whitespace) {
        return Err(bad(
            format!("`{}` is not an address", redact(text)),
            "write it as `rtsp://host:554/path`",
        ));
    }
    Ok(SecretUrl::new(text))
}

/// `rest` is what stands behind `synthetic:`.
fn scene(rest: &str) -> Result<SceneOptions, SourceError> {
    let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
    if !path.trim_start_matches('/').is_empty() {
        let hint = format!("write it as `synthetic:?size=640x480`; known: {SCENE_OPTIONS}");
        return Err(bad(format!("`synthetic:` has no `{path}`"), hint));
    }
    let mut options = SceneOptions::default();
    each_pair(query, SCENE_OPTIONS, |key, value| {
        match key {
            "size" => options.size = size(key, value)?,
            "fps" => options.fps = fps(key, value)?,
            "frames" => options.frames = Some(number(key, value)?),
            "objects" => options.objects = u32::try_from(number(key, value)?).unwrap_or(u32::MAX),
            "seed" => options.seed = number(key, value)?,
            _ => return Ok(false),
        }
        Ok(true)
    })?;
    options.check()?;
    Ok(options)
}
