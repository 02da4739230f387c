//! An HTTP server on this machine that does what a test tells it to, well or badly. One request on each connection, as
//! many connections as come: browsers open some that they never use.

use std::io::{ErrorKind, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};

/// Longer request heads are not read.
const HEAD_BYTES_MAX: usize = 16 << 10;
/// Nor are longer bodies.
const BODY_BYTES_MAX: usize = 64 << 20;

/// What was asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HttpRequest {
    /// `GET`, `POST`.
    pub method: String,
    /// What stands between the method and the version.
    pub path: String,
    /// Header names in lower case, and their values.
    pub headers: Vec<(String, String)>,
    /// As many bytes as `Content-Length` says.
    pub body: Vec<u8>,
}

impl HttpRequest {
    /// The value of a header, by its name in lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// The first byte that a `Range` asks for.
    pub fn from_byte(&self) -> Option<usize> {
        self.header("range")?.strip_prefix("bytes=")?.strip_suffix('-')?.parse().ok()
    }
}

/// What the server does: these bytes, and then.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HttpReply {
    /// Head and body, as they go over the wire.
    pub bytes: Vec<u8>,
    /// What comes after them.
    pub then: Then,
}

/// How a reply ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Then {
    /// The connection is closed.
    Close,
    /// Silence, until the client goes.
    Stall,
    /// Zeros, until the client goes.
    Flood,
}

impl HttpReply {
    /// A status line such as `404 Not Found`, header lines, and a body. Nothing is added but `Connection: close`.
    pub fn new(status: &str, headers: &[&str], body: &[u8]) -> Self {
        let mut head = format!("HTTP/1.1 {status}\r\nConnection: close\r\n");
        headers.iter().for_each(|header| head.extend([header, "\r\n"]));
        head.push_str("\r\n");
        Self { bytes: [head.as_bytes(), body].concat(), then: Then::Close }
    }

    /// The file, or the part of it that is asked for: what a good server does.
    pub fn file(request: &HttpRequest, file: &[u8]) -> Self {
        match request.from_byte() {
            Some(from) if from < file.len() => Self::part(from, file),
            Some(_) => Self::new("416 Range Not Satisfiable", &["Content-Length: 0"], b""),
            None => Self::whole(file),
        }
    }

    /// The file, whatever was asked for.
    pub fn whole(file: &[u8]) -> Self {
        Self::new("200 OK", &[&format!("Content-Length: {}", file.len()), "ETag: \"file\""], file)
    }

    /// The file from a byte on.
    pub fn part(from: usize, file: &[u8]) -> Self {
        let range = format!("Content-Range: bytes {from}-{}/{}", file.len() - 1, file.len());
        let length = format!("Content-Length: {}", file.len() - from);
        Self::new("206 Partial Content", &[&range, &length, "ETag: \"file\""], &file[from..])
    }

    /// The same without its last `bytes`, and then.
    pub fn cut(mut self, bytes: usize, then: Then) -> Self {
        self.bytes.truncate(self.bytes.len().saturating_sub(bytes));
        Self { then, ..self }
    }
}

/// A server on a port of its own; gone when it is dropped.
#[derive(Debug)]
pub struct HttpServer {
    port: u16,
    requests: Arc<Mutex<Vec<HttpRequest>>>,
    is_over: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl HttpServer {
    /// Starts it; `reply` is told the request and how many came before it, one request at a time.
    ///
    /// # Panics
    /// Where no port can be had.
    pub fn start(reply: impl FnMut(&HttpRequest, usize) -> HttpReply + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port on this machine");
        let port = listener.local_addr().expect("a listener has an address").port();
        let requests = Arc::new(Mutex::new(Vec::new()));
        let is_over = Arc::new(AtomicBool::new(false));
        let (log, stop) = (Arc::clone(&requests), Arc::clone(&is_over));
        let reply = Arc::new(Mutex::new(reply));
        let thread = thread::spawn(move || {
            for stream in listener.incoming() {
                if stop.load(Ordering::SeqCst) {
                    return;
                }
                let Ok(mut stream) = stream else { continue };
                let (log, reply) = (Arc::clone(&log), Arc::clone(&reply));
                // Ends when its client goes.
                thread::spawn(move || {
                    let Some(request) = read_request(&mut stream) else { return };
                    let answer = {
                        let mut reply = reply.lock().unwrap_or_else(PoisonError::into_inner);
                        let count = {
                            let mut log = log.lock().unwrap_or_else(PoisonError::into_inner);
                            log.push(request.clone());
                            log.len() - 1
                        };
                        reply(&request, count)
                    };
                    send(&mut stream, &answer);
                });
            }
        });
        Self { port, requests, is_over, thread: Some(thread) }
    }

    /// One that serves `file` well, at every path.
    pub fn of(file: Vec<u8>) -> Self {
        Self::start(move |request, _| HttpReply::file(request, &file))
    }

    /// `http://127.0.0.1:PORT` and the path.
    pub fn address(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port)
    }

    /// What was asked so far.
    pub fn requests(&self) -> Vec<HttpRequest> {
        self.requests.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Drop for HttpServer {
    fn drop(&mut self) {
        self.is_over.store(true, Ordering::SeqCst);
        // Wakes the thread, which is waiting for somebody to come.
        let _ = TcpStream::connect(("127.0.0.1", self.port));
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn read_request(stream: &mut TcpStream) -> Option<HttpRequest> {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") {
        if head.len() == HEAD_BYTES_MAX || stream.read(&mut byte).ok()? == 0 {
            return None;
        }
        head.push(byte[0]);
    }
    let head = String::from_utf8(head).ok()?;
    let mut lines = head.lines();
    let mut words = lines.next()?.split(' ').map(str::to_owned);
    let (method, path) = (words.next()?, words.next()?);
    let headers = lines
        .filter_map(|line| line.split_once(':'))
        .map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned()))
        .collect();
    let mut request = HttpRequest { method, path, headers, body: Vec::new() };
    let length = request.header("content-length").map_or(Some(0), |length| length.parse().ok())?;
    if length > BODY_BYTES_MAX {
        return None;
    }
    request.body.resize(length, 0);
    stream.read_exact(&mut request.body).ok()?;
    Some(request)
}

/// The client may be gone at any moment: that is no error here.
fn send(stream: &mut TcpStream, reply: &HttpReply) {
    if stream.write_all(&reply.bytes).is_err() {
        return;
    }
    match reply.then {
        Then::Close => {}
        Then::Stall => {
            let mut byte = [0];
            loop {
                match stream.read(&mut byte) {
                    Err(error) if error.kind() == ErrorKind::Interrupted => {}
                    Ok(0) | Err(_) => return,
                    Ok(_) => {}
                }
            }
        }
        Then::Flood => while stream.write_all(&[0; 4096]).is_ok() {},
    }
}
