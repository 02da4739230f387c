//! The window's thread: takes what is newest, paints it, shows it, and heeds the keys.

use std::sync::Arc;
use std::time::Duration;

use ocelli_draw::{Painter, ScreenPicture};
use ocelli_frame::{Clock, Size};
use ocelli_pipeline::{SinkError, Stop};
use ocelli_report::RunLabels;

use crate::caption::Caption;
use crate::display::{Display, Input};
use crate::feed::{Feed, Feeds, Picture};
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
            if self.take(now_ns)? {
                self.fill()?;
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

    /// Paints what is new, and reads the figures anew where it is time. True where something is to be shown.
    fn take(&mut self, now_ns: u64) -> Result<bool, SinkError> {
        if !self.is_paused {
            for (tile, feed) in self.tiles.iter_mut().zip(&self.feeds.feeds) {
                let Some(Picture { frame, predictions }) = feed.take() else { continue };
                tile.painter.paint(&frame, &predictions);
                tile.is_stale = true;
                feed.give_back(predictions);
                self.shape.get_or_insert(frame.info().size);
            }
        }
        let Some(shape) = self.shape else { return Ok(false) };
        if !self.display.has_appeared() {
            let Size { width, height } = self.display.room();
            let room = Size { width: width / ROOM.1 * ROOM.0, height: height / ROOM.1 * ROOM.0 };
            self.display.appear(window_size(self.tiles.len(), shape, room))?;
        }
        if now_ns >= self.figures_at_ns {
            self.figures_at_ns = now_ns + FIGURES_EVERY_NS;
            for (tile, feed) in self.tiles.iter_mut().zip(&self.feeds.feeds) {
                tile.caption.write(feed.told(now_ns), feed.dropped(), self.is_paused);
                tile.is_stale = true;
            }
        }
        Ok(self.tiles.iter().any(|tile| tile.is_stale))
    }

    /// Shows what is stale.
    fn fill(&mut self) -> Result<(), SinkError> {
        let Some(shape) = self.shape else { return Ok(()) };
        let places = cells(self.tiles.len(), self.display.size(), shape);
        for (tile, place) in self.tiles.iter_mut().zip(places) {
            if std::mem::take(&mut tile.is_stale) {
                tile.picture.show(tile.painter.canvas(), place.size);
                tile.picture.caption(tile.caption.parts());
                self.display.fill(place, tile.picture.bytes())?;
            }
        }
        self.display.settle()
    }
}
