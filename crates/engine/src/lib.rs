//! ocelli-engine: see ARCHITECTURE.md.
