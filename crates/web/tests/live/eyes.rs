//! With nobody there nothing is encoded and no frame is held; snapshots are taken for whoever asks.

use crate::client::{Client, ask, status};
use crate::run::{Order, Run};

#[test]
fn without_eyes_nothing_is_encoded_and_nothing_held() {
    // The pool has no room for eyes: a frame that is held for them would be missed.
    let run = Run::of(Order { watched: 0, ..Order::default() });
    let mut numbers_only = Client::open(run.address, "/sources/0/live?fps=0");
    for sequence in 0..20 {
        run.give(0);
        numbers_only.result_of(sequence);
    }
    assert!(run.all_come_back(0), "a frame is held for nobody");
    assert_eq!(status(run.address)["sources"][0]["pictures"]["encoded"], 0);
    run.end();
}

#[test]
fn when_eyes_close_frames_go_back() {
    let run = Run::start();
    let mut viewer = Client::open(run.address, "/sources/0/live");
    for _ in 0..5 {
        run.give(0);
        viewer.picture();
    }
    viewer.wish(r#"{"fps":0}"#);
    let encoded = || status(run.address)["sources"][0]["pictures"]["encoded"].clone();
    let mut sequence = 4;
    let stays = (0..100).any(|_| {
        let before = encoded();
        for _ in 0..3 {
            run.give(0);
            sequence += 1;
            viewer.result_of(sequence);
        }
        encoded() == before
    });
    assert!(stays, "pictures are made for nobody");
    assert!(run.all_come_back(0), "a frame is held for nobody");
    run.end();
}

#[test]
fn a_snapshot_is_the_next_picture() {
    let run = Run::start();
    for (query, width) in [("", 320), ("?width=100", 100), ("?width=9999", 320)] {
        let address = run.address;
        let snapshot =
            std::thread::spawn(move || ask(address, &format!("GET /sources/0/snapshot.jpg{query}"), &[]));
        while !snapshot.is_finished() {
            if status(address)["viewers"] == 1 {
                run.give(0);
            }
        }
        let answer = snapshot.join().unwrap();
        assert_eq!(answer.status, 200, "{}", answer.head);
        assert!(answer.head.to_lowercase().contains("content-type: image/jpeg"), "{}", answer.head);
        let mut decoder = zune_jpeg::JpegDecoder::new(zune_core::bytestream::ZCursor::new(&answer.body));
        decoder.decode().unwrap();
        assert_eq!(decoder.dimensions().unwrap().0, width);
    }
    assert_eq!(status(run.address)["viewers"], 0);
    run.end();
}

#[test]
fn a_source_that_gives_nothing_has_no_snapshot() {
    let run = Run::start();
    let answer = ask(run.address, "GET /sources/0/snapshot.jpg", &[]);
    assert_eq!(answer.status, 503);
    assert_eq!(answer.body, b"the source gave no picture within 5 s\n");
    run.end();
}
