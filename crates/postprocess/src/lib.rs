//! ocelli-postprocess: see ARCHITECTURE.md.
