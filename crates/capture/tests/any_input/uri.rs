//! What holds of any text that is given as a source.

use ocelli_capture::{SourceError, SourceErrorKind, SourceUri};
use ocelli_testkit::CountingAllocator;

/// Bytes in use at once for each byte of the text, and besides: as `uri` says.
const MEMORY_FACTOR: u64 = 16;
const MEMORY_BESIDES: u64 = 4 << 10;

/// An error that says what is known, or a source that prints as a text which means the same; and memory within the
/// bound. Nothing is on disk here.
pub fn hold(bytes: &[u8]) {
    let Ok(text) = str::from_utf8(bytes) else { return };
    let (parsed, peak) = CountingAllocator::peak_bytes(|| parse(text));
    let allowed = MEMORY_FACTOR * text.len() as u64 + MEMORY_BESIDES;
    assert!(peak <= allowed, "{peak} bytes in use for a text of {} bytes", text.len());
    let uri = match parsed {
        Ok(uri) => uri,
        Err(error) => {
            assert_eq!(error.kind(), SourceErrorKind::BadUri, "{error}");
            assert!(!error.hint().is_empty(), "{error}");
            return;
        }
    };
    let shown = uri.to_string();
    let again = parse(&shown).unwrap_or_else(|error| panic!("{shown:?}, as {uri:?} prints: {error}"));
    match (&uri, &again) {
        // Their passwords are gone.
        (SourceUri::Rtsp(_), SourceUri::Rtsp(_)) | (SourceUri::Http(_), SourceUri::Http(_)) => {
            assert_eq!(again.to_string(), shown);
        }
        _ => assert_eq!(again, uri, "by way of {shown:?}"),
    }
}

fn parse(text: &str) -> Result<SourceUri, SourceError> {
    SourceUri::parse_with(text, |_| None)
}
