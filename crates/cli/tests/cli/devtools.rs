//! A page in Chromium, driven over the Chrome DevTools Protocol: what a person does with it, and what they see. As much of the
//! protocol as the tests need, blocking, one page.

use std::fs;
use std::net::TcpStream;
use std::path::Path;
use std::thread::sleep;
use std::time::Duration;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use ocelli_testkit::TestFolder;
use serde_json::{Value, json};
use tungstenite::{Message, WebSocket};

use crate::chromium::Browser;

/// Longer than anything takes that is waited for here, on a busy machine. Only a test that hangs meets it.
pub const PATIENCE: Duration = Duration::from_secs(120);
/// Between two looks at something that is waited for.
const PAUSE: Duration = Duration::from_millis(50);

/// Looks again and again until there is something to see; `None` where patience ends.
pub fn patiently<T>(mut look: impl FnMut() -> Option<T>) -> Option<T> {
    let looks = PATIENCE.as_millis() / PAUSE.as_millis();
    (0..looks).find_map(|_| {
        sleep(PAUSE);
        look()
    })
}

/// One page.
pub struct Page {
    socket: WebSocket<TcpStream>,
    session: String,
    calls: u64,
    /// What the page's scripts and its security policy complained about.
    complaints: Vec<String>,
    _browser: Browser,
    profile: TestFolder,
}

impl Page {
    /// An empty page in a browser of its own.
    pub fn open(program: &Path) -> Self {
        let profile = TestFolder::new("browser-profile");
        let browser = Browser::open(program, profile.path(), &["--remote-debugging-port=0", "about:blank"]);
        let socket = connect(&profile);
        let mut page = Self {
            socket,
            session: String::new(),
            calls: 0,
            complaints: Vec::new(),
            _browser: browser,
            profile,
        };
        let target = page.call("Target.createTarget", json!({ "url": "about:blank" }))["targetId"].clone();
        let attached = page.call("Target.attachToTarget", json!({ "targetId": target, "flatten": true }));
        page.session = attached["sessionId"].as_str().expect("a session").to_owned();
        for domain in ["Page", "Runtime", "Log"] {
            page.call(&format!("{domain}.enable"), json!({}));
        }
        let folder = page.profile.join("downloads");
        page.call("Browser.setDownloadBehavior", json!({ "behavior": "allow", "downloadPath": folder }));
        page
    }

    /// Where files go that the page saves.
    pub fn downloads(&self) -> Vec<String> {
        let entries = fs::read_dir(self.profile.join("downloads")).into_iter().flatten();
        entries.map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned()).collect()
    }

    /// What one of them holds.
    pub fn read_download(&self, name: &str) -> Vec<u8> {
        fs::read(self.profile.join("downloads").join(name)).expect("a file")
    }

    /// Tells it that another tab is in front of it, or no longer: without a window, none ever is.
    pub fn set_hidden(&mut self, is_hidden: bool) {
        self.evaluate(&format!(
            "Object.defineProperty(document, 'hidden', {{ configurable: true, get: () => {is_hidden} }}); \
             document.dispatchEvent(new Event('visibilitychange'))"
        ));
    }

    /// A screen of this many CSS pixels, of a phone or of a desktop, that prefers `light` or `dark`.
    pub fn set_screen(&mut self, screen: &Screen, theme: &str) {
        let Screen { width, height, density, is_phone, .. } = screen;
        let metrics =
            json!({ "width": width, "height": height, "deviceScaleFactor": density, "mobile": is_phone });
        self.call("Emulation.setDeviceMetricsOverride", metrics);
        self.call("Emulation.setTouchEmulationEnabled", json!({ "enabled": is_phone }));
        let theme = json!({ "features": [{ "name": "prefers-color-scheme", "value": theme }] });
        self.call("Emulation.setEmulatedMedia", theme);
    }

    /// Goes to an address.
    pub fn navigate(&mut self, address: &str) {
        let answer = self.call("Page.navigate", json!({ "url": address }));
        assert!(answer.get("errorText").is_none(), "{address}: {answer}");
    }

    /// What an expression comes to; a promise is awaited.
    #[track_caller]
    pub fn evaluate(&mut self, expression: &str) -> Value {
        self.try_evaluate(expression).unwrap_or_else(|error| panic!("{expression}: {error}"))
    }

    fn try_evaluate(&mut self, expression: &str) -> Result<Value, Value> {
        let call = json!({ "expression": expression, "awaitPromise": true, "returnByValue": true });
        let mut answer = self.try_call("Runtime.evaluate", call)?;
        match answer.get_mut("exceptionDetails") {
            Some(thrown) => Err(thrown.take()),
            None => Ok(answer["result"]["value"].take()),
        }
    }

    /// Waits until an expression comes to something true, and returns it. What fails is not there yet: the page may be
    /// on its way to another address.
    #[track_caller]
    pub fn wait_for(&mut self, expression: &str) -> Value {
        let mut look = || {
            let value = self.try_evaluate(expression).unwrap_or_default();
            (!matches!(value, Value::Null | Value::Bool(false))).then_some(value)
        };
        if let Some(value) = patiently(&mut look) {
            return value;
        }
        let page = self.evaluate("document.body.innerText");
        panic!("{expression}: it does not come; the page says {page}, complaints {:?}", self.complaints);
    }

    /// Presses a key, as the keyboard names it (`b`, ` `, `Enter`).
    pub fn press(&mut self, key: &str) {
        let text = if key == "Enter" { "\r" } else { key };
        let is_text = text.chars().count() == 1;
        let down = json!({ "type": if is_text { "keyDown" } else { "rawKeyDown" }, "key": key,
                           "text": if is_text { text } else { "" } });
        self.call("Input.dispatchKeyEvent", down);
        self.call("Input.dispatchKeyEvent", json!({ "type": "keyUp", "key": key }));
    }

    /// Types into what has the focus.
    pub fn type_text(&mut self, text: &str) {
        self.call("Input.insertText", json!({ "text": text }));
    }

    /// Clicks the middle of the first element that a selector finds.
    #[track_caller]
    pub fn click(&mut self, selector: &str) {
        let expression = format!(
            "(() => {{ const {{ x, y, width, height }} = document.querySelector({}).getBoundingClientRect(); \
             return [x + width / 2, y + height / 2]; }})()",
            Value::from(selector)
        );
        let at = self.wait_for(&expression);
        for kind in ["mousePressed", "mouseReleased"] {
            let event = json!({ "type": kind, "x": at[0], "y": at[1], "button": "left", "clickCount": 1 });
            self.call("Input.dispatchMouseEvent", event);
        }
    }

    /// What is to be seen, as PNG.
    pub fn screenshot(&mut self) -> Vec<u8> {
        let answer = self.call("Page.captureScreenshot", json!({ "format": "png" }));
        BASE64_STANDARD.decode(answer["data"].as_str().expect("a picture")).expect("base64")
    }

    /// What the page complained about so far: errors that nobody caught, and what its security policy forbade.
    pub fn complaints(&self) -> &[String] {
        &self.complaints
    }

    #[track_caller]
    fn call(&mut self, method: &str, params: Value) -> Value {
        self.try_call(method, params).unwrap_or_else(|error| panic!("{method}: {error}"))
    }

    fn try_call(&mut self, method: &str, params: Value) -> Result<Value, Value> {
        self.calls += 1;
        let mut call = json!({ "id": self.calls, "method": method, "params": params });
        if !self.session.is_empty() && !method.starts_with("Target.") && !method.starts_with("Browser.") {
            call["sessionId"] = Value::from(self.session.as_str());
        }
        self.socket.send(Message::text(call.to_string())).expect("the browser listens");
        loop {
            let message = self.socket.read().unwrap_or_else(|error| panic!("{method}: {error}"));
            let Message::Text(text) = message else { continue };
            let mut message: Value = serde_json::from_str(text.as_str()).expect("JSON");
            if message["id"] == self.calls {
                return match message.get_mut("error") {
                    Some(error) => Err(error.take()),
                    None => Ok(message["result"].take()),
                };
            }
            self.note(&message);
        }
    }

    fn note(&mut self, event: &Value) {
        let params = &event["params"];
        match event["method"].as_str() {
            Some("Runtime.exceptionThrown") => self.complaints.push(params["exceptionDetails"].to_string()),
            // A server that is away is an error, too; here that is no fault of the page.
            Some("Log.entryAdded") => {
                let entry = &params["entry"];
                if entry["level"] == "error" && entry["source"] != "network" {
                    self.complaints.push(entry["text"].to_string());
                }
            }
            _ => {}
        }
    }
}

/// A screen to look at a page on.
pub struct Screen {
    pub name: &'static str,
    pub width: u32,
    pub height: u32,
    pub density: u32,
    pub is_phone: bool,
}

/// The browser says in a file of its profile where it listens.
fn connect(profile: &TestFolder) -> WebSocket<TcpStream> {
    let look = || {
        let text = fs::read_to_string(profile.join("DevToolsActivePort")).ok()?;
        let (port, path) = text.split_once('\n')?;
        path.starts_with("/devtools/").then(|| (port.to_owned(), path.trim().to_owned()))
    };
    let (port, path) = patiently(look).expect("the browser says where it listens");
    let stream = TcpStream::connect(format!("127.0.0.1:{port}")).expect("the browser listens");
    stream.set_read_timeout(Some(PATIENCE)).expect("a timeout");
    let (socket, _) = tungstenite::client(format!("ws://127.0.0.1:{port}{path}"), stream).expect("DevTools");
    socket
}
