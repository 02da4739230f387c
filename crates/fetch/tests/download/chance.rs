//! Whatever servers do, in whatever order: what is in place is the file, and an honest server always gets us there.

use ocelli_fetch::{FileState, Options, Outcome, state_of};
use ocelli_testkit::{HttpReply, HttpServer, Then};
use proptest::prelude::*;

use crate::support::{FILE_BYTES, Place, file, options, pinned};

/// What a server does once.
#[derive(Clone, Debug)]
enum Deed {
    Honest,
    CutBy(usize),
    LieAt(usize),
    WholeCutBy(usize),
    Busy,
    Flood,
    PartFrom(usize),
}

fn deed() -> impl Strategy<Value = Deed> {
    let place = 0..FILE_BYTES;
    prop_oneof![
        Just(Deed::Honest),
        place.clone().prop_map(Deed::CutBy),
        place.clone().prop_map(Deed::LieAt),
        place.clone().prop_map(Deed::WholeCutBy),
        Just(Deed::Busy),
        Just(Deed::Flood),
        place.prop_map(Deed::PartFrom),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_in_place_is_the_file(deeds in prop::collection::vec(deed(), 0..6), left in 0..FILE_BYTES + 2) {
        let place = Place::new();
        place.leave_part(&vec![7; left]);
        let server = HttpServer::start(move |request, count| match deeds.get(count).cloned() {
            None | Some(Deed::Honest) => HttpReply::file(request, &file()),
            Some(Deed::CutBy(bytes)) => HttpReply::file(request, &file()).cut(bytes, Then::Close),
            Some(Deed::WholeCutBy(bytes)) => HttpReply::whole(&file()).cut(bytes, Then::Close),
            Some(Deed::LieAt(byte)) => {
                let mut lie = file();
                lie[byte] ^= 1;
                HttpReply::file(request, &lie)
            }
            Some(Deed::Busy) => HttpReply::new("500 Internal Server Error", &[], b""),
            Some(Deed::Flood) => HttpReply { then: Then::Flood, ..HttpReply::new("200 OK", &[], b"") },
            Some(Deed::PartFrom(byte)) => HttpReply::part(byte, &file()),
        });
        // Seven runs: each uses up one deed at least, so the last meets an honest server.
        for _ in 0..7 {
            let outcome = place.download(&server, &Options { retries: 1, ..options() });
            let state = state_of(&place.target(), &pinned()).unwrap();
            prop_assert_eq!(outcome.is_ok(), state == FileState::Whole);
            prop_assert!(outcome.is_ok() || state == FileState::Absent);
        }
        prop_assert_eq!(place.download(&server, &options()), Ok(Outcome::AlreadyThere));
        place.assert_whole();
    }
}
