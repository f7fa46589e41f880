//! PostgreSQL for tests: a server of one's own, from the programs of Debian's package, and a way to
//! it that can be cut at any message.
//!
//! ```
//! let Some(server) = test_postgres::shared() else {
//!     return; // a message was printed
//! };
//! let database = server.create_database();
//! assert_eq!(server.sql(&database, "SELECT 1 + 1"), "2");
//! ```
//!
//! What goes wrong with a server is a panic: a test can't go on without it.

mod builder;
mod pooler;
mod programs;
mod proxy;
mod server;

use std::env;
use std::sync::OnceLock;
use std::thread;

pub use builder::ServerBuilder;
pub use pooler::Pooler;
use programs::Programs;
pub use proxy::{Fault, Point, Proxy};
pub use server::Server;

/// The server of this process, or `None` if the test has to be skipped: see [`is_skipped`].
///
/// It is started once, and serves all tests of a binary: each creates a database. Tests that stop
/// the server start one of their own.
#[must_use]
pub fn shared() -> Option<&'static Server> {
    static SERVER: OnceLock<Server> = OnceLock::new();
    (!is_skipped()).then(|| SERVER.get_or_init(Server::start))
}

/// Whether PostgreSQL is not installed, which skips a test with a message.
///
/// # Panics
///
/// Panics instead if the environment has `SIOHOOK_SKIP_NOTHING`.
#[must_use]
pub fn is_skipped() -> bool {
    if Server::is_installed() {
        return false;
    }
    let thread = thread::current();
    let message = format!(
        "{}: PostgreSQL is not installed (Debian's package is `postgresql`)",
        thread.name().unwrap_or("a test")
    );
    assert!(env::var_os("SIOHOOK_SKIP_NOTHING").is_none(), "{message}");
    eprintln!("skipped {message}");
    true
}
