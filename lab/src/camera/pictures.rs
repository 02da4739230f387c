//! The formats and sizes that the camera has, and the pictures that it sends: files, made by the host, a few of them in
//! turn.

use std::path::Path;
use std::{fmt, fs};

/// `FORMAT-WIDTHxHEIGHT/NN`: the data of one picture, as it goes over the bus.
const FOLDER: &str = "/lab/pictures";

/// In the order of their numbers in the descriptors.
pub const FORMATS: [Format; 2] = [Format::Mjpeg, Format::Yuyv];

/// 30 and 15 pictures a second, in units of 100 ns.
const INTERVALS: &[u32] = &[333_333, 666_666];

/// How pictures are coded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    Mjpeg,
    Yuyv,
}

/// A size, and what is possible in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PictureSize {
    pub width: u16,
    pub height: u16,
    /// In units of 100 ns; the first is the camera's own choice.
    pub intervals: &'static [u32],
}

const QVGA: PictureSize = PictureSize { width: 320, height: 240, intervals: INTERVALS };
const VGA: PictureSize = PictureSize { width: 640, height: 480, intervals: INTERVALS };
const HD: PictureSize = PictureSize { width: 1280, height: 720, intervals: INTERVALS };

impl Format {
    pub fn sizes(self) -> &'static [PictureSize] {
        match self {
            Self::Mjpeg => &[VGA, HD],
            Self::Yuyv => &[VGA, QVGA],
        }
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Mjpeg => "mjpeg",
            Self::Yuyv => "yuyv",
        })
    }
}

impl PictureSize {
    /// Of a picture without any coding; no JPEG of ours is larger.
    pub fn bytes_max(self) -> u32 {
        u32::from(self.width) * u32::from(self.height) * 2
    }
}

/// All pictures, in memory.
pub struct Pictures {
    series: Vec<(Format, PictureSize, Vec<Vec<u8>>)>,
}

impl Pictures {
    pub fn open() -> Result<Self, String> {
        let mut series = Vec::new();
        for format in FORMATS {
            for size in format.sizes() {
                let name = format!("{format}-{}x{}", size.width, size.height);
                series.push((format, *size, read_all(&Path::new(FOLDER).join(name))?));
            }
        }
        Ok(Self { series })
    }

    /// The pictures of this format and size, at least one.
    pub fn of(&self, format: Format, size: PictureSize) -> &[Vec<u8>] {
        let found = self.series.iter().find(|(known, its_size, _)| (*known, *its_size) == (format, size));
        &found.expect("a choice is one of the table's").2
    }
}

/// The files of a folder, in the order of their names.
fn read_all(folder: &Path) -> Result<Vec<Vec<u8>>, String> {
    let at = |error| format!("{}: {error}", folder.display());
    let entries = fs::read_dir(folder).map_err(at)?;
    let mut paths: Vec<_> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
    paths.sort();
    let pictures: Vec<_> = paths.iter().map(fs::read).collect::<Result<_, _>>().map_err(at)?;
    if pictures.is_empty() { Err(format!("{} is empty", folder.display())) } else { Ok(pictures) }
}
