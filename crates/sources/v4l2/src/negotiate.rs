//! From what was asked for to what the camera grants: every format that would do is tried, and what comes nearest is
//! taken.

use ocelli_capture::DeviceFormat;
use ocelli_frame::{PixelFormat, Size};

use crate::picture::{JPEG, READ, read_as};
use crate::sys::{Errno, Format, FormatDescription, FourCc, Fraction};

/// A rate within this much of what was asked for is that rate: 29.97 for 30.
const RATE_TOLERANCE: f64 = 0.01;

/// What negotiation asks of a device.
pub(crate) trait Settings {
    /// The formats that there are, in the driver's order.
    fn formats(&self) -> Result<Vec<FormatDescription>, Errno>;

    /// What it is set to.
    fn current(&self) -> Result<Format, Errno>;

    /// Sets format and size to what is nearest to these; answers what was granted.
    fn set_format(&self, four_cc: FourCc, size: Size) -> Result<Format, Errno>;

    /// Sets the time between frames, where one is given; answers what it is, where that is known.
    fn set_interval(&self, interval: Option<Fraction>) -> Result<Option<Fraction>, Errno>;
}

/// What is wanted. What is left open is the driver's choice, and for the format ours.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Wish {
    pub size: Option<Size>,
    pub fps: Option<f64>,
    pub format: Option<DeviceFormat>,
}

/// What was granted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Granted {
    pub format: Format,
    pub pixels: PixelFormat,
    pub interval: Option<Fraction>,
}

/// Why nothing was.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// The driver failed to answer; what it was asked.
    Failed(&'static str, Errno),
    /// None of its formats is one that was wanted and that is read. These are what it has.
    NoFormat(Vec<FourCc>),
}

/// Sets the device to what comes nearest to the wish.
///
/// Formats are tried in the order of [`READ`], the device's own before those that software makes of them, and JPEG last. The first that
/// gets size and rate wins; where none does, the size counts before the rate. Each try is what the driver answers, so
/// the answer is read back even where the driver has promised something else.
pub(crate) fn negotiate(device: &dyn Settings, wish: &Wish) -> Result<Granted, Refusal> {
    let there = device.formats().map_err(|errno| Refusal::Failed("ENUM_FMT", errno))?;
    let current = device.current().map_err(|errno| Refusal::Failed("G_FMT", errno))?;
    let size = wish.size.unwrap_or(current.size);
    let candidates = candidates(&there, wish.format);
    let mut best: Option<(Miss, FourCc)> = None;
    let mut granted_last = None;
    for four_cc in candidates {
        let Some(granted) = set(device, four_cc, size, wish)? else { continue };
        granted_last = Some(granted);
        let miss = Miss::of(&granted, size, wish.fps);
        if miss.is_none() {
            return Ok(granted);
        }
        if best.is_none_or(|(least, _)| miss < least) {
            best = Some((miss, four_cc));
        }
    }
    let none = || Refusal::NoFormat(there.iter().map(|format| format.four_cc).collect());
    let (_, four_cc) = best.ok_or_else(none)?;
    match granted_last {
        Some(granted) if granted.format.four_cc == four_cc => Ok(granted),
        _ => set(device, four_cc, size, wish)?.ok_or_else(none),
    }
}

/// The codes to try, in order.
fn candidates(there: &[FormatDescription], wanted: Option<DeviceFormat>) -> Vec<FourCc> {
    let is_wanted = |pixels: PixelFormat| match wanted {
        None => true,
        Some(DeviceFormat::Raw(format)) => format == pixels,
        Some(DeviceFormat::Mjpg) => false,
    };
    let is_jpeg_wanted = matches!(wanted, None | Some(DeviceFormat::Mjpg));
    let of_kind = |is_emulated: bool| {
        READ.iter().filter(move |(four_cc, pixels)| {
            let is_there = |format: &FormatDescription| {
                format.four_cc == *four_cc && format.is_emulated == is_emulated && !format.is_compressed
            };
            is_wanted(*pixels) && there.iter().any(is_there)
        })
    };
    // What has to be decoded comes last: only where nothing else reaches size and rate.
    let is_there =
        |four_cc: &&FourCc| is_jpeg_wanted && there.iter().any(|format| format.four_cc == **four_cc);
    let raw = of_kind(false).chain(of_kind(true)).map(|(four_cc, _)| four_cc);
    raw.chain(JPEG.iter().filter(is_there)).copied().collect()
}

/// `None` where the driver gives another format than that, or one in half pictures.
fn set(device: &dyn Settings, four_cc: FourCc, size: Size, wish: &Wish) -> Result<Option<Granted>, Refusal> {
    let format = match device.set_format(four_cc, size) {
        Err(Errno::INVAL) => return Ok(None),
        answer => answer.map_err(|errno| Refusal::Failed("S_FMT", errno))?,
    };
    if format.four_cc != four_cc || format.is_interlaced {
        return Ok(None);
    }
    let Some(pixels) = read_as(four_cc) else { return Ok(None) };
    let interval = device
        .set_interval(wish.fps.map(Fraction::of_fps))
        .map_err(|errno| Refusal::Failed("S_PARM", errno))?;
    Ok(Some(Granted { format, pixels, interval }))
}

/// By how much a grant misses the wish: pixels first, then frames a second.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
struct Miss {
    pixels: u64,
    fps: f64,
}

impl Miss {
    fn of(granted: &Granted, size: Size, fps: Option<f64>) -> Self {
        let got = granted.format.size;
        let pixels = u64::from(got.width.abs_diff(size.width)) + u64::from(got.height.abs_diff(size.height));
        let granted_fps = granted.interval.and_then(Fraction::fps);
        let missing = fps.zip(granted_fps).map_or(0.0, |(fps, granted)| (fps - granted).abs());
        let is_near = fps.is_none_or(|fps| missing <= fps * RATE_TOLERANCE);
        Self { pixels, fps: if is_near { 0.0 } else { missing } }
    }

    fn is_none(self) -> bool {
        self.pixels == 0 && self.fps == 0.0
    }
}

/// What was asked for and not granted, in words; none where all was.
pub(crate) fn differences(wish: &Wish, granted: &Granted) -> Vec<String> {
    let size = wish.size.filter(|size| *size != granted.format.size);
    let fps = wish.fps.filter(|_| {
        let size = granted.format.size;
        granted.interval.is_none() || Miss::of(granted, size, wish.fps).fps > 0.0
    });
    let rate = granted.interval.map_or("a rate of its own".to_owned(), |interval| format!("{interval} fps"));
    let size = size.map(|size| format!("asked for {size}, it gives {}", granted.format.size));
    let fps = fps.map(|fps| format!("asked for {fps} fps, it gives {rate}"));
    size.into_iter().chain(fps).collect()
}

#[cfg(test)]
mod tests;
