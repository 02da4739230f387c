//! ocelli-report: see ARCHITECTURE.md.
