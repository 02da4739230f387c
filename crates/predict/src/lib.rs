//! ocelli-predict: see ARCHITECTURE.md.
