//! What holds of any text that is given as a live view, and of any that a viewer sends.

use ocelli_report::LiveWish;
use ocelli_testkit::CountingAllocator;
use ocelli_web::WebSpec;

/// Bytes in use at once for each byte of the text, and besides: as `WebSpec::parse` and `LiveWish::parse` say.
const MEMORY_FACTOR: u64 = 8;
const MEMORY_BESIDES: u64 = 4 << 10;

/// An error that says how it is written, or values within their limits; and memory within the bound.
pub fn hold(bytes: &[u8]) {
    let Ok(text) = str::from_utf8(bytes) else { return };
    match bounded(text, WebSpec::parse) {
        Ok(spec) => {
            assert!(spec.text == text && text.starts_with("web:"));
            assert!((0.1..=240.0).contains(&spec.fps_max) && (16..=7680).contains(&spec.width_max));
            assert!((1..=100).contains(&spec.quality) && spec.hosts.len() <= 16);
            assert_eq!(spec.is_on_loopback(), spec.address.ip().is_loopback());
        }
        Err(error) => assert!(error.hint().contains("write web:["), "{error}"),
    }
    if let Ok(wish) = bounded(text, LiveWish::parse) {
        assert!(wish.fps.is_none_or(|fps| fps.is_finite() && fps >= 0.0));
    }
}

fn bounded<T>(text: &str, parse: impl Fn(&str) -> T) -> T {
    let (parsed, peak) = CountingAllocator::peak_bytes(|| parse(text));
    let allowed = MEMORY_FACTOR * text.len() as u64 + MEMORY_BESIDES;
    assert!(peak <= allowed, "{peak} bytes in use for a text of {} bytes", text.len());
    parsed
}
