//! What holds of any text that is given as a sink.

use ocelli_record::{SinkKind, parse_sink};
use ocelli_testkit::CountingAllocator;

/// Bytes in use at once for each byte of the text, and besides: as `parse_sink` says.
const MEMORY_FACTOR: u64 = 8;
const MEMORY_BESIDES: u64 = 4 << 10;

/// An error that says what sinks there are, or a sink that keeps its text; and memory within the bound.
pub fn hold(bytes: &[u8]) {
    let Ok(text) = str::from_utf8(bytes) else { return };
    let (parsed, peak) = CountingAllocator::peak_bytes(|| parse_sink(text));
    let allowed = MEMORY_FACTOR * text.len() as u64 + MEMORY_BESIDES;
    assert!(peak <= allowed, "{peak} bytes in use for a text of {} bytes", text.len());
    match parsed {
        Ok(spec) => {
            let (word, _) = text.split_once(':').expect("a sink begins with its kind");
            assert_eq!((spec.text.as_str(), Some(spec.kind)), (text, kind(word)));
        }
        Err(error) => assert!(error.hint().contains("jsonl:PATH"), "{error}"),
    }
}

fn kind(word: &str) -> Option<SinkKind> {
    SinkKind::ALL.into_iter().find(|(known, _)| *known == word).map(|(_, kind)| kind)
}
