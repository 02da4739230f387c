//! TLS with a certificate of the test's own.

use std::sync::Arc;

use ocelli_testkit::TestFolder;
use ocelli_web::{View, WebSink, WebSpec};
use rcgen::{CertifiedKey, generate_simple_self_signed};
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::ServerName;
use tokio_rustls::rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};

use crate::client::{Client, ask_exactly, connect};
use crate::run::Run;

type Secured = StreamOwned<ClientConnection, std::net::TcpStream>;

/// A certificate for `localhost` on the disk, and who trusts it.
fn certificate(folder: &TestFolder) -> Arc<ClientConfig> {
    let CertifiedKey { cert, signing_key } = generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    std::fs::write(folder.join("cert.pem"), cert.pem()).unwrap();
    std::fs::write(folder.join("key.pem"), signing_key.serialize_pem()).unwrap();
    let mut roots = RootCertStore::empty();
    roots.add(cert.der().clone()).unwrap();
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()));
    let config = config.with_safe_default_protocol_versions().unwrap();
    Arc::new(config.with_root_certificates(roots).with_no_client_auth())
}

fn sink(folder: &TestFolder) -> String {
    let path = |name| folder.join(name).display().to_string();
    format!("web:0?fps=240&cert={}&key={}", path("cert.pem"), path("key.pem"))
}

fn secured(run: &Run, config: &Arc<ClientConfig>) -> Secured {
    let name = ServerName::try_from("localhost").unwrap();
    StreamOwned::new(ClientConnection::new(Arc::clone(config), name).unwrap(), connect(run.address))
}

#[test]
fn pages_and_pictures_come_over_tls() {
    let folder = TestFolder::new("web-tls");
    let config = certificate(&folder);
    let run = Run::with(&sink(&folder));
    assert_eq!(run.shown, format!("https://127.0.0.1:{}/", run.address.port()));
    let host = format!("Host: localhost:{}", run.address.port());
    let page = ask_exactly(secured(&run, &config), "GET /", &[&host, "Connection: close"]);
    assert_eq!(page.status, 200);
    let host = format!("localhost:{}", run.address.port());
    let origin = format!("https://{host}");
    let mut viewer =
        Client::over(secured(&run, &config), &host, "/sources/0/live", &[("Origin", &origin)]).unwrap();
    viewer.status();
    for sequence in 0..5 {
        run.give(0);
        assert_eq!(viewer.picture().sequence, sequence);
    }
    run.end();
}

#[test]
fn who_speaks_no_tls_is_not_heard_and_stops_nobody() {
    let folder = TestFolder::new("web-tls");
    let config = certificate(&folder);
    let run = Run::with(&sink(&folder));
    let mut plain = connect(run.address);
    std::io::Write::write_all(&mut plain, b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n").unwrap();
    let mut answer = Vec::new();
    let _ = std::io::Read::read_to_end(&mut plain, &mut answer);
    assert!(!answer.starts_with(b"HTTP"), "{answer:?}");
    let host = "Host: localhost";
    assert_eq!(
        ask_exactly(secured(&run, &config), "GET /healthz", &[host, "Connection: close"]).body,
        b"ok\n"
    );
    run.end();
}

#[test]
fn files_that_are_none_are_named() {
    let folder = TestFolder::new("web-tls");
    certificate(&folder);
    std::fs::write(folder.join("empty.pem"), "").unwrap();
    certificate_of_another(&folder);
    for (certificate, key, named) in [
        ("none.pem", "key.pem", "none.pem"),
        ("empty.pem", "key.pem", "empty.pem: no certificate in it"),
        ("cert.pem", "empty.pem", "empty.pem"),
        ("cert.pem", "other.pem", "other.pem"),
    ] {
        let path = |name| folder.join(name).display().to_string();
        let spec = WebSpec::parse(&format!("web:0?cert={}&key={}", path(certificate), path(key))).unwrap();
        let error = WebSink::open(&spec, nothing()).unwrap_err();
        assert!(error.to_string().contains(named), "{error}");
        assert!(error.hint().starts_with("both files are PEM"), "{}", error.hint());
    }
}

fn certificate_of_another(folder: &TestFolder) {
    let CertifiedKey { signing_key, .. } = generate_simple_self_signed(["other".to_owned()]).unwrap();
    std::fs::write(folder.join("other.pem"), signing_key.serialize_pem()).unwrap();
}

#[test]
fn a_port_that_is_taken_is_named() {
    let run = Run::start();
    let text = format!("web:{}", run.address.port());
    let error = WebSink::open(&WebSpec::parse(&text).unwrap(), nothing()).unwrap_err();
    let message = error.to_string();
    assert!(message.starts_with(&format!("{text}: {}: ", run.address)), "{message}");
    assert!(error.hint().starts_with("another program has it"), "{}", error.hint());
    run.end();
}

/// A run of no sources.
fn nothing() -> View {
    crate::run::view_of_nothing()
}
