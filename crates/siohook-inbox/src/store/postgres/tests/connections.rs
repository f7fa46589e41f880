use std::time::Duration;

use futures_util::StreamExt;
use test_postgres::shared;
use tokio::time::timeout;

use super::{
    PostgresSettings, Role, block_on, by_socket, connect, connect_with, pooled, setting, value,
};

const OF_SENDERS: &[(&str, &str)] = &[
    ("synchronous_commit", "on"),
    ("statement_timeout", "5s"),
    ("lock_timeout", "2s"),
    ("idle_in_transaction_session_timeout", "10s"),
    ("plan_cache_mode", "force_generic_plan"),
    ("jit", "off"),
    ("default_transaction_isolation", "read committed"),
    ("client_min_messages", "warning"),
    ("TimeZone", "UTC"),
    ("application_name", "siohook-inbox"),
];

/// The worst that a database and a role may set for their sessions.
fn hostile_database() -> Option<String> {
    let server = shared()?;
    let url = server.create_database();
    let (_, name) = url.rsplit_once('/').unwrap();
    for setting in [
        "synchronous_commit TO off",
        "statement_timeout TO 100",
        "lock_timeout TO 0",
        "default_transaction_isolation TO serializable",
        "enable_indexscan TO on",
        "timezone TO 'Asia/Tokyo'",
    ] {
        server.sql(
            &server.url(),
            &format!("ALTER DATABASE {name} SET {setting}"),
        );
    }
    Some(url)
}

#[test]
fn sessions_have_their_settings_whatever_the_database_says() {
    let Some(url) = hostile_database() else {
        return;
    };
    block_on(async {
        for (role, others) in [
            (
                Role::Accept,
                [("enable_nestloop", "on"), ("enable_seqscan", "off")],
            ),
            (
                Role::Work,
                [("enable_nestloop", "off"), ("enable_seqscan", "off")],
            ),
        ] {
            let connection = connect_with(PostgresSettings::new(&url), role)
                .await
                .unwrap();
            for (name, expected) in OF_SENDERS.iter().chain(&others) {
                assert_eq!(
                    setting(&connection, name).await,
                    *expected,
                    "{role:?} {name}"
                );
            }
        }
        let operator = connect_with(PostgresSettings::new(&url), Role::Operator).await;
        let operator = operator.unwrap();
        assert_eq!(setting(&operator, "statement_timeout").await, "1min");
        assert_eq!(setting(&operator, "lock_timeout").await, "2s");
        assert_eq!(setting(&operator, "synchronous_commit").await, "on");
    });
}

#[test]
fn a_url_may_name_the_program_and_set_options() {
    let Some(server) = shared() else { return };
    let url = format!(
        "{}?application_name=shop&options=-c%20work_mem%3D1MB%20-c%20lock_timeout%3D0",
        server.url()
    );
    block_on(async {
        let connection = connect(&url).await.unwrap();
        assert_eq!(setting(&connection, "application_name").await, "shop");
        assert_eq!(setting(&connection, "work_mem").await, "1MB");
        assert_eq!(setting(&connection, "lock_timeout").await, "2s");
    });
}

#[test]
fn a_pooled_connection_has_its_settings_in_transactions_alone() {
    let Some(url) = hostile_database() else {
        return;
    };
    block_on(async {
        let fresh = pooled(&url);
        for role in [Role::Accept, Role::Work, Role::Operator] {
            let connection = connect_with(fresh.clone(), role).await.unwrap();
            for (name, expected) in OF_SENDERS.iter().filter(|_| role != Role::Operator) {
                // It is no setting of transactions: they begin with it.
                if *name != "default_transaction_isolation" {
                    let begin = &connection.begin;
                    connection.client.batch_execute(begin).await.unwrap();
                    assert_eq!(
                        setting(&connection, name).await,
                        *expected,
                        "{role:?} {name}"
                    );
                    connection.client.batch_execute("COMMIT").await.unwrap();
                }
            }
            let changed = "SELECT count(*)::text FROM pg_settings \
                 WHERE source = 'session' AND name <> 'application_name'";
            assert_eq!(value(&connection, changed).await, "0", "{role:?}");
        }
    });
}

#[test]
fn a_socket_is_a_host() {
    let Some(server) = shared() else { return };
    let (socket, port) = (server.socket().display(), server.port());
    block_on(async {
        for url in [
            format!("host={socket} port={port} user=postgres dbname=postgres sslmode=require"),
            by_socket(server),
        ] {
            let connection = connect(&url).await.unwrap();
            let is_local = "SELECT (inet_server_addr() IS NULL)::text";
            assert_eq!(value(&connection, is_local).await, "true");
        }
    });
}

#[test]
fn notifications_say_who_sent_them() {
    let Some(server) = shared() else { return };
    let url = server.create_database();
    block_on(async {
        let sender = connect(&url).await.unwrap();
        let listener = connect_with(PostgresSettings::new(&url), Role::Work)
            .await
            .unwrap();
        assert_ne!(sender.pid, listener.pid);
        let mut notifications = listener.notifications().unwrap();
        listener.client.batch_execute("LISTEN news").await.unwrap();
        let mut expected = vec![];
        for connection in [&sender, &listener] {
            let sent = connection.client.batch_execute("NOTIFY news, 'it'").await;
            sent.unwrap();
            expected.push(connection.pid);
        }
        for pid in expected {
            let hint = timeout(Duration::from_secs(5), notifications.next()).await;
            let hint = hint.unwrap().unwrap();
            assert_eq!((hint.process_id(), hint.payload()), (pid, "it"));
        }

        // Those that are not taken do not pile up.
        let many = "SELECT pg_notify('news', i::text) FROM generate_series(1, 1000) AS i";
        sender.client.execute(many, &[]).await.unwrap();
        value(&listener, "SELECT 'all came before this'").await;
        let mut waiting = 0;
        while notifications.try_recv().is_ok() {
            waiting += 1;
        }
        assert!((1..=65).contains(&waiting), "{waiting}");
    });
}

#[test]
fn the_server_is_left_when_a_connection_is_dropped() {
    let Some(server) = shared() else { return };
    let url = server.create_database();
    block_on(async {
        let connection = connect(&url).await.unwrap();
        let left = connect(&url).await.unwrap();
        let others = "SELECT count(*)::text FROM pg_stat_activity \
             WHERE datname = current_database() AND pid <> pg_backend_pid()";
        assert_eq!(value(&connection, others).await, "1");
        drop(left);
        while value(&connection, others).await != "0" {}
    });
}
