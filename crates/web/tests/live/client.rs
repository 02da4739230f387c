//! Plain clients: HTTP by hand, WebSockets by tungstenite.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};

use serde_json::Value;
use tungstenite::client::IntoClientRequest;
use tungstenite::http::HeaderValue;
use tungstenite::{Error, HandshakeError, Message, WebSocket};

use crate::run::HANG;

/// A minute of statuses.
const STATUSES_MAX: usize = 120;

/// An HTTP answer.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub head: String,
    pub body: Vec<u8>,
}

/// A connection that gives up where nothing comes for far too long.
pub fn connect(address: SocketAddr) -> TcpStream {
    let stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(HANG)).unwrap();
    stream.set_write_timeout(Some(HANG)).unwrap();
    stream
}

/// One request of these header lines beside `Host`, and its answer.
pub fn ask(address: SocketAddr, request: &str, headers: &[&str]) -> Answer {
    let host = format!("Host: {address}");
    let mut lines = vec![host.as_str(), "Connection: close"];
    lines.extend(headers);
    ask_exactly(connect(address), request, &lines)
}

/// One request of these header lines and no others.
pub fn ask_exactly(mut stream: impl Read + Write, request: &str, headers: &[&str]) -> Answer {
    write!(stream, "{request} HTTP/1.1\r\n{}\r\n\r\n", headers.join("\r\n")).unwrap();
    let mut bytes = Vec::new();
    // TLS says so where the other side closes without a word.
    let _ = stream.read_to_end(&mut bytes);
    let end = bytes.windows(4).position(|four| four == b"\r\n\r\n").expect("an answer has a head");
    let head = String::from_utf8(bytes[..end].to_vec()).unwrap();
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    Answer { status, head, body: bytes[end + 4..].to_vec() }
}

/// `/status`, read.
pub fn status(address: SocketAddr) -> Value {
    let answer = ask(address, "GET /status", &[]);
    assert_eq!(answer.status, 200, "{}", answer.head);
    serde_json::from_slice(&answer.body).unwrap()
}

/// What a viewer is told.
#[derive(Debug)]
pub enum Told {
    Hello(Value),
    Picture(Picture),
    Result(Value),
    Status(Value),
    Closed(Option<u16>),
}

/// A picture as it came over the wire.
#[derive(Debug)]
pub struct Picture {
    pub flags: u16,
    pub width: u16,
    pub height: u16,
    pub sequence: u64,
    pub captured_ns: u64,
    pub age_ns: u64,
    pub jpeg: Vec<u8>,
}

/// A viewer.
pub struct Client<S = TcpStream> {
    socket: WebSocket<S>,
}

impl Client {
    /// Looks at `path`, `/sources/0/live?fps=15`.
    pub fn open(address: SocketAddr, path: &str) -> Self {
        Self::open_with(address, path, &[("Sec-WebSocket-Protocol", "ocelli.v1")]).unwrap()
    }

    /// The same with these headers; the status where it is refused.
    pub fn open_with(address: SocketAddr, path: &str, headers: &[(&str, &str)]) -> Result<Self, u16> {
        Self::over(connect(address), &address.to_string(), path, headers)
    }

    /// The connection under it.
    pub fn stream(&mut self) -> &mut TcpStream {
        self.socket.get_mut()
    }
}

impl<S: Read + Write> Client<S> {
    /// The same over any connection.
    pub fn over(stream: S, host: &str, path: &str, headers: &[(&str, &str)]) -> Result<Self, u16> {
        let mut request = format!("ws://{host}{path}").into_client_request().unwrap();
        for (name, value) in headers {
            let name: tungstenite::http::HeaderName = name.parse().unwrap();
            request.headers_mut().insert(name, HeaderValue::from_str(value).unwrap());
        }
        match tungstenite::client(request, stream) {
            Ok((socket, _)) => Ok(Self { socket }),
            Err(HandshakeError::Failure(Error::Http(answer))) => Err(answer.status().as_u16()),
            Err(other) => panic!("no handshake: {other}"),
        }
    }

    /// What comes next.
    pub fn next(&mut self) -> Told {
        loop {
            match self.socket.read() {
                Ok(Message::Text(text)) => return told(&text),
                Ok(Message::Binary(bytes)) => return Told::Picture(picture(&bytes)),
                Ok(Message::Close(frame)) => return Told::Closed(frame.map(|frame| frame.code.into())),
                Ok(_) => {}
                Err(Error::ConnectionClosed | Error::AlreadyClosed | Error::Protocol(_)) => {
                    return Told::Closed(None);
                }
                Err(Error::Io(error)) if error.kind() == std::io::ErrorKind::ConnectionReset => {
                    return Told::Closed(None);
                }
                Err(error) => panic!("{error}"),
            }
        }
    }

    /// The next picture, whatever comes between.
    pub fn picture(&mut self) -> Picture {
        self.wait_for(|told| match told {
            Told::Picture(picture) => Some(picture),
            _ => None,
        })
    }

    /// The next status, likewise.
    pub fn status(&mut self) -> Value {
        self.wait_for(|told| match told {
            Told::Status(status) => Some(status),
            _ => None,
        })
    }

    /// The result of this frame, likewise.
    pub fn result_of(&mut self, sequence: u64) -> Value {
        self.wait_for(|told| match told {
            Told::Result(result) if result["seq"] == sequence => Some(result),
            _ => None,
        })
    }

    /// The picture of this frame and its result, whichever comes first.
    pub fn picture_and_result_of(&mut self, sequence: u64) -> (Picture, Value) {
        let (mut picture, mut result) = (None, None);
        self.wait_for(|told| {
            match told {
                Told::Picture(told) if told.sequence == sequence => picture = Some(told),
                Told::Result(told) if told["seq"] == sequence => result = Some(told),
                _ => {}
            }
            (picture.is_some() && result.is_some()).then_some(())
        });
        (picture.unwrap(), result.unwrap())
    }

    /// Pictures that come before the next status.
    pub fn pictures_until_status(&mut self) -> Vec<Picture> {
        let mut pictures = Vec::new();
        self.wait_for(|told| match told {
            Told::Status(_) => Some(()),
            Told::Picture(picture) => {
                pictures.push(picture);
                None
            }
            _ => None,
        });
        pictures
    }

    /// Statuses come twice a second, so it is them that are counted where what is waited for does not come.
    fn wait_for<T>(&mut self, mut wanted: impl FnMut(Told) -> Option<T>) -> T {
        let mut statuses = 0;
        loop {
            let told = self.next();
            assert!(statuses < STATUSES_MAX, "waited in vain");
            statuses += usize::from(matches!(told, Told::Status(_)));
            if let Told::Closed(code) = told {
                panic!("closed with {code:?}");
            }
            if let Some(wanted) = wanted(told) {
                return wanted;
            }
        }
    }

    /// The code that the server leaves with, whatever comes before.
    pub fn closed(&mut self) -> Option<u16> {
        loop {
            if let Told::Closed(code) = self.next() {
                return code;
            }
        }
    }

    pub fn send(&mut self, message: Message) {
        self.socket.send(message).unwrap();
    }

    /// False where the other side has closed.
    pub fn try_send(&mut self, message: Message) -> bool {
        self.socket.send(message).is_ok()
    }

    pub fn wish(&mut self, text: &str) {
        self.send(Message::text(text));
    }
}

fn told(text: &str) -> Told {
    let Value::Object(mut object) = serde_json::from_str(text).unwrap() else { panic!("no object: {text}") };
    assert_eq!(object.len(), 1, "{text}");
    for (name, kind) in
        [("hello", Told::Hello as fn(Value) -> Told), ("result", Told::Result), ("status", Told::Status)]
    {
        if let Some(value) = object.remove(name) {
            return kind(value);
        }
    }
    panic!("{text}")
}

fn picture(bytes: &[u8]) -> Picture {
    assert_eq!(bytes[..2], [1, 1], "version and kind");
    let short = |at: usize| u16::from_le_bytes(bytes[at..at + 2].try_into().unwrap());
    let long = |at: usize| u64::from_le_bytes(bytes[at..at + 8].try_into().unwrap());
    Picture {
        flags: short(2),
        width: short(4),
        height: short(6),
        sequence: long(8),
        captured_ns: long(16),
        age_ns: long(24),
        jpeg: bytes[32..].to_vec(),
    }
}
