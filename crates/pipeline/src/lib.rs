//! ocelli-pipeline: see ARCHITECTURE.md.
