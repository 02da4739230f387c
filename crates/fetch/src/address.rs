//! An address that may be asked: https, or http on this very machine.
//!
//! That is decided once, where text becomes an [`Address`]; whoever holds one need not ask again. Redirects come in as
//! text too, through [`Address::redirected`].

use std::fmt;
use std::net::IpAddr;

use ureq::http::Uri;

use crate::{FetchError, FetchErrorKind};

/// `https://example.com/path`, or `http://` to this machine. `Display` leaves out the query, where signatures stand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address {
    uri: Uri,
}

impl Address {
    /// Text to an address.
    ///
    /// # Errors
    /// What is no address, another scheme, http to another machine, a password in it.
    pub fn parse(text: &str) -> Result<Self, FetchError> {
        let refused = |why: &str| {
            let message = format!("the address {} {why}", without_secrets(text));
            FetchError::new(
                FetchErrorKind::Address,
                message,
                "https://example.com/path is one, or http://127.0.0.1:8000/path on this machine",
            )
        };
        let uri: Uri = text.parse().map_err(|error| refused(&format!("is none: {error}")))?;
        let (Some(scheme), Some(authority)) = (uri.scheme_str(), uri.authority()) else {
            return Err(refused("names no host"));
        };
        if authority.as_str().contains('@') {
            return Err(refused("has a user name in it, which is not sent"));
        }
        if authority.host().is_empty() {
            return Err(refused("names no host"));
        }
        let address = Self { uri: uri.clone() };
        match scheme {
            "https" => Ok(address),
            "http" if address.is_this_machine() => Ok(address),
            "http" => Err(refused("is plain http to another machine")),
            _ => Err(refused("is neither https nor http")),
        }
    }

    /// The same path on another server: what stands before the path comes from `mirror`, whose own path stays in front.
    ///
    /// # Errors
    /// Where no address comes out.
    pub fn on_mirror(&self, mirror: &Self) -> Result<Self, FetchError> {
        let folder = mirror.uri.path().trim_end_matches('/');
        Self::parse(&format!("{}{folder}{}", mirror.origin(), self.path_and_query()))
    }

    /// Where a server's `Location` leads from here.
    ///
    /// # Errors
    /// As [`parse`](Self::parse), and where another machine sends us to this one.
    pub(crate) fn redirected(&self, location: &str) -> Result<Self, FetchError> {
        let is_absolute = location.split(['/', '?']).next().is_some_and(|start| start.ends_with(':'));
        let text = if is_absolute {
            location.to_owned()
        } else if location.starts_with("//") {
            format!("{}:{location}", self.uri.scheme_str().unwrap_or("https"))
        } else if location.starts_with('/') {
            format!("{}{location}", self.origin())
        } else if location.starts_with('?') {
            format!("{}{}{location}", self.origin(), self.uri.path())
        } else {
            let folder = self.uri.path().rsplit_once('/').map_or("", |(folder, _)| folder);
            format!("{}{folder}/{location}", self.origin())
        };
        let target = Self::parse(&text).map_err(|error| error.and(&format!(" (where {self} sends us)")))?;
        if target.is_this_machine() && !self.is_this_machine() {
            return Err(FetchError::new(
                FetchErrorKind::Address,
                format!("{self} sends us to {target}, which is this machine"),
                "no public file is there: try again later, or another network",
            ));
        }
        Ok(target)
    }

    /// Whether it is a loopback address, or `localhost`.
    pub(crate) fn is_this_machine(&self) -> bool {
        let host = self.uri.host().unwrap_or_default();
        let number = host.trim_start_matches('[').trim_end_matches(']');
        host.eq_ignore_ascii_case("localhost")
            || number.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
    }

    /// For the HTTP client.
    pub(crate) fn uri(&self) -> &Uri {
        &self.uri
    }

    fn origin(&self) -> String {
        let authority = self.uri.authority().map_or("", |authority| authority.as_str());
        format!("{}://{authority}", self.uri.scheme_str().unwrap_or("https"))
    }

    fn path_and_query(&self) -> &str {
        self.uri.path_and_query().map_or("/", |path| path.as_str())
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.origin(), self.uri.path())
    }
}

/// The text for a message: without the query, without what stands before an `@`, and cut where it is very long.
fn without_secrets(text: &str) -> String {
    const SHOWN: usize = 200;
    let text = text.split('?').next().unwrap_or_default();
    let (scheme, rest) = text.split_once("://").map_or(("", text), |(scheme, rest)| (scheme, rest));
    let rest = rest.rsplit_once('@').map_or(rest, |(_, rest)| rest);
    let separator = if scheme.is_empty() { "" } else { "://" };
    let shown: String = format!("{scheme}{separator}{rest}").chars().take(SHOWN).collect();
    format!("{shown:?}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(text: &str) -> Address {
        Address::parse(text).unwrap()
    }

    #[test]
    fn https_anywhere_and_http_to_this_machine() {
        for fine in [
            "https://example.com/a",
            "https://example.com:8443",
            "http://127.0.0.1:1/a",
            "http://[::1]:80/a",
            "http://localhost:8000/a?b=c",
        ] {
            assert!(Address::parse(fine).is_ok(), "{fine}");
        }
        for (bad, why) in [
            ("http://example.com/a", "plain http to another machine"),
            ("http://127.0.0.1.example.com/", "plain http to another machine"),
            ("http://localhost.example.com/", "plain http to another machine"),
            ("http://0.0.0.0/", "plain http to another machine"),
            ("ftp://example.com/a", "neither https nor http"),
            ("file:///etc/passwd", "is none"),
            ("/a/b", "names no host"),
            ("example.com", "names no host"),
            ("", "is none"),
            ("https://", "is none"),
            ("https://user:word@example.com/", "has a user name in it"),
            ("https://example.com /", "is none"),
        ] {
            let error = Address::parse(bad).unwrap_err();
            assert!(error.to_string().contains(why), "{bad}: {error}");
            assert_eq!(error.kind(), FetchErrorKind::Address);
        }
    }

    #[test]
    fn this_machine_is_all_of_127_and_nothing_that_looks_like_it() {
        for (host, is_ours) in [
            ("127.9.9.9", true),
            ("LocalHost", true),
            ("127.1", false),
            ("128.0.0.1", false),
            ("[::2]", false),
        ] {
            assert_eq!(Address::parse(&format!("http://{host}/")).is_ok(), is_ours, "{host}");
        }
    }

    #[test]
    fn secrets_are_never_printed() {
        let said = address("https://example.com/a?signature=secret").to_string();
        assert_eq!(said, "https://example.com/a");
        for bad in ["https://user:secret@example.com/", "ftp://example.com/?secret"] {
            let said = Address::parse(bad).unwrap_err().to_string();
            assert!(!said.contains("secret"), "{said}");
        }
    }

    #[test]
    fn a_mirror_stands_in_for_the_server() {
        let here = address("https://github.com/a/b/raw/c/d.onnx?x=y");
        for (mirror, there) in [
            ("http://127.0.0.1:80/", "http://127.0.0.1:80/a/b/raw/c/d.onnx?x=y"),
            ("http://127.0.0.1:80", "http://127.0.0.1:80/a/b/raw/c/d.onnx?x=y"),
            ("https://example.com/models/", "https://example.com/models/a/b/raw/c/d.onnx?x=y"),
        ] {
            assert_eq!(here.on_mirror(&address(mirror)), Ok(address(there)));
        }
    }

    #[test]
    fn redirects_are_resolved_from_where_they_start() {
        let here = address("https://example.com/a/b?c=d");
        for (location, there) in [
            ("https://example.org/x?y", "https://example.org/x?y"),
            ("//example.org/x", "https://example.org/x"),
            ("/x", "https://example.com/x"),
            ("x?u=https://example.org", "https://example.com/a/x?u=https://example.org"),
            ("?x", "https://example.com/a/b?x"),
        ] {
            assert_eq!(here.redirected(location), Ok(address(there)), "{location}");
        }
    }

    #[test]
    fn redirects_never_lead_to_plain_http_or_back_to_this_machine() {
        let public = address("https://example.com/a");
        for location in
            ["http://example.org/a", "http://127.0.0.1/a", "https://[::1]/a", "ftp://example.org/"]
        {
            assert!(public.redirected(location).is_err(), "{location}");
        }
        let mirror = address("http://127.0.0.1:1/a");
        assert!(mirror.redirected("http://localhost:2/b").is_ok());
        assert!(mirror.redirected("http://example.org/b").is_err());
    }
}
