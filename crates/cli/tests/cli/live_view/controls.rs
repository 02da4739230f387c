//! The controls: each changes what is to be seen, and only inference's own switch changes the run.

use std::time::Duration;

use super::run::{DESKTOP, LiveRun, SOURCE, browser};
use crate::devtools::patiently;

#[test]
fn pause_freezes_the_picture_and_not_the_run() {
    let Some((mut page, _turn)) = browser() else { return };
    let run = LiveRun::start(&[SOURCE, "--backend", "fake:20ms"], "web:127.0.0.1:0");
    page.look_at(&run.address, &DESKTOP, "dark");
    page.wait_for("ocelli.sources[0].shown.has_result");
    page.press(" ");
    page.wait_for("document.querySelector('.state').textContent === 'paused'");
    let emitted = "ocelli.sources[0].status.emitted";
    let (frozen, before) = (page.evaluate("ocelli.sources[0].shown.seq"), page.evaluate(emitted));
    let pixels = "document.querySelector('.picture').toDataURL()";
    let picture = page.evaluate(pixels);
    page.wait_for(&format!("{emitted} > {before} + 30"));
    assert_eq!(page.evaluate("ocelli.sources[0].shown.seq"), frozen);
    assert!(page.evaluate(pixels) == picture, "not a pixel moves");

    // What lies over a frozen picture still follows the controls.
    page.press("b");
    page.wait_for("ocelli.sources[0].shown.boxes.length === 0");
    assert!(page.evaluate(pixels) != picture);
    page.press("b");
    page.wait_for("ocelli.sources[0].shown.boxes.length === 2");
    assert!(page.evaluate(pixels) == picture, "the same picture again");
    page.click("#pause");
    page.wait_for(&format!("ocelli.sources[0].shown.seq > {frozen}"));
    page.assert_no_complaints();
}

#[test]
fn overlay_threshold_and_look_change_what_is_drawn() {
    let Some((mut page, _turn)) = browser() else { return };
    // Two boxes on every frame: 0.9 and 0.5.
    let run = LiveRun::start(&[SOURCE, "--backend", "fake:20ms"], "web:127.0.0.1:0");
    page.look_at(&run.address, &DESKTOP, "dark");
    let drawn = "ocelli.sources[0].shown.has_result && ocelli.sources[0].shown.boxes.map(({ confidence }) => Math.round(confidence * 100)).join()";
    page.wait_for(&format!("{drawn} === '90,50'"));
    page.click("#overlay");
    page.wait_for(&format!("{drawn} === ''"));
    assert!(page.sample(0, "shown", 10).iter().all(|sample| sample.boxes.is_empty()));
    page.click("#overlay");
    page.wait_for(&format!("{drawn} === '90,50'"));

    page.evaluate("const slider = document.querySelector('#threshold'); slider.value = 0.6; slider.dispatchEvent(new Event('input'))");
    page.wait_for(&format!("{drawn} === '90'"));
    assert_eq!(page.evaluate("document.querySelector('#threshold-value').textContent"), "0.60");
    (0..8).for_each(|_| page.press("]"));
    page.wait_for(&format!("{drawn} === ''"));
    (0..20).for_each(|_| page.press("["));
    page.wait_for(&format!("{drawn} === '90,50'"));
    assert_eq!(page.evaluate("document.querySelector('#threshold-value').textContent"), "0.00");

    page.click(".look label:last-child span");
    page.wait_for(
        "ocelli.sources[0].look === 'live' && /^live /.test(document.querySelector('.main-tag').textContent)",
    );
    page.press("l");
    page.press("l");
    page.wait_for("ocelli.sources[0].look === 'results' && /^result /.test(document.querySelector('.main-tag').textContent)");
    page.press("t");
    assert_eq!(page.evaluate("getComputedStyle(document.documentElement).colorScheme"), "light");
    page.press("?");
    page.wait_for(
        "document.querySelector('#help-dialog').open && document.querySelectorAll('#keys kbd').length >= 10",
    );
    page.assert_no_complaints();
}

#[test]
fn inference_stops_and_starts_while_pictures_go_on() {
    let Some((mut page, _turn)) = browser() else { return };
    let run = LiveRun::start(&[SOURCE, "--backend", "fake:20ms"], "web:127.0.0.1:0");
    page.look_at(&run.address, &DESKTOP, "light");
    page.wait_for("ocelli.sources[0].shown.has_result");
    page.click(".inference");
    page.wait_for(
        "ocelli.sources[0].status.inferring === false && ocelli.sources[0].status.dropped.paused > 0",
    );
    page.wait_for("document.querySelector('.state').textContent === 'watching'");
    page.wait_for("ocelli.sources[0].status.result_fps === 0 && ocelli.sources[0].look === 'live'");
    let samples = page.sample(0, "shown", 20);
    assert!(samples.iter().all(|sample| !sample.has_result && sample.boxes.is_empty()));
    assert!(samples[19].seq > samples[0].seq, "pictures go on");
    page.press("i");
    page.wait_for("ocelli.sources[0].status.inferring && ocelli.sources[0].shown.has_result");
    page.assert_no_complaints();
}

#[test]
fn a_snapshot_is_the_picture_as_it_is_shown() {
    let Some((mut page, _turn)) = browser() else { return };
    let run = LiveRun::start(&[SOURCE, "--backend", "fake:20ms"], "web:127.0.0.1:0");
    page.look_at(&run.address, &DESKTOP, "light");
    page.wait_for("ocelli.sources[0].shown.has_result");
    page.press(" ");
    page.wait_for("document.querySelector('.state').textContent === 'paused'");
    let seq = page.evaluate("ocelli.sources[0].shown.seq").as_u64().unwrap();
    page.press("s");
    let ending = format!("-{seq:06}.png");
    let name = patiently(|| page.downloads().into_iter().find(|name| name.ends_with(&ending)));
    let name = name.expect("a file with the frame's number in its name");
    // It is whole a moment later.
    std::thread::sleep(Duration::from_millis(300));
    let png = page.read_download(&name);
    assert_eq!(&png[..8], b"\x89PNG\r\n\x1a\n");
    let side = |at: usize| u32::from_be_bytes(png[at..at + 4].try_into().unwrap());
    assert_eq!((side(16), side(20)), (640, 360), "as large as the picture");
    page.assert_no_complaints();
}
