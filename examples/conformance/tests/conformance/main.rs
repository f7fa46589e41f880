//! Starts each example that is a server, tries all cases of `siohook-conformance` on it, asks
//! `siohook doctor` about it, and stops it in the middle of a delivery.

mod doctor;
mod frameworks;
mod process;
mod program;
#[cfg(unix)]
mod stop;
mod table;
