//! The grammar of sinks: `KIND:DESTINATION`, and `?fps=X` behind it for a rate.

use std::sync::Arc;

use ocelli_pipeline::{RateLimit, Sink, SinkError};
use ocelli_report::RunLabels;

use crate::{CocoSink, Destination, ImagesSink, JsonlSink, VideoSink, YoloSink};

/// What a sink writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SinkKind {
    /// A line of JSON for every result.
    Jsonl,
    /// One array of COCO results.
    Coco,
    /// A YOLO label file for every result.
    Yolo,
    /// A JPEG for every result, with what was found drawn onto it.
    Images,
    /// The same as one video.
    Video,
}

impl SinkKind {
    /// Every kind, by the word it is asked for with.
    pub const ALL: [(&'static str, Self); 5] = [
        ("jsonl", Self::Jsonl),
        ("coco", Self::Coco),
        ("yolo", Self::Yolo),
        ("images", Self::Images),
        ("video", Self::Video),
    ];

    /// Whether it needs the frames themselves, and so room for them in their sources' pools.
    pub fn wants_pixels(self) -> bool {
        match self {
            Self::Jsonl | Self::Coco | Self::Yolo => false,
            Self::Images | Self::Video => true,
        }
    }
}

/// How sinks that are files are written, for hints and help.
pub const GRAMMAR: &str =
    "jsonl:PATH, jsonl:- (standard output), coco:PATH, yolo:DIR, images:DIR, video:PATH.mp4";

/// What stands between a destination and its rate. No path ends like this.
const RATE: &str = "?fps=";

/// A sink that was asked for.
#[derive(Clone, Debug, PartialEq)]
pub struct SinkSpec {
    /// The text itself, its name in the account.
    pub text: String,
    /// What it writes.
    pub kind: SinkKind,
    /// Where to.
    pub destination: Destination,
    /// Results a second of each source that it takes at most.
    pub fps: Option<f64>,
}

/// Reads `jsonl:PATH`, `coco:PATH`, `yolo:DIR`, `images:DIR` or `video:PATH`, each with or without `?fps=X` at its end.
/// Looks at no disk.
/// Memory: at most 8 times the text and 4 KiB.
///
/// # Errors
/// Where the kind is none that we know, the path is empty, or the rate is no number from 0.001 to 10000.
pub fn parse_sink(text: &str) -> Result<SinkSpec, SinkError> {
    let unknown = |what: String| SinkError::new(what, format!("sinks are {GRAMMAR}"));
    let Some((word, destination)) = text.split_once(':') else {
        let guess = [(".jsonl", "jsonl"), (".json", "coco"), (".mp4", "video")]
            .into_iter()
            .find(|(end, _)| text.ends_with(end));
        return Err(match guess {
            Some((_, kind)) => SinkError::new(
                format!("{text}: a sink begins with its kind"),
                format!("write {kind}:{text}; sinks are {GRAMMAR}"),
            ),
            None => unknown(format!("{text:?} is not a sink")),
        });
    };
    let kind = SinkKind::ALL.into_iter().find(|(known, _)| *known == word);
    let Some((_, kind)) = kind else {
        return Err(unknown(format!("{text}: there is no sink of the kind {word:?}")));
    };
    let (destination, fps) = split_rate(text, destination)?;
    if destination.is_empty() {
        return Err(SinkError::new(
            format!("{text}: no path behind the colon"),
            format!("sinks are {GRAMMAR}"),
        ));
    }
    Ok(SinkSpec { text: text.to_owned(), kind, destination: Destination::from_text(destination), fps })
}

/// What stands before `?fps=X` in a sink's destination, and the rate where there is one.
///
/// # Errors
/// Where it is no number from 0.001 to 10000; `text` is the whole sink, for the message.
pub fn split_rate<'a>(text: &str, destination: &'a str) -> Result<(&'a str, Option<f64>), SinkError> {
    match destination.rsplit_once(RATE) {
        Some((destination, fps)) => Ok((destination, Some(parse_fps(text, fps)?))),
        None => Ok((destination, None)),
    }
}

fn parse_fps(text: &str, fps: &str) -> Result<f64, SinkError> {
    let rates = RateLimit::FPS;
    let number = fps.parse().ok().filter(|fps| rates.contains(fps));
    number.ok_or_else(|| {
        SinkError::new(
            format!("{text}: {fps:?} is no rate"),
            format!(
                "from {} to {} results a second, as in jsonl:out.jsonl?fps=5",
                rates.start(),
                rates.end()
            ),
        )
    })
}

impl SinkSpec {
    /// Opens the sink's file or folder and makes the sink.
    ///
    /// # Errors
    /// Where it cannot be written to, and where a run of these sources has no place there.
    pub fn open(&self, labels: &Arc<RunLabels>) -> Result<Box<dyn Sink>, SinkError> {
        let destination = self.destination.clone();
        Ok(match self.kind {
            SinkKind::Jsonl => Box::new(JsonlSink::create(&self.text, destination, Arc::clone(labels))?),
            SinkKind::Coco => Box::new(CocoSink::create(&self.text, destination)?),
            SinkKind::Yolo => Box::new(YoloSink::create(&self.text, &destination, Arc::clone(labels))?),
            SinkKind::Images => Box::new(ImagesSink::create(&self.text, &destination, labels)?),
            SinkKind::Video => Box::new(VideoSink::create(&self.text, destination, labels)?),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_and_destinations() {
        let spec = |text: &str| parse_sink(text).map(|spec| (spec.kind, spec.destination)).unwrap();
        assert_eq!(spec("jsonl:-"), (SinkKind::Jsonl, Destination::Stdout));
        assert_eq!(spec("jsonl:./-"), (SinkKind::Jsonl, Destination::Path("./-".into())));
        assert_eq!(spec("coco:a b:c.json"), (SinkKind::Coco, Destination::Path("a b:c.json".into())));
    }

    #[test]
    fn a_rate_stands_at_the_end() {
        let spec = |text: &str| parse_sink(text).map(|spec| (spec.destination, spec.fps)).unwrap();
        let path = |path: &str| Destination::Path(path.into());
        assert_eq!(spec("jsonl:a?fps=2.5"), (path("a"), Some(2.5)));
        assert_eq!(spec("jsonl:-?fps=1"), (Destination::Stdout, Some(1.0)));
        assert_eq!(spec("jsonl:a?b"), (path("a?b"), None));
        assert_eq!(spec("jsonl:a?fps=1?fps=2"), (path("a?fps=1"), Some(2.0)));
        for fps in ["", "0", "-1", "nan", "inf", "1e9", "1x"] {
            let error = parse_sink(&format!("jsonl:a?fps={fps}")).unwrap_err();
            assert_eq!(error.to_string(), format!("jsonl:a?fps={fps}: {fps:?} is no rate"));
        }
        assert!(parse_sink("jsonl:?fps=1").is_err(), "no path");
    }

    #[test]
    fn what_is_no_sink_says_what_is() {
        let cases = [
            ("", r#""" is not a sink"#),
            ("web:127.0.0.1:7001", r#"web:127.0.0.1:7001: there is no sink of the kind "web""#),
            ("JSONL:a", r#"JSONL:a: there is no sink of the kind "JSONL""#),
            ("jsonl:", "jsonl:: no path behind the colon"),
            ("out.json", "out.json: a sink begins with its kind"),
        ];
        for (text, message) in cases {
            let error = parse_sink(text).unwrap_err();
            assert_eq!(error.to_string(), message);
            assert!(error.hint().contains(GRAMMAR), "{}", error.hint());
        }
        assert!(parse_sink("out.jsonl").unwrap_err().hint().starts_with("write jsonl:out.jsonl;"));
    }
}
