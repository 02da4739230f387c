//! The good way, and parts: what has come is used again, or thrown away where it is of no use.

use std::fs;

use ocelli_fetch::{Event, FetchErrorKind, FileState, Options, Outcome, state_of};
use ocelli_testkit::{HttpReply, HttpServer, Then};

use crate::support::{FILE_BYTES, Place, file, options, pinned};

#[test]
fn a_file_comes_whole_and_is_asked_for_once() {
    let (place, server) = (Place::new(), HttpServer::of(file()));
    let mut events = Vec::new();
    let address = server.address("/a/file.onnx?b=c");
    let outcome = place.download_from(&address, &options(), &mut |event| events.push(event));
    assert_eq!(outcome, Ok(Outcome::Downloaded));
    place.assert_whole();
    assert_eq!(events.first(), Some(&Event::Asking { bytes: 0 }));
    assert_eq!(events.last(), Some(&Event::Received { bytes: FILE_BYTES as u64 }));

    assert_eq!(place.download(&server, &options()), Ok(Outcome::AlreadyThere));
    let [request] = server.requests().try_into().unwrap();
    assert_eq!(request.path, "/a/file.onnx?b=c");
    assert_eq!((request.header("range"), request.header("accept-encoding")), (None, Some("identity")));
}

#[test]
fn what_broke_off_goes_on_from_there() {
    let place = Place::new();
    let server = HttpServer::start(|request, count| match count {
        0 => HttpReply::file(request, &file()).cut(100_000, Then::Close),
        1 => HttpReply::file(request, &file()).cut(1, Then::Close),
        _ => HttpReply::file(request, &file()),
    });
    assert_eq!(place.download(&server, &options()), Ok(Outcome::Downloaded));
    place.assert_whole();
    let requests = server.requests();
    let asked: Vec<_> = requests.iter().map(|request| request.from_byte()).collect();
    assert_eq!(asked, [None, Some(FILE_BYTES - 100_000), Some(FILE_BYTES - 1)]);
    assert_eq!(requests[1].header("if-range"), Some("\"file\""));
}

#[test]
fn the_next_run_goes_on_where_the_last_one_ended() {
    let place = Place::new();
    let server = HttpServer::start(|request, count| match count {
        0 => HttpReply::file(request, &file()).cut(100_000, Then::Close),
        _ => HttpReply::file(request, &file()),
    });
    let error = place.download(&server, &Options { retries: 0, ..options() }).unwrap_err();
    assert_eq!(error.kind(), FetchErrorKind::Interrupted, "{error}");
    assert!(error.to_string().contains("50001 bytes are here and kept"), "{error}");
    place.assert_part(50_001);

    assert_eq!(place.download(&server, &options()), Ok(Outcome::Downloaded));
    place.assert_whole();
    assert_eq!(server.requests()[1].from_byte(), Some(50_001));
}

#[test]
fn a_server_without_parts_sends_all_of_it_again() {
    let place = Place::new();
    place.leave_part(&file()[..70_000]);
    let server = HttpServer::start(|_, _| HttpReply::whole(&file()));
    assert_eq!(place.download(&server, &options()), Ok(Outcome::Downloaded));
    place.assert_whole();
    assert_eq!(server.requests()[0].from_byte(), Some(70_000));
}

#[test]
fn a_part_of_another_file_is_found_out_and_fetched_anew() {
    let place = Place::new();
    place.leave_part(&[7; 70_000]);
    let server = HttpServer::of(file());
    let mut restarts = 0;
    let outcome = place.download_from(&server.address("/"), &options(), &mut |event| {
        restarts += usize::from(event == Event::Restarting);
    });
    assert_eq!((outcome, restarts), (Ok(Outcome::Downloaded), 1));
    place.assert_whole();
    let asked: Vec<_> = server.requests().iter().map(|request| request.from_byte()).collect();
    assert_eq!(asked, [Some(70_000), None]);
}

#[test]
fn a_part_that_is_too_long_is_thrown_away() {
    let place = Place::new();
    place.leave_part(&[file(), vec![0]].concat());
    let server = HttpServer::of(file());
    assert_eq!(place.download(&server, &options()), Ok(Outcome::Downloaded));
    place.assert_whole();
    assert_eq!(server.requests()[0].from_byte(), None);
}

#[test]
fn a_part_that_lacks_nothing_but_its_name_needs_no_server() {
    let place = Place::new();
    place.leave_part(&file());
    let server = HttpServer::of(file());
    assert_eq!(place.download(&server, &options()), Ok(Outcome::Downloaded));
    place.assert_whole();
    assert_eq!(server.requests(), []);
}

#[test]
fn a_damaged_file_is_replaced_and_stays_where_that_fails() {
    let place = Place::new();
    place.leave_part(b"");
    for (damaged, why) in
        [(b"short".to_vec(), "5 bytes instead of 150001"), (vec![0; FILE_BYTES], "instead of")]
    {
        fs::write(place.target(), &damaged).unwrap();
        let FileState::Damaged(found) = state_of(&place.target(), &pinned()).unwrap() else {
            panic!("damaged")
        };
        assert!(found.contains(why), "{found}");

        let broken = HttpServer::start(|_, _| HttpReply::new("404 Not Found", &[], b""));
        assert!(place.download(&broken, &options()).is_err());
        assert!(fs::read(place.target()).unwrap() == damaged, "a failed download touched the file");

        assert_eq!(place.download(&HttpServer::of(file()), &options()), Ok(Outcome::Downloaded));
        place.assert_whole();
        assert_eq!(state_of(&place.target(), &pinned()), Ok(FileState::Whole));
    }
}

#[test]
fn a_folder_that_cannot_be_made_is_named() {
    let place = Place::new();
    fs::write(place.target().parent().unwrap(), b"a file stands where the folder should").unwrap();
    let error = place.download(&HttpServer::of(file()), &options()).unwrap_err();
    assert_eq!(error.kind(), FetchErrorKind::Storage);
    assert!(error.to_string().contains("cache"), "{error}");
    assert!(error.hint().contains("OCELLI_CACHE"), "{}", error.hint());
}
