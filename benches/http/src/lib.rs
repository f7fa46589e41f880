//! What measures servers from outside: processes on a core of their own, load
//! from another core, and figures of interleaved rounds. And the servers that
//! siohook is compared with in `main.rs`.

mod answer;
mod cores;
mod figures;
mod load;
mod process;
mod rounds;
mod server;
mod wire;

pub use cores::Cores;
pub use figures::{Spread, median, ratio};
pub use load::Load;
pub use process::{Process, own_cpu_time};
pub use rounds::interleave;
pub use server::serve;
pub use wire::Wire;
