//! `ocelli devices`: the cameras of this machine, and what each can do.

use std::fmt::Write;

use ocelli_frame::Size;
use ocelli_source_v4l2::{CameraDescription, CameraFormat, CameraSize, Rates, cameras};
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
    let CameraDescription { path, card, driver, driver_version, bus, formats, .. } = camera;
    let mut words = format!("{}  {card} ({driver} {driver_version}, {bus})\n", path.display());
    for format in formats {
        let CameraFormat { four_cc, description, reads_as, sizes, .. } = format;
        let note = if reads_as.is_none() { "  (not read yet)" } else { "" };
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
    words
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
        "formats": camera.formats.iter().map(format).collect::<Vec<_>>(),
    })
}
