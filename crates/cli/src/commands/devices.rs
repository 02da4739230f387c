//! `ocelli devices`: the cameras of this machine, what each can do, and what can be turned at it.

use std::fmt::Write;

use ocelli_frame::Size;
use ocelli_source_v4l2::{
    CameraControl, CameraDescription, CameraFormat, CameraSize, ControlKind, Rates, cameras,
};
use serde_json::{Value, json};

use crate::args::DevicesArguments;
use crate::failure::Failure;

/// Sizes of a format that are shown to people; all are in the JSON.
const SIZES_SHOWN: usize = 6;

/// Every camera, in the order of their numbers. Those that cannot be asked are errors, after the others.
pub fn run(arguments: &DevicesArguments) -> Result<(), Failure> {
    let mut described = Vec::new();
    let mut failures = Vec::new();
    for camera in cameras()? {
        match camera {
            Ok(camera) => described.push(camera),
            Err(error) => failures.push(Failure::from(error)),
        }
    }
    if arguments.json {
        println!("{}", Value::from(described.iter().map(figures).collect::<Vec<_>>()));
    } else {
        described.iter().for_each(|camera| print!("{}", in_words(camera)));
    }
    if described.is_empty() && failures.is_empty() {
        eprintln!("no cameras here");
        eprintln!("hint: plug one in, and see `dmesg`; in a container, hand it in: `--device /dev/video0`");
    }
    Failure::several(failures).map_or(Ok(()), Err)
}

fn in_words(camera: &CameraDescription) -> String {
    let CameraDescription { path, card, driver, driver_version, bus, formats, controls, .. } = camera;
    let mut words = format!("{}  {card} ({driver} {driver_version}, {bus})\n", path.display());
    for format in formats {
        let CameraFormat { four_cc, description, reads_as, sizes, .. } = format;
        let note = if reads_as.is_none() { "  (not read)" } else { "" };
        let shown: Vec<_> = sizes.iter().take(SIZES_SHOWN).map(size_in_words).collect();
        let more = match sizes.len().saturating_sub(SIZES_SHOWN) {
            0 => String::new(),
            more => format!(", {more} more"),
        };
        let _ = writeln!(words, "    {four_cc:7} {description}{note}");
        if reads_as.is_some() && !shown.is_empty() {
            let _ = writeln!(words, "            {}{more}", shown.join(", "));
        }
    }
    if camera.fills_user_memory == Some(true) {
        let _ = writeln!(words, "    memory=userptr  fills memory of our choosing: huge pages");
    }
    for control in controls.iter().filter(|control| control.writable) {
        let _ = writeln!(words, "    ctrl.{}", control_in_words(control));
    }
    words
}

/// As it would be set: `brightness=128  0 to 255`.
fn control_in_words(control: &CameraControl) -> String {
    let CameraControl { name, kind, min, max, step, value, inactive, .. } = control;
    let values = match kind {
        ControlKind::Integer if *step > 1 => format!("{min} to {max} by {step}"),
        ControlKind::Integer => format!("{min} to {max}"),
        ControlKind::Boolean => "0 or 1".to_owned(),
        ControlKind::Bitmask => format!("bits of {max:#x}"),
        ControlKind::Button => "a button: 1 presses it".to_owned(),
        ControlKind::Menu(entries) => {
            let entries = entries.iter().map(|(value, what)| format!("{value} {what}"));
            entries.collect::<Vec<_>>().join(", ")
        }
    };
    let value = value.map_or(String::new(), |value| value.to_string());
    let note = if *inactive { "  (without effect now)" } else { "" };
    format!("{name}={value}  {values}{note}")
}

fn size_in_words(size: &CameraSize) -> String {
    let CameraSize { min, max, rates } = size;
    let sizes = if min == max { max.to_string() } else { format!("{min} to {max}") };
    let short = |fps: &f64| ((fps * 100.0).round() / 100.0).to_string();
    match rates {
        Rates::These(rates) if rates.is_empty() => sizes,
        Rates::These(rates) => {
            format!("{sizes} at {}", rates.iter().map(short).collect::<Vec<_>>().join("/"))
        }
        Rates::Range { min, max } => format!("{sizes} at {} to {}", short(min), short(max)),
    }
}

fn figures(camera: &CameraDescription) -> Value {
    let pair = |size: &Size| json!([size.width, size.height]);
    let size = |size: &CameraSize| match (&size.rates, size.min == size.max) {
        (Rates::These(rates), true) => json!({ "size": pair(&size.max), "fps": rates }),
        (Rates::Range { min, max }, true) => {
            json!({ "size": pair(&size.max), "fps_min": min, "fps_max": max })
        }
        (Rates::These(rates), false) => {
            json!({ "size_min": pair(&size.min), "size_max": pair(&size.max), "fps": rates })
        }
        (Rates::Range { min, max }, false) => json!({
            "size_min": pair(&size.min), "size_max": pair(&size.max), "fps_min": min, "fps_max": max,
        }),
    };
    let control = |control: &CameraControl| {
        let (kind, menu) = kind_and_menu(&control.kind);
        json!({
            "name": control.name, "title": control.title, "kind": kind, "min": control.min, "max": control.max,
            "step": control.step, "default": control.default, "value": control.value, "menu": menu,
            "writable": control.writable, "inactive": control.inactive,
        })
    };
    let format = |format: &CameraFormat| {
        json!({
            "four_cc": format.four_cc,
            "description": format.description,
            "reads_as": format.reads_as.map(|pixels| pixels.to_string()),
            "compressed": format.compressed,
            "sizes": format.sizes.iter().map(size).collect::<Vec<_>>(),
        })
    };
    json!({
        "path": camera.path.to_string_lossy(),
        "card": camera.card,
        "driver": camera.driver,
        "driver_version": camera.driver_version,
        "bus": camera.bus,
        "multi_planar": camera.multi_planar,
        "userptr": camera.fills_user_memory,
        "formats": camera.formats.iter().map(format).collect::<Vec<_>>(),
        "controls": camera.controls.iter().map(control).collect::<Vec<_>>(),
    })
}

/// The kind's word, and what the values of a menu stand for.
fn kind_and_menu(kind: &ControlKind) -> (&'static str, Option<Vec<Value>>) {
    match kind {
        ControlKind::Integer => ("integer", None),
        ControlKind::Boolean => ("boolean", None),
        ControlKind::Button => ("button", None),
        ControlKind::Bitmask => ("bitmask", None),
        ControlKind::Menu(entries) => {
            let entries = entries.iter().map(|(value, what)| json!({ "value": value, "what": what }));
            ("menu", Some(entries.collect()))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn control(kind: ControlKind) -> CameraControl {
        CameraControl {
            name: "gain".into(),
            title: "Gain".into(),
            kind,
            min: 0,
            max: 100,
            step: 2,
            default: 10,
            value: Some(7),
            writable: true,
            inactive: true,
        }
    }

    fn camera(controls: Vec<CameraControl>) -> CameraDescription {
        CameraDescription {
            path: "/dev/video0".into(),
            card: "HD Webcam".into(),
            driver: "uvcvideo".into(),
            driver_version: "6.12.0".into(),
            bus: "usb-1".into(),
            multi_planar: false,
            fills_user_memory: Some(true),
            formats: Vec::new(),
            controls,
        }
    }

    #[test]
    fn controls_are_told_as_they_would_be_set() {
        let menu = || ControlKind::Menu(vec![(1, "Manual".into()), (3, "Automatic".into())]);
        let fixed = CameraControl { writable: false, ..control(ControlKind::Boolean) };
        let pressed = CameraControl { value: None, inactive: false, ..control(ControlKind::Button) };
        let camera = camera(vec![control(ControlKind::Integer), control(menu()), fixed, pressed]);
        let expected = "\
/dev/video0  HD Webcam (uvcvideo 6.12.0, usb-1)
    memory=userptr  fills memory of our choosing: huge pages
    ctrl.gain=7  0 to 100 by 2  (without effect now)
    ctrl.gain=7  1 Manual, 3 Automatic  (without effect now)
    ctrl.gain=  a button: 1 presses it
";
        assert_eq!(in_words(&camera), expected);
        let json = figures(&camera);
        assert_eq!(json["userptr"], true);
        assert_eq!(json["controls"][0]["kind"], "integer");
        assert_eq!(json["controls"][1]["menu"][1], json!({ "value": 3, "what": "Automatic" }));
        assert_eq!(json["controls"][2]["writable"], false);
        assert_eq!(json["controls"][3]["value"], Value::Null);
    }
}
