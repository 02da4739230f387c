//! What a viewer is told, in which order, to the byte.

use serde_json::json;
use tungstenite::Message;

use crate::client::{Client, Picture, Told};
use crate::run::{INTERVAL_NS, Order, Run, SIZE};

/// A JPEG's size, as its own decoder has it.
fn decoded_size(picture: &Picture) -> (usize, usize) {
    let mut decoder = zune_jpeg::JpegDecoder::new(zune_core::bytestream::ZCursor::new(&picture.jpeg));
    decoder.decode().unwrap();
    decoder.dimensions().unwrap()
}

#[test]
fn a_viewer_is_greeted_then_told() {
    let run = Run::start();
    let mut viewer = Client::open(run.address, "/sources/0/live?fps=15&width=160");
    let Told::Hello(hello) = viewer.next() else { panic!("no greeting") };
    assert_eq!(
        hello,
        json!({"v": 1, "source": 0, "name": "cam0", "sources": 1, "model": "numbering@1", "backend": "fake",
               "classes": ["person"], "fps": 15.0, "width": 160})
    );
    let Told::Status(status) = viewer.next() else { panic!("no status") };
    assert!(status["history"].is_array() && status["viewers"] == 1, "{status}");
    assert!(viewer.status().get("history").is_none(), "only the first has a history");
    run.end();
}

#[test]
fn a_picture_and_its_result_have_one_number() {
    let run = Run::start();
    let mut viewer = Client::open(run.address, "/sources/0/live");
    for sequence in 0..5u64 {
        run.give(0);
        let (picture, result) = viewer.picture_and_result_of(sequence);
        assert_eq!((picture.captured_ns, picture.age_ns), ((sequence + 1) * INTERVAL_NS, 0));
        assert_eq!((picture.width, picture.height), (320, 180));
        assert_eq!(decoded_size(&picture), (320, 180));
        assert_eq!((result["seq"].as_u64(), &result["size"]), (Some(sequence), &json!([320, 180])));
        let left = sequence as f64;
        let expected = json!([{"class_id": 0, "class": "person", "confidence": 0.5, "box": [left, 0.0, left + 10.0, 10.0]}]);
        assert_eq!(result["detections"], expected);
    }
    run.end();
}

#[test]
fn pictures_that_the_predictor_took_say_so() {
    let run = Run::start();
    let mut viewer = Client::open(run.address, "/sources/0/live");
    run.door.close();
    run.give(0);
    run.door.wait_for_knock();
    viewer.picture();
    run.give(0);
    let second = viewer.picture();
    assert_eq!((second.sequence, second.flags), (1, 0), "the predictor still has the first");
    // Who joins now sees the one that is being worked on, though a newer one is there.
    let mut other = Client::open(run.address, "/sources/0/live?width=100");
    let taken = other.picture();
    assert_eq!((taken.sequence, taken.flags), (0, 1));
    run.door.open();
    run.end();
}

#[test]
fn sizes_are_as_asked_and_never_larger_than_what_may_be_had_or_the_source() {
    for (asked, granted, width, height) in
        [("160", 160, 160, 90), ("10000", 300, 300, 168), ("17", 17, 16, 10), ("1", 16, 16, 10)]
    {
        let run = Run::with("web:0?fps=240&width=300");
        let mut viewer = Client::open(run.address, &format!("/sources/0/live?width={asked}"));
        let Told::Hello(hello) = viewer.next() else { panic!("no greeting") };
        assert_eq!(hello["width"], granted);
        run.give(0);
        let picture = viewer.picture();
        assert_eq!((picture.width, picture.height), (width, height));
        assert_eq!(decoded_size(&picture), (usize::from(width), usize::from(height)));
        run.end();
    }
    let run = Run::start();
    let mut viewer = Client::open(run.address, "/sources/0/live?width=5000");
    run.give(0);
    assert_eq!(viewer.picture().width, SIZE.width as u16);
    run.end();
}

/// The first of this width, however many frames the server takes to hear a wish.
fn first_of_width(run: &Run, viewer: &mut Client, width: u16) -> Picture {
    for _ in 0..100 {
        run.give(0);
        if let Some(picture) =
            viewer.pictures_until_status().into_iter().find(|picture| picture.width == width)
        {
            return picture;
        }
    }
    panic!("no picture of width {width}");
}

#[test]
fn wishes_change_what_comes() {
    let run = Run::start();
    let mut viewer = Client::open(run.address, "/sources/0/live?width=160");
    let wide = first_of_width(&run, &mut viewer, 160);
    viewer.wish(r#"{"width":80}"#);
    let narrow = first_of_width(&run, &mut viewer, 80);
    assert!(narrow.sequence > wide.sequence, "no picture comes twice, at no size");
    viewer.wish(r#"{"fps":0}"#);
    let heard = (0..100).any(|_| {
        run.give(0);
        viewer.pictures_until_status();
        viewer.pictures_until_status().is_empty()
    });
    assert!(heard, "pictures go on");
    viewer.send(Message::Ping(vec![1].into()));
    viewer.wish(r#"{"fps":240}"#);
    first_of_width(&run, &mut viewer, 80);
    run.end();
}

#[test]
fn numbers_only_rise() {
    let run = Run::of(Order { sources: 2, ..Order::default() });
    let mut viewers = [0, 1].map(|source| Client::open(run.address, &format!("/sources/{source}/live")));
    let mut last = [None, None];
    for _ in 0..20 {
        for (source, viewer) in viewers.iter_mut().enumerate() {
            run.give(source);
            let picture = viewer.picture();
            assert!(last[source].is_none_or(|last| picture.sequence > last));
            last[source] = Some(picture.sequence);
        }
    }
    run.end();
}
