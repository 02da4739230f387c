//! ocelli-source-file: see ARCHITECTURE.md.
