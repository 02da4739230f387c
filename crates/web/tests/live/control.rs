//! Start and stop, and figures that add up.

use ocelli_frame::DropReason;
use serde_json::{Value, json};

use crate::client::{Client, ask, status};
use crate::run::{INTERVAL_NS, Order, Run};

/// Whether `captured` is the sum of everything else.
fn adds_up(source: &Value) -> bool {
    let number = |value: &Value| value.as_u64().unwrap();
    let sum = |name: &str| source[name].as_object().unwrap().values().map(number).sum::<u64>();
    number(&source["captured"])
        == number(&source["emitted"]) + number(&source["in_flight"]) + sum("dropped") + sum("failed")
}

#[test]
fn inference_stops_and_starts_while_pictures_go_on() {
    let run = Run::of(Order { sources: 2, ..Order::default() });
    let mut viewer = Client::open(run.address, "/sources/0/live");
    run.give(0);
    viewer.picture_and_result_of(0);
    assert_eq!(ask(run.address, "POST /sources/0/inference/stop", &[]).status, 204);
    for sequence in 1..11 {
        run.give(0);
        let picture = viewer.picture();
        assert_eq!((picture.sequence, picture.flags), (sequence, 0), "no result will follow");
    }
    let paused = status(run.address);
    assert_eq!(
        (&paused["sources"][0]["inferring"], &paused["sources"][1]["inferring"]),
        (&json!(false), &json!(true))
    );
    assert_eq!(
        (&paused["sources"][0]["captured"], &paused["sources"][0]["emitted"]),
        (&json!(11), &json!(1))
    );
    assert_eq!(paused["sources"][0]["dropped"], json!({"paused": 10}));
    assert_eq!(ask(run.address, "POST /sources/0/inference/start", &[]).status, 204);
    run.give(0);
    viewer.result_of(11);
    assert_eq!(viewer.status()["inferring"], true);
    let outcome = run.end();
    let paused = outcome.sources[0].counts.dropped_named().find(|(reason, _)| *reason == DropReason::Paused);
    assert_eq!(paused, Some((DropReason::Paused, 10)));
}

#[test]
fn statuses_add_up_while_frames_come() {
    let run = Run::of(Order { sources: 3, ..Order::default() });
    let mut viewers: Vec<_> =
        (0..3).map(|source| Client::open(run.address, &format!("/sources/{source}/live"))).collect();
    for round in 1..=10u64 {
        for (source, viewer) in viewers.iter_mut().enumerate() {
            // Sizes are told by results, and a picture may come before its own.
            let frames = source as u64 + 1;
            for sequence in (round - 1) * frames..round * frames {
                run.give(source);
                viewer.picture_and_result_of(sequence);
            }
        }
        let status = status(run.address);
        let sources = status["sources"].as_array().unwrap();
        assert_eq!((sources.len(), &status["v"], &status["viewers"]), (3, &json!(1), &json!(3)));
        for (index, source) in sources.iter().enumerate() {
            assert!(adds_up(source), "{source}");
            assert_eq!((&source["index"], &source["name"]), (&json!(index), &json!(format!("cam{index}"))));
            assert_eq!(source["captured"], round * (index as u64 + 1));
            assert_eq!((&source["viewers"], &source["size"]), (&json!(1), &json!([320, 180])));
            assert_eq!((&source["health"], &source["has_ended"]), (&json!("good"), &json!(false)));
        }
    }
    run.end();
}

#[test]
fn ages_are_those_of_the_results() {
    let run = Run::start();
    let mut viewer = Client::open(run.address, "/sources/0/live?fps=0");
    let before = status(run.address)["sources"][0].clone();
    assert_eq!(before["age_ms"], json!({"now": null, "p50": null, "p99": null}));
    assert_eq!(before["stages_ms"]["inference"], json!(null));
    run.door.close();
    run.give(0);
    run.door.wait_for_knock();
    // The frame grows older by three intervals while it is worked on, and by one more afterwards.
    run.clock.advance_ns(3 * INTERVAL_NS);
    run.door.open();
    viewer.result_of(0);
    run.clock.advance_ns(INTERVAL_NS);
    let after = status(run.address)["sources"][0].clone();
    assert_eq!(after["age_ms"], json!({"now": 133.333, "p50": 99.999, "p99": 99.999}));
    assert_eq!(after["stages_ms"]["queue"], json!({"p50": 0.0, "p99": 0.0}));
    run.end();
}

#[test]
fn what_happens_is_told_once_with_its_time() {
    let run = Run::start();
    run.events.lock().unwrap().push("cam0: away".to_owned());
    run.clock.advance_ns(2_000_000_000);
    assert_eq!(status(run.address)["events"][0]["text"], "cam0: away");
    run.events.lock().unwrap().extend((0..150).map(|n| format!("event {n}")));
    let events = status(run.address)["events"].as_array().unwrap().clone();
    assert_eq!(events.len(), 100, "the newest");
    assert_eq!(events[99], json!({"at_s": 2.0, "text": "event 149"}));
    assert_eq!(status(run.address)["events"].as_array().unwrap().len(), 100);
    run.end();
}

#[test]
fn at_the_end_of_the_run_viewers_are_told() {
    let run = Run::start();
    let mut viewer = Client::open(run.address, "/sources/0/live");
    viewer.status();
    let address = run.address;
    run.end();
    assert_eq!(viewer.closed(), Some(1001));
    assert!(std::net::TcpStream::connect(address).is_err(), "nobody is at the door");
}
