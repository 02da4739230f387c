//! A frame: a shared lease on a pool's slot, and what its bytes mean.

use std::fmt;
use std::sync::Arc;

use crate::pool::PoolShared;
use crate::{ColorSpace, Memory, PixelFormat, Size, Timestamp};

/// Which source of a run, in the order they were given.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SourceIndex(pub u16);

/// Where one plane lies in its slot.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PlaneLayout {
    /// Which region of the slot; 0 unless the memory is multi-planar.
    pub region: usize,
    /// Bytes from the region's start to the first row.
    pub offset: usize,
    /// Bytes from one row to the next.
    pub stride_bytes: usize,
}

/// What a frame's bytes mean.
#[derive(Clone, Debug)]
pub struct FrameInfo {
    /// Which source of the run.
    pub source: SourceIndex,
    /// The frame's number at its source, from 0 and without gaps of our own.
    pub sequence: u64,
    /// When it was captured.
    pub captured: Timestamp,
    /// Its place in its stream, where it has one.
    pub media_time_ns: Option<u64>,
    /// The picture's file name, where the source is pictures.
    pub name: Option<Arc<str>>,
    /// How the pixels lie.
    pub format: PixelFormat,
    /// What YCbCr numbers mean.
    pub color: ColorSpace,
    /// The picture.
    pub size: Size,
    /// The first `format.planes()` of these are used.
    pub planes: [PlaneLayout; 4],
}

impl FrameInfo {
    /// Planes one behind the other in region 0, rows without gaps; sequence 0 of source 0.
    pub fn packed(format: PixelFormat, size: Size, captured: Timestamp) -> Self {
        let mut planes = [PlaneLayout::default(); 4];
        let mut offset = 0;
        for (index, plane) in planes.iter_mut().enumerate().take(format.planes()) {
            let (row_bytes, rows) = format.plane_extent(index, size);
            *plane = PlaneLayout { region: 0, offset, stride_bytes: row_bytes };
            offset += row_bytes * rows;
        }
        Self {
            source: SourceIndex(0),
            sequence: 0,
            captured,
            media_time_ns: None,
            name: None,
            format,
            color: ColorSpace::assumed_for(size),
            size,
            planes,
        }
    }

    /// The same with another colour space.
    pub fn with_color(mut self, color: ColorSpace) -> Self {
        self.color = color;
        self
    }

    /// Bytes that a packed frame of this format and size takes.
    pub fn packed_bytes(format: PixelFormat, size: Size) -> usize {
        (0..format.planes())
            .map(|plane| {
                let (row_bytes, rows) = format.plane_extent(plane, size);
                row_bytes * rows
            })
            .sum()
    }

    pub(crate) fn check(&self, region_len: impl Fn(usize) -> Option<usize>) -> Result<(), FrameError> {
        for index in 0..self.format.planes() {
            let layout = self.planes[index];
            let (row_bytes, rows) = self.format.plane_extent(index, self.size);
            let available = region_len(layout.region).unwrap_or(0);
            let needed = plane_end(layout, row_bytes, rows);
            if layout.stride_bytes < row_bytes && rows > 1 || needed.is_none_or(|needed| needed > available) {
                return Err(FrameError {
                    format: self.format,
                    size: self.size,
                    plane: index,
                    region: layout.region,
                    needed: needed.unwrap_or(usize::MAX),
                    available,
                });
            }
        }
        Ok(())
    }
}

/// One past the last byte of a plane; the last row need not be padded to the stride.
fn plane_end(layout: PlaneLayout, row_bytes: usize, rows: usize) -> Option<usize> {
    let Some(before_last) = rows.checked_sub(1) else { return Some(layout.offset) };
    layout.stride_bytes.checked_mul(before_last)?.checked_add(row_bytes)?.checked_add(layout.offset)
}

/// A plane that does not fit its memory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FrameError {
    format: PixelFormat,
    size: Size,
    plane: usize,
    region: usize,
    needed: usize,
    available: usize,
}

impl fmt::Display for FrameError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { format, size, plane, region, needed, available } = self;
        write!(
            f,
            "plane {plane} of a {size} {format} frame needs {needed} bytes of region {region}, which has {available}"
        )
    }
}

impl std::error::Error for FrameError {}

/// A picture that can be read for as long as it is held. Cloning shares it and costs one atomic addition; the last
/// clone to go gives the slot back to its pool.
pub struct Frame {
    pool: Arc<PoolShared>,
    slot: usize,
    info: FrameInfo,
}

impl Frame {
    /// `info` has been checked against the slot, and the lease table has a reader open for this frame.
    pub(crate) fn new(pool: Arc<PoolShared>, slot: usize, info: FrameInfo) -> Self {
        Self { pool, slot, info }
    }

    /// What the bytes mean.
    pub fn info(&self) -> &FrameInfo {
        &self.info
    }

    /// The slot's number in its pool.
    pub fn slot(&self) -> usize {
        self.slot
    }

    /// The generation of the pool that the slot belongs to.
    pub fn generation(&self) -> u32 {
        self.pool.generation()
    }

    /// One plane.
    ///
    /// # Panics
    /// Where `index` is not below `format.planes()`.
    pub fn plane(&self, index: usize) -> Plane<'_> {
        let FrameInfo { format, size, planes, .. } = &self.info;
        assert!(index < format.planes(), "a {format} frame has no plane {index}");
        let layout = planes[index];
        let (row_bytes, rows) = format.plane_extent(index, *size);
        let (base, len) = self.pool.region(self.slot, layout.region).expect("checked by publish");
        let end = plane_end(layout, row_bytes, rows).expect("checked by publish");
        assert!(end <= len, "a region does not shrink");
        // SAFETY: offset..end lies inside the region (asserted above); the region is valid while the pool's memory
        // lives, which `self.pool` holds; nobody writes to the slot while this frame holds its lease.
        let bytes =
            unsafe { std::slice::from_raw_parts(base.as_ptr().add(layout.offset), end - layout.offset) };
        Plane { bytes, stride_bytes: layout.stride_bytes, row_bytes, rows }
    }
}

impl Frame {
    /// What plane `index` lies in; it begins there at its layout's offset.
    pub fn memory(&self, index: usize) -> Memory<'_> {
        self.pool.kind(self.slot, self.info.planes[index].region)
    }
}

impl Clone for Frame {
    fn clone(&self) -> Self {
        self.pool.share(self.slot);
        Self { pool: Arc::clone(&self.pool), slot: self.slot, info: self.info.clone() }
    }
}

impl Drop for Frame {
    fn drop(&mut self) {
        self.pool.release(self.slot);
    }
}

impl fmt::Debug for Frame {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let FrameInfo { source, sequence, format, size, .. } = &self.info;
        write!(f, "Frame({size} {format}, source {}, seq {sequence}, slot {})", source.0, self.slot)
    }
}

/// Rows of bytes with a stride.
#[derive(Clone, Copy, Debug)]
pub struct Plane<'a> {
    /// From the first byte of the first row to the last pixel byte of the last row.
    pub bytes: &'a [u8],
    /// Bytes from one row to the next.
    pub stride_bytes: usize,
    /// Bytes of each row that carry pixels.
    pub row_bytes: usize,
    /// Rows.
    pub rows: usize,
}

impl<'a> Plane<'a> {
    /// The pixel bytes of one row.
    ///
    /// # Panics
    /// Where `row` is not below `rows`.
    pub fn row(&self, row: usize) -> &'a [u8] {
        assert!(row < self.rows, "row {row} of a plane of {} rows", self.rows);
        &self.bytes[row * self.stride_bytes..][..self.row_bytes]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ClockKind;

    #[test]
    fn packed_planes_follow_each_other_and_round_chroma_up() {
        let size = Size { width: 5, height: 3 };
        let at = Timestamp { ns: 0, clock: ClockKind::Read };
        let info = FrameInfo::packed(PixelFormat::I420, size, at);
        assert_eq!(info.planes[1], PlaneLayout { region: 0, offset: 15, stride_bytes: 3 });
        assert_eq!(info.planes[2].offset, 21);
        assert_eq!(FrameInfo::packed_bytes(PixelFormat::I420, size), 27);
        assert_eq!(FrameInfo::packed_bytes(PixelFormat::Yuyv, size), 36);
        assert!(info.check(|_| Some(27)).is_ok());
        assert!(info.check(|_| Some(26)).is_err());
    }

    #[test]
    fn a_stride_shorter_than_a_row_is_refused() {
        let at = Timestamp { ns: 0, clock: ClockKind::Read };
        let mut info = FrameInfo::packed(PixelFormat::Grey, Size { width: 8, height: 2 }, at);
        info.planes[0].stride_bytes = 7;
        assert!(info.check(|_| Some(1000)).is_err());
    }
}
