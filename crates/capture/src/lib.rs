//! ocelli-capture: see ARCHITECTURE.md.
