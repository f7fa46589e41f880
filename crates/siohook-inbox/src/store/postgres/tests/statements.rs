//! Errors of statements, on connections that were fine.

use test_postgres::{Server, is_skipped, shared};
use tokio_postgres::Error;

use super::super::errors::{ends_connection, is_of_row};
use super::{Connection, PASSWORD, assert_has, block_on, connect};
use crate::store::StoreErrorKind;

async fn error(connection: &Connection, sql: &str) -> Error {
    let done = connection.client.batch_execute(sql).await;
    done.expect_err(sql)
}

#[test]
fn an_error_of_a_row_has_none_of_its_values() {
    let Some(server) = shared() else { return };
    let url = server.create_database();
    server.sql(
        &url,
        "CREATE TABLE it (key text UNIQUE, n int CHECK (n > 0)); INSERT INTO it VALUES ('hunter2', 1)",
    );
    block_on(async {
        let connection = connect(&url).await.unwrap();
        for sql in [
            "INSERT INTO it VALUES ('hunter2', 1)",
            "INSERT INTO it VALUES ('hunter2 ' || 2, -1)",
            "INSERT INTO it SELECT 'a', 'hunter2'::text::int",
            "SELECT convert_from('hunter2\\000'::bytea, 'UTF8')",
            "SELECT '{\"hunter2\": \"\\u0000\"}'::jsonb",
            "INSERT INTO it SELECT string_agg(md5(i::text) || 'hunter2', ''), 1 \
             FROM generate_series(1, 1000) AS i",
        ] {
            let error = error(&connection, sql).await;
            let explained = connection.error(&error);
            assert_eq!(explained.kind, StoreErrorKind::Row, "{explained}");
            assert!(is_of_row(&error) && !ends_connection(&error));
            let text = explained.to_string();
            assert!(!text.contains(PASSWORD), "{text}");
            assert_has(&text, &["can't store this delivery", "SQLSTATE"]);
        }
        // What a function of the database says may hold anything.
        let raise = "DO $$ BEGIN RAISE EXCEPTION 'of hunter2' USING DETAIL = 'hunter2'; END $$";
        let text = connection
            .error(&error(&connection, raise).await)
            .to_string();
        assert!(!text.contains(PASSWORD), "{text}");
        assert_has(&text, &["P0001"]);
    });
}

#[test]
fn an_error_of_a_statement_says_what_to_do() {
    let Some(server) = shared() else { return };
    let url = server.create_database();
    server.sql(
        &url,
        "CREATE TABLE it (); CREATE TABLE held (); CREATE SCHEMA closed; CREATE ROLE weak LOGIN",
    );
    let weak = url.replace("postgres@", "weak@");
    block_on(async {
        let connection = connect(&url).await.unwrap();
        let weak = connect(&weak).await.unwrap();
        let holder = connect(&url).await.unwrap();
        holder
            .client
            .batch_execute("BEGIN; LOCK TABLE held")
            .await
            .unwrap();
        for (connection, sql, parts) in [
            (
                &weak,
                "CREATE TABLE closed.it ()",
                &["schema closed", "grant this role USAGE"][..],
            ),
            (
                &weak,
                "INSERT INTO it DEFAULT VALUES",
                &["table it", "SELECT, INSERT"],
            ),
            (
                &connection,
                "SELECT * FROM nothing",
                &["\"nothing\" does not exist", "other tables"],
            ),
            (
                &connection,
                "SET LOCAL lock_timeout TO 1; SELECT * FROM held",
                &["another session holds a lock"],
            ),
            (
                &connection,
                "SET LOCAL statement_timeout TO 1; SELECT pg_sleep(1)",
                &["took too long"],
            ),
            (
                &connection,
                "EXECUTE missing",
                &["\"missing\" does not exist", "call `pooled`"],
            ),
        ] {
            let error = error(connection, sql).await;
            let explained = connection.error(&error);
            assert_eq!(explained.kind, StoreErrorKind::Unavailable);
            assert!(!ends_connection(&error), "{sql}");
            assert_has(&explained.to_string(), parts);
            assert_has(&explained.to_string(), &[&connection.server]);
        }

        let read_only = "BEGIN READ ONLY; CREATE TABLE other ()";
        let error = error(&connection, read_only).await;
        assert!(
            ends_connection(&error),
            "the server may be a standby by now"
        );
        assert_has(&connection.error(&error).to_string(), &["name its primary"]);
    });
}

#[test]
fn a_connection_that_ended_is_known() {
    if is_skipped() {
        return;
    }
    let server = Server::start();
    let sleep = "SELECT pg_sleep(60)";
    block_on(async {
        let connections = [
            connect(&server.url()).await.unwrap(),
            connect(&server.url()).await.unwrap(),
        ];
        let [ended, other] = &connections;
        let end = format!("SELECT pg_terminate_backend({})", ended.pid);
        let (slept, _) = tokio::join!(error(ended, sleep), other.client.batch_execute(&end));
        assert!(ends_connection(&slept));
        assert_has(&ended.error(&slept).to_string(), &["connects again"]);
        let later = error(ended, "SELECT 1").await;
        assert!(ended.is_closed() && ends_connection(&later));
        assert_has(&ended.error(&later).to_string(), &["closed the connection"]);

        assert!(!other.is_closed());
        server.kill();
        let killed = error(other, "SELECT 1").await;
        assert!(ends_connection(&killed), "{killed:?}");
        assert_has(&other.error(&killed).to_string(), &["connects again"]);
    });
}
