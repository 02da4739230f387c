//! Where each source's picture goes: columns and rows of equal cells, as many columns as make pictures largest.

use ocelli_frame::{Rect, Size};

/// The cell of each of `count` pictures of this shape, row by row; together they cover the window.
pub(crate) fn cells(count: usize, window: Size, picture: Size) -> impl Iterator<Item = Rect> {
    let (columns, rows) = shape(count, window, picture);
    let edge = |length: u32, index: usize, of: usize| (u64::from(length) * index as u64 / of as u64) as u32;
    (0..count).map(move |index| {
        let row = index / columns;
        // The last row may have fewer and shares the width among them.
        let of = if row + 1 == rows { count - row * columns } else { columns };
        let column = index % columns;
        let [x, next_x] = [column, column + 1].map(|column| edge(window.width, column, of));
        let [y, next_y] = [row, row + 1].map(|row| edge(window.height, row, rows));
        Rect { x, y, size: Size { width: next_x - x, height: next_y - y } }
    })
}

/// The window in which each picture has its own size, or as much of that as `room` allows.
pub(crate) fn window_size(count: usize, picture: Size, room: Size) -> Size {
    let (columns, rows) = shape(count, room, picture);
    let whole =
        [(picture.width, columns), (picture.height, rows)].map(|(side, of)| f64::from(side) * of as f64);
    let scale = (f64::from(room.width) / whole[0]).min(f64::from(room.height) / whole[1]).min(1.0);
    let [width, height] = whole.map(|side| ((side * scale).round() as u32).max(1));
    Size { width, height }
}

/// Columns and rows. Of two that are as good, the one with more columns: windows are wide.
fn shape(count: usize, window: Size, picture: Size) -> (usize, usize) {
    let scale = |columns: usize| {
        let rows = count.div_ceil(columns);
        let across = f64::from(window.width) / columns as f64 / f64::from(picture.width.max(1));
        let down = f64::from(window.height) / rows as f64 / f64::from(picture.height.max(1));
        across.min(down)
    };
    let better = |best: usize, columns: usize| if scale(columns) >= scale(best) { columns } else { best };
    let columns = (2..=count).fold(1, better);
    (columns, count.div_ceil(columns).max(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    const PICTURE: Size = Size { width: 640, height: 360 };

    fn size(width: u32, height: u32) -> Size {
        Size { width, height }
    }

    #[test]
    fn pictures_are_as_large_as_the_window_allows() {
        for (count, window, expected) in [
            (1, size(640, 360), (1, 1)),
            (2, size(1280, 360), (2, 1)),
            (2, size(640, 720), (1, 2)),
            (3, size(1280, 720), (2, 2)),
            (4, size(1280, 720), (2, 2)),
            (5, size(1920, 1080), (3, 2)),
            (9, size(1920, 1080), (3, 3)),
            (4, size(3000, 200), (4, 1)),
        ] {
            assert_eq!(shape(count, window, PICTURE), expected, "{count} in {window}");
        }
    }

    #[test]
    fn cells_cover_every_pixel_of_the_window_once() {
        for count in 1..=17 {
            for window in [size(1281, 719), size(97, 301), size(3, 2)] {
                let mut covered = vec![0u8; (window.width * window.height) as usize];
                for Rect { x, y, size } in cells(count, window, PICTURE) {
                    for row in y..y + size.height {
                        for column in x..x + size.width {
                            covered[(row * window.width + column) as usize] += 1;
                        }
                    }
                }
                assert!(covered.iter().all(|&times| times == 1), "{count} in {window}");
            }
        }
    }

    #[test]
    fn a_window_opens_at_the_pictures_size_where_the_screen_has_it() {
        let screen = size(1728, 972);
        assert_eq!(window_size(1, PICTURE, screen), PICTURE);
        assert_eq!(window_size(4, PICTURE, screen), size(1280, 720));
        assert_eq!(window_size(1, size(3840, 2160), screen), screen);
        assert_eq!(window_size(1, size(1080, 1920), screen), size(547, 972));
        assert_eq!(window_size(3, size(0, 0), screen), size(1, 1));
    }
}
