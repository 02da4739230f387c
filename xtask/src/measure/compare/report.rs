//! The figures of a comparison as a table (Markdown) and a plot (SVG).

use std::fmt::Write;
use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::error::ChoreError;

const WIDTH: f64 = 720.0;
const ROW: f64 = 44.0;
const LABEL: f64 = 190.0;
const RIGHT: f64 = 120.0;
const TOP: f64 = 48.0;

/// One program that ran.
struct Row<'a> {
    name: &'a str,
    /// Least, median, greatest frames a second.
    fps: [f64; 3],
    /// The same of ours over it.
    ratio: [f64; 3],
    memory_mb: f64,
}

/// Writes `compare.md` and `compare.svg`.
pub fn write(figures: &Value, folder: &Path) -> Result<(), ChoreError> {
    let failed = |error: std::io::Error| {
        ChoreError::new(format!("{}: {error}", folder.display()), "name a folder that can be written")
    };
    fs::create_dir_all(folder).map_err(failed)?;
    fs::write(folder.join("compare.md"), table(figures)).map_err(failed)?;
    fs::write(folder.join("compare.svg"), plot(figures)).map_err(failed)
}

fn rows(figures: &Value) -> Vec<Row<'_>> {
    let three =
        |series: &Value| ["min", "median", "max"].map(|name| series[name].as_f64().unwrap_or(f64::NAN));
    let programs = figures["programs"].as_object();
    let ran = programs.into_iter().flatten().filter(|(_, program)| program["fps"].is_object());
    ran.map(|(name, program)| Row {
        name,
        fps: three(&program["fps"]),
        ratio: three(&program["ours_over_it"]),
        memory_mb: program["peak_memory_mb"].as_f64().unwrap_or(f64::NAN),
    })
    .collect()
}

fn title(figures: &Value) -> String {
    let text = |name: &str| figures[name].as_str().unwrap_or_default();
    format!("Every frame of {} through {}, whole command", text("clip"), text("model"))
}

fn table(figures: &Value) -> String {
    let mut text = format!(
        "{}\n\n| program | frames/s (least–greatest) | ocelli ÷ it, paired | peak memory |\n|---|---|---|---|\n",
        title(figures)
    );
    for Row { name, fps: [low, fps, high], ratio: [ratio_low, ratio, ratio_high], memory_mb } in rows(figures)
    {
        let ratio = if name == "ocelli" {
            "–".to_owned()
        } else {
            format!("{ratio:.2} ({ratio_low:.2}–{ratio_high:.2})")
        };
        // Writing to a string cannot fail.
        let _ = writeln!(text, "| {name} | {fps:.1} ({low:.1}–{high:.1}) | {ratio} | {memory_mb:.0} MB |");
    }
    text
}

fn plot(figures: &Value) -> String {
    let rows = rows(figures);
    let greatest = rows.iter().map(|row| row.fps[2]).fold(1.0, f64::max);
    let x = |fps: f64| LABEL + fps / greatest * (WIDTH - LABEL - RIGHT);
    let height = TOP + ROW * rows.len() as f64 + 12.0;
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height}\" font-family=\"sans-serif\" \
         font-size=\"14\">\n<rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>\n\
         <text x=\"12\" y=\"26\" font-size=\"15\">{}</text>\n",
        title(figures)
    );
    for (index, Row { name, fps: [low, fps, high], .. }) in rows.iter().enumerate() {
        let (y, middle) = (TOP + ROW * index as f64, TOP + ROW * (index as f64 + 0.5));
        let (left, right, end) = (x(*low), x(*high), x(*fps));
        let fill = if *name == "ocelli" { "#1668dc" } else { "#9aa4b2" };
        let bar = end - LABEL;
        let _ = writeln!(
            svg,
            "<text x=\"{}\" y=\"{}\" text-anchor=\"end\">{name}</text>\n\
             <rect x=\"{LABEL}\" y=\"{}\" width=\"{bar:.1}\" height=\"{}\" fill=\"{fill}\"/>\n\
             <path d=\"M{left:.1} {middle}H{right:.1}\" stroke=\"#111\" stroke-width=\"2\"/>\n\
             <text x=\"{:.1}\" y=\"{}\">{fps:.1} frames/s</text>",
            LABEL - 10.0,
            middle + 5.0,
            y + 8.0,
            ROW - 16.0,
            end.max(right) + 8.0,
            middle + 5.0,
        );
    }
    svg.push_str("</svg>\n");
    svg
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn figures() -> Value {
        let series = |min: f64, median: f64, max: f64| json!({ "min": min, "median": median, "max": max });
        json!({
            "clip": "clip.mp4",
            "model": "net.onnx",
            "programs": {
                "ocelli": { "fps": series(19.0, 20.0, 21.0), "ours_over_it": series(1.0, 1.0, 1.0), "peak_memory_mb": 99.6 },
                "other": { "fps": series(9.0, 10.0, 12.0), "ours_over_it": series(1.8, 2.0, 2.1), "peak_memory_mb": 907.0 },
                "missing": { "absent": "cannot be started" },
            },
        })
    }

    #[test]
    fn the_table_has_a_row_for_each_program_that_ran() {
        let table = table(&figures());
        let rows: Vec<_> = table.lines().skip(4).collect();
        assert_eq!(
            rows,
            [
                "| ocelli | 20.0 (19.0–21.0) | – | 100 MB |",
                "| other | 10.0 (9.0–12.0) | 2.00 (1.80–2.10) | 907 MB |",
            ]
        );
    }

    #[test]
    fn bars_are_as_long_as_their_figures() {
        let plot = plot(&figures());
        let widths: Vec<f64> = plot
            .split("width=\"")
            .filter_map(|part| part.split_once('"')?.0.parse().ok())
            .filter(|width: &f64| *width > 2.0)
            .collect();
        let [ours, other] = widths.as_slice() else { panic!("{widths:?} in {plot}") };
        assert!((ours / other - 2.0).abs() < 0.01, "{ours} {other}");
        assert!(plot.ends_with("</svg>\n"));
    }
}
