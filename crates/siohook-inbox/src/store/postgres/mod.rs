//! The store in a schema of PostgreSQL.

#![allow(
    dead_code,
    unused_imports,
    reason = "the store is built on these modules"
)]

mod back_off;
mod certificate;
mod connection;
mod errors;
mod parameters;
mod session;
mod settings;
mod target;
mod tls;

pub(crate) use self::settings::PostgresSettings;
