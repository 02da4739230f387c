//! Connections that are lost and found, and who may look at all.

use std::fs;

use ocelli_testkit::TestFolder;

use super::run::{DESKTOP, LiveRun, SOURCE, browser};

#[test]
fn the_page_says_that_the_server_is_away_and_comes_back_by_itself() {
    let Some((mut page, _turn)) = browser() else { return };
    let mut run = LiveRun::start(&[SOURCE, "--backend", "fake:20ms"], "web:127.0.0.1:0");
    page.look_at(&run.address, &DESKTOP, "dark");
    page.press("l");
    page.wait_for("ocelli.sources[0].look === 'results' && ocelli.sources[0].shown.seq > 150");
    let port = run.origin().rsplit(':').next().unwrap().to_owned();
    run.kill();
    page.wait_for("ocelli.sources[0].connection === 'waiting'");
    page.wait_for("document.querySelector('.state').textContent === 'reconnecting'");
    page.wait_for("/Connection lost/.test(document.querySelector('.notice').textContent)");
    page.keep_screenshot("desktop-dark-reconnecting");
    let last = page.evaluate("ocelli.sources[0].shown.seq").as_u64().unwrap();

    // Another run, whose frames are counted from 0 again, and slowly: what the page shows is of this one.
    let slower = "synthetic:?size=640x360&fps=5&objects=5&seed=5";
    let _run = LiveRun::start(&[slower, "--backend", "fake:20ms"], &format!("web:127.0.0.1:{port}"));
    page.wait_for("ocelli.sources[0].connection === 'open'");
    page.wait_for(&format!("ocelli.sources[0].shown.seq < {last} && ocelli.sources[0].shown.has_result"));
    for sample in page.sample(0, "shown", 20) {
        assert!(sample.seq_in_pixels.is_none_or(|in_pixels| in_pixels == sample.seq));
    }
    page.wait_for("document.querySelector('.notice').hidden");
    let events = page.evaluate("document.querySelector('#event-list').textContent");
    let events = events.as_str().unwrap();
    assert!(events.contains("connection lost") && events.contains("connected again"), "{events}");
    page.assert_no_complaints();
}

#[test]
fn without_the_right_token_there_is_nothing_to_see() {
    let Some((mut page, _turn)) = browser() else { return };
    let folder = TestFolder::new("token");
    let token = "correct-horse-battery-staple-0123456789";
    fs::write(folder.join("token"), format!("{token}\n")).unwrap();
    let sink = format!("web:0.0.0.0:0?token_file={}", folder.join("token").display());
    let run = LiveRun::start(&[SOURCE, "--backend", "fake:20ms"], &sink);
    let port: u16 = run.origin().rsplit(':').next().unwrap().parse().unwrap();
    let address = format!("http://127.0.0.1:{port}/");

    let is_asked = "document.querySelector('#token-dialog').open";
    page.set_screen(&DESKTOP, "light");
    page.navigate(&address);
    page.wait_for(is_asked);
    page.keep_screenshot("desktop-light-token");
    page.navigate(&format!("{address}#token=wrong"));
    page.wait_for(&format!(
        "{is_asked} && /not it/.test(document.querySelector('#token-words').textContent)"
    ));
    assert_eq!(page.evaluate("ocelli.sources.length"), 0);

    // Typed into the form.
    page.click("#token");
    page.type_text(token);
    page.press("Enter");
    page.wait_for("ocelli.sources[0].shown.has_result");
    // Kept for this tab: not asked for again.
    page.navigate(&format!("{address}?fps=10"));
    page.wait_for("ocelli.sources[0].shown.has_result");

    // A tab that knows nothing yet, and the address as it was printed.
    page.evaluate("sessionStorage.clear()");
    page.navigate("about:blank");
    page.look_at(&format!("{address}#token={token}"), &DESKTOP, "light");
    assert_eq!(page.evaluate("location.href"), address.as_str());
    let posted =
        page.evaluate("fetch('/sources/0/inference/stop', { method: 'POST' }).then(({ status }) => status)");
    assert_eq!(posted, 401, "the token is no cookie: other pages cannot use it");
    page.assert_no_complaints();
}

#[test]
fn a_page_that_nobody_sees_asks_for_no_pictures() {
    let Some((mut page, _turn)) = browser() else { return };
    let run = LiveRun::start(&[SOURCE, "--backend", "fake:20ms"], "web:127.0.0.1:0");
    page.look_at(&format!("{}?fps=10&width=320", run.address), &DESKTOP, "light");
    page.wait_for("ocelli.sources[0].shown.picture_on_canvas[2] > 0");
    // Less than the page would ask for, as its address says.
    page.wait_for("document.querySelector('[data-figure=picture_size]').textContent.startsWith('320 ')");
    page.wait_for(
        "Math.abs(Number(document.querySelector('[data-figure=picture_fps]').textContent) - 10) < 2",
    );

    page.set_hidden(true);
    let sent = "ocelli.sources[0].status.pictures.sent";
    assert!(page.comes_to_rest(sent), "pictures are sent all the same");
    page.set_hidden(false);
    let before = page.evaluate("ocelli.sources[0].shown.seq");
    page.wait_for(&format!("ocelli.sources[0].shown.seq > {before}"));
    page.assert_no_complaints();
}
