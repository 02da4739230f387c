//! Cameras on this machine, as text. They are parsed here and opened by the crate that talks to the driver.

use std::fmt;
use std::path::PathBuf;

use ocelli_frame::{PixelFormat, Size};

use super::query::{bad, each_pair, fps, nanoseconds, number, size, whole};
use crate::SourceError;

const KNOWN: &str = "size=WxH, fps=F, format=NAME, buffers=N, reconnect=SECONDS, timeout=SECONDS, export=dmabuf, memory=userptr, ctrl.NAME=VALUE";
const CONTROL: &str = "ctrl.";

/// `VIDEO_MAX_FRAME`.
const BUFFERS_MAX: u32 = 32;

/// A camera and what is wanted of it. What is not said is the driver's choice.
#[derive(Clone, Debug, PartialEq)]
pub struct DeviceUri {
    /// `/dev/video0`.
    pub path: PathBuf,
    /// The picture.
    pub size: Option<Size>,
    /// Frames a second.
    pub fps: Option<f64>,
    /// How the camera sends pixels.
    pub format: Option<DeviceFormat>,
    /// Pictures that the driver has memory for.
    pub buffers: Option<u32>,
    /// How long a camera that is away is waited for, in nanoseconds; 0 is not at all.
    pub reconnect_ns: Option<u64>,
    /// How long a camera may give nothing before it is started again, in nanoseconds; 0 is for ever.
    pub timeout_ns: Option<u64>,
    /// What its buffers are to be beside memory of this process.
    pub export: Option<Export>,
    /// Whose memory its buffers are to be; the driver's own where that is not said.
    pub memory: Option<BufferMemory>,
    /// Names and values of controls, to be set in this order.
    pub controls: Vec<(String, i64)>,
}

/// How a camera sends pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeviceFormat {
    /// Motion JPEG.
    Mjpg,
    /// As they are.
    Raw(PixelFormat),
}

/// What a driver's buffers can be for other devices.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Export {
    /// Files that other devices read from without a copy.
    DmaBuf,
}

/// Whose memory a driver's buffers are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BufferMemory {
    /// The driver's own, mapped.
    Mmap,
    /// Ours, which the driver fills in place.
    UserPtr,
}

impl DeviceUri {
    /// This one, with nothing asked of it.
    pub fn at(path: impl Into<PathBuf>) -> Self {
        Self {
            path: path.into(),
            size: None,
            fps: None,
            format: None,
            buffers: None,
            reconnect_ns: None,
            timeout_ns: None,
            export: None,
            memory: None,
            controls: Vec::new(),
        }
    }

    /// `text` is what stands behind `v4l2:`.
    pub(super) fn parse(text: &str) -> Result<Self, SourceError> {
        let (path, query) = text.split_once('?').unwrap_or((text, ""));
        // `v4l2:///dev/video0` has an empty host.
        let path = path.strip_prefix("//").unwrap_or(path);
        let mut device = match path {
            "" => return Err(bad("`v4l2:` without a device", "write it as `v4l2:///dev/video0`")),
            number if is_number(number) => Self::at(format!("/dev/video{number}")),
            path => Self::at(path),
        };
        each_pair(query, KNOWN, |key, value| {
            match key {
                "size" => device.size = Some(size(key, value)?),
                "fps" => device.fps = Some(fps(key, value)?),
                "format" => device.format = Some(DeviceFormat::parse(value)?),
                "buffers" => device.buffers = Some(buffers(key, value)?),
                "reconnect" => device.reconnect_ns = Some(nanoseconds(key, value)?),
                "timeout" => device.timeout_ns = Some(nanoseconds(key, value)?),
                "export" if value == "dmabuf" => device.export = Some(Export::DmaBuf),
                "export" => return Err(bad(format!("`{key}={value}`"), "known: export=dmabuf")),
                "memory" => device.memory = Some(BufferMemory::parse(key, value)?),
                _ => match key.strip_prefix(CONTROL) {
                    Some(name) if !name.is_empty() => {
                        device.controls.push((name.to_owned(), whole(key, value)?))
                    }
                    _ => return Ok(false),
                },
            }
            Ok(true)
        })?;
        if device.export == Some(Export::DmaBuf) && device.memory == Some(BufferMemory::UserPtr) {
            let hint = "only a driver's own memory can be dma-bufs: leave one of the two out";
            return Err(bad("`export=dmabuf` and `memory=userptr` in one", hint));
        }
        Ok(device)
    }
}

impl DeviceFormat {
    fn parse(name: &str) -> Result<Self, SourceError> {
        if name.eq_ignore_ascii_case("MJPG") || name.eq_ignore_ascii_case("MJPEG") {
            return Ok(Self::Mjpg);
        }
        PixelFormat::from_name(name).map(Self::Raw).ok_or_else(|| {
            let raw: Vec<_> = PixelFormat::ALL.iter().map(ToString::to_string).collect();
            bad(format!("unknown format `{name}`"), format!("known: MJPG, {}", raw.join(", ")))
        })
    }
}

impl BufferMemory {
    fn parse(key: &str, value: &str) -> Result<Self, SourceError> {
        match value {
            "mmap" => Ok(Self::Mmap),
            "userptr" => Ok(Self::UserPtr),
            _ => Err(bad(format!("`{key}={value}`"), "known: memory=mmap, memory=userptr")),
        }
    }
}

impl fmt::Display for BufferMemory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Mmap => "mmap",
            Self::UserPtr => "userptr",
        })
    }
}

/// As many as V4L2 has at most, and enough to read one while another is filled.
fn buffers(key: &str, value: &str) -> Result<u32, SourceError> {
    let count = number(key, value)?;
    u32::try_from(count).ok().filter(|count| (2..=BUFFERS_MAX).contains(count)).ok_or_else(|| {
        bad(format!("{count} buffers"), format!("write it as `{key}=4`: from 2 to {BUFFERS_MAX}"))
    })
}

pub(super) fn is_number(text: &str) -> bool {
    !text.is_empty() && text.len() <= 3 && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// `/dev/video0`, which needs no `v4l2:` in front.
pub(super) fn is_camera(text: &str) -> bool {
    text.strip_prefix("/dev/video").is_some_and(is_number)
}

impl fmt::Display for DeviceFormat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Mjpg => f.write_str("MJPG"),
            Self::Raw(format) => write!(f, "{format}"),
        }
    }
}

impl fmt::Display for DeviceUri {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let wishes = [
            self.size.map(|size| format!("size={size}")),
            self.fps.map(|fps| format!("fps={fps}")),
            self.format.map(|format| format!("format={format}")),
            self.buffers.map(|buffers| format!("buffers={buffers}")),
            self.reconnect_ns.map(|ns| format!("reconnect={}", ns as f64 / 1e9)),
            self.timeout_ns.map(|ns| format!("timeout={}", ns as f64 / 1e9)),
            self.export.map(|Export::DmaBuf| "export=dmabuf".to_owned()),
            self.memory.map(|memory| format!("memory={memory}")),
        ];
        let controls = self.controls.iter().map(|(name, value)| format!("{CONTROL}{name}={value}"));
        let wishes: Vec<_> = wishes.into_iter().flatten().chain(controls).collect();
        let path = self.path.to_string_lossy();
        match wishes.is_empty() {
            true if is_camera(&path) => f.write_str(&path),
            true => write!(f, "v4l2://{path}"),
            false => write!(f, "v4l2://{path}?{}", wishes.join("&")),
        }
    }
}
