//! Several downloads of one file at once: one works, the others wait and find it there.

use std::thread;

use ocelli_fetch::{FetchErrorKind, Outcome};
use ocelli_testkit::{HttpReply, HttpServer};

use crate::support::{FILE_BYTES, Place, file, options};

#[test]
fn one_of_them_downloads() {
    let (place, server) = (Place::new(), HttpServer::of(file()));
    let outcomes: Vec<_> = thread::scope(|scope| {
        let threads: Vec<_> =
            (0..4).map(|_| scope.spawn(|| place.download(&server, &options()).unwrap())).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    assert_eq!(outcomes.iter().filter(|&&outcome| outcome == Outcome::Downloaded).count(), 1);
    assert_eq!(server.requests().len(), 1);
    place.assert_whole();
}

#[test]
fn where_the_first_fails_the_next_takes_over() {
    let place = Place::new();
    let server = HttpServer::start(|_, count| match count {
        0 => HttpReply::whole(&[0; FILE_BYTES]),
        _ => HttpReply::whole(&file()),
    });
    let outcomes: Vec<_> = thread::scope(|scope| {
        let threads: Vec<_> = (0..3).map(|_| scope.spawn(|| place.download(&server, &options()))).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    let failed: Vec<_> = outcomes.iter().filter_map(|outcome| outcome.as_ref().err()).collect();
    assert_eq!(failed.iter().map(|error| error.kind()).collect::<Vec<_>>(), [FetchErrorKind::Mismatch]);
    assert_eq!(outcomes.iter().filter(|outcome| **outcome == Ok(Outcome::Downloaded)).count(), 1);
    assert_eq!(server.requests().len(), 2);
    place.assert_whole();
}
