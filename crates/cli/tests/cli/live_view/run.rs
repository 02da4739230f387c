//! A run with a live view, and a browser that looks at it.

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::sync::{Mutex, MutexGuard, PoisonError, mpsc};
use std::thread::{sleep, spawn};
use std::time::Duration;

use ocelli_capture::synthetic::{Scene, SceneOptions};
use ocelli_frame::{PixelFormat, Size};
use ocelli_testkit::{TestFolder, frame_from, program};
use serde_json::Value;

use crate::binary::{command, json_lines, send_signal};
use crate::devtools::{PATIENCE, Page, Screen};

pub const SCENE: SceneOptions =
    SceneOptions { size: Size { width: 640, height: 360 }, fps: 30.0, frames: None, objects: 5, seed: 5 };
pub const SOURCE: &str = "synthetic:?size=640x360&fps=30&objects=5&seed=5";

/// A picture is as large on it as in its source.
pub const DESKTOP: Screen = Screen { name: "desktop", width: 1440, height: 900, density: 1, is_phone: false };
pub const PHONE: Screen = Screen { name: "phone", width: 390, height: 844, density: 2, is_phone: true };

const SAMPLING: &str = include_str!("sampling.js");

/// A running `ocelli` whose live view is up; killed on drop.
pub struct LiveRun {
    child: Child,
    /// As it was printed: with the port, and the token where there is one.
    pub address: String,
    folder: TestFolder,
}

impl LiveRun {
    /// `ocelli run ARGUMENTS --sink SINK`, which writes its results down, too.
    pub fn start(arguments: &[&str], sink: &str) -> Self {
        let folder = TestFolder::new("live-view");
        let mut child = command(folder.path())
            .args(["run", "--pace", "live", "--loop"])
            .args(arguments)
            .args(["--sink", sink, "--sink", "jsonl:out.jsonl"])
            .stderr(Stdio::piped())
            .spawn()
            .expect("the binary starts");
        let lines = BufReader::new(child.stderr.take().expect("stderr")).lines();
        let (tell, told) = mpsc::sync_channel(1);
        // Read to the end, so that the run never waits for its reader.
        spawn(move || {
            let mut said = Vec::new();
            for line in lines.map_while(Result::ok) {
                if let Some(address) = line.strip_prefix("live view: ") {
                    let _ = tell.try_send(Ok(address.to_owned()));
                }
                said.push(line);
            }
            let _ = tell.try_send(Err(said));
        });
        let address = told.recv_timeout(PATIENCE).expect("it says where the live view is");
        let address = address.unwrap_or_else(|said| panic!("it ended: {said:?}"));
        Self { child, address, folder }
    }

    /// Without the token.
    pub fn origin(&self) -> &str {
        self.address.split("/#").next().expect("a part").trim_end_matches('/')
    }

    /// Ends it in order, and returns the detections of its results by the frame's number.
    pub fn end(mut self) -> BTreeMap<u64, Value> {
        send_signal(&self.child, "TERM");
        assert!(self.child.wait().expect("it ends").success());
        let lines = json_lines(&self.folder.join("out.jsonl")).into_iter();
        let by_number =
            |mut line: Value| (line["seq"].as_u64().expect("a number"), line["detections"].take());
        lines.map(by_number).collect()
    }

    /// Kills it, as a power cut would.
    pub fn kill(&mut self) {
        self.child.kill().expect("it can be killed");
        self.child.wait().expect("it ends");
    }
}

impl Drop for LiveRun {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A browser where the machine has one. One test at a time has it: each wants a core for the run and one for itself.
pub fn browser() -> Option<(Page, MutexGuard<'static, ()>)> {
    static TURN: Mutex<()> = Mutex::new(());
    let chromium = program("chromium")?;
    let turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    Some((Page::open(&chromium), turn))
}

impl Page {
    /// Opens the live view and waits for the first source's picture: others may lie below the screen, and have none.
    pub fn look_at(&mut self, address: &str, screen: &Screen, theme: &str) {
        self.set_screen(screen, theme);
        self.navigate(address);
        self.wait_for("ocelli.sources.length > 0 && ocelli.sources[0].shown && ocelli.sources.every(({ status }) => status)");
        self.evaluate(SAMPLING);
    }

    /// So many frames as they are shown in `place` (`shown`, `inset`).
    pub fn sample(&mut self, tile: usize, place: &str, frames: usize) -> Vec<Sample> {
        let samples = self.evaluate(&format!("sample({tile}, '{place}', {frames})"));
        samples.as_array().expect("samples").iter().map(Sample::from_json).collect()
    }

    /// Whether an expression's value stays as it is for a while, sooner or later.
    pub fn comes_to_rest(&mut self, expression: &str) -> bool {
        (0..40).any(|_| {
            let before = self.evaluate(expression);
            sleep(Duration::from_millis(1500));
            self.evaluate(expression) == before
        })
    }

    /// Keeps what is to be seen now, for people: `OCELLI_SCREENSHOTS`, else `screenshots/` beside the tests' own files.
    pub fn keep_screenshot(&mut self, name: &str) {
        let folder = std::env::var_os("OCELLI_SCREENSHOTS").map_or_else(
            || Path::new(env!("CARGO_TARGET_TMPDIR")).with_file_name("screenshots"),
            PathBuf::from,
        );
        fs::create_dir_all(&folder).expect("the folder can be made");
        let picture = self.screenshot();
        fs::write(folder.join(format!("{name}.png")), picture).expect("the screenshot is written");
    }

    /// Panics where the page's scripts failed or did what its security policy forbids.
    #[track_caller]
    pub fn assert_no_complaints(&self) {
        assert!(self.complaints().is_empty(), "{:?}", self.complaints());
    }
}

/// What was to be seen at one moment.
pub struct Sample {
    /// The frame that the page says it shows.
    pub seq: u64,
    /// The frame that its pixels are; `None` where a label lies over the number.
    pub seq_in_pixels: Option<u64>,
    pub has_result: bool,
    pub boxes: Vec<DrawnBox>,
}

/// A box that was drawn.
pub struct DrawnBox {
    pub class_id: u32,
    pub in_source: [f32; 4],
    /// The colours in the middle of its four sides.
    pub edges: Vec<[u8; 3]>,
}

impl Sample {
    fn from_json(sample: &Value) -> Self {
        let number = |value: &Value| value.as_f64().expect("a number");
        let drawn = |drawn: &Value| DrawnBox {
            class_id: number(&drawn["class_id"]) as u32,
            in_source: [0, 1, 2, 3].map(|side| number(&drawn["box"][side]) as f32),
            edges: (0..4)
                .map(|side| [0, 1, 2].map(|channel| number(&drawn["edges"][side][channel]) as u8))
                .collect(),
        };
        let cells: Vec<bool> =
            sample["cells"].as_array().expect("cells").iter().map(|cell| cell == 1).collect();
        Self {
            seq: sample["seq"].as_u64().expect("a number"),
            seq_in_pixels: read_cells(&cells),
            has_result: sample["has_result"] == true,
            boxes: sample["boxes"].as_array().expect("boxes").iter().map(drawn).collect(),
        }
    }
}

/// The number in the cells along the top, by way of a picture that has nothing but them.
fn read_cells(cells: &[bool]) -> Option<u64> {
    let side = SCENE.size.width as usize / 80;
    Scene::read_sequence(&frame_from(PixelFormat::Grey, SCENE.size, 0, |_, _, column| {
        if cells.get(column / side).copied().unwrap_or(false) { 235 } else { 16 }
    }))
}
