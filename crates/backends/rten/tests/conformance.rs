//! rten against the suite that every backend must pass.

use ocelli_backend_rten::Rten;

#[test]
fn conforms() {
    ocelli_testkit::engine_conformance::check(&Rten);
}
