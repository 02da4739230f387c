//! ocelli-backend-rten: see ARCHITECTURE.md.
