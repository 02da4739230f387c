//! One viewer of the live view, as raw as it comes: a WebSocket that counts pictures.

use std::net::{SocketAddr, TcpStream};
use std::thread;
use std::time::{Duration, Instant};

use tungstenite::client::IntoClientRequest;
use tungstenite::http::HeaderValue;
use tungstenite::{Message, WebSocket};

use super::now;
use crate::error::ChoreError;

/// How long a viewer that waits looks up to see whether it is over.
const PATIENCE: Duration = Duration::from_millis(200);

/// How a viewer reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Appetite {
    /// Each picture as it comes.
    Everything,
    /// A picture, and then nothing for the time of ten.
    ATenth,
    /// Nothing at all.
    Nothing,
}

/// What a viewer asks for.
#[derive(Clone, Copy, Debug)]
pub struct Wish {
    pub fps: u32,
    pub width: u32,
    pub appetite: Appetite,
}

/// When each picture came, in seconds since `start`, until `end`.
pub fn watch(address: SocketAddr, wish: Wish, start: Instant, end: Instant) -> Result<Vec<f64>, ChoreError> {
    let failed = |error: String| {
        ChoreError::new(format!("a viewer of {address}: {error}"), "look at the run's own words")
    };
    let mut socket = connect(address, wish).map_err(failed)?;
    let mut pictures = Vec::new();
    while now() < end {
        if wish.appetite == Appetite::Nothing {
            thread::sleep(PATIENCE);
            continue;
        }
        match socket.read() {
            Ok(Message::Binary(_)) => {
                pictures.push(now().saturating_duration_since(start).as_secs_f64());
                if wish.appetite == Appetite::ATenth {
                    thread::sleep(Duration::from_secs(10) / wish.fps);
                }
            }
            Ok(_) => {}
            Err(tungstenite::Error::Io(error)) if is_patience(&error) => {}
            Err(error) => return Err(failed(error.to_string())),
        }
    }
    Ok(pictures)
}

fn is_patience(error: &std::io::Error) -> bool {
    matches!(error.kind(), std::io::ErrorKind::WouldBlock | std::io::ErrorKind::TimedOut)
}

fn connect(address: SocketAddr, wish: Wish) -> Result<WebSocket<TcpStream>, String> {
    let url = format!("ws://{address}/sources/0/live?fps={}&width={}", wish.fps, wish.width);
    let mut request = url.into_client_request().map_err(|error| error.to_string())?;
    request.headers_mut().insert("Sec-WebSocket-Protocol", HeaderValue::from_static("ocelli.v1"));
    let stream = TcpStream::connect(address).map_err(|error| error.to_string())?;
    let (socket, _) = tungstenite::client(request, stream).map_err(|error| error.to_string())?;
    socket.get_ref().set_read_timeout(Some(PATIENCE)).map_err(|error| error.to_string())?;
    Ok(socket)
}
