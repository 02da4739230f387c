//! ocelli-testkit: see ARCHITECTURE.md.
