//! From sink texts to sinks: files, the live view, a window.

use ocelli_pipeline::{FRAMES_WATCHED, SinkError};
use ocelli_record::{GRAMMAR, SinkSpec, parse_sink};
use ocelli_web::{WebSink, WebSpec};

use crate::failure::Failure;
use crate::wiring::Assembly;
use crate::wiring::window::WindowSpec;

/// Sinks that are no files, behind those that are.
const OTHERS: &str = ", web:[ADDRESS], window:";

/// A sink that was asked for.
#[derive(Debug)]
pub enum SinkOrder {
    /// A file or folder.
    File(SinkSpec),
    /// The live view.
    Web(WebSpec),
    /// A window on this machine's screen.
    Window(WindowSpec),
}

impl SinkOrder {
    /// Reads the text of a sink. Looks at no disk and no network.
    fn parse(text: &str) -> Result<Self, SinkError> {
        if text == "web" || text.starts_with("web:") {
            return WebSpec::parse(text).map(Self::Web);
        }
        if text == "window" || text.starts_with("window:") {
            return WindowSpec::parse(text).map(Self::Window);
        }
        parse_sink(text).map(Self::File).map_err(|error| {
            let lists_them = error.hint().ends_with(GRAMMAR);
            let others = if lists_them { OTHERS } else { "" };
            SinkError::new(error.to_string(), format!("{}{others}", error.hint()))
        })
    }

    /// Reads all of them.
    pub fn parse_all(texts: &[String]) -> Result<Vec<Self>, Failure> {
        let orders = texts.iter().map(|text| Self::parse(text)).collect::<Result<Vec<_>, _>>()?;
        let windows = orders.iter().filter(|order| matches!(order, Self::Window(_))).count();
        if windows > 1 {
            let message = format!("window: was asked for {windows} times");
            return Err(Failure::new(message, "one window shows all sources, side by side"));
        }
        Ok(orders)
    }

    /// Those that are files.
    pub fn files(orders: &[Self]) -> Vec<SinkSpec> {
        let file = |order: &Self| match order {
            Self::File(spec) => Some(spec.clone()),
            Self::Web(_) | Self::Window(_) => None,
        };
        orders.iter().filter_map(file).collect()
    }

    /// Whether results come to it with their frames.
    pub fn wants_pixels(&self) -> bool {
        match self {
            Self::File(spec) => spec.kind.wants_pixels(),
            Self::Web(_) => false,
            Self::Window(_) => true,
        }
    }

    /// Frames of each source that it holds beside results.
    pub fn frames_watched(&self) -> usize {
        match self {
            Self::File(_) | Self::Window(_) => 0,
            Self::Web(_) => FRAMES_WATCHED,
        }
    }

    /// Opens it and adds it to the run.
    pub fn open(&self, assembly: &mut Assembly) -> Result<(), Failure> {
        match self {
            Self::File(spec) => {
                let sink = spec.open(&assembly.labels)?;
                assembly.add_sink(sink, spec.fps);
            }
            Self::Web(spec) => {
                let sink = WebSink::open(spec, assembly.view())?;
                eprintln!("live view: {}", sink.address());
                assembly.add_sink(Box::new(sink), None);
            }
            Self::Window(spec) => assembly.add_window(spec)?,
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_goes_to_its_crate() {
        let parsed = |text: &str| SinkOrder::parse(text).unwrap();
        assert!(matches!(parsed("jsonl:out.jsonl"), SinkOrder::File(_)));
        assert!(matches!(parsed("jsonl:web:"), SinkOrder::File(_)));
        assert!(matches!(parsed("web:"), SinkOrder::Web(_)));
        assert!(matches!(parsed("web:0?fps=5"), SinkOrder::Web(_)));
        assert!(matches!(parsed("window:?fps=5"), SinkOrder::Window(_)));
        assert_eq!(
            (parsed("web:").frames_watched(), parsed("video:a.mp4").frames_watched()),
            (FRAMES_WATCHED, 0)
        );
    }

    #[test]
    fn hints_list_every_kind() {
        for text in ["smoke:signals", "", "jsonl:", "out.jsonl", "webcam:"] {
            let hint = SinkOrder::parse(text).unwrap_err().hint().to_owned();
            assert!(hint.contains("jsonl:PATH") && hint.ends_with(OTHERS), "{text}: {hint}");
        }
        let hint = SinkOrder::parse("jsonl:a?fps=x").unwrap_err().hint().to_owned();
        assert!(!hint.contains("web:"), "{hint}");
        assert!(SinkOrder::parse("web").unwrap_err().hint().starts_with("write web:"));
    }
}
