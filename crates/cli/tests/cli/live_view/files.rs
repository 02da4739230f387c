//! The page's files: all are served, each says what it is, and colours are those of the pictures that runs write.

use std::fs;
use std::path::Path;

use super::run::{DESKTOP, LiveRun, SOURCE, browser};

const LINES_MAX: usize = 400;

/// Name and content of each.
fn files() -> Vec<(String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../web/page");
    let entries = fs::read_dir(folder).expect("the page's folder").map(|entry| entry.expect("an entry"));
    let file = |entry: fs::DirEntry| {
        let name = entry.file_name().to_string_lossy().into_owned();
        (name, fs::read_to_string(entry.path()).expect("text"))
    };
    entries.map(file).collect()
}

/// All whole numbers in a text.
fn numbers(text: &str) -> Vec<u8> {
    let words = text.split(|letter: char| !letter.is_ascii_digit());
    words.filter(|word| !word.is_empty()).map(|word| word.parse().expect("a byte")).collect()
}

/// What stands between two marks.
fn between<'text>(text: &'text str, start: &str, end: &str) -> &'text str {
    let (_, rest) = text.split_once(start).expect(start);
    rest.split_once(end).expect(end).0
}

#[test]
fn each_script_says_what_it_is_and_none_reaches_elsewhere() {
    let files = files();
    assert!(files.len() > 10);
    for (name, text) in &files {
        assert!(text.lines().count() <= LINES_MAX, "{name}: split it");
        if name.ends_with(".js") {
            assert!(
                text.starts_with("// ") && text.contains("\n// @ts-check\n"),
                "{name}: opens with what it is"
            );
        }
        let elsewhere = text.replace("http://www.w3.org/2000/svg", "");
        assert!(!elsewhere.contains("://") || name == "stream.js", "{name}: reaches elsewhere");
        assert!(
            !text.contains(" style=\"") && !text.contains("<style"),
            "{name}: the policy forbids inline style"
        );
    }
}

#[test]
fn classes_have_the_colours_of_pictures_that_runs_write() {
    let files = files();
    let (_, script) = files.iter().find(|(name, _)| name == "palette.js").expect("palette.js");
    let of_the_page = numbers(between(script, "COLORS = [", "];"));
    let of_pictures = numbers(between(include_str!("../../../../draw/src/palette.rs"), "20] = [", "];"));
    assert_eq!(of_pictures.len(), 60);
    assert_eq!(of_the_page, of_pictures);
}

#[test]
fn every_file_is_served_under_a_strict_policy() {
    let Some((mut page, _turn)) = browser() else { return };
    let run = LiveRun::start(&[SOURCE, "--backend", "fake:20ms"], "web:127.0.0.1:0");
    page.look_at(&run.address, &DESKTOP, "light");
    for (name, text) in files() {
        let path = if name == "index.html" { String::new() } else { name.clone() };
        let served = page.evaluate(&format!(
            "fetch('/{path}').then((answer) => answer.ok ? answer.text() : answer.status)"
        ));
        assert_eq!(served, text.as_str(), "{name}");
    }
    let policy = page.evaluate("fetch('/').then(({ headers }) => headers.get('content-security-policy'))");
    let policy = policy.as_str().expect("a policy");
    assert!(policy.contains("default-src 'self'") && !policy.contains("unsafe"), "{policy}");
    // What the policy forbids does not happen, and the page sees that it does not.
    page.evaluate("document.body.setAttribute('style', 'color: red')");
    assert!(page.evaluate("getComputedStyle(document.body).color") != "rgb(255, 0, 0)");
}
