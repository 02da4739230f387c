//! Servers that are broken, slow, or lie: a clear error, and never a wrong file in place.

use std::net::TcpListener;

use ocelli_fetch::{FetchErrorKind, Options, Outcome};
use ocelli_testkit::{HttpReply, HttpServer, Then};

use crate::support::{FILE_BYTES, Place, file, options};

/// A download from a server that always replies like this fails, leaves nothing, and asked so many times.
#[track_caller]
fn assert_refused(reply: HttpReply, kind: FetchErrorKind, words: &str, requests: usize) {
    let place = Place::new();
    let server = HttpServer::start(move |_, _| reply.clone());
    let error = place.download(&server, &options()).unwrap_err();
    assert_eq!(error.kind(), kind, "{error}");
    assert!(error.to_string().contains(words), "{error}");
    assert!(error.to_string().contains("http://127.0.0.1:"), "{error}");
    assert!(!error.hint().is_empty());
    place.assert_empty();
    assert_eq!(server.requests().len(), requests, "requests");
}

fn with_length(length: usize, body: &[u8]) -> HttpReply {
    HttpReply::new("200 OK", &[&format!("Content-Length: {length}")], body)
}

#[test]
fn wrong_bytes_are_never_put_in_place() {
    let mut lie = file();
    lie[FILE_BYTES / 2] ^= 1;
    assert_refused(HttpReply::whole(&lie), FetchErrorKind::Mismatch, "sha256", 1);
}

#[test]
fn a_lie_after_an_honest_beginning_is_found_out_too() {
    let place = Place::new();
    place.leave_part(&file()[..70_000]);
    let lie = vec![0; FILE_BYTES];
    let server = HttpServer::start(move |request, _| HttpReply::file(request, &lie));
    let error = place.download(&server, &options()).unwrap_err();
    assert_eq!(error.kind(), FetchErrorKind::Mismatch, "{error}");
    place.assert_empty();
    assert_eq!(server.requests().len(), 2, "once from the part on, once from the start");
}

#[test]
fn a_wrong_length_is_refused_before_the_first_byte() {
    let longer = [file(), vec![0; 10]].concat();
    let message = "has 150011 bytes, not 150001";
    assert_refused(with_length(longer.len(), &longer), FetchErrorKind::Mismatch, message, 1);
    let short = &file()[..1000];
    assert_refused(with_length(1000, short), FetchErrorKind::Mismatch, "has 1000 bytes, not 150001", 1);
    assert_refused(with_length(0, b""), FetchErrorKind::Mismatch, "has 0 bytes, not 150001", 1);
    assert_refused(with_length(usize::MAX, b""), FetchErrorKind::Mismatch, "not 150001", 1);
    let nonsense = HttpReply::new("200 OK", &["Content-Length: many"], b"");
    assert_refused(nonsense, FetchErrorKind::Refused, "", 1);
}

#[test]
fn a_flood_is_cut_off_at_the_files_size() {
    let flood = HttpReply { then: Then::Flood, ..HttpReply::new("200 OK", &[], b"") };
    assert_refused(flood, FetchErrorKind::Mismatch, "beyond the 150001 bytes", 1);
    let chunked = HttpReply::new(
        "200 OK",
        &["Transfer-Encoding: chunked"],
        &[b"25000\r\n".as_slice(), &[1; 0x25000], b"\r\n0\r\n\r\n"].concat(),
    );
    assert_refused(chunked, FetchErrorKind::Mismatch, "beyond the 150001 bytes", 1);
}

#[test]
fn chunks_and_no_length_at_all_are_fine() {
    for headers in [&["Transfer-Encoding: chunked"][..], &[]] {
        let body = if headers.is_empty() {
            file()
        } else {
            [format!("{FILE_BYTES:x}\r\n").as_bytes(), &file(), b"\r\n0\r\n\r\n"].concat()
        };
        let place = Place::new();
        let reply = HttpReply::new("200 OK", headers, &body);
        let server = HttpServer::start(move |_, _| reply.clone());
        assert_eq!(place.download(&server, &options()), Ok(Outcome::Downloaded));
        place.assert_whole();
    }
}

#[test]
fn a_server_that_falls_silent_is_given_up() {
    let once = Options { retries: 0, ..options() };
    let place = Place::new();
    let silent = HttpServer::start(|_, _| HttpReply { bytes: Vec::new(), then: Then::Stall });
    let error = place.download(&silent, &once).unwrap_err();
    assert_eq!(error.kind(), FetchErrorKind::Stalled, "{error}");
    assert!(error.hint().contains("--stall-timeout"), "{}", error.hint());
    place.assert_empty();

    let half = HttpServer::start(|request, _| HttpReply::file(request, &file()).cut(50_000, Then::Stall));
    let error = place.download(&half, &once).unwrap_err();
    assert_eq!(error.kind(), FetchErrorKind::Stalled, "{error}");
    place.assert_part(FILE_BYTES - 50_000);
}

#[test]
fn a_stall_is_taken_up_again() {
    let place = Place::new();
    let server = HttpServer::start(|request, count| {
        let reply = HttpReply::file(request, &file());
        if count == 0 { reply.cut(50_000, Then::Stall) } else { reply }
    });
    assert_eq!(place.download(&server, &options()), Ok(Outcome::Downloaded));
    place.assert_whole();
}

#[test]
fn a_file_that_is_not_there_is_not_asked_for_again() {
    for (status, words) in [
        ("404 Not Found", "(404)"),
        ("410 Gone", "(410)"),
        ("403 Forbidden", "403"),
        ("204 No Content", "204"),
    ] {
        assert_refused(
            HttpReply::new(status, &["Content-Length: 0"], b""),
            FetchErrorKind::Refused,
            words,
            1,
        );
    }
}

#[test]
fn a_busy_server_is_asked_again_and_not_for_ever() {
    let busy = || HttpReply::new("503 Service Unavailable", &["Content-Length: 0"], b"");
    assert_refused(busy(), FetchErrorKind::ServerBusy, "the last of 4 tries", 4);
    let place = Place::new();
    let server = HttpServer::start(
        move |request, count| if count < 3 { busy() } else { HttpReply::file(request, &file()) },
    );
    assert_eq!(place.download(&server, &options()), Ok(Outcome::Downloaded));
    place.assert_whole();
}

#[test]
fn another_part_than_the_one_asked_for_is_refused_and_ours_is_kept() {
    for from in [0, 69_999, 70_001] {
        let place = Place::new();
        place.leave_part(&file()[..70_000]);
        let server = HttpServer::start(move |_, _| HttpReply::part(from, &file()));
        let error = place.download(&server, &options()).unwrap_err();
        assert!(error.to_string().contains("another part"), "{error}");
        place.assert_part(70_000);
    }
}

#[test]
fn what_is_no_http_and_nobody_at_all() {
    let reply = HttpReply { bytes: b"220 mail.example.com ESMTP\r\n\r\n".to_vec(), then: Then::Close };
    assert_refused(reply, FetchErrorKind::Refused, "not HTTP", 1);
    let endless_head = HttpReply { bytes: b"HTTP/1.1 200 OK\r\nA: ".to_vec(), then: Then::Flood };
    assert_refused(endless_head, FetchErrorKind::Refused, "", 1);
    let nothing = HttpReply { bytes: Vec::new(), then: Then::Close };
    assert_refused(nothing, FetchErrorKind::Interrupted, "the last of 4 tries", 4);

    let place = Place::new();
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let address = format!("http://127.0.0.1:{port}/");
    let error = place.download_from(&address, &options(), &mut |_| {}).unwrap_err();
    assert_eq!(error.kind(), FetchErrorKind::Unreachable, "{error}");
    place.assert_empty();
}
