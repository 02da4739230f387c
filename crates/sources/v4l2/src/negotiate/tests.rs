//! Negotiation with drivers that answer by a script.

use std::cell::RefCell;

use super::*;
use crate::picture::tests::granted as format_of;

const VGA: Size = Size { width: 640, height: 480 };
const HD: Size = Size { width: 1280, height: 720 };

/// One combination that a camera has: its fastest rate at a size in a format.
type Mode = (FourCc, Size, u32);

/// A camera that gives the nearest of its sizes, and no more frames a second than it has.
struct Camera {
    modes: Vec<Mode>,
    emulated: Vec<FourCc>,
    set: RefCell<(FourCc, Size)>,
    calls: RefCell<Vec<FourCc>>,
    refuses: Option<Errno>,
}

impl Camera {
    fn with(modes: &[Mode]) -> Self {
        let (four_cc, size, _) = modes[0];
        Self {
            modes: modes.to_vec(),
            emulated: Vec::new(),
            set: RefCell::new((four_cc, size)),
            calls: RefCell::default(),
            refuses: None,
        }
    }

    fn format(&self) -> Format {
        let (four_cc, size) = *self.set.borrow();
        format_of(four_cc, size, 0, 1 << 30)
    }
}

impl Settings for Camera {
    fn formats(&self) -> Result<Vec<FormatDescription>, Errno> {
        let mut codes: Vec<FourCc> = self.modes.iter().map(|(four_cc, ..)| *four_cc).collect();
        codes.dedup();
        let describe = |four_cc| FormatDescription {
            four_cc,
            description: String::new(),
            is_compressed: four_cc == FourCc::MJPG,
            is_emulated: self.emulated.contains(&four_cc),
        };
        Ok(codes.into_iter().map(describe).collect())
    }

    fn current(&self) -> Result<Format, Errno> {
        Ok(self.format())
    }

    fn set_format(&self, four_cc: FourCc, size: Size) -> Result<Format, Errno> {
        if let Some(errno) = self.refuses {
            return Err(errno);
        }
        self.calls.borrow_mut().push(four_cc);
        let sizes = self.modes.iter().filter(|(code, ..)| *code == four_cc).map(|(_, size, _)| *size);
        let nearest = sizes.min_by_key(|there| there.width.abs_diff(size.width)).ok_or(Errno::INVAL)?;
        *self.set.borrow_mut() = (four_cc, nearest);
        Ok(self.format())
    }

    fn set_interval(&self, interval: Option<Fraction>) -> Result<Option<Fraction>, Errno> {
        let (four_cc, size) = *self.set.borrow();
        let mode = self.modes.iter().find(|(code, there, _)| (*code, *there) == (four_cc, size));
        let fastest = f64::from(mode.expect("set to a mode that there is").2);
        let asked = interval.and_then(Fraction::fps).unwrap_or(fastest);
        Ok(Some(Fraction::of_fps(asked.min(fastest))))
    }
}

fn wish(size: Option<Size>, fps: Option<f64>) -> Wish {
    Wish { size, fps, format: None }
}

#[test]
fn nothing_asked_keeps_the_size_and_takes_the_format_liked_best() {
    let camera = Camera::with(&[(FourCc::BGR3, VGA, 30), (FourCc::YUYV, VGA, 30), (FourCc::NV12, VGA, 30)]);
    let granted = negotiate(&camera, &Wish::default()).unwrap();
    assert_eq!((granted.pixels, granted.format.size), (PixelFormat::Yuyv, VGA));
    assert_eq!(granted.interval.unwrap().to_string(), "30");
    assert_eq!(*camera.calls.borrow(), [FourCc::YUYV]);
    assert!(differences(&Wish::default(), &granted).is_empty());
}

#[test]
fn a_format_that_keeps_the_rate_beats_one_that_is_liked_better() {
    let camera = Camera::with(&[(FourCc::YUYV, HD, 10), (FourCc::NV12, HD, 60), (FourCc::GREY, HD, 60)]);
    let granted = negotiate(&camera, &wish(Some(HD), Some(60.0))).unwrap();
    assert_eq!((granted.pixels, granted.interval.unwrap().fps()), (PixelFormat::Nv12, Some(60.0)));
    assert_eq!(granted.format.four_cc, camera.set.borrow().0, "what is answered is what is set");
}

#[test]
fn the_size_counts_before_the_rate_and_the_best_is_set_again() {
    let camera = Camera::with(&[(FourCc::YUYV, HD, 10), (FourCc::NV12, VGA, 60)]);
    let asked = wish(Some(HD), Some(60.0));
    let granted = negotiate(&camera, &asked).unwrap();
    assert_eq!((granted.pixels, granted.format.size), (PixelFormat::Yuyv, HD));
    assert_eq!(*camera.calls.borrow(), [FourCc::YUYV, FourCc::NV12, FourCc::YUYV]);
    assert_eq!(camera.set.borrow().0, FourCc::YUYV);
    assert_eq!(differences(&asked, &granted), ["asked for 60 fps, it gives 10 fps"]);
}

#[test]
fn what_is_granted_otherwise_is_told() {
    let camera = Camera::with(&[(FourCc::YUYV, VGA, 30)]);
    let asked = wish(Some(HD), Some(60.0));
    let told = differences(&asked, &negotiate(&camera, &asked).unwrap());
    assert_eq!(told, ["asked for 1280x720, it gives 640x480", "asked for 60 fps, it gives 30 fps"]);
    let near = wish(None, Some(29.97));
    assert!(differences(&near, &negotiate(&camera, &near).unwrap()).is_empty());
}

#[test]
fn the_devices_own_formats_come_before_those_that_software_makes() {
    let mut camera = Camera::with(&[(FourCc::YUYV, VGA, 30), (FourCc::GREY, VGA, 30)]);
    camera.emulated.push(FourCc::YUYV);
    assert_eq!(negotiate(&camera, &Wish::default()).unwrap().pixels, PixelFormat::Grey);
}

#[test]
fn a_format_asked_for_is_that_or_none() {
    let camera = Camera::with(&[(FourCc::YUYV, VGA, 30), (FourCc::of(b"MJPG"), VGA, 30)]);
    let asked = |format| Wish { format: Some(format), ..Wish::default() };
    let yuyv = negotiate(&camera, &asked(DeviceFormat::Raw(PixelFormat::Yuyv))).unwrap();
    assert_eq!(yuyv.pixels, PixelFormat::Yuyv);
    let mjpg = negotiate(&camera, &asked(DeviceFormat::Mjpg)).unwrap();
    assert_eq!((mjpg.format.four_cc, mjpg.pixels), (FourCc::MJPG, PixelFormat::Yuv24));
    let refusal = negotiate(&camera, &asked(DeviceFormat::Raw(PixelFormat::Grey))).unwrap_err();
    assert_eq!(refusal, Refusal::NoFormat(vec![FourCc::YUYV, FourCc::MJPG]));
}

#[test]
fn jpeg_is_taken_only_where_nothing_else_reaches_size_and_rate() {
    let camera = Camera::with(&[(FourCc::MJPG, HD, 30), (FourCc::YUYV, VGA, 30), (FourCc::YUYV, HD, 10)]);
    let four_cc = |size, fps| negotiate(&camera, &wish(size, fps)).unwrap().format.four_cc;
    assert_eq!(four_cc(Some(VGA), Some(30.0)), FourCc::YUYV);
    assert_eq!(four_cc(Some(HD), Some(30.0)), FourCc::MJPG);
    assert_eq!(four_cc(Some(HD), Some(10.0)), FourCc::YUYV);
    assert_eq!(four_cc(Some(HD), None), FourCc::YUYV, "no rate was asked for");
}

#[test]
fn a_device_in_use_says_so() {
    let mut camera = Camera::with(&[(FourCc::YUYV, VGA, 30)]);
    camera.refuses = Some(Errno::BUSY);
    let refusal = negotiate(&camera, &Wish::default()).unwrap_err();
    assert_eq!(refusal, Refusal::Failed("S_FMT", Errno::BUSY));
}

#[test]
fn rates_are_fractions_of_a_second() {
    assert_eq!(Fraction::of_fps(30.0), Fraction { numerator: 1, denominator: 30 });
    assert_eq!(Fraction::of_fps(29.97), Fraction { numerator: 1000, denominator: 29970 });
    assert_eq!(Fraction { numerator: 1001, denominator: 30000 }.to_string(), "29.97");
    assert_eq!(Fraction::default().fps(), None);
}
