//! Starts each example that is a server, and tries all cases of
//! `siohook-conformance` on it.

mod build;
mod frameworks;
mod process;
mod table;
