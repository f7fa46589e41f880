//! Connections to servers that the tests start.

mod connections;
mod deleting;
mod hosts;
mod operator;
mod plans;
mod refusals;
mod silence;
mod statements;
mod targets;
mod tls;

use test_postgres::Server;

use super::PostgresSettings;
use super::connection::{Connection, Connector};
use super::session::Role;
use crate::store::Result;

/// No text of an error may hold it.
const PASSWORD: &str = "hunter2";

/// Runs a future as the thread does that owns a store.
fn block_on<F: Future>(future: F) -> F::Output {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    runtime.unwrap().block_on(future)
}

async fn connect(url: &str) -> Result<Connection> {
    connect_with(PostgresSettings::new(url), Role::Accept).await
}

async fn connect_with(settings: PostgresSettings, role: Role) -> Result<Connection> {
    Connector::new(&settings)?.connect(role).await
}

fn pooled(url: &str) -> PostgresSettings {
    PostgresSettings {
        is_pooled: true,
        ..PostgresSettings::new(url)
    }
}

/// Why a connection is refused.
fn problem(url: &str) -> String {
    let problem = block_on(connect(url)).err();
    let problem = problem.unwrap_or_else(|| panic!("{url} is accepted"));
    let problem = problem.to_string();
    assert!(!problem.contains(PASSWORD), "{problem}");
    problem
}

#[track_caller]
fn assert_has(text: &str, parts: &[&str]) {
    for part in parts {
        assert!(text.contains(part), "{part:?} is missing: {text}");
    }
}

/// The value of the only column of the only row.
async fn value(connection: &Connection, sql: &str) -> String {
    let row = connection.client.query_one(sql, &[]).await;
    row.unwrap().get(0)
}

async fn setting(connection: &Connection, name: &str) -> String {
    value(connection, &format!("SELECT current_setting('{name}')")).await
}

/// Changes a setting of a server that runs, and waits until it holds.
fn change(server: &Server, name: &str, value: &str) {
    let url = server.url();
    server.sql(&url, &format!("ALTER SYSTEM SET {name} = {value}"));
    reload(server);
    while server.sql(&url, &format!("SHOW {name}")) != value {}
}

fn reload(server: &Server) {
    server.sql(&by_socket(server), "SELECT pg_reload_conf()");
}

/// The URL of the superuser, who needs neither a password nor TLS there.
fn by_socket(server: &Server) -> String {
    let (socket, port) = (server.socket().display(), server.port());
    format!("postgres://postgres@/postgres?host={socket}&port={port}")
}
