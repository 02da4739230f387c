//! Connections: an accept loop of our own, with a limit for everything that strangers could pile up.
//!
//! A connection is *waiting* until it has become a WebSocket: it may send its request slowly, ask again, or say nothing
//! at all. There are so many of these and no more; the one that has waited longest goes when another comes, so that
//! whoever asks at once is always heard.

use std::collections::VecDeque;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::thread::{Builder, JoinHandle};
use std::time::Duration;

use axum::Router;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use ocelli_pipeline::SinkError;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::runtime::{self, Runtime};
use tokio::sync::watch;
use tokio::task::AbortHandle;
use tokio::time::{MissedTickBehavior, interval, sleep, timeout};
use tokio_rustls::TlsAcceptor;

use crate::hub::Hub;

/// Connections that have not become WebSockets.
const WAITING_MAX: usize = 64;
/// Connections that the system keeps for us.
const BACKLOG: u32 = 256;
/// How long a request's head, and a TLS handshake, may take.
const HEAD_TIMEOUT: Duration = Duration::from_secs(5);
/// How long a connection may be used for one request after the other, and how long it then has to end the last.
const CONNECTION_TIMEOUT: Duration = Duration::from_secs(60);
const LAST_TIMEOUT: Duration = Duration::from_secs(15);
/// Bytes of a request's head.
const HEAD_BYTES_MAX: usize = 16 << 10;
/// What the system keeps of what we sent and the other side has not read; Linux takes twice that.
const SEND_BUFFER_BYTES: u32 = 64 << 10;
/// How often viewers get statuses.
const TICK: Duration = Duration::from_millis(500);
/// How long viewers have to hear that the run is over.
const FAREWELL_TIMEOUT: Duration = Duration::from_secs(1);
/// After a failed accept: the process has too many files open, and others must close first.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// A bound address, before its first connection.
pub(crate) struct Bound {
    runtime: Runtime,
    listener: TcpListener,
    /// Where it is, with the port that it was given.
    pub(crate) address: SocketAddr,
}

/// A server on a thread of its own, until it is dropped.
#[derive(Debug)]
pub(crate) struct Server {
    thread: Option<JoinHandle<()>>,
    is_over: watch::Sender<bool>,
}

impl Bound {
    /// Binds `address` for the sink called `name`.
    ///
    /// # Errors
    /// Where it is taken, or not ours.
    pub(crate) fn new(name: &str, address: SocketAddr) -> Result<Self, SinkError> {
        let failed = |error: io::Error| {
            let hint = match error.kind() {
                io::ErrorKind::AddrInUse => {
                    "another program has it: choose another port, as in web:7002, or web:0 for any"
                }
                io::ErrorKind::AddrNotAvailable => "web:0.0.0.0:7001 is every address of this machine",
                io::ErrorKind::PermissionDenied => "ports below 1024 are for the system: take a higher one",
                _ => "see whether another address works, as in web:127.0.0.1:7002",
            };
            SinkError::new(format!("{name}: {address}: {error}"), hint)
        };
        let runtime = runtime::Builder::new_current_thread().enable_all().build().map_err(failed)?;
        let listener = {
            let _inside = runtime.enter();
            listen(address).map_err(failed)?
        };
        let address = listener.local_addr().map_err(failed)?;
        Ok(Self { runtime, listener, address })
    }

    /// Starts to serve what `router` makes of the receiver that tells of the end.
    ///
    /// # Errors
    /// Where the system has no room for one more thread.
    pub(crate) fn serve(
        self,
        hub: Arc<Hub>,
        tls: Option<TlsAcceptor>,
        router: impl FnOnce(watch::Receiver<bool>) -> Router,
    ) -> io::Result<Server> {
        let (is_over, until) = watch::channel(false);
        let router = router(until.clone());
        let Self { runtime, listener, .. } = self;
        let body = move || runtime.block_on(run(listener, router, tls, hub, until));
        let thread = Builder::new().name("web".to_owned()).spawn(body)?;
        Ok(Server { thread: Some(thread), is_over })
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.is_over.send_replace(true);
        if let Some(thread) = self.thread.take() {
            // A panic of its has been told on stderr.
            let _ = thread.join();
        }
    }
}

fn listen(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = if address.is_ipv4() { TcpSocket::new_v4() } else { TcpSocket::new_v6() }?;
    // A run that ended a moment ago must not be in the way of the next.
    socket.set_reuseaddr(true)?;
    // What is accepted has it from here.
    socket.set_send_buffer_size(SEND_BUFFER_BYTES)?;
    socket.bind(address)?;
    socket.listen(BACKLOG)
}

async fn run(
    listener: TcpListener,
    router: Router,
    tls: Option<TlsAcceptor>,
    hub: Arc<Hub>,
    mut until: watch::Receiver<bool>,
) {
    let mut ticks = interval(TICK);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut waiting = Waiting::default();
    loop {
        tokio::select! {
            _ = until.wait_for(|is_over| *is_over) => break,
            _ = ticks.tick() => hub.tick(),
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => waiting.take_up(stream, &router, &tls),
                Err(_) => sleep(ACCEPT_PAUSE).await,
            },
        }
    }
    drop(listener);
    let farewell = async {
        while hub.has_viewers() {
            sleep(Duration::from_millis(10)).await;
        }
    };
    // Who has not heard by then is cut off with the runtime.
    let _ = timeout(FAREWELL_TIMEOUT, farewell).await;
}

/// Connections that have not become WebSockets, the oldest first.
#[derive(Default)]
struct Waiting {
    connections: VecDeque<AbortHandle>,
}

impl Waiting {
    fn take_up(&mut self, stream: TcpStream, router: &Router, tls: &Option<TlsAcceptor>) {
        self.connections.retain(|connection| !connection.is_finished());
        if self.connections.len() >= WAITING_MAX
            && let Some(oldest) = self.connections.pop_front()
        {
            oldest.abort();
        }
        // Small messages, statuses say, must not wait for large ones.
        let _ = stream.set_nodelay(true);
        let (router, tls) = (router.clone(), tls.clone());
        let connection = tokio::spawn(async move {
            match tls {
                None => talk(stream, router).await,
                Some(tls) => {
                    if let Ok(Ok(stream)) = timeout(HEAD_TIMEOUT, tls.accept(stream)).await {
                        talk(stream, router).await;
                    }
                }
            }
        });
        self.connections.push_back(connection.abort_handle());
    }
}

/// Requests and answers, until the connection ends or becomes a WebSocket.
async fn talk(stream: impl AsyncRead + AsyncWrite + Send + Unpin + 'static, router: Router) {
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_TIMEOUT)
        .max_buf_size(HEAD_BYTES_MAX)
        .serve_connection(TokioIo::new(stream), TowerToHyperService::new(router))
        .with_upgrades();
    let mut connection = std::pin::pin!(connection);
    if timeout(CONNECTION_TIMEOUT, connection.as_mut()).await.is_err() {
        connection.as_mut().graceful_shutdown();
        let _ = timeout(LAST_TIMEOUT, connection).await;
    }
}
