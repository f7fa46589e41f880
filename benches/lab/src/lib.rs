//! Shared parts of the laboratory: processes on a core of their own,
//! load from another core, servers, and the rows of the table in `README.md`.

mod answer;
mod body;
mod cores;
mod load;
mod process;
mod server;
mod table;
mod wire;

pub use body::Body;
pub use cores::Cores;
pub use load::Load;
pub use process::{Process, own_cpu_time, resident_bytes};
pub use server::serve;
pub use table::{Shown, compare, list, row};
pub use wire::Wire;

/// Returns `brief` if `LAB_BRIEF` is set, to see that a program works, and `full`
/// otherwise.
#[must_use]
pub fn full_or_brief<T>(full: T, brief: T) -> T {
    if std::env::var_os("LAB_BRIEF").is_some() {
        brief
    } else {
        full
    }
}
