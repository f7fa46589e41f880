//! Starts each example that is a server, tries all cases of `siohook-conformance` on it,
//! and stops it in the middle of a delivery.

mod frameworks;
mod process;
#[cfg(unix)]
mod stop;
mod table;
