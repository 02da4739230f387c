//! Downloads from a server on this machine that does its work, breaks off, stalls, lies, floods and sends us away.

mod broken;
mod chance;
mod parts;
mod redirects;
mod several;
mod support;
