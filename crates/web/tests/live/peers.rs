//! Bad peers: whatever they send or leave unsent, the run goes on and others are heard.

use std::io::{Read, Write};
use std::net::TcpStream;

use tungstenite::Message;

use crate::client::{Client, ask, connect};
use crate::run::{Order, Run};

/// The run goes on, and others are heard.
fn all_is_well(run: &Run) {
    assert_eq!(ask(run.address, "GET /healthz", &[]).body, b"ok\n");
    let mut viewer = Client::open(run.address, "/sources/0/live");
    viewer.status();
    run.give(0);
    viewer.picture();
}

#[test]
fn messages_that_are_none_close_the_socket() {
    let run = Run::start();
    let big = format!("{{\"fps\":{}5}}", " ".repeat(1_100));
    let cases: [(Message, u16); 6] = [
        (Message::binary(vec![1, 2, 3]), 1003),
        (Message::text("no JSON"), 1008),
        (Message::text(r#"{"fps":-1}"#), 1008),
        (Message::text(r#"{"what":1}"#), 1008),
        (Message::text(big), 1009),
        (Message::binary(vec![0; 70_000]), 1009),
    ];
    for (message, code) in cases {
        let mut viewer = Client::open(run.address, "/sources/0/live");
        let name = format!("{message:.40}");
        viewer.send(message);
        assert_eq!(viewer.closed(), Some(code), "{name}");
    }
    all_is_well(&run);
    run.end();
}

#[test]
fn frames_that_are_none_close_the_socket() {
    let run = Run::start();
    // A frame without a mask, one of a reserved kind, a text that is no UTF-8, one that says it has 2^63 bytes.
    let cases: [(&[u8], &[u16]); 4] = [
        (&[0x81, 0x02, b'{', b'}'], &[1002]),
        (&[0x83, 0x80, 0, 0, 0, 0], &[1002]),
        (&[0x81, 0x82, 0, 0, 0, 0, 0xc3, 0x28], &[1007]),
        (&[0x82, 0xff, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0], &[1009]),
    ];
    for (bytes, codes) in cases {
        let mut viewer = Client::open(run.address, "/sources/0/live");
        viewer.stream().write_all(bytes).unwrap();
        let code = viewer.closed();
        assert!(code.is_some_and(|code| codes.contains(&code)), "{bytes:x?}: {code:?}");
    }
    all_is_well(&run);
    run.end();
}

#[test]
fn too_many_messages_are_too_many() {
    let run = Run::start();
    let mut viewer = Client::open(run.address, "/sources/0/live");
    let mut sent = 0;
    // It closes somewhere on the way; what is written after that meets a closed socket.
    while sent < 100_000 && viewer.try_send(Message::text(r#"{"fps":1}"#)) {
        sent += 1;
    }
    assert!(sent < 100_000 || viewer.closed() == Some(1008));
    all_is_well(&run);
    run.end();
}

#[test]
fn a_thousand_connections_that_say_nothing() {
    let run = Run::start();
    let idle: Vec<TcpStream> = (0..1_000).filter_map(|_| TcpStream::connect(run.address).ok()).collect();
    assert!(idle.len() > 900, "{}", idle.len());
    all_is_well(&run);
    // All but those that still may wait have been hung up on.
    let waiting = idle.iter().filter(|stream| !is_closed(stream)).count();
    assert!(waiting <= 64, "{waiting} still wait");
    run.end();
}

fn is_closed(mut stream: &TcpStream) -> bool {
    stream.set_nonblocking(true).unwrap();
    match stream.read(&mut [0]) {
        Ok(count) => count == 0,
        Err(error) => error.kind() != std::io::ErrorKind::WouldBlock,
    }
}

#[test]
fn requests_that_come_a_byte_at_a_time_are_cut_off() {
    let run = Run::start();
    let mut slow: Vec<_> = (0..10).map(|_| connect(run.address)).collect();
    for stream in &mut slow {
        stream.write_all(b"GET /status HTTP/1.1\r\nHost: 127.0.0.1\r\nX: ").unwrap();
    }
    // In the server's own time, five seconds: then writing meets a closed connection, and reading an end.
    for stream in &mut slow {
        let is_cut_off = (0..3_000).any(|_| {
            std::thread::sleep(std::time::Duration::from_millis(20));
            stream.write_all(b"x").is_err() || is_closed(stream)
        });
        assert!(is_cut_off);
    }
    all_is_well(&run);
    run.end();
}

#[test]
fn requests_that_are_none_are_answered_or_cut_off() {
    let run = Run::start();
    let long = format!("GET /{} HTTP/1.1\r\n\r\n", "a".repeat(100_000));
    let many = format!("GET / HTTP/1.1\r\n{}\r\n", "A: b\r\n".repeat(2_000));
    let smuggled = "POST /sources/0/inference/stop HTTP/1.1\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET";
    for bytes in ["\0\0\0\0\r\n\r\n", "\x16\x03\x01\x02\x00", "GET\r\n\r\n", &long, &many, smuggled] {
        let mut stream = connect(run.address);
        // It may hang up before everything is written.
        let _ = stream.write_all(bytes.as_bytes());
        let _ = stream.shutdown(std::net::Shutdown::Write);
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer);
        let status = String::from_utf8_lossy(&answer).split(' ').nth(1).map(str::to_owned);
        assert!(status.as_deref().is_none_or(|status| status.starts_with('4')), "{status:?}");
    }
    all_is_well(&run);
    run.end();
}

#[test]
fn many_at_once_and_a_run_of_several_sources() {
    let run = Run::of(Order { sources: 2, ..Order::default() });
    let address = run.address;
    let askers: Vec<_> = (0..8)
        .map(|_| {
            std::thread::spawn(move || {
                for _ in 0..20 {
                    assert_eq!(ask(address, "GET /status", &[]).status, 200);
                }
            })
        })
        .collect();
    askers.into_iter().for_each(|asker| asker.join().unwrap());
    all_is_well(&run);
    run.end();
}
