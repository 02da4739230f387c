//! Screenshots for people, on a desktop and on a phone, light and dark; and what can be said of them without eyes.

use super::run::{DESKTOP, LiveRun, PHONE, SOURCE, browser};

#[test]
fn one_source_two_sources_and_a_slow_model_on_each_screen() {
    let Some((mut page, _turn)) = browser() else { return };
    let second = "synthetic:?size=640x480&fps=30&objects=7&seed=3";
    let scenes: [(&str, &[&str]); 3] = [
        ("one", &[SOURCE, "--model", "embedded:scene"]),
        ("two", &[SOURCE, second, "--model", "embedded:scene"]),
        ("slow", &[SOURCE, "--backend", "fake:300ms"]),
    ];
    for (scene, arguments) in scenes {
        let run = LiveRun::start(arguments, "web:127.0.0.1:0");
        // So long that the plot has something to show.
        page.look_at(&run.address, &DESKTOP, "dark");
        page.wait_for("ocelli.sources[0].status.captured > 300");
        for screen in [&DESKTOP, &PHONE] {
            for theme in ["dark", "light"] {
                page.look_at(&run.address, screen, theme);
                page.wait_for("(ocelli.sources[0].inset ?? ocelli.sources[0].shown).has_result");
                page.wait_for("Number(document.querySelector('[data-figure=picture_fps]').textContent) > 5");
                page.keep_screenshot(&format!("{}-{theme}-{scene}", screen.name));
                assert_fits(&mut page, screen.width);
            }
        }
    }
    page.assert_no_complaints();
}

/// Nothing is wider than the screen, and what fingers press is large enough for them.
fn assert_fits(page: &mut crate::devtools::Page, width: u32) {
    let wide = page.evaluate("document.documentElement.scrollWidth").as_u64().unwrap();
    assert!(wide <= u64::from(width), "{wide} pixels wide: nothing is to be scrolled sideways");
    let outside = page.evaluate(
        "[...document.querySelectorAll('.tile')].flatMap((tile) => [...tile.querySelectorAll('*')].filter((part) => \
         part.getBoundingClientRect().right > tile.getBoundingClientRect().right + 8)).map(({ outerHTML }) => outerHTML)",
    );
    assert_eq!(outside.as_array().map(Vec::len), Some(0), "outside of its tile: {outside}");
    let small = page.evaluate(
        "matchMedia('(pointer: coarse)').matches ? [...document.querySelectorAll('button')].filter((button) => \
         button.offsetParent && button.getBoundingClientRect().height < 44).map(({ outerHTML }) => outerHTML) : []",
    );
    assert_eq!(small.as_array().map(Vec::len), Some(0), "too small to touch: {small}");
}
