//! The summary in both its forms, letter by letter.

use ocelli_frame::{Counts, SourceTotals};
use ocelli_report::{MemoryUse, NamedCounts, Quantiles, StageQuantiles, Summary};

fn summary() -> Summary {
    let source = Counts {
        captured: 10,
        emitted: 6,
        dropped: [3, 0, 0, 0, 0, 0, 0, 0],
        failed: [0, 1, 0],
        in_flight: 0,
    };
    let quiet = Counts { captured: 2, emitted: 2, ..Counts::default() };
    let sink = Counts { captured: 8, emitted: 8, ..Counts::default() };
    let quantiles = Quantiles::from_ns(|quantile| (quantile * 41e6) as u64);
    Summary {
        sources: NamedCounts::of_sources([
            ("cam".to_owned(), source, SourceTotals { away_times: 2, away_ns: 1_234_500_000, copied: 7 }),
            ("cam".to_owned(), quiet, SourceTotals::default()),
        ]),
        sinks: NamedCounts::of([("jsonl:-".to_owned(), sink)]),
        fps: 29.970_03,
        wall_s: 1.25,
        stages: vec![StageQuantiles { stage: "inference".into(), quantiles }],
        age: quantiles,
        invalid: 4,
        backend: "rten/fp32".into(),
        model: "yolov8n@640".into(),
        memory: MemoryUse { peak_bytes: 3 << 19, faults_major: 0, faults_minor: 77 },
        events: vec!["cam: read through ffmpeg".into()],
        errors: vec!["cam: gone".into()],
        stopped: true,
    }
}

#[test]
fn json_has_every_account_under_a_name_of_its_own() {
    let times = r#"{"p50":20.5,"p90":36.9,"p99":40.59,"p99.9":40.959,"max":41.0}"#;
    let none = r#""dropped":{"superseded":0,"sink":0,"shutdown":0,"driver":0,"corrupt":0,"frozen":0,"paused":0,"rate":0},"failed":{"lost":0,"inference":0,"write":0}"#;
    let expected = [
        r#"{"v":1,"sources":{"cam":{"captured":10,"emitted":6,"#,
        r#""dropped":{"superseded":3,"sink":0,"shutdown":0,"driver":0,"corrupt":0,"frozen":0,"paused":0,"rate":0},"failed":{"lost":0,"inference":1,"write":0},"#,
        r#""in_flight":0,"away":{"times":2,"ms":1234.5},"copied":7},"cam (2)":{"captured":2,"emitted":2,"#,
        none,
        r#","in_flight":0,"away":{"times":0,"ms":0.0},"copied":0}},"sinks":{"jsonl:-":{"captured":8,"emitted":8,"#,
        none,
        r#","in_flight":0}},"fps":29.97,"wall_s":1.25,"stages_ms":{"inference":"#,
        times,
        r#"},"age_ms":"#,
        times,
        r#","invalid":4,"backend":"rten/fp32","model":"yolov8n@640","peak_memory_bytes":1572864,"#,
        r#""page_faults":{"major":0,"minor":77},"events":["cam: read through ffmpeg"],"errors":["cam: gone"],"stopped":true}"#,
        "\n",
    ];
    assert_eq!(String::from_utf8(summary().to_json()).unwrap(), expected.concat());
}

#[test]
fn words_line_up() {
    let expected = "\
8 results in 1.2 s, 30.0 fps (yolov8n@640 on rten/fp32), stopped before the end
  age        p50    20.50 ms   p99    40.59 ms   max    41.00 ms
  inference  p50    20.50 ms   p99    40.59 ms   max    41.00 ms
  cam        captured 10, emitted 6, dropped 3 (superseded), failed 1 (inference), away 2 times for 1.2 s, copied 7
  cam (2)    captured 2, emitted 2
  jsonl:-    written 8
  invalid    4 candidates were not numbers
  memory     peak 1.5 MiB, page faults 0 major, 77 minor
";
    assert_eq!(summary().to_string(), expected);
}
