//! The inbox in PostgreSQL, with a server that is started for these tests.

mod promises;
mod schema;
