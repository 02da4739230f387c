//! Rows: of a source, of three resized planes, of three planes of codes.

use ocelli_frame::{Frame, PixelFormat, Plane};

use crate::taps::Taps;

/// What every instruction set's lanes divide.
pub(crate) const BLOCK: usize = 32;

/// How a source's bytes become pixels: every `PixelFormat` that has a kernel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SourceLayout {
    /// Planes of luma, Cb and Cr; chroma at half width.
    I420,
    /// Planes of luma and Cb Cr; chroma at half width.
    Nv12,
    /// `Y0 Cb Y1 Cr`.
    Yuyv,
    /// `Cb Y0 Cr Y1`.
    Uyvy,
    /// `Y Cb Cr`.
    Yuv,
    /// `R G B`.
    Rgb,
    /// `B G R`.
    Bgr,
    /// Luma that is red, green and blue at once.
    Grey,
}

impl SourceLayout {
    pub(crate) fn new(format: PixelFormat) -> Option<Self> {
        Some(match format {
            PixelFormat::I420 => Self::I420,
            PixelFormat::Nv12 => Self::Nv12,
            PixelFormat::Yuyv => Self::Yuyv,
            PixelFormat::Uyvy => Self::Uyvy,
            PixelFormat::Yuv24 => Self::Yuv,
            PixelFormat::Rgb24 => Self::Rgb,
            PixelFormat::Bgr24 => Self::Bgr,
            PixelFormat::Grey => Self::Grey,
            _ => return None,
        })
    }

    pub(crate) fn is_ycbcr(self) -> bool {
        matches!(self, Self::I420 | Self::Nv12 | Self::Yuyv | Self::Uyvy | Self::Yuv)
    }

    /// Where the three numbers of pixel `x` lie in its row: plane and byte. Y Cb Cr, or R G B.
    pub(crate) fn places(self, x: usize) -> [(usize, usize); 3] {
        match self {
            Self::I420 => [(0, x), (1, x / 2), (2, x / 2)],
            Self::Nv12 => [(0, x), (1, x & !1), (1, x | 1)],
            Self::Yuyv => [(0, 2 * x), (0, 4 * (x / 2) + 1), (0, 4 * (x / 2) + 3)],
            Self::Uyvy => [(0, 2 * x + 1), (0, 4 * (x / 2)), (0, 4 * (x / 2) + 2)],
            Self::Yuv | Self::Rgb => [(0, 3 * x), (0, 3 * x + 1), (0, 3 * x + 2)],
            Self::Bgr => [(0, 3 * x + 2), (0, 3 * x + 1), (0, 3 * x)],
            Self::Grey => [(0, x); 3],
        }
    }
}

/// All planes of a frame.
#[derive(Debug)]
pub(crate) struct Picture<'a> {
    layout: SourceLayout,
    planes: [Plane<'a>; 3],
}

impl<'a> Picture<'a> {
    pub(crate) fn new(frame: &'a Frame, layout: SourceLayout) -> Self {
        let last = frame.info().format.planes() - 1;
        Self { layout, planes: [0, 1, 2].map(|index: usize| frame.plane(index.min(last))) }
    }

    /// The bytes that hold row `y`; planes that the format lacks repeat the last one.
    pub(crate) fn row(&self, y: usize) -> SourceRow<'a> {
        let chroma_y = if matches!(self.layout, SourceLayout::I420 | SourceLayout::Nv12) { y / 2 } else { y };
        let [luma, cb, cr] = &self.planes;
        SourceRow { layout: self.layout, planes: [luma.row(y), cb.row(chroma_y), cr.row(chroma_y)] }
    }

    /// The rows that target row `y` lies between.
    pub(crate) fn row_pair(&self, taps: &Taps, y: usize) -> RowPair<'a> {
        let next = (y + 1).min(taps.len() - 1);
        RowPair {
            next: [self.row(taps.first[next] as usize), self.row(taps.second[next] as usize)],
            upper: self.row(taps.first[y] as usize),
            lower: self.row(taps.second[y] as usize),
            weight: taps.weight[y],
        }
    }
}

/// The bytes that hold one row of a picture.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SourceRow<'a> {
    pub(crate) layout: SourceLayout,
    pub(crate) planes: [&'a [u8]; 3],
}

/// Two source rows, and the lower one's weight in 1/32768; and the two that will be wanted next.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RowPair<'a> {
    pub(crate) upper: SourceRow<'a>,
    pub(crate) lower: SourceRow<'a>,
    pub(crate) weight: i16,
    pub(crate) next: [SourceRow<'a>; 2],
}

impl SourceRow<'_> {
    /// Y Cb Cr, or R G B.
    pub(crate) fn pixel(&self, x: usize) -> [u8; 3] {
        self.layout.places(x).map(|(plane, byte)| self.planes[plane][byte])
    }
}

/// One row of red, green and blue, each padded to an even number of blocks: kernels need no tails on them.
#[derive(Debug)]
pub(crate) struct PlanarRow<T> {
    samples: Vec<T>,
    pitch: usize,
}

impl<T: Copy + Default> PlanarRow<T> {
    /// Room for `width` pixels.
    pub(crate) fn new(width: usize) -> Self {
        let pitch = width.next_multiple_of(2 * BLOCK);
        Self { samples: vec![T::default(); 3 * pitch], pitch }
    }

    /// Red, green and blue.
    pub(crate) fn planes(&self) -> [&[T]; 3] {
        let (red, rest) = self.samples.split_at(self.pitch);
        let (green, blue) = rest.split_at(self.pitch);
        [red, green, blue]
    }

    /// Red, green and blue.
    pub(crate) fn planes_mut(&mut self) -> [&mut [T]; 3] {
        let (red, rest) = self.samples.split_at_mut(self.pitch);
        let (green, blue) = rest.split_at_mut(self.pitch);
        [red, green, blue]
    }
}
