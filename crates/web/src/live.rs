//! One viewer's WebSocket: greets, sends what is newest, hears wishes. What it sends waits for nobody else and nobody
//! waits for it.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Bytes;
use axum::extract::ws::{CloseFrame, Message, Utf8Bytes, WebSocket};
use ocelli_report::LiveWish;
use tokio::sync::watch;
use tokio::time::timeout;

use crate::hub::{Hub, Limits, Seat};
use crate::spec::WIDTH_MIN;
use crate::viewer::{Picture, Ready, Wish};

/// A viewer that takes longer over one message is gone.
const SEND_TIMEOUT: Duration = Duration::from_secs(10);
/// How long a farewell may take.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(1);
/// Bytes of a viewer's message.
pub(crate) const MESSAGE_MAX: usize = 1024;
/// Messages of a viewer between two statuses, half a second apart; pings are some.
const MESSAGES_MAX: u32 = 50;

/// Before each JPEG.
const HEADER_BYTES: usize = 32;
const VERSION: u8 = 1;
const KIND_JPEG: u8 = 1;
const FLAG_TAKEN: u16 = 1;

/// Reasons for a close, as RFC 6455 numbers them.
mod code {
    pub(super) const AWAY: u16 = 1001;
    pub(super) const PROTOCOL: u16 = 1002;
    pub(super) const UNSUPPORTED: u16 = 1003;
    pub(super) const INVALID: u16 = 1007;
    pub(super) const POLICY: u16 = 1008;
    pub(super) const TOO_BIG: u16 = 1009;
}

/// Why a viewer is left.
enum Leaving {
    /// It has closed, or takes nothing any more.
    Gone,
    /// It is told so.
    For(u16, &'static str),
}

impl Wish {
    /// What is granted of it.
    pub(crate) fn within(self, limits: Limits) -> Self {
        Self {
            fps: self.fps.min(limits.fps),
            width: self.width.clamp(WIDTH_MIN, limits.width.max(WIDTH_MIN)),
        }
    }
}

/// Serves a viewer until one of the two leaves, or the run is over.
pub(crate) async fn serve(
    mut socket: WebSocket,
    hub: Arc<Hub>,
    mut seat: Seat,
    mut is_over: watch::Receiver<bool>,
) {
    let leaving = tokio::select! {
        leaving = attend(&mut socket, &hub, &mut seat) => leaving,
        _ = is_over.wait_for(|is_over| *is_over) => Leaving::For(code::AWAY, "the run is over"),
    };
    drop(seat);
    if let Leaving::For(code, reason) = leaving {
        let close = Message::Close(Some(CloseFrame { code, reason: reason.into() }));
        // Whether it hears that is its own affair.
        let _ = timeout(CLOSE_TIMEOUT, socket.send(close)).await;
    }
}

async fn attend(socket: &mut WebSocket, hub: &Hub, seat: &mut Seat) -> Leaving {
    if let Err(leaving) = greet(socket, hub, seat).await {
        return leaving;
    }
    let mut messages = 0;
    loop {
        let outcome = tokio::select! {
            message = socket.recv() => {
                messages += 1;
                if messages > MESSAGES_MAX {
                    return Leaving::For(code::POLICY, "too many messages");
                }
                hear(message, hub, seat)
            }
            () = seat.viewer().ready() => {
                let ready = seat.viewer().take();
                if ready.status.is_some() {
                    messages = 0;
                }
                tell(socket, hub, seat, ready).await
            }
        };
        if let Err(leaving) = outcome {
            return leaving;
        }
    }
}

async fn greet(socket: &mut WebSocket, hub: &Hub, seat: &Seat) -> Result<(), Leaving> {
    let viewer = seat.viewer();
    send_text(socket, hub.hello(viewer.source, viewer.wish()).into()).await?;
    send_text(socket, hub.status(viewer.source, true).to_json().into()).await
}

/// The result first: its picture may be the one behind it, which is then shown with its boxes at once.
async fn tell(socket: &mut WebSocket, hub: &Hub, seat: &Seat, ready: Ready) -> Result<(), Leaving> {
    if let Some(result) = ready.result {
        send_text(socket, result).await?;
    }
    if let Some(picture) = ready.picture {
        let message = picture_message(&picture, hub.now_ns());
        seat.viewer().count_sent();
        send(socket, Message::Binary(message)).await?;
    }
    if let Some(status) = ready.status {
        send_text(socket, status).await?;
    }
    Ok(())
}

/// The header, then the JPEG; all numbers little endian.
fn picture_message(picture: &Picture, now_ns: u64) -> Bytes {
    let Picture { sequence, captured_ns, size, is_taken, jpeg } = picture;
    let mut message = Vec::with_capacity(HEADER_BYTES + jpeg.len());
    let side = |length: u32| (length as u16).to_le_bytes();
    message.extend([VERSION, KIND_JPEG]);
    message.extend((if *is_taken { FLAG_TAKEN } else { 0 }).to_le_bytes());
    message.extend(side(size.width));
    message.extend(side(size.height));
    message.extend(sequence.to_le_bytes());
    message.extend(captured_ns.to_le_bytes());
    message.extend(now_ns.saturating_sub(*captured_ns).to_le_bytes());
    message.extend_from_slice(jpeg);
    message.into()
}

fn hear(message: Option<Result<Message, axum::Error>>, hub: &Hub, seat: &mut Seat) -> Result<(), Leaving> {
    match message {
        Some(Ok(Message::Text(text))) => {
            let wish = LiveWish::parse(&text)
                .map_err(|_| Leaving::For(code::POLICY, "a wish is {\"fps\":15,\"width\":640}"))?;
            let before = seat.viewer().wish();
            let asked =
                Wish { fps: wish.fps.unwrap_or(before.fps), width: wish.width.unwrap_or(before.width) };
            seat.wish(asked.within(hub.limits));
            Ok(())
        }
        Some(Ok(Message::Binary(_))) => Err(Leaving::For(code::UNSUPPORTED, "only text is understood")),
        Some(Ok(Message::Ping(_) | Message::Pong(_))) => Ok(()),
        Some(Ok(Message::Close(_))) | None => Err(Leaving::Gone),
        Some(Err(error)) => Err(fault(error)),
    }
}

/// What was wrong with a message that is none. Axum hands on the error of the crate that reads its frames.
fn fault(error: axum::Error) -> Leaving {
    match error.into_inner().downcast_ref() {
        Some(tungstenite::Error::Capacity(_)) => {
            Leaving::For(code::TOO_BIG, "a message has 1024 bytes at most")
        }
        Some(tungstenite::Error::Utf8(_)) => Leaving::For(code::INVALID, "text is UTF-8"),
        Some(tungstenite::Error::Protocol(_)) => Leaving::For(code::PROTOCOL, "this is no WebSocket"),
        _ => Leaving::Gone,
    }
}

async fn send_text(socket: &mut WebSocket, text: Utf8Bytes) -> Result<(), Leaving> {
    send(socket, Message::Text(text)).await
}

async fn send(socket: &mut WebSocket, message: Message) -> Result<(), Leaving> {
    match timeout(SEND_TIMEOUT, socket.send(message)).await {
        Ok(Ok(())) => Ok(()),
        Ok(Err(_)) | Err(_) => Err(Leaving::Gone),
    }
}

#[cfg(test)]
mod tests {
    use ocelli_frame::Size;

    use super::*;

    #[test]
    fn a_picture_is_a_header_and_a_jpeg() {
        let picture = Picture {
            sequence: 0x0102_0304_0506_0708,
            captured_ns: 1_000,
            size: Size { width: 640, height: 360 },
            is_taken: true,
            jpeg: Bytes::from_static(&[0xff, 0xd8, 0xff, 0xd9]),
        };
        let expected: [u8; 36] = [
            1, 1, 1, 0, 0x80, 2, 0x68, 1, 8, 7, 6, 5, 4, 3, 2, 1, 0xe8, 3, 0, 0, 0, 0, 0, 0, 0xd0, 7, 0, 0,
            0, 0, 0, 0, 0xff, 0xd8, 0xff, 0xd9,
        ];
        assert_eq!(picture_message(&picture, 3_000)[..], expected);
        let late = Picture { is_taken: false, ..picture };
        assert_eq!(picture_message(&late, 0)[2..4], [0, 0]);
        assert_eq!(picture_message(&late, 0)[24..32], [0; 8], "no age below zero");
    }
}
