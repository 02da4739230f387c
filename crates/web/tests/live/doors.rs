//! Who is let in: token, origin, host, methods.

use ocelli_testkit::TestFolder;

use crate::client::{Answer, Client, ask, ask_exactly, connect};
use crate::run::Run;

const TOKEN: &str = "a-token-for-tests-only";
const LIVE: &str = "/sources/0/live";

/// What wants a token and an origin of its own.
const GUARDED: [&str; 4] = [
    "GET /status",
    "GET /sources/0/snapshot.jpg?width=x",
    "POST /sources/0/inference/start",
    "POST /sources/0/inference/stop",
];

fn with_token(folder: &TestFolder) -> Run {
    let path = folder.join("token");
    std::fs::write(&path, TOKEN).unwrap();
    Run::with(&format!("web:0?token_file={}", path.display()))
}

#[test]
fn with_a_token_only_who_has_it_is_let_in() {
    let folder = TestFolder::new("web-doors");
    let run = with_token(&folder);
    assert!(!run.shown.contains(TOKEN), "a token of one's own is not shown around: {}", run.shown);
    for request in GUARDED {
        assert_eq!(ask(run.address, request, &[]).status, 401, "{request}");
        let wrong = ask(run.address, request, &["Authorization: Bearer a-token-for-tests-onlY"]);
        assert_eq!(wrong.status, 401, "{request}");
        assert!(wrong.head.to_lowercase().contains("www-authenticate: bearer"), "{}", wrong.head);
        let right = ask(run.address, request, &[&format!("Authorization: Bearer {TOKEN}")]);
        assert!([200, 204, 400].contains(&right.status), "{request}: {}", right.head);
    }
    for protocols in ["ocelli.v1", "ocelli.v1, token.wrong", "token."] {
        let refused = Client::open_with(run.address, LIVE, &[("Sec-WebSocket-Protocol", protocols)]);
        assert_eq!(refused.err(), Some(401), "{protocols}");
    }
    let protocols = format!("ocelli.v1, token.{TOKEN}");
    assert!(Client::open_with(run.address, LIVE, &[("Sec-WebSocket-Protocol", &protocols)]).is_ok());
    // No secret is in the page, and none in a URL.
    assert_eq!(ask(run.address, "GET /", &[]).status, 200);
    assert_eq!(ask(run.address, "GET /healthz", &[]).status, 200);
    assert_eq!(ask(run.address, &format!("GET /status?token={TOKEN}"), &[]).status, 401);
    run.end();
}

#[test]
fn the_server_never_answers_with_the_token() {
    let folder = TestFolder::new("web-doors");
    let run = with_token(&folder);
    let protocols = format!("Sec-WebSocket-Protocol: ocelli.v1, token.{TOKEN}");
    let key = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==";
    let host = format!("Host: {}", run.address);
    let mut stream = connect(run.address);
    let lines =
        [&*host, "Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13", key, &protocols];
    std::io::Write::write_all(
        &mut stream,
        format!("GET {LIVE} HTTP/1.1\r\n{}\r\n\r\n", lines.join("\r\n")).as_bytes(),
    )
    .unwrap();
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        std::io::Read::read_exact(&mut stream, &mut byte).unwrap();
        head.extend(byte);
    }
    let head = String::from_utf8(head).unwrap().to_lowercase();
    assert!(
        head.starts_with("http/1.1 101") && head.contains("sec-websocket-protocol: ocelli.v1\r\n"),
        "{head}"
    );
    assert!(!head.contains(TOKEN));
    run.end();
}

#[test]
fn off_loopback_a_token_is_made_and_shown_once() {
    let run = Run::with("web:0.0.0.0:0");
    let (_, token) = run.shown.split_once("/#token=").unwrap();
    assert_eq!(token.len(), 32);
    assert_eq!(ask(run.address, "GET /status", &[]).status, 401);
    assert_eq!(ask(run.address, "GET /status", &[&format!("Authorization: Bearer {token}")]).status, 200);
    run.end();
    let run = Run::start();
    assert_eq!(run.shown, format!("http://{}/", run.address));
    assert_eq!(ask(run.address, "GET /status", &[]).status, 200, "loopback needs none");
    run.end();
}

#[test]
fn a_foreign_origin_is_refused_on_loopback_too() {
    let run = Run::start();
    let own = format!("Origin: http://{}", run.address);
    for request in GUARDED {
        let foreign = ask(run.address, request, &["Origin: http://evil.example.com"]);
        assert_eq!(foreign.status, 403, "{request}");
        assert_eq!(ask(run.address, request, &["Origin: null"]).status, 403, "{request}");
        let answer = ask(run.address, request, &[&own]);
        assert!([200, 204, 400].contains(&answer.status), "{request}: {}", answer.head);
    }
    let open = |origin: &str| Client::open_with(run.address, LIVE, &[("Origin", origin)]).err();
    assert_eq!(open("http://evil.example.com"), Some(403));
    assert_eq!(
        open(&format!("http://localhost:{}", run.address.port())),
        Some(403),
        "not the host that was asked"
    );
    assert_eq!(open(&format!("http://{}", run.address)), None);
    run.end();
}

#[test]
fn a_name_that_leads_here_is_not_this_server() {
    let run = Run::with("web:0?host=cam.example.org");
    assert_eq!(run.shown, format!("http://cam.example.org:{}/", run.address.port()));
    let ask_as = |host: &str, request: &str| {
        ask_exactly(connect(run.address), request, &[&format!("Host: {host}"), "Connection: close"])
    };
    for request in GUARDED.into_iter().chain(["GET /"]) {
        assert_eq!(ask_as("evil.example.com", request).status, 403, "{request}");
        assert_ne!(ask_as("CAM.example.org:1", request).status, 403, "{request}");
        assert_ne!(ask_as("[::1]:1", request).status, 403, "{request}");
        assert_ne!(ask_as("localhost", request).status, 403, "{request}");
    }
    assert_eq!(
        ask_exactly(connect(run.address), "GET /status", &["Connection: close"]).status,
        403,
        "no host"
    );
    assert_eq!(ask_as("evil.example.com", "GET /healthz").status, 200);
    run.end();
}

#[test]
fn every_answer_has_its_headers() {
    let run = Run::start();
    let has =
        |answer: &Answer, line: &str| answer.head.to_lowercase().lines().any(|other| other.starts_with(line));
    for (request, status, kept) in [
        ("GET /", 200, "no-cache"),
        ("GET /status", 200, "no-store"),
        ("GET /healthz", 200, "no-store"),
        ("GET /nothing", 404, "no-store"),
        ("GET /sources/9/live", 404, "no-store"),
        ("GET /sources/x/snapshot.jpg", 400, "no-store"),
    ] {
        let answer = ask(run.address, request, &[]);
        assert_eq!(answer.status, status, "{request}");
        for line in [
            "content-security-policy: default-src 'self';",
            "x-frame-options: deny",
            "x-content-type-options: nosniff",
            "referrer-policy: no-referrer",
            "cross-origin-resource-policy: same-origin",
            &format!("cache-control: {kept}"),
        ] {
            assert!(has(&answer, line), "{request}: {line} is not in {}", answer.head);
        }
    }
    assert_eq!(ask(run.address, "GET /healthz", &[]).body, b"ok\n");
    let page = ask(run.address, "GET /", &[]);
    assert!(has(&page, "content-type: text/html; charset=utf-8"), "{}", page.head);
    assert!(page.body.starts_with(b"<!doctype html>"));
    run.end();
}

#[test]
fn what_changes_something_is_posted() {
    let run = Run::start();
    for action in ["start", "stop"] {
        let answer = ask(run.address, &format!("GET /sources/0/inference/{action}"), &[]);
        assert_eq!(answer.status, 405);
        assert_eq!(ask(run.address, &format!("POST /sources/7/inference/{action}"), &[]).status, 404);
    }
    assert_eq!(ask(run.address, "POST /status", &[]).status, 405);
    assert_eq!(ask(run.address, "GET /sources/0/live", &[]).status, 400, "no WebSocket");
    assert_eq!(ask(run.address, "GET /sources/0/live?fsp=1", &[]).status, 400);
    run.end();
}
