//! The native backend against the suite that every backend must pass, on every instruction set of this machine.

use ocelli_backend_native::{Isa, Native};

#[test]
fn conforms() {
    for isa in Isa::available() {
        ocelli_testkit::engine_conformance::check(&Native::new().with_isa(isa));
    }
}
