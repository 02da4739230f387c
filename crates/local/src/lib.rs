//! ocelli-local: see ARCHITECTURE.md.
