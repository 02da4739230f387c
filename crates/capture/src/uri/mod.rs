//! The one grammar of sources: what `0`, `clip.mp4`, `folder/`, `rtsp://…` and `synthetic:…` mean.
//!
//! ```text
//! N | /dev/videoN | v4l2:PATH[?size=WxH&fps=F&format=NAME&buffers=N&…]  a camera
//! PATH | file:PATH                                             a picture by its ending, else a video
//! FOLDER | PATTERN with * ? [ ]                                pictures
//! rtsp:// rtsps:// http:// https://                            a stream
//! synthetic:[?size=WxH&fps=F&frames=N&objects=N&seed=N]        the moving scene
//! ```
//!
//! A path that exists on disk is that path, however else it reads. A source is text once, here; from then on it is
//! a [`SourceUri`]. Nothing is opened, and nothing a user wrote as a password is ever printed. Memory, while it is read:
//! at most 16 times the text and 4 KiB.

mod device;
mod parse;
mod query;
mod secret;

use std::fmt;
use std::path::PathBuf;

pub use self::device::{BufferMemory, DeviceFormat, DeviceUri, Export};
pub use self::parse::OnDisk;
pub use self::secret::{SecretUrl, redact};
use crate::synthetic::SceneOptions;

/// What a source text means.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum SourceUri {
    /// A camera.
    Device(DeviceUri),
    /// A video file.
    Video(PathBuf),
    /// One picture.
    Image(PathBuf),
    /// The pictures in a folder.
    Folder(PathBuf),
    /// The pictures that match a pattern.
    Glob(String),
    /// A camera on the network.
    Rtsp(SecretUrl),
    /// A stream or file behind a web address.
    Http(SecretUrl),
    /// The moving scene.
    Synthetic(SceneOptions),
}

/// As a user could have written it, without passwords. Parses back to the same, but for those.
impl fmt::Display for SourceUri {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Device(device) => write!(f, "{device}"),
            Self::Video(path) | Self::Image(path) | Self::Folder(path) => {
                write_path(f, &path.to_string_lossy())
            }
            Self::Glob(pattern) => write_path(f, pattern),
            Self::Rtsp(url) | Self::Http(url) => write!(f, "{url}"),
            Self::Synthetic(scene) => write!(f, "{scene}"),
        }
    }
}

/// A path that would be something else as it stands (`7`, `rtsp://…`) gets its `file:`.
fn write_path(f: &mut fmt::Formatter<'_>, path: &str) -> fmt::Result {
    let scheme = if parse::is_plain_path(path) { "" } else { "file:" };
    write!(f, "{scheme}{path}")
}
