//! ocelli-preprocess: see ARCHITECTURE.md.
