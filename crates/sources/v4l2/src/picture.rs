//! What a driver's format means for a frame: pixel format, planes, colours.

use ocelli_frame::{ColorMatrix, ColorRange, ColorSpace, FrameInfo, PixelFormat, PlaneLayout, Size};

use crate::jpeg::PIXEL_BYTES;
use crate::sys::{Format, FourCc};

/// The formats that are read in place, the ones that are liked better first: those that a sensor's pipeline makes
/// without loss and that carry no more than half of what RGB does, then the others.
pub(crate) const READ: [(FourCc, PixelFormat); 10] = [
    (FourCc::YUYV, PixelFormat::Yuyv),
    (FourCc::UYVY, PixelFormat::Uyvy),
    (FourCc::NV12, PixelFormat::Nv12),
    (FourCc::NM12, PixelFormat::Nv12),
    (FourCc::YU12, PixelFormat::I420),
    (FourCc::YM12, PixelFormat::I420),
    (FourCc::YUV3, PixelFormat::Yuv24),
    (FourCc::RGB3, PixelFormat::Rgb24),
    (FourCc::BGR3, PixelFormat::Bgr24),
    (FourCc::GREY, PixelFormat::Grey),
];

/// Pictures that are JPEGs, each for itself.
pub(crate) const JPEG: [FourCc; 2] = [FourCc::MJPG, FourCc::JPEG];

/// What this code is read as, or decoded to.
pub(crate) fn read_as(four_cc: FourCc) -> Option<PixelFormat> {
    if JPEG.contains(&four_cc) {
        return Some(PixelFormat::Yuv24);
    }
    READ.iter().find(|(code, _)| *code == four_cc).map(|(_, format)| *format)
}

/// How every picture of a stream lies in its buffer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct PictureLayout {
    pub format: PixelFormat,
    pub size: Size,
    pub color: ColorSpace,
    pub planes: [PlaneLayout; 4],
    /// Bytes that must be filled in each piece of memory.
    pub bytes_needed: [usize; 4],
    /// The driver's buffers hold JPEGs. The rest is said of what they are decoded to.
    pub is_jpeg: bool,
}

impl PictureLayout {
    /// `None` where it is none of the formats that are read, or its planes do not fit the pieces of memory.
    pub fn of(format: &Format) -> Option<Self> {
        let pixels = read_as(format.four_cc)?;
        let size = format.size;
        if JPEG.contains(&format.four_cc) {
            return Some(Self::of_jpegs(size));
        }
        let mut planes = [PlaneLayout::default(); 4];
        let mut bytes_needed = [0; 4];
        let has_own_memory = format.planes_count > 1;
        if has_own_memory && format.planes_count < pixels.planes() {
            return None;
        }
        let mut end = 0;
        for index in 0..pixels.planes() {
            let (row_bytes, rows) = pixels.plane_extent(index, size);
            let (region, offset) = if has_own_memory { (index, 0) } else { (0, end) };
            let said = format.planes[region].stride_bytes;
            // In one piece of memory the driver tells luma's stride, from which that of chroma follows.
            let stride_bytes = match (said, index, pixels) {
                (0, ..) => row_bytes,
                (luma, 1 | 2, PixelFormat::I420) if !has_own_memory => luma / 2,
                (said, ..) => said,
            };
            if stride_bytes < row_bytes {
                return None;
            }
            planes[index] = PlaneLayout { region, offset, stride_bytes };
            end = offset + stride_bytes.checked_mul(rows)?;
            bytes_needed[region] = offset + stride_bytes.checked_mul(rows.saturating_sub(1))? + row_bytes;
        }
        let fits = (0..4).all(|region| bytes_needed[region] <= format.planes[region].size_bytes);
        fits.then_some(Self {
            format: pixels,
            size,
            color: color_of(format, pixels),
            planes,
            bytes_needed,
            is_jpeg: false,
        })
    }
}

impl PictureLayout {
    /// How JPEGs lie in memory of ours once they are decoded. Their colours are JFIF's, whatever the driver says.
    fn of_jpegs(size: Size) -> Self {
        let stride_bytes = size.width as usize * PIXEL_BYTES;
        let mut planes = [PlaneLayout::default(); 4];
        planes[0] = PlaneLayout { region: 0, offset: 0, stride_bytes };
        let (format, color) = (PixelFormat::Yuv24, ColorSpace::BT601_FULL);
        Self { format, size, color, planes, bytes_needed: [0; 4], is_jpeg: true }
    }

    /// What a picture takes in memory of ours: one that is copied or decoded.
    pub fn own_bytes(&self) -> usize {
        match self.is_jpeg {
            true => FrameInfo::packed_bytes(self.format, self.size),
            false => self.bytes_needed.iter().sum(),
        }
    }
}

/// What YCbCr numbers mean, by the kernel's rules for what a driver leaves open. BT.2020 and SMPTE 240M are read by the
/// weights of BT.709, which are the nearest that there are.
fn color_of(format: &Format, pixels: PixelFormat) -> ColorSpace {
    const DEFAULT: u32 = 0;
    const COLORSPACES_OF_709: [u32; 4] = [2, 3, 10, 12];
    const COLORSPACE_JPEG: u32 = 7;
    const ENCODINGS_OF_601: [u32; 3] = [1, 3, 5];
    const QUANTIZATION_FULL: u32 = 1;
    const QUANTIZATION_LIMITED: u32 = 2;
    let assumed = ColorSpace::assumed_for(format.size);
    let matrix = match (format.encoding, format.colorspace) {
        (DEFAULT, DEFAULT) => assumed.matrix,
        (DEFAULT, colorspace) if COLORSPACES_OF_709.contains(&colorspace) => ColorMatrix::Bt709,
        (DEFAULT, _) => ColorMatrix::Bt601,
        (encoding, _) if ENCODINGS_OF_601.contains(&encoding) => ColorMatrix::Bt601,
        _ => ColorMatrix::Bt709,
    };
    let is_rgb = matches!(pixels, PixelFormat::Rgb24 | PixelFormat::Bgr24);
    let range = match format.quantization {
        QUANTIZATION_FULL => ColorRange::Full,
        QUANTIZATION_LIMITED => ColorRange::Limited,
        _ if is_rgb || format.colorspace == COLORSPACE_JPEG => ColorRange::Full,
        _ => ColorRange::Limited,
    };
    ColorSpace { matrix, range }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::sys::{MemoryPlane, PLANES_MAX};

    /// A format as a driver would answer, in one piece of memory of just the size.
    pub(crate) fn granted(four_cc: FourCc, size: Size, stride_bytes: usize, size_bytes: usize) -> Format {
        let mut planes = [MemoryPlane::default(); PLANES_MAX];
        planes[0] = MemoryPlane { stride_bytes, size_bytes };
        Format {
            four_cc,
            size,
            is_interlaced: false,
            colorspace: 8,
            encoding: 0,
            quantization: 0,
            planes_count: 1,
            planes,
        }
    }

    const SMALL: Size = Size { width: 6, height: 4 };

    #[test]
    fn chroma_follows_luma_with_the_drivers_stride() {
        let layout = PictureLayout::of(&granted(FourCc::YU12, SMALL, 8, 48)).unwrap();
        let plane = |offset, stride_bytes| PlaneLayout { region: 0, offset, stride_bytes };
        assert_eq!(layout.planes[..3], [plane(0, 8), plane(32, 4), plane(40, 4)]);
        assert_eq!(layout.bytes_needed, [47, 0, 0, 0]);
        let layout = PictureLayout::of(&granted(FourCc::NV12, SMALL, 8, 48)).unwrap();
        assert_eq!(layout.planes[..2], [plane(0, 8), plane(32, 8)]);
    }

    #[test]
    fn planes_with_memory_of_their_own_begin_there() {
        let mut format = granted(FourCc::NM12, SMALL, 16, 64);
        format.planes[1] = MemoryPlane { stride_bytes: 32, size_bytes: 64 };
        format.planes_count = 2;
        let layout = PictureLayout::of(&format).unwrap();
        assert_eq!(layout.planes[1], PlaneLayout { region: 1, offset: 0, stride_bytes: 32 });
        assert_eq!(layout.bytes_needed, [54, 38, 0, 0]);
    }

    #[test]
    fn what_does_not_fit_or_is_not_ours_is_refused() {
        assert!(PictureLayout::of(&granted(FourCc::YUYV, SMALL, 12, 48)).is_some());
        assert!(PictureLayout::of(&granted(FourCc::YUYV, SMALL, 12, 47)).is_none());
        assert!(PictureLayout::of(&granted(FourCc::YUYV, SMALL, 11, 480)).is_none());
        assert!(PictureLayout::of(&granted(FourCc::of(b"H264"), SMALL, 12, 480)).is_none());
        assert!(PictureLayout::of(&granted(FourCc::YUYV, SMALL, usize::MAX / 2, 480)).is_none());
    }

    #[test]
    fn a_driver_that_does_not_say_its_stride_has_none() {
        let layout = PictureLayout::of(&granted(FourCc::GREY, SMALL, 0, 24)).unwrap();
        assert_eq!(layout.planes[0].stride_bytes, 6);
    }

    #[test]
    fn colours_are_the_drivers_and_else_the_kernels_rule() {
        let color = |colorspace, encoding, quantization| {
            let mut format = granted(FourCc::YUYV, SMALL, 12, 48);
            (format.colorspace, format.encoding, format.quantization) = (colorspace, encoding, quantization);
            PictureLayout::of(&format).unwrap().color
        };
        assert_eq!(color(8, 0, 0), ColorSpace::BT601_LIMITED);
        assert_eq!(color(3, 0, 0), ColorSpace::BT709_LIMITED);
        assert_eq!(color(3, 1, 1), ColorSpace::BT601_FULL);
        assert_eq!(color(7, 0, 0), ColorSpace::BT601_FULL);
        assert_eq!(color(0, 0, 0), ColorSpace::BT601_LIMITED);
        let rgb = granted(FourCc::RGB3, SMALL, 18, 72);
        assert_eq!(PictureLayout::of(&rgb).unwrap().color.range, ColorRange::Full);
    }
}
