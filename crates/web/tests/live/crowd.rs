//! Many viewers, slow ones among them: each gets what it asked for, and pictures are made once for all of a shape.

use crate::client::{Client, Picture, status};
use crate::run::{Order, Run};

/// Gives frames one by one, each as soon as `last`, who sees all of them and joined last, has seen the one before and
/// its result: then everybody else's has been put in their places too, and the predictor is free.
fn play(run: &Run, last: &mut Client, frames: std::ops::Range<u64>) {
    for sequence in frames {
        run.give(0);
        last.picture_and_result_of(sequence);
    }
}

/// Everything up to the newest picture, which has this number or the one before.
fn until(viewer: &mut Client, newest: u64) -> Vec<Picture> {
    let mut pictures = Vec::new();
    while pictures.last().is_none_or(|picture: &Picture| picture.sequence + 2 < newest) {
        pictures.push(viewer.picture());
    }
    pictures
}

#[test]
fn rates_are_as_asked_and_even() {
    for (fps, every) in [("15", 2), ("10", 3), ("5", 6), ("30", 1)] {
        let run = Run::start();
        let mut viewer = Client::open(run.address, &format!("/sources/0/live?fps={fps}"));
        let mut last = Client::open(run.address, "/sources/0/live?fps=240");
        viewer.status();
        last.status();
        let mut sequences = Vec::new();
        for frame in 0..60 {
            play(&run, &mut last, frame..frame + 1);
            if frame % every == 0 {
                sequences.push(viewer.picture().sequence);
            }
        }
        assert!(sequences.iter().copied().eq((0..60).step_by(every as usize)), "{fps}: {sequences:?}");
        run.end();
    }
}

#[test]
fn twenty_viewers_of_one_shape_cost_as_much_as_one() {
    let run = Run::start();
    let mut viewers: Vec<_> =
        (0..20).map(|_| Client::open(run.address, "/sources/0/live?width=160")).collect();
    viewers.iter_mut().for_each(|viewer| drop(viewer.status()));
    for sequence in 0..30 {
        run.give(0);
        viewers.iter_mut().for_each(|viewer| assert_eq!(viewer.picture().sequence, sequence));
    }
    let status = status(run.address);
    assert_eq!(status["viewers"], 20);
    assert_eq!(status["sources"][0]["pictures"]["encoded"], 30, "{status}");
    assert_eq!(status["sources"][0]["pictures"]["sent"], 600);
    run.end();
}

#[test]
fn viewers_of_one_width_share_pictures_at_any_rate() {
    let run = Run::start();
    // The source is 320 wide, and nothing is enlarged.
    let mut slow = Client::open(run.address, "/sources/0/live?width=400&fps=10");
    let mut last = Client::open(run.address, "/sources/0/live?width=500");
    slow.status();
    last.status();
    play(&run, &mut last, 0..30);
    assert!(until(&mut slow, 28).iter().all(|picture| picture.sequence.is_multiple_of(3)));
    assert_eq!(status(run.address)["sources"][0]["pictures"]["encoded"], 30);
    run.end();
}

#[test]
fn who_joins_late_gets_the_newest_picture_at_once() {
    let run = Run::start();
    let mut first = Client::open(run.address, "/sources/0/live?fps=1");
    first.status();
    run.give(0);
    assert_eq!(first.picture().sequence, 0);
    let mut late = Client::open(run.address, "/sources/0/live?fps=1");
    assert_eq!(late.picture().sequence, 0, "and no new frame has come");
    run.end();
}

#[test]
fn who_reads_nothing_holds_nobody_back_and_is_dropped() {
    // Large pictures fill every buffer on the way.
    let size = ocelli_frame::Size { width: 1280, height: 720 };
    let run = Run::of(Order { size, sink: "web:0?fps=240&quality=95".to_owned(), ..Order::default() });
    let mut stalled: Vec<_> = (0..3).map(|_| Client::open(run.address, "/sources/0/live")).collect();
    let mut last = Client::open(run.address, "/sources/0/live");
    last.status();
    assert_eq!(status(run.address)["viewers"], 4);
    play(&run, &mut last, 0..40);
    let pictures = status(run.address)["sources"][0]["pictures"].clone();
    assert_eq!(pictures["encoded"], 40);
    assert!(pictures["replaced"].as_u64().unwrap() > 0, "{pictures}");
    // In the server's own time, which is that of the system: ten seconds.
    let are_dropped = (0..120).any(|_| {
        run.give(0);
        last.picture();
        last.status();
        status(run.address)["viewers"] == 1
    });
    assert!(are_dropped);
    stalled.iter_mut().for_each(|viewer| assert_eq!(viewer.closed(), None));
    run.end();
}

#[test]
fn a_full_house_says_so() {
    let run = Run::start();
    let path = "/sources/0/live?fps=1";
    let mut viewers: Vec<_> = (0..64).map(|_| Client::open(run.address, path)).collect();
    viewers.iter_mut().for_each(|viewer| drop(viewer.status()));
    assert_eq!(Client::open_with(run.address, path, &[]).err(), Some(503));
    drop(viewers.pop());
    let is_free = (0..120).any(|_| {
        viewers[0].status();
        status(run.address)["viewers"] == 63
    });
    assert!(is_free);
    assert!(Client::open_with(run.address, path, &[]).is_ok());
    run.end();
}
