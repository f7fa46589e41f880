//! What a way to a server promises, and how faults on it look to a client.

use std::thread::{scope, sleep};
use std::time::Duration;

use test_postgres::Point::{AfterMessage, BeforeAnswer, BeforeMessage, BeforeReply};
use test_postgres::{Fault, Proxy, Server, shared};

/// A database with a table, and a way to it.
fn table() -> Option<(&'static Server, String, Proxy)> {
    let server = shared()?;
    let database = server.create_database();
    server.sql(&database, "CREATE TABLE it (n int)");
    Some((server, database, Proxy::start(server.port())))
}

/// Inserts a row through the proxy: the start of the connection, a query and a goodbye.
fn insert(server: &Server, database: &str, proxy: &Proxy) -> bool {
    let url = proxy.url(database);
    server.try_sql(&url, "INSERT INTO it VALUES (1)").is_ok()
}

fn rows(server: &Server, database: &str) -> u32 {
    let rows = server.sql(database, "SELECT count(*) FROM it");
    rows.parse().unwrap()
}

/// How many processes of the server work for other connections to the database.
const OTHERS: &str = "SELECT count(*) FROM pg_stat_activity
    WHERE datname = current_database() AND backend_type = 'client backend' AND pid <> pg_backend_pid()";

/// Whether a client hears that its insert succeeded, and whether it has.
#[test]
fn a_cut_decides_what_each_side_knows() {
    let Some((server, database, proxy)) = table() else {
        return;
    };
    for (point, client, stored) in [
        (BeforeMessage(0), false, 0),
        (BeforeMessage(1), false, 0),
        (BeforeMessage(2), true, 1),
        (AfterMessage(0), false, 0),
        (AfterMessage(1), false, 1),
        (BeforeAnswer(0), false, 0),
        (BeforeAnswer(1), false, 1),
    ] {
        server.sql(&database, "TRUNCATE it");
        proxy.arm(point, Fault::Cut);
        assert_eq!(insert(server, &database, &proxy), client, "{point:?}");
        assert!(proxy.wait_until_hit(Duration::from_secs(5)), "{point:?}");
        while server.sql(&database, OTHERS) != "0" {}
        assert_eq!(rows(server, &database), stored, "{point:?}");
    }
}

#[test]
fn each_message_of_the_server_can_be_the_first_to_be_lost() {
    let Some((server, database, proxy)) = table() else {
        return;
    };
    let mut n = 0;
    loop {
        proxy.arm(BeforeReply(n), Fault::Cut);
        let is_ok = insert(server, &database, &proxy);
        assert_ne!(is_ok, proxy.is_hit(), "{n}");
        if is_ok {
            break;
        }
        n += 1;
    }
    // At least: come in, parameters, key, ready; done, ready.
    assert!(n > 6, "{n}");
}

#[test]
fn what_was_held_back_passes_later() {
    let Some((server, database, proxy)) = table() else {
        return;
    };
    for point in [
        BeforeMessage(1),
        AfterMessage(1),
        BeforeReply(1),
        BeforeAnswer(1),
    ] {
        proxy.arm(point, Fault::Stall);
        scope(|scope| {
            let client = scope.spawn(|| insert(server, &database, &proxy));
            assert!(proxy.wait_until_hit(Duration::from_secs(5)), "{point:?}");
            let other = scope.spawn(|| insert(server, &database, &proxy));
            sleep(Duration::from_millis(100));
            assert!(!client.is_finished() && !other.is_finished(), "{point:?}");
            proxy.heal();
            assert!(client.join().unwrap() && other.join().unwrap(), "{point:?}");
        });
    }
    assert_eq!(rows(server, &database), 8);
}

#[test]
fn a_fault_hits_one_connection_and_a_cut_all() {
    let Some((server, database, proxy)) = table() else {
        return;
    };
    let url = proxy.url(&database);
    let sleep = || server.try_sql(&url, "SELECT pg_sleep(30)").is_ok();
    let clients = "SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'SELECT pg_sleep%'";
    scope(|scope| {
        let client = scope.spawn(sleep);
        while server.sql(&server.url(), clients) != "1" {}
        proxy.arm(AfterMessage(1), Fault::Cut);
        assert!(!insert(server, &database, &proxy));
        assert!(!client.is_finished());
        proxy.cut();
        assert!(!client.join().unwrap());
        assert!(insert(server, &database, &proxy));
    });
}

#[test]
fn nothing_is_open_after_a_proxy_or_a_server_ended() {
    let Some((server, database, proxy)) = table() else {
        return;
    };
    proxy.stall();
    scope(|scope| {
        let client = scope.spawn(|| {
            let url = proxy.url(&database);
            server.try_sql(&url, "SELECT 1").is_ok()
        });
        sleep(Duration::from_millis(100));
        assert!(!client.is_finished());
        proxy.cut();
        assert!(!client.join().unwrap());
    });
    let url = proxy.url(&database);
    drop(proxy);
    assert!(server.try_sql(&url, "SELECT 1").is_err());
    // A port without a server.
    let proxy = Proxy::start(1);
    let url = proxy.url("postgres://postgres@127.0.0.1:1/postgres");
    assert!(server.try_sql(&url, "SELECT 1").is_err());
}
