//! The window itself, in X11's protocol: the only file that knows how one is opened, asked and filled.
//!
//! Pictures go over the server's socket, in as many requests as its limit asks for. That is one copy more than shared
//! memory would have, and works through `ssh -X` too.

use std::os::fd::AsFd;
use std::time::Duration;

use ocelli_frame::{Rect, Size};
use ocelli_pipeline::SinkError;
use x11rb::connection::{Connection, RequestConnection};
use x11rb::errors::ReplyOrIdError;
use x11rb::protocol::Event;
use x11rb::protocol::xproto::{
    AtomEnum, ClientMessageEvent, ColormapAlloc, ConfigureWindowAux, ConnectionExt as _, CreateGCAux,
    CreateWindowAux, EventMask, Gcontext, ImageFormat, ImageOrder, PropMode, Screen, Setup, VisualClass,
    Visualid, Window, WindowClass,
};
use x11rb::rust_connection::RustConnection;
use x11rb::wrapper::ConnectionExt as _;

use crate::keys::{Keys, Wish};
use crate::sink::Desktop;
use crate::wake::{Wake, wait_for_socket};

/// Of the pixels that we send: 8 bits each of blue, green and red.
const DEPTH: u8 = 24;
const BYTES_PER_PIXEL: usize = 4;
/// Bytes of a request beside its pixels, and some to spare.
const REQUEST_HEAD_BYTES: usize = 64;
/// Coordinates are 16 bits, signed.
const SIDE_MAX: u32 = 32_767;
/// `_NET_WM_STATE`'s word for the other way round.
const TOGGLE: u32 = 2;

x11rb::atom_manager! {
    /// Names that the desktop knows us by, and what it may say to us.
    Atoms: AtomsCookie {
        WM_PROTOCOLS,
        WM_DELETE_WINDOW,
        UTF8_STRING,
        _NET_WM_NAME,
        _NET_WM_STATE,
        _NET_WM_STATE_FULLSCREEN,
        _NET_SUPPORTED,
    }
}

/// What comes from the desktop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Input {
    /// A key, or the window's own cross.
    Wished(Wish),
    /// What was on the window is lost, or it has another size now.
    Damaged,
}

/// A window and the connection to its server.
#[derive(Debug)]
pub(crate) struct Display {
    connection: RustConnection,
    window: Window,
    context: Gcontext,
    atoms: Atoms,
    keys: Keys,
    root: Window,
    room: Size,
    /// Whether somebody minds windows' places and sizes: a window manager that knows full screen.
    is_managed: bool,
    /// The size to go back to, where full screen is our own doing.
    before_full_screen: Option<Size>,
    /// The window's; `None` before it appears.
    size: Option<Size>,
}

impl Display {
    /// Connects, and makes a window that is not shown yet.
    pub fn open(desktop: &Desktop, title: &str) -> Result<Self, SinkError> {
        const LOOK_ELSEWHERE: &str = "to look from another machine: --sink web:";
        let Some(name) = desktop.display.as_deref().filter(|name| !name.is_empty()) else {
            return Err(if desktop.has_wayland {
                SinkError::new(
                    "window: no X display: DISPLAY is not set, so this Wayland desktop has no XWayland",
                    format!("start XWayland; {LOOK_ELSEWHERE}"),
                )
            } else {
                SinkError::new(
                    "window: no display: neither DISPLAY nor WAYLAND_DISPLAY is set",
                    format!("run it on a desktop, or over ssh -X; {LOOK_ELSEWHERE}"),
                )
            });
        };
        let (connection, screen) = RustConnection::connect(Some(name)).map_err(|error| {
            let message = format!("window: cannot reach the display {name} (DISPLAY): {error}");
            SinkError::new(message, format!("see that it is yours and runs; {LOOK_ELSEWHERE}"))
        })?;
        let setup = connection.setup();
        let Some(visual) = visual_of(setup, &setup.roots[screen]) else {
            return Err(SinkError::new(
                format!("window: the display {name} does not show pixels of {DEPTH} bits"),
                LOOK_ELSEWHERE,
            ));
        };
        Self::create(connection, screen, visual, title).map_err(|error| lost(&error))
    }

    fn create(
        connection: RustConnection,
        screen: usize,
        visual: Visualid,
        title: &str,
    ) -> Result<Self, ReplyOrIdError> {
        let screen = &connection.setup().roots[screen];
        let root = screen.root;
        let room = Size { width: screen.width_in_pixels.into(), height: screen.height_in_pixels.into() };
        let [window, context, colors] =
            [connection.generate_id()?, connection.generate_id()?, connection.generate_id()?];
        let atoms = Atoms::new(&connection)?.reply()?;
        let keys = Keys::ask(&connection)?;
        connection.create_colormap(ColormapAlloc::NONE, colors, root, visual)?;
        let events = EventMask::KEY_PRESS | EventMask::EXPOSURE | EventMask::STRUCTURE_NOTIFY;
        // No background: the server would fill with it what we fill a moment later.
        let how = CreateWindowAux::new().event_mask(events).border_pixel(0).colormap(colors);
        let class = WindowClass::INPUT_OUTPUT;
        connection.create_window(DEPTH, window, root, 0, 0, 1, 1, 0, class, visual, &how)?;
        connection.create_gc(context, window, &CreateGCAux::new().graphics_exposures(0))?;
        introduce(&connection, window, &atoms, title)?;
        let knows =
            connection.get_property(false, root, atoms._NET_SUPPORTED, AtomEnum::ATOM, 0, 4096)?.reply()?;
        let is_managed =
            knows.value32().is_some_and(|mut known| known.any(|atom| atom == atoms._NET_WM_STATE_FULLSCREEN));
        Ok(Self {
            connection,
            window,
            context,
            atoms,
            keys,
            root,
            room,
            is_managed,
            before_full_screen: None,
            size: None,
        })
    }

    /// The screen's size.
    pub fn room(&self) -> Size {
        self.room
    }

    /// Whether the window is to be seen.
    pub fn has_appeared(&self) -> bool {
        self.size.is_some()
    }

    /// The window's size; nothing before it appears.
    pub fn size(&self) -> Size {
        self.size.unwrap_or_default()
    }

    /// Makes the window appear, at this size.
    pub fn appear(&mut self, size: Size) -> Result<(), SinkError> {
        let size = Size { width: size.width.clamp(1, SIDE_MAX), height: size.height.clamp(1, SIDE_MAX) };
        let shape = ConfigureWindowAux::new().width(size.width).height(size.height);
        self.size = Some(size);
        let appear = || -> Result<(), ReplyOrIdError> {
            self.connection.configure_window(self.window, &shape)?;
            self.connection.map_window(self.window)?;
            Ok(self.connection.flush()?)
        };
        appear().map_err(|error| lost(&error))
    }

    /// What has come since the last time, one by one.
    pub fn input(&mut self) -> Result<Option<Input>, SinkError> {
        while let Some(event) = self.connection.poll_for_event().map_err(|error| lost(&error.into()))? {
            let input = match event {
                Event::KeyPress(event) => self.keys.wish(event.detail).map(Input::Wished),
                Event::ClientMessage(event) if event.data.as_data32()[0] == self.atoms.WM_DELETE_WINDOW => {
                    Some(Input::Wished(Wish::Quit))
                }
                Event::ConfigureNotify(event) => {
                    let size = Size { width: event.width.into(), height: event.height.into() };
                    let is_new = self.size.replace(size) != Some(size);
                    is_new.then_some(Input::Damaged)
                }
                Event::Expose(event) if event.count == 0 => Some(Input::Damaged),
                Event::MappingNotify(_) => {
                    self.keys = Keys::ask(&self.connection).map_err(|error| lost(&error.into()))?;
                    None
                }
                Event::Error(error) => return Err(lost(&ReplyOrIdError::X11Error(error))),
                _ => None,
            };
            if input.is_some() {
                return Ok(input);
            }
        }
        Ok(None)
    }

    /// Fills `place` with pixels, row by row; blue, green, red and one byte of nothing each.
    pub fn fill(&self, place: Rect, pixels: &[u8]) -> Result<(), SinkError> {
        let row_bytes = place.size.width as usize * BYTES_PER_PIXEL;
        if pixels.is_empty() {
            return Ok(());
        }
        let room_bytes = self.connection.maximum_request_bytes().saturating_sub(REQUEST_HEAD_BYTES);
        let rows = (room_bytes / row_bytes).max(1);
        let (x, width) = (place.x as i16, place.size.width as u16);
        for (index, part) in pixels.chunks(rows * row_bytes).enumerate() {
            let y = (place.y as usize + index * rows) as i16;
            let height = (part.len() / row_bytes) as u16;
            let (window, context, format) = (self.window, self.context, ImageFormat::Z_PIXMAP);
            self.connection
                .put_image(format, window, context, width, height, x, y, 0, DEPTH, part)
                .map_err(|error| lost(&error.into()))?;
        }
        Ok(())
    }

    /// Returns once the server has done all that it was told: nothing piles up in front of a slow one.
    pub fn settle(&self) -> Result<(), SinkError> {
        self.connection.sync().map_err(|error| lost(&error.into()))
    }

    /// Full screen, and back.
    pub fn toggle_full_screen(&mut self) -> Result<(), SinkError> {
        let toggle = || -> Result<Option<Size>, ReplyOrIdError> {
            if self.is_managed {
                let state = [TOGGLE, self.atoms._NET_WM_STATE_FULLSCREEN, 0, 1, 0];
                let message = ClientMessageEvent::new(32, self.window, self.atoms._NET_WM_STATE, state);
                let to = EventMask::SUBSTRUCTURE_REDIRECT | EventMask::SUBSTRUCTURE_NOTIFY;
                self.connection.send_event(false, self.root, to, message)?;
                self.connection.flush()?;
                return Ok(None);
            }
            let to = self.before_full_screen.unwrap_or(self.room);
            let shape = ConfigureWindowAux::new().x(0).y(0).width(to.width).height(to.height);
            self.connection.configure_window(self.window, &shape)?;
            self.connection.flush()?;
            Ok(self.before_full_screen.is_none().then_some(self.size()))
        };
        self.before_full_screen = toggle().map_err(|error| lost(&error))?;
        Ok(())
    }

    /// Returns when the server has something to say, when `wake` rings (where one is given), or after `timeout`.
    pub fn wait(&self, wake: Option<&Wake>, timeout: Duration) -> Result<(), SinkError> {
        let socket = self.connection.stream().as_fd();
        let waited = match wake {
            Some(wake) => wake.wait(socket, timeout),
            None => wait_for_socket(socket, timeout),
        };
        waited.map_err(|error| lost(&x11rb::errors::ConnectionError::from(error).into()))
    }
}

/// Tells the desktop who we are, and that it may ask us to go.
fn introduce(
    connection: &RustConnection,
    window: Window,
    atoms: &Atoms,
    title: &str,
) -> Result<(), ReplyOrIdError> {
    let texts: [(u32, u32, &[u8]); 3] = [
        (AtomEnum::WM_NAME.into(), AtomEnum::STRING.into(), title.as_bytes()),
        (atoms._NET_WM_NAME, atoms.UTF8_STRING, title.as_bytes()),
        (AtomEnum::WM_CLASS.into(), AtomEnum::STRING.into(), b"ocelli\0Ocelli\0"),
    ];
    for (property, kind, text) in texts {
        connection.change_property8(PropMode::REPLACE, window, property, kind, text)?;
    }
    let asked = [atoms.WM_DELETE_WINDOW];
    connection.change_property32(PropMode::REPLACE, window, atoms.WM_PROTOCOLS, AtomEnum::ATOM, &asked)?;
    Ok(())
}

/// A visual whose pixels are as ours, where the server has one and takes them in our order.
fn visual_of(setup: &Setup, screen: &Screen) -> Option<Visualid> {
    let mut formats = setup.pixmap_formats.iter();
    let is_packed = formats
        .any(|format| format.depth == DEPTH && usize::from(format.bits_per_pixel) == 8 * BYTES_PER_PIXEL);
    let depth = screen.allowed_depths.iter().find(|depth| depth.depth == DEPTH)?;
    let visual = depth.visuals.iter().find(|visual| {
        visual.class == VisualClass::TRUE_COLOR
            && (visual.red_mask, visual.green_mask, visual.blue_mask) == (0xff_0000, 0xff00, 0xff)
    })?;
    (is_packed && setup.image_byte_order == ImageOrder::LSB_FIRST).then_some(visual.visual_id)
}

fn lost(error: &ReplyOrIdError) -> SinkError {
    SinkError::new(
        format!("window: the display is lost: {error}"),
        "see what became of the X server; the run itself does not need it",
    )
}
