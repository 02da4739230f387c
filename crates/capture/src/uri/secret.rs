//! URLs that may carry a password. They print without it, in `Display` and `Debug` alike; only whoever connects asks
//! for the whole.

use std::fmt;

/// Names of query values that are nobody's business, in lower case.
const SECRET_KEYS: [&str; 9] =
    ["password", "passwd", "pass", "pwd", "token", "access_token", "key", "apikey", "secret"];
const MASK: &str = "***";

/// A URL as it was written.
#[derive(Clone, PartialEq, Eq)]
pub struct SecretUrl(String);

impl SecretUrl {
    pub(super) fn new(url: &str) -> Self {
        Self(url.to_owned())
    }

    /// The whole URL, passwords included: for connecting, never for printing.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for SecretUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&redact(&self.0))
    }
}

impl fmt::Debug for SecretUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SecretUrl({self})")
    }
}

/// `text` with what may be a password behind `***`: from the first `:` to the last `@` behind `//`, and the query's
/// values under names such as `password`. Text that is no URL comes back as it is, unless it looks like one.
///
/// A password may hold `/`, `?` and `@` unescaped, against the rules. So what lies between is hidden although it might
/// have been a port and a path: better a path unseen than a password seen.
pub fn redact(text: &str) -> String {
    let Some((scheme, rest)) = text.split_once("//") else { return redact_query(text) };
    let rest = match rest.rsplit_once('@') {
        Some((before, host)) => match before.split_once(':') {
            Some((user, _)) => format!("{user}:{MASK}@{}", redact_query(host)),
            None => redact_query(rest),
        },
        None => redact_query(rest),
    };
    format!("{scheme}//{rest}")
}

fn redact_query(text: &str) -> String {
    let Some((path, query)) = text.split_once('?') else { return text.to_owned() };
    let mut shown = String::with_capacity(text.len());
    shown.push_str(path);
    for (number, pair) in query.split('&').enumerate() {
        shown.push(if number == 0 { '?' } else { '&' });
        match pair.split_once('=') {
            Some((key, _)) if SECRET_KEYS.iter().any(|secret| key.eq_ignore_ascii_case(secret)) => {
                shown.extend([key, "=", MASK]);
            }
            _ => shown.push_str(pair),
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn passwords_are_hidden_and_the_rest_is_not() {
        for (url, shown) in [
            ("rtsp://host/live", "rtsp://host/live"),
            ("rtsp://host:554/live", "rtsp://host:554/live"),
            ("rtsp://user@host/live", "rtsp://user@host/live"),
            ("rtsp://user:pw@host:554/live", "rtsp://user:***@host:554/live"),
            ("rtsp://:pw@host", "rtsp://:***@host"),
            ("rtsp://user:p@w/1?2@host/live", "rtsp://user:***@host/live"),
            ("http://example.com/a?user=u&PassWord=pw&x=1", "http://example.com/a?user=u&PassWord=***&x=1"),
            ("http://u:p@example.com/a?token=t", "http://u:***@example.com/a?token=***"),
        ] {
            let secret = SecretUrl::new(url);
            assert_eq!(secret.to_string(), shown);
            assert_eq!(format!("{secret:?}"), format!("SecretUrl({shown})"));
            assert_eq!(secret.expose(), url);
        }
    }

    proptest! {
        #[test]
        fn no_password_gets_through(password in "[!-~]{1,12}", host in "[a-z]{1,8}") {
            let marked = format!("QQ{password}QQ");
            let shown = SecretUrl::new(&format!("rtsp://user:{marked}@{host}/live")).to_string();
            prop_assert_eq!(shown, format!("rtsp://user:***@{}/live", host));
        }
    }
}
