//! Servers that can't be used, and what the user reads.

use std::net::TcpListener;

use test_postgres::{Server, is_skipped, shared};

use super::{
    PASSWORD, PostgresSettings, Role, assert_has, block_on, change, connect, connect_with, problem,
};

#[test]
fn a_server_that_can_lose_commits_is_refused_unless_that_is_accepted() {
    if is_skipped() {
        return;
    }
    let server = Server::start();
    let url = server.url();
    for name in ["fsync", "full_page_writes"] {
        change(&server, name, "off");
        let problem = problem(&url);
        assert_has(
            &problem,
            &[&format!("{name} = off"), "turn it on", "`accept_volatile`"],
        );
        let accepting = PostgresSettings {
            accept_volatile: true,
            ..PostgresSettings::new(&url)
        };
        block_on(connect_with(accepting, Role::Accept)).unwrap();
        change(&server, name, "on");
    }
    block_on(connect(&url)).unwrap();
}

#[test]
fn a_server_that_can_t_be_written_is_refused() {
    let Some(server) = shared() else { return };
    let url = server.create_database();
    let (_, name) = url.rsplit_once('/').unwrap();
    let read_only = format!("ALTER DATABASE {name} SET default_transaction_read_only TO on");
    server.sql(&server.url(), &read_only);
    assert_has(&problem(&url), &[name, "is read-only", "turn it off"]);

    let standby = Server::builder().file("standby.signal", "").start();
    assert_has(
        &problem(&standby.url()),
        &["is a standby", "name the primary"],
    );
}

#[test]
fn a_database_without_all_characters_is_refused() {
    let Some(server) = shared() else { return };
    let create = "CREATE DATABASE latin ENCODING 'LATIN1' TEMPLATE template0";
    server.sql(&server.url(), create);
    assert_has(
        &problem(&server.url_of("latin")),
        &["LATIN1", "ENCODING 'UTF8'"],
    );
}

/// What is wrong with the URL is said, with the server and what to do.
#[test]
fn each_mistake_in_a_url_has_its_text() {
    if is_skipped() {
        return;
    }
    let server = Server::builder().password(PASSWORD).start();
    let port = server.port();
    let closed = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    for (url, parts) in [
        (
            format!("postgres://postgres:wrong@127.0.0.1:{port}/shop"),
            &["refuses the password", "correct the user or the password"][..],
        ),
        (
            format!("postgres://nobody:{PASSWORD}@127.0.0.1:{port}/postgres"),
            &["refuses the password"],
        ),
        (
            format!("postgres://postgres@127.0.0.1:{port}/postgres"),
            &["asks for a password", "add it to the URL"],
        ),
        (
            format!("postgres://postgres:{PASSWORD}@127.0.0.1:{port}/missing"),
            &["\"missing\" does not exist", "create the database"],
        ),
        (
            format!("postgres://postgres:{PASSWORD}@127.0.0.1:{port}/postgres?sslmode=require"),
            &["has no TLS", "ssl = on"],
        ),
        (
            format!(
                "postgres://postgres:{PASSWORD}@127.0.0.1:{port}/postgres?channel_binding=require"
            ),
            &["does not bind the password", "channel_binding=prefer"],
        ),
        (
            format!("postgres://postgres:{PASSWORD}@127.0.0.1:{closed}/shop"),
            &["/shop`", "refuses connections", "start the server"],
        ),
        (
            format!("postgres://postgres:{PASSWORD}@host.invalid/shop"),
            &[
                "`host.invalid:5432/shop`",
                "can't be reached",
                "name of the host",
            ],
        ),
        (
            "host=/run/no-such-folder user=postgres".to_owned(),
            &["`/run/no-such-folder:5432`", "no such socket"],
        ),
        (
            format!("postgres://postgres:{PASSWORD}@127.0.0.1:{port}/postgres?sslmode=on"),
            &["`sslmode` is none of disable"],
        ),
        (
            format!("postgres://postgres:{PASSWORD}@127.0.0.1:{port}/postgres?schema=public"),
            &["does not know its parameter `schema`"],
        ),
        (
            format!("postgres://a.example.com,b.example.com/shop?port={port},{port},{port}"),
            &["not as many ports"],
        ),
        (
            format!("postgres://postgres:{PASSWORD}/5@db/shop"),
            &["`%2F`"],
        ),
        ("postgres:///shop".to_owned(), &["names no host"]),
        ("shop".to_owned(), &["neither a URL"]),
    ] {
        assert_has(&problem(&url), parts);
    }
}
