//! What can go wrong with a download, and what to do about it.

use std::fmt;

/// What is wrong, where, and what to do about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FetchError {
    kind: FetchErrorKind,
    message: String,
    hint: String,
}

/// Which kind of thing went wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum FetchErrorKind {
    /// An address that is none, or that must not be asked.
    Address,
    /// No connection: no such host, nobody listening, a certificate that is not trusted.
    Unreachable,
    /// A connection that broke off. Worth another try.
    Interrupted,
    /// A server that kept silent too long. Worth another try.
    Stalled,
    /// A server that is overloaded or broken for now. Worth another try.
    ServerBusy,
    /// A server that does not give the file.
    Refused,
    /// Not the file that is pinned.
    Mismatch,
    /// A file or folder here that cannot be read or written.
    Storage,
}

impl FetchError {
    /// `message` names the address or the file.
    pub(crate) fn new(kind: FetchErrorKind, message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self { kind, message: message.into(), hint: hint.into() }
    }

    /// Which kind of thing went wrong.
    pub fn kind(&self) -> FetchErrorKind {
        self.kind
    }

    /// What to do about it.
    pub fn hint(&self) -> &str {
        &self.hint
    }

    /// Whether the next try may well go better.
    pub(crate) fn is_passing(&self) -> bool {
        matches!(
            self.kind,
            FetchErrorKind::Interrupted | FetchErrorKind::Stalled | FetchErrorKind::ServerBusy
        )
    }

    /// The same, with more words behind the message.
    pub(crate) fn and(self, more: &str) -> Self {
        Self { message: format!("{}{more}", self.message), ..self }
    }
}

impl fmt::Display for FetchError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for FetchError {}
