//! ocelli-record: see ARCHITECTURE.md.
