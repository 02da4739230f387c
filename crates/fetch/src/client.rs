//! One question to a server, and whither it sends us: a GET from a byte on, over HTTP/1.1.

use std::fmt;
use std::io::{self, Read};

use ureq::http::{HeaderMap, Response, header};
use ureq::tls::{PemItem, RootCerts, TlsConfig, parse_pem};
use ureq::{Agent, Body, Timeout};

use crate::{Address, FetchError, FetchErrorKind, Options};

/// Redirects that are followed, one after another.
pub const REDIRECTS_MAX: usize = 5;

/// The largest file of root certificates that is read.
const ROOTS_BYTES_MAX: u64 = 4 << 20;

/// Asks servers.
#[derive(Debug)]
pub(crate) struct Client {
    agent: Agent,
}

/// What a server gives: bytes of the file, from a byte on.
pub(crate) struct Answer {
    /// Who gave it, at the end of all redirects.
    pub(crate) address: Address,
    /// The first byte that comes; the file's own first where the server does not do parts.
    pub(crate) from_byte: u64,
    /// The whole file's size, where the server says so.
    pub(crate) size_bytes: Option<u64>,
    /// A strong ETag: the same one means the same bytes.
    pub(crate) etag: Option<String>,
    /// The bytes.
    pub(crate) body: Box<dyn Read>,
}

impl Client {
    /// # Errors
    /// Root certificates that cannot be read.
    pub(crate) fn new(options: &Options) -> Result<Self, FetchError> {
        let stall = Some(options.stall);
        let config = Agent::config_builder()
            .http_status_as_error(false)
            // Redirects are followed here, each one through `Address`.
            .max_redirects(0)
            .max_redirects_will_error(false)
            .user_agent(concat!("ocelli/", env!("CARGO_PKG_VERSION")))
            .accept_encoding("identity")
            .timeout_resolve(Some(options.connect))
            .timeout_connect(Some(options.connect))
            .timeout_send_request(stall)
            .timeout_recv_response(stall)
            .timeout_per_read(stall)
            .timeout_per_write(stall)
            .tls_config(TlsConfig::builder().root_certs(roots(options)?).build())
            .build();
        Ok(Self { agent: config.new_agent() })
    }

    /// Asks for the file from `from_byte` on, and only if it is still the one of that `etag`, where one is known.
    pub(crate) fn get(
        &self,
        address: &Address,
        from_byte: u64,
        etag: Option<&str>,
    ) -> Result<Answer, FetchError> {
        let mut address = address.clone();
        for _ in 0..=REDIRECTS_MAX {
            let response =
                self.ask(&address, from_byte, etag).map_err(|error| network_error(&address, error))?;
            let status = response.status().as_u16();
            if !matches!(status, 301 | 302 | 303 | 307 | 308) {
                return answer(address, response, from_byte);
            }
            let Some(location) = text(response.headers(), header::LOCATION) else {
                return Err(refused(&address, &format!("answers {status} without saying where to")));
            };
            address = address.redirected(location)?;
        }
        Err(refused(&address, &format!("is the end of {REDIRECTS_MAX} redirects, and sends us on again")))
    }

    fn ask(
        &self,
        address: &Address,
        from_byte: u64,
        etag: Option<&str>,
    ) -> Result<Response<Body>, ureq::Error> {
        let mut request = self.agent.get(address.uri());
        if from_byte > 0 {
            request = request.header(header::RANGE, format!("bytes={from_byte}-"));
            if let Some(etag) = etag {
                request = request.header(header::IF_RANGE, etag);
            }
        }
        if address.is_this_machine() {
            // A proxy would ask its own machine.
            request = request.config().proxy(None).build();
        }
        request.call()
    }
}

/// The roots of trust: Mozilla's, built in, or those of a file.
fn roots(options: &Options) -> Result<RootCerts, FetchError> {
    let Some(path) = &options.roots else { return Ok(RootCerts::WebPki) };
    let failed = |why: &dyn fmt::Display| {
        let message = format!("{}: {why}", path.display());
        let hint = "root certificates are a file in PEM; without SSL_CERT_FILE the built-in ones are used";
        FetchError::new(FetchErrorKind::Storage, message, hint)
    };
    let mut pem = Vec::new();
    let file = std::fs::File::open(path).map_err(|error| failed(&error))?;
    file.take(ROOTS_BYTES_MAX).read_to_end(&mut pem).map_err(|error| failed(&error))?;
    let mut certificates = Vec::new();
    for item in parse_pem(&pem) {
        if let PemItem::Certificate(certificate) = item.map_err(|error| failed(&error))? {
            certificates.push(certificate);
        }
    }
    if certificates.is_empty() {
        return Err(failed(&"no certificate in it"));
    }
    Ok(RootCerts::from(certificates))
}

/// What a response that is no redirect amounts to.
fn answer(address: Address, response: Response<Body>, asked_from: u64) -> Result<Answer, FetchError> {
    let status = response.status().as_u16();
    let headers = response.headers();
    let length = text(headers, header::CONTENT_LENGTH).and_then(|length| length.trim().parse().ok());
    let (from_byte, size_bytes) = match status {
        200 => (0, length),
        206 => match text(headers, header::CONTENT_RANGE).and_then(content_range) {
            Some((from_byte, size_bytes)) if from_byte == asked_from => (from_byte, size_bytes),
            _ => return Err(refused(&address, "gives another part of the file than was asked for")),
        },
        404 | 410 => return Err(refused(&address, &format!("does not have the file ({status})"))),
        408 | 429 | 500..=599 => {
            return Err(FetchError::new(
                FetchErrorKind::ServerBusy,
                format!("{address} answers {status}"),
                "the server is busy or broken: try again later",
            ));
        }
        416 => return Err(refused(&address, "has a shorter file (416)")),
        _ => return Err(refused(&address, &format!("answers {status}"))),
    };
    let etag = text(headers, header::ETAG).filter(|etag| etag.starts_with('"')).map(str::to_owned);
    let body = Box::new(response.into_body().into_reader());
    Ok(Answer { address, from_byte, size_bytes, etag, body })
}

/// First byte and whole size of `bytes 100-199/200`, the size being `None` for `*`.
fn content_range(text: &str) -> Option<(u64, Option<u64>)> {
    let (range, size) = text.trim().strip_prefix("bytes ")?.split_once('/')?;
    let (first, _) = range.split_once('-')?;
    let size = if size == "*" { None } else { Some(size.parse().ok()?) };
    Some((first.parse().ok()?, size))
}

fn text(headers: &HeaderMap, name: header::HeaderName) -> Option<&str> {
    headers.get(name)?.to_str().ok()
}

fn refused(address: &Address, why: &str) -> FetchError {
    let hint = "is a proxy or a mirror in between? else please report it: the address is built into Ocelli";
    FetchError::new(FetchErrorKind::Refused, format!("{address} {why}"), hint)
}

/// What a body's reader says, in our words.
pub(crate) fn body_error(address: &Address, error: io::Error) -> FetchError {
    network_error(address, ureq::Error::from(error))
}

fn network_error(address: &Address, error: ureq::Error) -> FetchError {
    let new = |kind, message: String, hint: &str| FetchError::new(kind, message, hint);
    match error {
        ureq::Error::Timeout(Timeout::Resolve | Timeout::Connect) => new(
            FetchErrorKind::Stalled,
            format!("{address}: no connection in time"),
            "check the network, or allow more time with --connect-timeout",
        ),
        ureq::Error::Timeout(_) => new(
            FetchErrorKind::Stalled,
            format!("{address}: the server kept silent for too long"),
            "try again later, or allow more time with --stall-timeout",
        ),
        ureq::Error::HostNotFound => new(
            FetchErrorKind::Unreachable,
            format!("{address}: there is no such host"),
            "check the network; a copy of the file elsewhere is asked with OCELLI_MODEL_MIRROR",
        ),
        ureq::Error::Rustls(why) => new(
            FetchErrorKind::Unreachable,
            format!("{address}: the connection cannot be trusted: {why}"),
            "is a proxy in between, or the clock wrong? SSL_CERT_FILE names root certificates of your own",
        ),
        ureq::Error::Io(why) => {
            let is_certificate = why.kind() == io::ErrorKind::InvalidData;
            if is_certificate {
                return new(
                    FetchErrorKind::Unreachable,
                    format!("{address}: the connection cannot be trusted: {why}"),
                    "is a proxy in between, or the clock wrong? SSL_CERT_FILE names root certificates of your own",
                );
            }
            let kind = match why.kind() {
                io::ErrorKind::UnexpectedEof
                | io::ErrorKind::ConnectionReset
                | io::ErrorKind::ConnectionAborted
                | io::ErrorKind::BrokenPipe
                | io::ErrorKind::TimedOut => FetchErrorKind::Interrupted,
                // Nobody listens, no way there, or a name that nobody knows, which has no kind of its own.
                _ => FetchErrorKind::Unreachable,
            };
            new(
                kind,
                format!("{address}: {why}"),
                "check the network; another server with the same files is named by OCELLI_MODEL_MIRROR",
            )
        }
        ureq::Error::Protocol(why) => new(
            FetchErrorKind::Refused,
            format!("{address}: what comes is not HTTP: {why}"),
            "is a proxy or a mirror in between?",
        ),
        other => {
            new(FetchErrorKind::Refused, format!("{address}: {other}"), "check the network and try again")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn content_ranges() {
        assert_eq!(content_range("bytes 100-199/200"), Some((100, Some(200))));
        assert_eq!(content_range("bytes 100-199/*"), Some((100, None)));
        for bad in ["", "bytes", "bytes */200", "bytes 1-2", "bytes -1-2/3", "items 1-2/3", "bytes 1-2/x"] {
            assert_eq!(content_range(bad), None, "{bad}");
        }
    }
}
