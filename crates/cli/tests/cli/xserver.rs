//! A screen without a monitor, for tests of windows: Xvfb, looked at and typed on as one of its clients.

use std::fs::{File, create_dir_all};
use std::io::{BufRead, BufReader, BufWriter};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use ocelli_frame::{Frame, PixelFormat, Rect, Size};
use ocelli_testkit::{frame_from, program};
use x11rb::connection::Connection;
use x11rb::protocol::xproto::{
    AtomEnum, ClientMessageEvent, ConnectionExt as _, EventMask, ImageFormat, InputFocus, KEY_PRESS_EVENT,
    KEY_RELEASE_EVENT, MapState, Window,
};
use x11rb::protocol::xtest::ConnectionExt as _;
use x11rb::rust_connection::RustConnection;

/// The screen.
pub const SCREEN: Size = Size { width: 1280, height: 800 };

/// A server of its own, gone when it is dropped.
pub struct XServer {
    child: Child,
    /// What `DISPLAY` has to be.
    pub name: String,
    connection: RustConnection,
}

/// A window that is to be seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shown {
    window: Window,
    /// On the screen.
    pub place: Rect,
}

impl XServer {
    /// `None` (after saying `skipped: …`) on a machine without Xvfb.
    pub fn start() -> Option<Self> {
        let Size { width, height } = SCREEN;
        let mut child = Command::new(program("Xvfb")?)
            .args(["-displayfd", "1", "-nolisten", "tcp", "-screen", "0", &format!("{width}x{height}x24")])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("Xvfb starts");
        let mut number = String::new();
        // It says which number it has once it listens.
        BufReader::new(child.stdout.take().expect("a pipe")).read_line(&mut number).expect("a number");
        let name = format!(":{}", number.trim());
        let (connection, _) = RustConnection::connect(Some(&name)).expect("Xvfb lets its own user in");
        Some(Self { child, name, connection })
    }

    fn root(&self) -> Window {
        self.connection.setup().roots[0].root
    }

    /// The first window that is to be seen.
    pub fn shown(&self) -> Option<Shown> {
        let tree = self.connection.query_tree(self.root()).unwrap().reply().unwrap();
        tree.children.into_iter().find_map(|window| {
            // It may go while we ask.
            let attributes = self.connection.get_window_attributes(window).unwrap().reply().ok()?;
            let shape = self.connection.get_geometry(window).unwrap().reply().ok()?;
            let size = Size { width: shape.width.into(), height: shape.height.into() };
            let place = Rect { x: u32::try_from(shape.x).ok()?, y: u32::try_from(shape.y).ok()?, size };
            (attributes.map_state == MapState::VIEWABLE).then_some(Shown { window, place })
        })
    }

    /// What it is called.
    pub fn title(&self, shown: Shown) -> String {
        let name = (AtomEnum::WM_NAME, AtomEnum::STRING);
        let title = self.connection.get_property(false, shown.window, name.0, name.1, 0, 99).unwrap().reply();
        String::from_utf8(title.unwrap().value).unwrap()
    }

    /// The pixels of a part of the screen.
    pub fn picture(&self, Rect { x, y, size }: Rect) -> Frame {
        let (width, height) = (size.width as u16, size.height as u16);
        let format = ImageFormat::Z_PIXMAP;
        let image = self.connection.get_image(format, self.root(), x as i16, y as i16, width, height, !0);
        let pixels = image.unwrap().reply().expect("a part of the screen").data;
        // Blue, green, red, nothing.
        frame_from(PixelFormat::Rgb24, size, 0, |_, row, column| {
            pixels[(row * size.width as usize + column / 3) * 4 + 2 - column % 3]
        })
    }

    /// Presses a key in a window; letters go by their code, others by X11's name for them.
    pub fn press(&self, shown: Shown, letter: u32) {
        let connection = &self.connection;
        let setup = connection.setup();
        let keys = setup.max_keycode - setup.min_keycode + 1;
        let table = connection.get_keyboard_mapping(setup.min_keycode, keys).unwrap().reply().unwrap();
        let mut rows = table.keysyms.chunks(table.keysyms_per_keycode.into());
        let key = rows.position(|letters| letters[0] == letter).expect("a key of this letter");
        let key = setup.min_keycode + key as u8;
        connection.set_input_focus(InputFocus::NONE, shown.window, x11rb::CURRENT_TIME).unwrap();
        for kind in [KEY_PRESS_EVENT, KEY_RELEASE_EVENT] {
            connection.xtest_fake_input(kind, key, x11rb::CURRENT_TIME, x11rb::NONE, 0, 0, 0).unwrap();
        }
        connection.flush().unwrap();
    }

    /// Says what a window manager says when its cross is clicked.
    pub fn close(&self, shown: Shown) {
        let atom =
            |name: &str| self.connection.intern_atom(false, name.as_bytes()).unwrap().reply().unwrap().atom;
        let (protocols, delete) = (atom("WM_PROTOCOLS"), atom("WM_DELETE_WINDOW"));
        let message = ClientMessageEvent::new(32, shown.window, protocols, [delete, 0, 0, 0, 0]);
        self.connection.send_event(false, shown.window, EventMask::NO_EVENT, message).unwrap();
        self.connection.flush().unwrap();
    }

    /// The end of the server in the midst of it all.
    pub fn kill(mut self) {
        self.child.kill().expect("it runs");
        self.child.wait().expect("it ends");
    }
}

impl Drop for XServer {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Asks again and again until there is an answer.
#[track_caller]
pub fn until<T>(what: &str, mut answer: impl FnMut() -> Option<T>) -> T {
    for _ in 0..6_000 {
        if let Some(answer) = answer() {
            return answer;
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    panic!("not in a minute: {what}");
}

/// Keeps a picture for people, in `$OCELLI_SCREENSHOTS` or `target/screenshots`.
pub fn keep(picture: &Frame, name: &str) {
    let folder = std::env::var_os("OCELLI_SCREENSHOTS")
        .map_or_else(|| Path::new(env!("CARGO_TARGET_TMPDIR")).join("../screenshots"), PathBuf::from);
    create_dir_all(&folder).expect("a folder for screenshots");
    let file = File::create(folder.join(name)).expect("a file for a screenshot");
    let Size { width, height } = picture.info().size;
    let mut encoder = png::Encoder::new(BufWriter::new(file), width, height);
    encoder.set_color(png::ColorType::Rgb);
    let pixels: Vec<u8> =
        (0..height as usize).flat_map(|row| picture.plane(0).row(row).iter().copied()).collect();
    encoder.write_header().and_then(|mut png| png.write_image_data(&pixels)).expect("a PNG");
}
