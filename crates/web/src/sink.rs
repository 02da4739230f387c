//! `web:` as a sink: results go to the hub, which has them to show.

use std::net::{IpAddr, SocketAddr, UdpSocket};
use std::sync::Arc;

use ocelli_pipeline::{Delivery, Demand, Sink, SinkError};

use crate::encoder::Encoder;
use crate::guard::Guard;
use crate::hub::{Hub, Limits, View};
use crate::routes::router;
use crate::server::{Bound, Server};
use crate::spec::WebSpec;
use crate::tls::acceptor;
use crate::token::Token;

/// The live view, served from the moment it is opened until the run is over.
#[derive(Debug)]
pub struct WebSink {
    name: String,
    hub: Arc<Hub>,
    address: String,
    /// Until [`Sink::finish`]; the server goes first, and with it all viewers.
    threads: Option<(Server, Encoder)>,
}

impl WebSink {
    /// Binds the address, and serves `view` there.
    ///
    /// # Errors
    /// Where the address cannot be had, and where a file that was named is not what it should be.
    pub fn open(spec: &WebSpec, view: View) -> Result<Self, SinkError> {
        let token = match &spec.token_file {
            Some(path) => Some(Token::read(path)?),
            None if spec.is_on_loopback() => None,
            None => Some(Token::generate()?),
        };
        let tls = spec.tls.as_ref().map(acceptor).transpose()?;
        let bound = Bound::new(&spec.text, spec.address)?;
        // A token of one's own is known already, and is not shown around.
        let shown = token.as_ref().filter(|_| spec.token_file.is_none());
        let address = address_of(spec, bound.address, shown);
        let limits = Limits { fps: spec.fps_max, width: spec.width_max, quality: spec.quality };
        let hub = Hub::new(view, limits);
        let guard = Guard::new(token, spec.hosts.clone());
        let no_thread = |error: std::io::Error| {
            SinkError::new(
                format!("{}: no thread: {error}", spec.text),
                "raise the limit of threads (ulimit -u)",
            )
        };
        let encoder = Encoder::start(Arc::clone(&hub)).map_err(no_thread)?;
        let routes = |is_over| router(Arc::clone(&hub), guard, is_over);
        let server = bound.serve(Arc::clone(&hub), tls, routes).map_err(no_thread)?;
        Ok(Self { name: spec.text.clone(), hub, address, threads: Some((server, encoder)) })
    }

    /// What to open in a browser; with a token that was made behind the `#`, which browsers send to nobody.
    pub fn address(&self) -> &str {
        &self.address
    }
}

impl Sink for WebSink {
    fn name(&self) -> &str {
        &self.name
    }

    fn demand(&self) -> (Demand, bool) {
        (Demand::Newest, false)
    }

    fn write(&mut self, delivery: &Delivery) -> Result<(), SinkError> {
        self.hub.deliver(&delivery.result);
        Ok(())
    }

    fn finish(&mut self) -> Result<(), SinkError> {
        self.threads = None;
        Ok(())
    }
}

fn address_of(spec: &WebSpec, bound: SocketAddr, token: Option<&Token>) -> String {
    let scheme = if spec.tls.is_some() { "https" } else { "http" };
    let host = match spec.hosts.first() {
        Some(name) => format!("{name}:{}", bound.port()),
        None => SocketAddr::new(reachable(bound.ip()), bound.port()).to_string(),
    };
    let fragment = token.map(|token| format!("#token={}", token.text())).unwrap_or_default();
    format!("{scheme}://{host}/{fragment}")
}

/// "Every address" is none that one can open: the one that this machine reaches others from, where it has one.
fn reachable(ip: IpAddr) -> IpAddr {
    if !ip.is_unspecified() {
        return ip;
    }
    // Connecting a UDP socket sends nothing: it only looks up the way to an address kept for documents (RFC 5737, 3849).
    let far = if ip.is_ipv4() { "192.0.2.1:9" } else { "[2001:db8::1]:9" };
    let own = UdpSocket::bind((ip, 0)).and_then(|socket| {
        socket.connect(far)?;
        socket.local_addr()
    });
    own.map_or(ip, |own| own.ip())
}
