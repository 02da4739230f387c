//! Pictures and boxes: they move, they sit where the objects are, and never on another frame's picture.

use std::collections::BTreeMap;

use ocelli_capture::synthetic::Scene;
use ocelli_frame::BoxXyxy;
use serde_json::Value;

use super::run::{DESKTOP, LiveRun, SCENE, SOURCE, Sample, browser};

/// Of the three classes of the scene, as crates/draw/src/palette.rs and the page's palette.js have them.
const COLORS: [[u8; 3]; 3] = [[255, 77, 79], [64, 150, 255], [82, 209, 100]];

/// Each sample's pixels are those of the frame that the page names, as far as they can be read.
fn assert_own_pictures(samples: &[Sample]) {
    let read = samples.iter().filter_map(|sample| Some((sample.seq, sample.seq_in_pixels?)));
    let read: Vec<_> = read.collect();
    for (said, in_pixels) in &read {
        assert_eq!(said, in_pixels, "the page says one frame and shows another");
    }
    assert!(read.len() * 10 >= samples.len() * 6, "{} of {} numbers can be read", read.len(), samples.len());
}

/// The boxes of these samples, against the truth of the very frames on which they were seen.
fn assert_boxes_on_objects(samples: &[Sample]) {
    let scene = Scene::new(SCENE).unwrap();
    let (mut objects, mut boxed) = (0, 0);
    for sample in samples.iter().filter(|sample| sample.has_result) {
        for object in scene.truth(sample.seq).iter().filter(|object| object.visible > 0.9) {
            let is_on_it =
                |[x1, y1, x2, y2]: [f32; 4]| BoxXyxy { x1, y1, x2, y2 }.iou(&object.box_in_source) > 0.6;
            objects += 1;
            let mut drawn = sample.boxes.iter().filter(|drawn| drawn.class_id == object.class_id);
            boxed += u32::from(drawn.any(|drawn| is_on_it(drawn.in_source)));
        }
    }
    assert!(objects >= 50 && boxed * 100 >= objects * 95, "{boxed} of {objects} objects have their box");
}

/// What is drawn is what was found in that very frame, as the run wrote it down: all of it, and nothing else.
fn assert_own_results(samples: &[Sample], found: &BTreeMap<u64, Value>) {
    let mut boxes = 0;
    for sample in samples.iter().filter(|sample| sample.has_result) {
        let detections = found[&sample.seq].as_array().expect("detections");
        let side = |detection: &Value, side: usize| detection["box"][side].as_f64().expect("a number") as f32;
        let written = detections.iter().map(|found| [0, 1, 2, 3].map(|index| side(found, index)));
        let drawn = sample.boxes.iter().map(|drawn| drawn.in_source);
        assert!(written.eq(drawn), "frame {}: other boxes than were found in it", sample.seq);
        boxes += sample.boxes.len();
    }
    assert!(boxes >= 15, "{boxes} boxes");
}

/// The middle of each side has its class's colour, but where another box or a label lies over it.
fn assert_boxes_are_painted(samples: &[Sample]) {
    let (mut sides, mut painted) = (0, 0);
    for drawn in samples.iter().flat_map(|sample| &sample.boxes) {
        sides += drawn.edges.len();
        painted += drawn.edges.iter().filter(|&&edge| edge == COLORS[drawn.class_id as usize]).count();
    }
    assert!(sides >= 200 && painted * 100 >= sides * 90, "{painted} of {sides} sides have their colour");
}

#[test]
fn pictures_move_and_boxes_sit_on_their_objects() {
    let Some((mut page, _turn)) = browser() else { return };
    let run = LiveRun::start(&[SOURCE, "--model", "embedded:scene"], "web:127.0.0.1:0");
    page.look_at(&run.address, &DESKTOP, "dark");
    page.wait_for("ocelli.sources[0].look === 'results' && ocelli.sources[0].shown.has_result");
    let samples = page.sample(0, "shown", 60);
    assert!(samples.is_sorted_by(|earlier, later| earlier.seq < later.seq), "each picture is newer");
    assert!(samples.iter().all(|sample| sample.has_result), "results keep up");
    assert_own_pictures(&samples);
    assert_boxes_on_objects(&samples);
    assert_boxes_are_painted(&samples);
    page.assert_no_complaints();
    assert_own_results(&samples, &run.end());
}

#[test]
fn behind_a_slow_model_there_is_live_video_and_the_newest_result_on_its_own_picture() {
    let Some((mut page, _turn)) = browser() else { return };
    let run = LiveRun::start(&[SOURCE, "--backend", "fake:300ms"], "web:127.0.0.1:0");
    page.look_at(&run.address, &DESKTOP, "dark");
    page.wait_for("ocelli.sources[0].inset?.has_result");
    let (live, results) = (page.sample(0, "shown", 60), page.sample(0, "inset", 8));
    assert_own_pictures(&live);
    assert_own_pictures(&results);
    assert!(results.iter().all(|sample| sample.has_result && sample.boxes.len() == 2));
    assert!(live.is_sorted_by(|earlier, later| earlier.seq <= later.seq));
    // Fifteen pictures or more to a result here; a third of that would do.
    let between =
        |samples: &[Sample]| (samples[samples.len() - 1].seq - samples[0].seq) / (samples.len() as u64 - 1);
    assert!(between(&live) * 3 <= between(&results), "{} {}", between(&live), between(&results));

    page.click(".inset");
    page.wait_for(
        "ocelli.sources[0].shown.has_result && ocelli.sources[0].inset.seq > ocelli.sources[0].shown.seq",
    );
    assert_own_pictures(&page.sample(0, "shown", 4));
    assert_own_pictures(&page.sample(0, "inset", 20));
    page.assert_no_complaints();
}

#[test]
fn figures_change_and_add_up() {
    let Some((mut page, _turn)) = browser() else { return };
    let run = LiveRun::start(&[SOURCE, "--backend", "fake:50ms"], "web:127.0.0.1:0");
    page.look_at(&run.address, &DESKTOP, "light");
    page.evaluate("window.figure = (name) => document.querySelector(`[data-figure=${name}]`).textContent");
    for name in ["age_now", "age_p50", "age_p99", "received_fps", "result_fps", "picture_fps"] {
        page.wait_for(&format!("Number(figure('{name}')) > 0"));
    }
    for name in ["age_now", "picture_age"] {
        let before = page.evaluate(&format!("figure('{name}')"));
        page.wait_for(&format!("figure('{name}') !== {before}"));
    }
    // One row a stage and one a term of the account, which balances as far as it is of one moment.
    let rows = "(selector) => Object.fromEntries([...document.querySelectorAll(selector)].map((row) => \
                [row.children[0].textContent, Number(row.children[1].textContent.replace(/\\s/g, ''))]))";
    let stages = page.evaluate(&format!("({rows})('.stages li')"));
    assert!(stages["inference"].as_f64().unwrap() >= 50.0, "{stages}");
    page.wait_for("ocelli.sources[0].status.dropped.superseded > 0");
    page.wait_for(&format!("({rows})('.account dl > div')['dropped: superseded'] > 0"));
    let account = page.evaluate(&format!("({rows})('.account dl > div')"));
    let sum: u64 = account.as_object().unwrap().values().map(|count: &Value| count.as_u64().unwrap()).sum();
    let captured = account["captured"].as_u64().unwrap();
    assert_eq!(sum, 2 * captured, "{account}");
    // The plot grows by the second, and says in words what it shows.
    page.wait_for("/p50 \\d+/.test(document.querySelector('.plot').ariaLabel)");
    let drawn = "document.querySelector('.plot').toDataURL()";
    let before = page.evaluate(drawn);
    page.wait_for(&format!("{drawn} !== {before}"));
    page.assert_no_complaints();
}

#[test]
fn two_sources_share_a_grid_and_one_is_enlarged() {
    let Some((mut page, _turn)) = browser() else { return };
    let other = "synthetic:?size=640x360&fps=15&objects=2&seed=9";
    let run = LiveRun::start(&[SOURCE, other, "--backend", "fake:20ms"], "web:127.0.0.1:0");
    page.look_at(&run.address, &DESKTOP, "light");
    let columns = page
        .evaluate("[...document.querySelectorAll('.tile')].map((tile) => tile.getBoundingClientRect().x)");
    assert!(columns[0].as_f64() < columns[1].as_f64(), "side by side: {columns}");
    for tile in [0, 1] {
        page.wait_for(&format!("ocelli.sources[{tile}].shown.has_result"));
        assert_own_pictures(&page.sample(tile, "shown", 15));
    }
    // By the keys: the next source, enlarged. Nobody sees the other one, so no pictures of it are asked for.
    let hidden = |page: &mut crate::devtools::Page| {
        page.evaluate("[...document.querySelectorAll('.tile')].map((tile) => tile.hidden)")
    };
    page.press("ArrowRight");
    page.press("ArrowRight");
    page.press("Enter");
    assert_eq!(hidden(&mut page), serde_json::json!([true, false]));
    assert_own_pictures(&page.sample(1, "shown", 15));
    let sent = "ocelli.sources[0].status.pictures.sent";
    assert!(page.comes_to_rest(sent), "pictures of a hidden source are sent");
    page.press("Escape");
    assert_eq!(hidden(&mut page), serde_json::json!([false, false]));
    // By a click on its picture.
    page.click(".tile:first-of-type .picture");
    assert_eq!(hidden(&mut page), serde_json::json!([false, true]));
    assert_own_pictures(&page.sample(0, "shown", 15));
    page.assert_no_complaints();
}
