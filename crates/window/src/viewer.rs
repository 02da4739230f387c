//! The window's thread: takes what is newest, paints it, shows it, and heeds the keys.

use std::fmt::Write;
use std::sync::Arc;
use std::time::Duration;

use ocelli_draw::{Painter, ScreenPicture};
use ocelli_frame::{Clock, Rect, Size};
use ocelli_pipeline::{SinkError, Stop};
use ocelli_report::RunLabels;

use crate::display::{Display, Input};
use crate::feed::{Feed, Feeds};
use crate::figures::Told;
use crate::grid::{cells, window_size};
use crate::keys::Wish;

/// Between two pictures at least: what most displays do, 60 a second.
const SHOW_EVERY_NS: u64 = 1_000_000_000 / 60;
/// Between two readings of the figures, which people have to be able to read.
const FIGURES_EVERY_NS: u64 = 500_000_000;
/// Of the screen, what a window takes when it opens: 9 of 10 parts.
const ROOM: (u32, u32) = (9, 10);

/// Shows feeds on a display.
#[derive(Debug)]
pub(crate) struct Viewer {
    display: Display,
    feeds: Arc<Feeds>,
    tiles: Vec<Tile>,
    clock: Arc<dyn Clock>,
    stop: Stop,
    /// The shape that the grid is made for: the first picture's; none before that.
    shape: Option<Size>,
    is_paused: bool,
    /// When the next picture may be shown, and when the figures are read again.
    show_at_ns: u64,
    figures_at_ns: u64,
}

/// One source's part of the window.
#[derive(Debug)]
struct Tile {
    painter: Painter,
    picture: ScreenPicture,
    caption: Caption,
    place: Rect,
    /// Whether it does not yet show what it should.
    is_stale: bool,
}

impl Viewer {
    /// Nothing is shown before the first picture.
    pub fn new(
        display: Display,
        feeds: Arc<Feeds>,
        labels: &RunLabels,
        clock: Arc<dyn Clock>,
        stop: Stop,
    ) -> Self {
        let is_alone = feeds.feeds.len() == 1;
        let tiles = labels.sources.iter().map(|name| Tile {
            painter: Painter::new(labels.classes.clone()),
            picture: ScreenPicture::new(),
            caption: Caption::new(if is_alone { "" } else { name }),
            place: Rect::default(),
            is_stale: false,
        });
        let tiles = tiles.collect();
        Self {
            display,
            feeds,
            tiles,
            clock,
            stop,
            shape: None,
            is_paused: false,
            show_at_ns: 0,
            figures_at_ns: 0,
        }
    }

    /// Until the run ends, or somebody closes the window: then it asks the run to end.
    pub fn run(mut self) -> Result<(), SinkError> {
        let ended = self.show();
        self.feeds.feeds.iter().for_each(Feed::close);
        ended
    }

    fn show(&mut self) -> Result<(), SinkError> {
        while !self.feeds.has_ended() {
            while let Some(input) = self.display.input()? {
                if !self.heed(input)? {
                    self.stop.request();
                    return Ok(());
                }
            }
            let now_ns = self.clock.now_ns();
            if now_ns < self.show_at_ns {
                // Rings meanwhile are heard afterwards.
                self.display.wait(None, Duration::from_nanos(self.show_at_ns - now_ns))?;
                continue;
            }
            if self.take()? {
                self.fill_stale(now_ns)?;
                self.show_at_ns = now_ns + SHOW_EVERY_NS;
            } else {
                let until_ns = if self.shape.is_some() { self.figures_at_ns } else { u64::MAX };
                let patience =
                    Duration::from_nanos(until_ns.saturating_sub(now_ns)).min(Duration::from_secs(1));
                self.display.wait(Some(&self.feeds.wake), patience)?;
            }
        }
        Ok(())
    }

    /// False where the window is to be closed.
    fn heed(&mut self, input: Input) -> Result<bool, SinkError> {
        match input {
            Input::Wished(Wish::Quit) => return Ok(false),
            Input::Wished(Wish::FullScreen) => self.display.toggle_full_screen()?,
            Input::Wished(Wish::Pause) => {
                self.is_paused = !self.is_paused;
                self.figures_at_ns = 0;
            }
            Input::Damaged => self.tiles.iter_mut().for_each(|tile| tile.is_stale = true),
        }
        Ok(true)
    }

    /// Paints what is new. True where something is to be shown.
    fn take(&mut self) -> Result<bool, SinkError> {
        if !self.is_paused {
            for (tile, feed) in self.tiles.iter_mut().zip(&self.feeds.feeds) {
                let Some(picture) = feed.take() else { continue };
                tile.painter.paint(&picture.frame, &picture.predictions);
                tile.is_stale = true;
                feed.give_back(picture.predictions);
                if self.shape.is_none() {
                    let shape = picture.frame.info().size;
                    let room = self.display.room();
                    let room =
                        Size { width: room.width * ROOM.0 / ROOM.1, height: room.height * ROOM.0 / ROOM.1 };
                    self.display.appear(window_size(self.feeds.feeds.len(), shape, room))?;
                    self.shape = Some(shape);
                }
            }
        }
        let are_figures_old = self.clock.now_ns() >= self.figures_at_ns;
        Ok(self.shape.is_some() && (are_figures_old || self.tiles.iter().any(|tile| tile.is_stale)))
    }

    fn fill_stale(&mut self, now_ns: u64) -> Result<(), SinkError> {
        let Some(shape) = self.shape else { return Ok(()) };
        let are_figures_old = now_ns >= self.figures_at_ns;
        if are_figures_old {
            self.figures_at_ns = now_ns + FIGURES_EVERY_NS;
        }
        let places = cells(self.tiles.len(), self.display.size(), shape);
        for ((tile, feed), place) in self.tiles.iter_mut().zip(&self.feeds.feeds).zip(places) {
            if are_figures_old {
                tile.caption.write(feed.told(now_ns), feed.dropped(), self.is_paused);
            }
            if are_figures_old || tile.is_stale || tile.place != place {
                tile.place = place;
                tile.is_stale = false;
                tile.picture.show(tile.painter.canvas(), place.size);
                tile.picture.caption(tile.caption.parts());
                self.display.fill(place, tile.picture.bytes())?;
            }
        }
        self.display.settle()
    }
}

/// One source's line of figures. Its memory is used again.
#[derive(Debug)]
struct Caption {
    /// Name, rate, age, its p99, drops, and whether the picture stands still; those that are empty are not shown.
    parts: [String; 6],
}

impl Caption {
    fn new(name: &str) -> Self {
        let mut parts = [const { String::new() }; 6];
        name.clone_into(&mut parts[0]);
        Self { parts }
    }

    fn write(&mut self, told: Option<Told>, dropped: u64, is_paused: bool) {
        let [_, fps, age, p99, drops, pause] = &mut self.parts;
        [&mut *fps, &mut *age, &mut *p99, &mut *drops, &mut *pause].into_iter().for_each(String::clear);
        let mut written = Ok(());
        if let Some(Told { fps: rate, age_ns, age_p99_ns }) = told {
            written = written
                .and_then(|()| write!(fps, "{rate:.1} fps"))
                .and_then(|()| write_time(age, "age ", age_ns))
                .and_then(|()| write_time(p99, "p99 ", age_p99_ns))
                .and_then(|()| write!(drops, "{dropped} dropped"));
        }
        if is_paused {
            pause.push_str("paused");
        }
        written.expect("memory takes text");
    }

    fn parts(&self) -> impl Iterator<Item = &str> {
        self.parts.iter().map(String::as_str).filter(|part| !part.is_empty())
    }
}

/// Milliseconds, and seconds from a second on.
fn write_time(text: &mut String, what: &str, ns: u64) -> std::fmt::Result {
    let ms = ns as f64 * 1e-6;
    if ms < 999.5 { write!(text, "{what}{ms:.0} ms") } else { write!(text, "{what}{:.1} s", ms * 1e-3) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_caption_says_what_there_is() {
        let mut caption = Caption::new("cam0");
        caption.write(None, 0, false);
        assert_eq!(caption.parts().collect::<Vec<_>>(), ["cam0"]);
        let told = Told { fps: 29.97, age_ns: 41_400_000, age_p99_ns: 999_600_000 };
        caption.write(Some(told), 3, true);
        let parts = ["cam0", "30.0 fps", "age 41 ms", "p99 1.0 s", "3 dropped", "paused"];
        assert_eq!(caption.parts().collect::<Vec<_>>(), parts);
        let mut alone = Caption::new("");
        alone.write(Some(told), 0, false);
        assert_eq!(alone.parts().next(), Some("30.0 fps"));
    }
}
