//! What the live view says and is told, version 1: the greeting of a viewer, results and statuses as they are sent, the
//! whole status, and a viewer's wishes.

use ocelli_frame::{Counts, FrameResult, Health, Size};
use serde::ser::SerializeMap;
use serde::{Deserialize, Serialize, Serializer};

use crate::RunLabels;
use crate::numbers::{Displayed, Reasons, thousandths};

/// The version of the protocol and of the status, their `v`.
const VERSION: u32 = 1;

/// The first message to a viewer.
#[derive(Clone, Copy, Debug)]
pub struct LiveHello<'a> {
    /// The names behind the numbers.
    pub labels: &'a RunLabels,
    /// Which source it looks at.
    pub source: usize,
    /// Pictures a second, as granted.
    pub fps: f64,
    /// The pictures' width at most, as granted.
    pub width: u32,
}

impl LiveHello<'_> {
    /// `{"hello":{…}}`.
    pub fn to_json(&self) -> String {
        #[derive(Serialize)]
        struct Form<'a> {
            v: u32,
            source: usize,
            name: &'a str,
            sources: usize,
            model: &'a str,
            backend: &'a str,
            classes: &'a [String],
            fps: f64,
            width: u32,
        }
        let Self { labels, source, fps, width } = *self;
        message(
            "hello",
            &Form {
                v: VERSION,
                source,
                name: &labels.sources[source],
                sources: labels.sources.len(),
                model: &labels.model,
                backend: &labels.backend,
                classes: &labels.classes,
                fps: thousandths(fps),
                width,
            },
        )
    }
}

/// `{"result":{…}}`, with one line of JSONL inside.
pub fn live_result(labels: &RunLabels, result: &FrameResult) -> String {
    let mut text = b"{\"result\":".to_vec();
    crate::write_line(&mut text, labels, result);
    text.pop();
    text.push(b'}');
    String::from_utf8(text).expect("JSON is UTF-8")
}

/// How a run does at a moment.
#[derive(Clone, Debug)]
pub struct LiveStatus<'a> {
    /// The names behind the numbers.
    pub labels: &'a RunLabels,
    /// Seconds since the run began.
    pub uptime_s: f64,
    /// Viewers of all sources.
    pub viewers: usize,
    /// What happened that nobody asked for, and when: seconds since the run began.
    pub events: &'a [(f64, String)],
    /// Every source, in order.
    pub sources: Vec<LiveSource>,
}

/// How a source does at a moment.
#[derive(Clone, Debug)]
pub struct LiveSource {
    /// Which one.
    pub index: usize,
    /// Its name.
    pub name: String,
    /// Of its pictures, where there was one.
    pub size: Option<Size>,
    /// Whether its frames go to the model.
    pub inferring: bool,
    /// What its pictures are like.
    pub health: Health,
    /// It gives none for now.
    pub is_away: bool,
    /// It will give no more.
    pub has_ended: bool,
    /// Frames that arrive a second.
    pub received_fps: f64,
    /// Results a second.
    pub result_fps: f64,
    /// Frames a second that are made into pictures.
    pub picture_fps: f64,
    /// How old the frame of the newest result is now.
    pub age_now_ms: Option<f64>,
    /// Ages of results when they came.
    pub age: Option<LiveSpread>,
    /// Each stage's times.
    pub stages: [(&'static str, Option<LiveSpread>); 4],
    /// The account.
    pub counts: Counts,
    /// How many look at it.
    pub viewers: usize,
    /// What became of its pictures.
    pub pictures: LivePictures,
    /// A point a second, the oldest first, where it was asked for.
    pub history: Option<Vec<LivePoint>>,
}

/// How a time is spread, in milliseconds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LiveSpread {
    /// The median.
    pub p50_ms: f64,
    /// 99 in 100 are no longer.
    pub p99_ms: f64,
}

/// What became of one source's pictures, over all its viewers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct LivePictures {
    /// JPEGs made.
    pub encoded: u64,
    /// Pictures handed to sockets.
    pub sent: u64,
    /// Pictures that newer ones replaced before they were sent.
    pub replaced: u64,
}

/// One second of a source's history.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LivePoint {
    /// Its end, in seconds since the run began.
    pub at_s: f64,
    /// Ages of its results, where it had any.
    pub age: Option<LiveSpread>,
    /// Results a second.
    pub result_fps: f64,
}

impl LiveStatus<'_> {
    /// The whole status, on one line with its newline.
    pub fn to_json(&self) -> String {
        #[derive(Serialize)]
        struct Event<'a> {
            at_s: f64,
            text: &'a str,
        }
        #[derive(Serialize)]
        struct Form<'a> {
            v: u32,
            model: &'a str,
            backend: &'a str,
            uptime_s: f64,
            viewers: usize,
            events: Vec<Event<'a>>,
            sources: &'a [LiveSource],
        }
        let events = self.events.iter().map(|(at_s, text)| Event { at_s: thousandths(*at_s), text });
        let form = Form {
            v: VERSION,
            model: &self.labels.model,
            backend: &self.labels.backend,
            uptime_s: thousandths(self.uptime_s),
            viewers: self.viewers,
            events: events.collect(),
            sources: &self.sources,
        };
        json(&form) + "\n"
    }
}

impl LiveSource {
    /// `{"status":{…}}`.
    pub fn to_json(&self) -> String {
        message("status", self)
    }
}

impl Serialize for LiveSource {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Age {
            now: Option<f64>,
            p50: Option<f64>,
            p99: Option<f64>,
        }
        let age = Age {
            now: self.age_now_ms.map(thousandths),
            p50: self.age.map(|age| thousandths(age.p50_ms)),
            p99: self.age.map(|age| thousandths(age.p99_ms)),
        };
        let counts = &self.counts;
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("index", &self.index)?;
        map.serialize_entry("name", &self.name)?;
        map.serialize_entry("size", &self.size.map(|size| [size.width, size.height]))?;
        map.serialize_entry("inferring", &self.inferring)?;
        map.serialize_entry("health", &Displayed(self.health))?;
        map.serialize_entry("is_away", &self.is_away)?;
        map.serialize_entry("has_ended", &self.has_ended)?;
        map.serialize_entry("received_fps", &thousandths(self.received_fps))?;
        map.serialize_entry("result_fps", &thousandths(self.result_fps))?;
        map.serialize_entry("picture_fps", &thousandths(self.picture_fps))?;
        map.serialize_entry("age_ms", &age)?;
        map.serialize_entry("stages_ms", &Stages(&self.stages))?;
        map.serialize_entry("captured", &counts.captured)?;
        map.serialize_entry("emitted", &counts.emitted)?;
        map.serialize_entry("in_flight", &counts.in_flight)?;
        map.serialize_entry("dropped", &Reasons { counts: || counts.dropped_named(), with_zeros: false })?;
        map.serialize_entry("failed", &Reasons { counts: || counts.failed_named(), with_zeros: false })?;
        map.serialize_entry("viewers", &self.viewers)?;
        map.serialize_entry("pictures", &self.pictures)?;
        if let Some(history) = &self.history {
            map.serialize_entry("history", history)?;
        }
        map.end()
    }
}

struct Stages<'a>(&'a [(&'static str, Option<LiveSpread>)]);

impl Serialize for Stages<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().copied())
    }
}

impl Serialize for LiveSpread {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(2))?;
        map.serialize_entry("p50", &thousandths(self.p50_ms))?;
        map.serialize_entry("p99", &thousandths(self.p99_ms))?;
        map.end()
    }
}

impl Serialize for LivePoint {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let (p50, p99) = (self.age.map(|age| age.p50_ms), self.age.map(|age| age.p99_ms));
        let form = (
            thousandths(self.at_s),
            p50.map(thousandths),
            p99.map(thousandths),
            thousandths(self.result_fps),
        );
        form.serialize(serializer)
    }
}

/// What a viewer asks for; what it leaves out stays as it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LiveWish {
    /// Pictures a second; 0 for none.
    pub fps: Option<f64>,
    /// The pictures' width at most.
    pub width: Option<u32>,
}

impl LiveWish {
    /// Reads `{"fps":5,"width":320}`. Memory: at most 8 times the text and 4 KiB.
    ///
    /// # Errors
    /// A few words, where it is anything else.
    pub fn parse(text: &str) -> Result<Self, String> {
        let wish: Self = serde_json::from_str(text).map_err(|error| error.to_string())?;
        match wish.fps {
            Some(fps) if !fps.is_finite() || fps < 0.0 => Err(format!("{fps} is no rate")),
            _ => Ok(wish),
        }
    }
}

/// An object of one entry.
fn message(name: &str, value: &impl Serialize) -> String {
    format!("{{\"{name}\":{}}}", json(value))
}

fn json(value: &impl Serialize) -> String {
    serde_json::to_string(value).expect("memory takes text, and every key is a string")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wishes_are_read_strictly() {
        let parsed = |text| LiveWish::parse(text).map(|wish| (wish.fps, wish.width));
        assert_eq!(parsed(r#"{"fps":5,"width":320}"#), Ok((Some(5.0), Some(320))));
        assert_eq!(parsed(r#"{"fps":0}"#), Ok((Some(0.0), None)));
        assert_eq!(parsed("{}"), Ok((None, None)));
        for wrong in [
            "",
            "5",
            r#"{"fps":-1}"#,
            r#"{"fps":1e999}"#,
            r#"{"fps":"5"}"#,
            r#"{"width":-1}"#,
            r#"{"width":1.5}"#,
            r#"{"wdith":5}"#,
            r#"{"fps":5} {"fps":5}"#,
        ] {
            assert!(parsed(wrong).is_err(), "{wrong}");
        }
    }
}
