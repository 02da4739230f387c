//! The line of JSONL, letter by letter: it is a public format, so a change here is a new version.

use ocelli_frame::{
    Away, AwayReason, BoxXyxy, ClassScore, ClockKind, Counts, Detection, FrameResult, Health, Size,
    StageTimes, Timestamp,
};
use ocelli_report::{RunLabels, write_line};

fn labels() -> RunLabels {
    RunLabels {
        sources: vec!["cam0".into()],
        backend: "rten/fp32".into(),
        model: "yolov8n@640".into(),
        classes: ["person", "bicycle", "car"].map(String::from).to_vec(),
    }
}

fn bare() -> FrameResult {
    let mut result = FrameResult::with_capacity(4);
    result.sequence = 12;
    result.captured = Timestamp { ns: 123_456_789, clock: ClockKind::Monotonic };
    result.age_ns = 41_200_000;
    result.size = Size { width: 640, height: 360 };
    result
}

fn line_of(result: &FrameResult) -> String {
    let mut line = Vec::new();
    write_line(&mut line, &labels(), result);
    String::from_utf8(line).unwrap()
}

#[test]
fn a_line_without_anything_found() {
    assert_eq!(
        line_of(&bare()),
        concat!(
            r#"{"v":1,"source":"cam0","seq":12,"captured_ns":123456789,"clock":"monotonic","age_ms":41.2,"#,
            r#""size":[640,360],"backend":"rten/fp32","model":"yolov8n@640","#,
            r#""stages_ms":{"queue":0.0,"preprocess":0.0,"inference":0.0,"postprocess":0.0},"#,
            r#""dropped":{},"detections":[]}"#,
            "\n"
        )
    );
}

#[test]
fn a_line_with_everything() {
    let mut result = bare();
    result.name = Some("b\"us.jpg".into());
    result.media_time_ns = Some(33_366_700);
    result.stages =
        StageTimes { queue_ns: 300_000, preprocess_ns: 400_000, inference_ns: 22_100_499, postprocess_ns: 1 };
    result.lost_since_previous =
        Counts { dropped: [3, 0, 0, 0, 0, 0, 0, 0], failed: [0, 2, 0], ..Counts::default() };
    result.away = Some(Away { from_ns: 5, to_ns: 123_000_000, reason: AwayReason::NoSignal });
    result.health = Health::Frozen;
    result.predictions.invalid = 5;
    let box_in_source = BoxXyxy { x1: 0.0, y1: 1.5, x2: 100.123_46, y2: 359.999_9 };
    result.predictions.detections.push(Detection { class_id: 2, confidence: 0.912, box_in_source });
    result.predictions.classification.push(ClassScore { class_id: 7, confidence: 0.25 });
    assert_eq!(
        line_of(&result),
        concat!(
            r#"{"v":1,"source":"cam0","seq":12,"name":"b\"us.jpg","captured_ns":123456789,"clock":"monotonic","#,
            r#""media_ms":33.367,"age_ms":41.2,"#,
            r#""size":[640,360],"health":"frozen","backend":"rten/fp32","model":"yolov8n@640","#,
            r#""stages_ms":{"queue":0.3,"preprocess":0.4,"inference":22.1,"postprocess":0.0},"#,
            r#""dropped":{"superseded":3},"failed":{"inference":2},"#,
            r#""away":{"from_ns":5,"to_ns":123000000,"reason":"no_signal"},"invalid":5,"#,
            r#""detections":[{"class_id":2,"class":"car","confidence":0.912,"box":[0.0,1.5,100.123,360.0]}],"#,
            r#""classification":[{"class_id":7,"class":"7","confidence":0.25}]}"#,
            "\n"
        )
    );
}

#[test]
fn lines_follow_each_other_and_the_buffer_does_not_grow() {
    let mut line = Vec::new();
    write_line(&mut line, &labels(), &bare());
    let (once, capacity) = (line.clone(), line.capacity());
    line.clear();
    write_line(&mut line, &labels(), &bare());
    assert_eq!((&line, line.capacity()), (&once, capacity));
    write_line(&mut line, &labels(), &bare());
    assert_eq!(line, [once.clone(), once].concat());
}
