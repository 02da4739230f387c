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

const HTML: &str = "text/html; charset=utf-8";
const CSS: &str = "text/css; charset=utf-8";
const SCRIPT: &str = "text/javascript; charset=utf-8";
const SVG: &str = "image/svg+xml";

/// One of `page/`, where it is asked for by its name.
macro_rules! asset {
    ($name:literal, $content_type:expr) => {
        Asset {
            path: concat!("/", $name),
            content_type: $content_type,
            bytes: include_bytes!(concat!("../page/", $name)),
        }
    };
}

/// Every file of the page.
pub(crate) const ASSETS: [Asset; 18] = [
    Asset { path: "/", content_type: HTML, bytes: include_bytes!("../page/index.html") },
    asset!("style.css", CSS),
    asset!("layout.css", CSS),
    asset!("icon.svg", SVG),
    asset!("access.js", SCRIPT),
    asset!("events.js", SCRIPT),
    asset!("figures.js", SCRIPT),
    asset!("keys.js", SCRIPT),
    asset!("main.js", SCRIPT),
    asset!("overlay.js", SCRIPT),
    asset!("palette.js", SCRIPT),
    asset!("plot.js", SCRIPT),
    asset!("screen.js", SCRIPT),
    asset!("store.js", SCRIPT),
    asset!("stream.js", SCRIPT),
    asset!("tile.js", SCRIPT),
    asset!("view.js", SCRIPT),
    asset!("wire.js", SCRIPT),
];

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn every_file_of_the_page_is_here() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/page");
        let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name());
        let mut names: Vec<_> = entries.map(|name| format!("/{}", name.to_str().unwrap())).collect();
        let mut paths: Vec<_> = ASSETS.iter().map(|asset| asset.path).collect();
        names.iter_mut().filter(|name| *name == "/index.html").for_each(|name| *name = "/".to_owned());
        names.sort_unstable();
        paths.sort_unstable();
        assert_eq!(names, paths);
    }
}
