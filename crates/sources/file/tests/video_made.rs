//! Videos made on the spot, whose pictures say which they are: layouts of the container, sizes, loops, paces, a
//! consumer that holds on to frames.

mod support;

use ocelli_capture::{Next, Pace};
use ocelli_frame::{ClockKind, ColorMatrix, ColorRange, ColorSpace, Frame, Size};
use ocelli_source_file::open_video;
use openh264::encoder::VuiConfig;
use support::{CB, CR, Layout, Sets, TIMEOUT, clip, mp4, options, play, scratch};

const LUMAS: [u8; 6] = [40, 70, 100, 130, 160, 190];

fn luma(frame: &Frame) -> u8 {
    let plane = frame.plane(0);
    let sum: usize = (0..plane.rows).flat_map(|row| plane.row(row)).map(|&y| usize::from(y)).sum();
    (sum as f64 / (plane.rows * plane.row_bytes) as f64).round() as u8
}

fn assert_lumas(found: &[u8], expected: &[u8]) {
    assert_eq!(found.len(), expected.len(), "{found:?}");
    assert!(found.iter().zip(expected).all(|(a, b)| a.abs_diff(*b) <= 3), "{found:?}, not {expected:?}");
}

#[test]
fn every_layout_of_the_container_plays_the_same() {
    for layout in [Layout::IndexFirst, Layout::IndexLast, Layout::Fragments(1), Layout::Fragments(4)] {
        for sets in [Sets::InIndex, Sets::InStream] {
            let path = scratch("layout.mp4", &mp4(&[clip(64, 48, &LUMAS, None)], layout, sets));
            let mut source = open_video(&path, &options(Pace::Max).0).unwrap();
            assert_eq!((source.info().frames, source.info().fps), (Some(6), Some(25.0)));
            assert_eq!(source.info().size, Some(Size { width: 64, height: 48 }));
            let (mut lumas, mut times) = (Vec::new(), Vec::new());
            play(&mut *source, |frame| {
                lumas.push(luma(&frame));
                times.push((frame.info().sequence, frame.info().media_time_ns.unwrap()));
                assert_eq!((frame.info().source.0, frame.info().captured.clock), (3, ClockKind::Read));
            })
            .unwrap();
            assert_lumas(&lumas, &LUMAS);
            assert_eq!(times, (0..6).map(|n| (n, n * 40_000_000)).collect::<Vec<_>>());
        }
    }
}

#[test]
fn cropping_is_honoured() {
    // 50 x 38 is coded as 64 x 48.
    let path = scratch("crop.mp4", &mp4(&[clip(50, 38, &LUMAS, None)], Layout::IndexLast, Sets::InIndex));
    let mut source = open_video(&path, &options(Pace::Max).0).unwrap();
    assert_eq!(source.info().size, Some(Size { width: 50, height: 38 }));
    play(&mut *source, |frame| {
        assert_eq!(frame.info().size, Size { width: 50, height: 38 });
        assert_eq!((frame.plane(1).row_bytes, frame.plane(1).rows), (25, 19));
        assert!(luma(&frame).abs_diff(LUMAS[frame.info().sequence as usize]) <= 3);
        // The encoder's last column leans towards what it pads with.
        let is =
            |plane, expected: u8| frame.plane(plane).row(18)[..24].iter().all(|c| c.abs_diff(expected) <= 3);
        assert!(is(1, CB) && is(2, CR));
    })
    .unwrap();
}

#[test]
fn another_size_in_mid_stream_is_another_generation() {
    let clips = [clip(64, 48, &LUMAS, None), clip(128, 96, &LUMAS, None), clip(48, 48, &LUMAS[..2], None)];
    for sets in [Sets::InIndex, Sets::InStream] {
        let path = scratch("sizes.mp4", &mp4(&clips, Layout::IndexFirst, sets));
        let mut source = open_video(&path, &options(Pace::Max).0).unwrap();
        let mut seen = Vec::new();
        let mut kept = None;
        play(&mut *source, |frame| {
            seen.push((frame.info().size.width, frame.generation(), luma(&frame)));
            if frame.info().sequence == 5 {
                kept = Some(frame);
            }
        })
        .unwrap();
        let widths: Vec<_> = seen.iter().map(|&(width, generation, _)| (width, generation)).collect();
        let expected = [[(64, 0); 6], [(128, 1); 6]].concat();
        assert_eq!(widths[..12], expected);
        assert_eq!(widths[12..], [(48, 1); 2]);
        let lumas: Vec<_> = seen.iter().map(|&(_, _, luma)| luma).collect();
        assert_lumas(&lumas, &[&LUMAS[..], &LUMAS, &LUMAS[..2]].concat());
        assert!(
            luma(&kept.unwrap()).abs_diff(LUMAS[5]) <= 3,
            "a lease of the old generation keeps its pixels"
        );
    }
}

#[test]
fn colour_comes_from_the_stream_or_is_assumed() {
    let color = |vui| {
        let path = scratch("color.mp4", &mp4(&[clip(64, 48, &LUMAS, vui)], Layout::IndexLast, Sets::InIndex));
        let mut source = open_video(&path, &options(Pace::Max).0).unwrap();
        let mut colors = Vec::new();
        play(&mut *source, |frame| colors.push(frame.info().color)).unwrap();
        assert!(colors.windows(2).all(|pair| pair[0] == pair[1]));
        colors[0]
    };
    assert_eq!(color(None), ColorSpace::BT601_LIMITED);
    assert_eq!(color(Some(VuiConfig::bt709())), ColorSpace::BT709_LIMITED);
    let full = ColorSpace { matrix: ColorMatrix::Bt709, range: ColorRange::Full };
    assert_eq!(color(Some(VuiConfig::bt709_full())), full);
}

#[test]
fn colour_changes_with_the_picture_that_brings_it() {
    let clips =
        [clip(64, 48, &LUMAS, Some(VuiConfig::bt709())), clip(64, 48, &LUMAS, Some(VuiConfig::bt601()))];
    for sets in [Sets::InIndex, Sets::InStream] {
        let path = scratch("colors.mp4", &mp4(&clips, Layout::IndexLast, sets));
        let mut colors = Vec::new();
        let mut source = open_video(&path, &options(Pace::Max).0).unwrap();
        play(&mut *source, |frame| colors.push(frame.info().color)).unwrap();
        assert_eq!(colors, [[ColorSpace::BT709_LIMITED; 6], [ColorSpace::BT601_LIMITED; 6]].concat());
    }
}

#[test]
fn a_loop_goes_on_counting() {
    let path = scratch("loop.mp4", &mp4(&[clip(64, 48, &LUMAS, None)], Layout::IndexLast, Sets::InIndex));
    let (mut options, _) = options(Pace::Max);
    options.looped = true;
    let mut source = open_video(&path, &options).unwrap();
    assert_eq!(source.info().frames, None);
    for n in 0..20u64 {
        let Next::Frame(frame) = source.next(TIMEOUT).unwrap() else { panic!("no frame {n}") };
        assert_eq!((frame.info().sequence, frame.info().media_time_ns), (n, Some(n * 40_000_000)));
        assert!(luma(&frame).abs_diff(LUMAS[n as usize % 6]) <= 3);
    }
}

#[test]
fn live_pictures_come_when_they_are_due() {
    let path = scratch("live.mp4", &mp4(&[clip(64, 48, &LUMAS, None)], Layout::IndexLast, Sets::InIndex));
    for (fps, period_ns) in [(None, 40_000_000), (Some(100.0), 10_000_000)] {
        let (mut options, clock) = options(Pace::Live);
        options.fps = fps;
        clock.advance_ns(5);
        let mut source = open_video(&path, &options).unwrap();
        assert_eq!(source.info().fps, Some(fps.unwrap_or(25.0)));
        let (mut due, mut times) = (Vec::new(), Vec::new());
        play(&mut *source, |frame| {
            let captured = frame.info().captured;
            assert_eq!(captured.clock, ClockKind::Stream);
            assert!(captured.ns <= ocelli_frame::Clock::now_ns(&*clock));
            due.push(captured.ns);
            times.push(frame.info().media_time_ns.unwrap());
        })
        .unwrap();
        assert_eq!(due, (0..6).map(|n| 5 + n * period_ns).collect::<Vec<_>>());
        assert_eq!(times[5], 200_000_000);
    }
}

#[test]
fn a_starved_source_times_out_and_loses_nothing() {
    let path = scratch("starved.mp4", &mp4(&[clip(64, 48, &LUMAS, None)], Layout::IndexLast, Sets::InIndex));
    let mut source = open_video(&path, &options(Pace::Max).0).unwrap();
    let mut held = Vec::new();
    let mut lumas = Vec::new();
    let mut timed_out = 0;
    loop {
        match source.next(TIMEOUT).unwrap() {
            Next::Frame(frame) => {
                lumas.push(luma(&frame));
                held.push(frame);
            }
            Next::TimedOut => {
                timed_out += 1;
                held.remove(0);
            }
            Next::Ended => break,
        }
    }
    assert!(timed_out >= 3, "{timed_out}");
    assert_lumas(&lumas, &LUMAS);
}
