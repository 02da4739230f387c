//! ocelli-model: see ARCHITECTURE.md.
