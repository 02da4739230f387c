//! The page's files, embedded. What is in them is theirs: `page/`.

/// A file as it is served.
#[derive(Debug)]
pub(crate) struct Asset {
    /// Where it is asked for.
    pub(crate) path: &'static str,
    /// Its `Content-Type`.
    pub(crate) content_type: &'static str,
    /// Its content.
    pub(crate) bytes: &'static [u8],
}

/// Every file of the page.
pub(crate) const ASSETS: [Asset; 1] =
    [Asset { path: "/", content_type: HTML, bytes: include_bytes!("../page/index.html") }];

const HTML: &str = "text/html; charset=utf-8";
