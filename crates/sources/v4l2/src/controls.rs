//! Controls by name: brightness, exposure, whatever a camera has.

use std::os::fd::AsFd;

use ocelli_capture::{SourceError, SourceErrorKind};

use crate::description::{CameraControl, ControlKind};
use crate::device::Device;
use crate::sys::{Control, ControlType, Errno, g_ctrl, menu_entry, next_control, s_ctrl};

/// Controls of a device, and values of a menu; a driver that has more has lost its way.
const ANSWERS_MAX: u32 = 512;
/// Controls that are named to somebody who asked for one that there is not.
const NAMES_SHOWN: usize = 40;

/// What is asked of a device's controls.
pub(crate) trait Controls {
    /// Those whose values are numbers, in the driver's order.
    fn all(&self) -> Result<Vec<Control>, Errno>;

    /// Sets one; answers what it is set to then.
    fn set(&self, control: &Control, value: i32) -> Result<i32, Errno>;
}

impl Controls for Device {
    fn all(&self) -> Result<Vec<Control>, Errno> {
        let (mut controls, mut id) = (Vec::new(), 0);
        for _ in 0..ANSWERS_MAX {
            let Some(control) = next_control(self.file.as_fd(), id)? else { break };
            id = control.id;
            if control.kind.is_some() {
                controls.push(control);
            }
        }
        Ok(controls)
    }

    fn set(&self, control: &Control, value: i32) -> Result<i32, Errno> {
        s_ctrl(self.file.as_fd(), control.id, value)
    }
}

/// As v4l2-ctl has it: small letters and digits, with `_` for whatever stands between.
pub(crate) fn name_of(title: &str) -> String {
    let words = title.split(|letter: char| !letter.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    words.map(str::to_ascii_lowercase).collect::<Vec<_>>().join("_")
}

/// Sets controls in the order in which they were asked for; some cannot be set before others. Answers, in words, what came
/// out otherwise.
///
/// # Errors
/// Where the camera has none of that name, or refuses the value.
pub(crate) fn apply(
    device: &dyn Controls,
    place: &str,
    wishes: &[(String, i64)],
) -> Result<Vec<String>, SourceError> {
    let mut told = Vec::new();
    if wishes.is_empty() {
        return Ok(told);
    }
    let failed =
        |message: String, hint: String| SourceError::new(SourceErrorKind::Unsupported, message, hint);
    let all = device.all().map_err(|errno| {
        failed(format!("{place}: its controls: {errno}"), "see `ocelli devices`".to_owned())
    })?;
    for (name, value) in wishes {
        let Some(control) = all.iter().find(|control| name_of(&control.title) == *name) else {
            return Err(failed(format!("{place}: the camera has no control `{name}`"), names(&all)));
        };
        let refused = |why: &str| {
            let (min, max) = (control.min, control.max);
            failed(
                format!("{place}: {name}={value}: {why}"),
                format!("it goes from {min} to {max}; `ocelli devices --json` has its values"),
            )
        };
        let asked = i32::try_from(*value).map_err(|_| refused("out of range"))?;
        match device.set(control, asked) {
            Ok(set) if i64::from(set) == *value || control.kind == Some(ControlType::Button) => {}
            Ok(set) => told.push(format!("asked for {name}={value}, it is {set}")),
            Err(Errno::BUSY) => return Err(refused("it cannot be set now: another control comes first")),
            Err(errno) => return Err(refused(&errno.to_string())),
        }
    }
    Ok(told)
}

fn names(all: &[Control]) -> String {
    let names: Vec<_> = all.iter().take(NAMES_SHOWN).map(|control| name_of(&control.title)).collect();
    let more = if all.len() > NAMES_SHOWN { ", … (`ocelli devices --json`)" } else { "" };
    if names.is_empty() { "it has none".to_owned() } else { format!("it has {}{more}", names.join(", ")) }
}

/// Every control with its value.
pub(crate) fn describe(device: &Device) -> Result<Vec<CameraControl>, Errno> {
    let described = device.all()?.into_iter().filter_map(|control| {
        let kind = match control.kind? {
            ControlType::Integer => ControlKind::Integer,
            ControlType::Boolean => ControlKind::Boolean,
            ControlType::Button => ControlKind::Button,
            ControlType::Bitmask => ControlKind::Bitmask,
            ControlType::Menu | ControlType::IntegerMenu => ControlKind::Menu(menu(device, &control)),
        };
        let value = control.is_readable.then(|| g_ctrl(device.file.as_fd(), control.id).ok()).flatten();
        Some(CameraControl {
            name: name_of(&control.title),
            title: control.title,
            kind,
            min: control.min,
            max: control.max,
            step: control.step,
            default: control.default,
            value: value.map(i64::from),
            writable: control.is_writable,
            inactive: control.is_inactive,
        })
    });
    Ok(described.collect())
}

/// Values and what they stand for; a menu may have holes.
fn menu(device: &Device, control: &Control) -> Vec<(i64, String)> {
    let values = (control.min..=control.max).take(ANSWERS_MAX as usize);
    let entries = values.filter_map(|value| {
        let index = u32::try_from(value).ok()?;
        Some((value, menu_entry(device.file.as_fd(), control, index).ok()??))
    });
    entries.collect()
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;

    use super::*;

    /// Brightness up to 255, a button, and an exposure that wants its automatic off first.
    #[derive(Default)]
    struct Camera {
        set: RefCell<Vec<(u32, i32)>>,
    }

    fn control(id: u32, title: &str, kind: ControlType) -> Control {
        Control {
            id,
            title: title.into(),
            kind: Some(kind),
            min: 0,
            max: 255,
            step: 1,
            default: 128,
            is_readable: true,
            is_writable: true,
            is_inactive: false,
        }
    }

    impl Controls for Camera {
        fn all(&self) -> Result<Vec<Control>, Errno> {
            Ok(vec![
                control(1, "Brightness", ControlType::Integer),
                control(2, "Inject V4L2_BUF_FLAG_ERROR", ControlType::Button),
                control(3, "Exposure, Auto", ControlType::Menu),
                control(4, "Exposure (Absolute)", ControlType::Integer),
            ])
        }

        fn set(&self, control: &Control, value: i32) -> Result<i32, Errno> {
            let mut set = self.set.borrow_mut();
            match control.id {
                4 if !set.contains(&(3, 1)) => return Err(Errno::BUSY),
                3 if value > 3 => return Err(Errno::RANGE),
                _ => set.push((control.id, value)),
            }
            Ok(if control.id == 2 { 0 } else { value.min(255) })
        }
    }

    /// What is told, or message and hint.
    type Told = Result<Vec<String>, (String, String)>;

    /// And what was set.
    fn applied(wishes: &[(&str, i64)]) -> (Told, Vec<(u32, i32)>) {
        let camera = Camera::default();
        let wishes: Vec<_> = wishes.iter().map(|(name, value)| ((*name).to_owned(), *value)).collect();
        let told = apply(&camera, "/dev/video0", &wishes);
        let told = told.map_err(|error| (error.to_string(), error.hint().to_owned()));
        (told, camera.set.into_inner())
    }

    #[test]
    fn names_are_those_of_v4l2_ctl() {
        for (title, name) in [
            ("Brightness", "brightness"),
            ("White Balance, Automatic", "white_balance_automatic"),
            ("Exposure (Absolute)", "exposure_absolute"),
            ("Inject V4L2_BUF_FLAG_ERROR", "inject_v4l2_buf_flag_error"),
        ] {
            assert_eq!(name_of(title), name);
        }
    }

    #[test]
    fn controls_are_set_in_the_order_asked_for_and_differences_are_told() {
        let (told, set) = applied(&[("exposure_auto", 1), ("exposure_absolute", 7), ("brightness", 999)]);
        assert_eq!(told.unwrap(), ["asked for brightness=999, it is 255"]);
        assert_eq!(set, [(3, 1), (4, 7), (1, 999)]);
        let (told, set) = applied(&[("inject_v4l2_buf_flag_error", 1)]);
        assert_eq!((told.unwrap().len(), set.len()), (0, 1), "a button has no value to come out otherwise");
    }

    #[test]
    fn what_cannot_be_set_says_why() {
        let (told, set) = applied(&[("britghness", 1)]);
        let (message, hint) = told.unwrap_err();
        assert_eq!(message, "/dev/video0: the camera has no control `britghness`");
        assert_eq!(hint, "it has brightness, inject_v4l2_buf_flag_error, exposure_auto, exposure_absolute");
        assert!(set.is_empty());
        let (message, _) = applied(&[("exposure_absolute", 7)]).0.unwrap_err();
        assert!(message.contains("another control comes first"), "{message}");
        for (name, value) in [("exposure_auto", 9), ("brightness", 1 << 40)] {
            let (message, hint) = applied(&[(name, value)]).0.unwrap_err();
            assert!(message.contains(&format!("{name}={value}: ")), "{message}");
            assert!(hint.starts_with("it goes from 0 to 255"), "{hint}");
        }
    }
}
