//! Who may ask what. Three questions, in this order:
//!
//! - **Host**: is this server meant? A page elsewhere can have its own name lead to this address (DNS rebinding), but it
//!   cannot have an address literal or a name that was allowed here.
//! - **Origin**: does the page that asks come from this server? A browser says so of itself; others need not.
//! - **Token**: is it known? Only off loopback.
//!
//! What is not here: what is answered. Headers come in, a verdict goes out.

use std::net::IpAddr;

use axum::http::header::{AUTHORIZATION, HOST, ORIGIN, SEC_WEBSOCKET_PROTOCOL};
use axum::http::{HeaderMap, HeaderValue, StatusCode};

use crate::token::Token;

/// What goes before the token in a WebSocket's list of protocols: browsers can set no other header there.
const TOKEN_PROTOCOL: &str = "token.";

/// The door.
#[derive(Debug)]
pub(crate) struct Guard {
    token: Option<Token>,
    hosts: Vec<String>,
}

/// Why somebody is sent away.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    Host,
    Origin,
    Token,
}

impl Refusal {
    /// The status, and a line for whoever reads it.
    pub(crate) fn answer(self) -> (StatusCode, &'static str) {
        match self {
            Self::Host => (
                StatusCode::FORBIDDEN,
                "this server goes by its address, localhost, and the names it was given as host=\n",
            ),
            Self::Origin => (StatusCode::FORBIDDEN, "only this server's own page may ask this\n"),
            Self::Token => (StatusCode::UNAUTHORIZED, "the token that was printed at the start is missing\n"),
        }
    }
}

impl Guard {
    /// Wants `token` where there is one; `hosts` are names in small letters.
    pub(crate) fn new(token: Option<Token>, hosts: Vec<String>) -> Self {
        Self { token, hosts }
    }

    /// For the page itself, in which nothing is secret.
    pub(crate) fn check_host(&self, headers: &HeaderMap) -> Result<(), Refusal> {
        let host = only(headers, &HOST).and_then(name_of).ok_or(Refusal::Host)?;
        let is_known = self.hosts.iter().any(|known| host.eq_ignore_ascii_case(known));
        if is_known || is_address(host) { Ok(()) } else { Err(Refusal::Host) }
    }

    /// For pictures, figures and controls.
    pub(crate) fn check(&self, headers: &HeaderMap) -> Result<(), Refusal> {
        self.check_host(headers)?;
        if headers.contains_key(ORIGIN) && !is_own_origin(headers) {
            return Err(Refusal::Origin);
        }
        match &self.token {
            Some(token) if !offered(headers).any(|offered| token.is(offered)) => Err(Refusal::Token),
            _ => Ok(()),
        }
    }
}

/// A header that is there once, as text.
fn only<'a>(headers: &'a HeaderMap, name: &axum::http::HeaderName) -> Option<&'a str> {
    let mut values = headers.get_all(name).iter();
    let value = values.next()?.to_str().ok()?;
    values.next().is_none().then_some(value)
}

/// `HOST` or `HOST:PORT` without its port.
fn name_of(authority: &str) -> Option<&str> {
    if authority.starts_with('[') {
        let end = authority.find(']')? + 1;
        let port = &authority[end..];
        return (port.is_empty() || is_port(port)).then_some(&authority[..end]);
    }
    match authority.find(':') {
        Some(colon) => is_port(&authority[colon..]).then_some(&authority[..colon]),
        None => Some(authority),
    }
}

fn is_port(text: &str) -> bool {
    text.strip_prefix(':').is_some_and(|port| port.parse::<u16>().is_ok())
}

/// What no name server has a say in.
fn is_address(host: &str) -> bool {
    match host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
        Some(v6) => v6.parse::<std::net::Ipv6Addr>().is_ok(),
        None => host.eq_ignore_ascii_case("localhost") || host.parse::<IpAddr>().is_ok(),
    }
}

/// Whether the page that asks was itself asked for under the same host and port. The scheme is not compared: what ends
/// TLS may stand before this server.
fn is_own_origin(headers: &HeaderMap) -> bool {
    let authority = |origin: &str| {
        let rest = origin.strip_prefix("http://").or_else(|| origin.strip_prefix("https://"))?;
        Some(rest.to_ascii_lowercase())
    };
    let origin = only(headers, &ORIGIN).and_then(authority);
    let host = only(headers, &HOST).map(str::to_ascii_lowercase);
    origin.is_some() && origin == host
}

/// Tokens in `Authorization: Bearer T` and among the protocols that a WebSocket offers.
fn offered(headers: &HeaderMap) -> impl Iterator<Item = &[u8]> {
    let bearer = headers.get_all(AUTHORIZATION).iter().filter_map(|value: &HeaderValue| {
        let (scheme, token) = value.to_str().ok()?.split_once(' ')?;
        scheme.eq_ignore_ascii_case("bearer").then_some(token.trim().as_bytes())
    });
    let protocols = headers.get_all(SEC_WEBSOCKET_PROTOCOL).iter().filter_map(|value| value.to_str().ok());
    let protocols = protocols.flat_map(|list| list.split(',')).map(str::trim);
    bearer.chain(protocols.filter_map(|protocol| Some(protocol.strip_prefix(TOKEN_PROTOCOL)?.as_bytes())))
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderName;

    use super::*;

    fn headers(lines: &[(HeaderName, &'static str)]) -> HeaderMap {
        lines.iter().map(|(name, value)| (name.clone(), HeaderValue::from_static(value))).collect()
    }

    #[test]
    fn hosts_are_addresses_and_names_that_were_given() {
        let guard = Guard::new(None, vec!["cam.local".to_owned()]);
        let check = |host| guard.check_host(&headers(&[(HOST, host)]));
        for host in [
            "127.0.0.1:7001",
            "192.168.1.5",
            "localhost:80",
            "LOCALHOST",
            "[::1]:7001",
            "[::1]",
            "Cam.Local:7001",
        ] {
            assert_eq!(check(host), Ok(()), "{host}");
        }
        for host in [
            "evil.example.com",
            "127.0.0.1.example.com",
            "cam.local.example.com",
            "localhost.example.com",
            "::1",
            "[::1",
            "[::1]x",
            "127.0.0.1:x",
            "127.0.0.1:7001@evil.example.com",
            "",
        ] {
            assert_eq!(check(host), Err(Refusal::Host), "{host}");
        }
        assert_eq!(guard.check_host(&HeaderMap::new()), Err(Refusal::Host));
        let mut twice = headers(&[(HOST, "127.0.0.1")]);
        twice.append(HOST, HeaderValue::from_static("evil.example.com"));
        assert_eq!(guard.check_host(&twice), Err(Refusal::Host));
    }

    #[test]
    fn an_origin_is_the_host_that_was_asked() {
        let guard = Guard::new(None, Vec::new());
        let check = |origin| guard.check(&headers(&[(HOST, "127.0.0.1:7001"), (ORIGIN, origin)]));
        assert_eq!(check("http://127.0.0.1:7001"), Ok(()));
        assert_eq!(check("https://127.0.0.1:7001"), Ok(()));
        for origin in [
            "null",
            "http://127.0.0.1",
            "http://127.0.0.1:70011",
            "http://localhost:7001",
            "http://evil.example.com",
            "file://127.0.0.1:7001",
            "",
        ] {
            assert_eq!(check(origin), Err(Refusal::Origin), "{origin}");
        }
        assert_eq!(guard.check(&headers(&[(HOST, "127.0.0.1:7001")])), Ok(()), "no browser");
    }

    #[test]
    fn a_token_comes_in_a_header_or_as_a_protocol() {
        let token = Token::generate().unwrap();
        let text: &'static str = Box::leak(token.text().to_owned().into_boxed_str());
        let guard = Guard::new(Some(token), Vec::new());
        let check = |name: HeaderName, value: String| {
            let mut headers = headers(&[(HOST, "127.0.0.1:7001")]);
            headers.insert(name, HeaderValue::from_str(&value).unwrap());
            guard.check(&headers)
        };
        assert_eq!(check(AUTHORIZATION, format!("Bearer {text}")), Ok(()));
        assert_eq!(check(AUTHORIZATION, format!("bearer {text}")), Ok(()));
        assert_eq!(check(SEC_WEBSOCKET_PROTOCOL, format!("ocelli.v1, token.{text}")), Ok(()));
        for (name, value) in [
            (AUTHORIZATION, format!("Basic {text}")),
            (AUTHORIZATION, format!("Bearer {text}0")),
            (AUTHORIZATION, "Bearer".to_owned()),
            (SEC_WEBSOCKET_PROTOCOL, format!("ocelli.v1, {text}")),
            (SEC_WEBSOCKET_PROTOCOL, "ocelli.v1, token.".to_owned()),
            (ORIGIN, "http://127.0.0.1:7001".to_owned()),
        ] {
            assert_eq!(check(name, value.clone()), Err(Refusal::Token), "{value}");
        }
        assert_eq!(guard.check_host(&headers(&[(HOST, "[::1]:7001")])), Ok(()), "the page has no secret");
    }
}
