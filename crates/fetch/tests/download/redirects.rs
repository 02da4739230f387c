//! Servers that send us elsewhere: five times at most, and never out of https.

use ocelli_fetch::{FetchErrorKind, Outcome, REDIRECTS_MAX};
use ocelli_testkit::{HttpReply, HttpServer};

use crate::support::{Place, file, options};

fn to(location: &str) -> HttpReply {
    HttpReply::new("302 Found", &[&format!("Location: {location}"), "Content-Length: 0"], b"")
}

#[test]
fn five_redirects_are_followed_and_the_range_goes_along() {
    let place = Place::new();
    place.leave_part(&file()[..70_000]);
    let server = HttpServer::start(|request, count| match count {
        0..REDIRECTS_MAX => to(&format!("/step/{count}")),
        _ => HttpReply::file(request, &file()),
    });
    assert_eq!(place.download(&server, &options()), Ok(Outcome::Downloaded));
    place.assert_whole();
    let requests = server.requests();
    assert_eq!(requests.len(), REDIRECTS_MAX + 1);
    assert_eq!(requests[REDIRECTS_MAX].path, "/step/4");
    assert_eq!(requests[REDIRECTS_MAX].from_byte(), Some(70_000));
}

#[test]
fn a_loop_ends() {
    let place = Place::new();
    let server = HttpServer::start(|request, _| to(&request.path));
    let error = place.download(&server, &options()).unwrap_err();
    assert_eq!(error.kind(), FetchErrorKind::Refused, "{error}");
    assert!(error.to_string().contains("the end of 5 redirects"), "{error}");
    assert_eq!(server.requests().len(), REDIRECTS_MAX + 1);
    place.assert_empty();
}

#[test]
fn plain_http_to_another_machine_is_not_followed() {
    for (location, words) in [
        ("http://example.com/file?signature=secret", "plain http to another machine"),
        ("//example.com/file", "plain http to another machine"),
        ("ftp://example.com/file", "neither https nor http"),
        ("http://user:secret@127.0.0.1/file", "user name"),
        ("http://example.com /", "is none"),
    ] {
        let place = Place::new();
        let server = HttpServer::start(move |_, _| to(location));
        let error = place.download(&server, &options()).unwrap_err();
        assert_eq!(error.kind(), FetchErrorKind::Address, "{error}");
        let said = error.to_string();
        assert!(said.contains(words) && said.contains("127.0.0.1") && !said.contains("secret"), "{said}");
        assert_eq!(server.requests().len(), 1);
        place.assert_empty();
    }
}

#[test]
fn a_redirect_to_nowhere_is_refused() {
    let place = Place::new();
    let server =
        HttpServer::start(|_, _| HttpReply::new("301 Moved Permanently", &["Content-Length: 0"], b""));
    let error = place.download(&server, &options()).unwrap_err();
    assert_eq!(error.kind(), FetchErrorKind::Refused, "{error}");
    assert!(error.to_string().contains("without saying where to"), "{error}");
}
