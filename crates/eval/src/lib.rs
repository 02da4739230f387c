//! ocelli-eval: see ARCHITECTURE.md.
