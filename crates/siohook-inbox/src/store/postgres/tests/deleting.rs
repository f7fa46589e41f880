//! Runs are deleted with their delivery, from a shell as well.

use test_postgres::Server;

use super::PostgresSettings;
use crate::store::{Due, PostgresStore, Store as _};

/// Three deliveries, each with two runs.
const FILL: &str = "
    INSERT INTO delivery (key, event, received_at, meta, body)
    SELECT int4send(i), 'SALE_NEW', now(), '{}', '\\x00' FROM generate_series(1, 3) AS i;
    INSERT INTO run (delivery, handler, state, due_at)
    SELECT id, handler, 'waiting', now()
    FROM delivery, unnest('{grant,mail}'::text[]) AS handler;";

/// A shell in a schema.
struct Shell<'a> {
    server: &'a Server,
    url: String,
    schema: String,
}

impl Shell<'_> {
    fn sql(&self, sql: &str) -> String {
        let schema = self.schema.replace('"', "\"\"");
        let sql = format!("SET search_path TO \"{schema}\"; {sql}");
        self.server.sql(&self.url, &sql)
    }

    /// The delivery of each run.
    fn runs(&self) -> String {
        self.sql("SELECT string_agg(delivery::text, ' ' ORDER BY delivery) FROM run")
    }
}

#[test]
fn runs_are_deleted_with_their_delivery() {
    let Some(server) = test_postgres::shared() else {
        return;
    };
    for schema in ["siohook", "an \"inbox\" of $$ and 'more'"] {
        let settings = PostgresSettings {
            schema: schema.to_owned(),
            ..PostgresSettings::new(server.create_database())
        };
        let store = PostgresStore::open(settings.clone());
        store.unwrap().retire().unwrap();
        let mut shell = Shell {
            server,
            url: settings.url,
            schema: schema.to_owned(),
        };
        shell.sql(FILL);
        shell.sql("DELETE FROM delivery WHERE id = 2");
        assert_eq!(shell.runs(), "1 1 3 3");
        shell.sql("DELETE FROM delivery WHERE id = 2");
        assert_eq!(shell.runs(), "1 1 3 3", "nothing was deleted");

        shell.sql(&format!(
            "ALTER SCHEMA \"{}\" RENAME TO moved",
            schema.replace('"', "\"\"")
        ));
        "moved".clone_into(&mut shell.schema);
        shell.sql("DELETE FROM delivery WHERE id = 3");
        assert_eq!(shell.runs(), "1 1");
        for truncate in ["TRUNCATE delivery", "TRUNCATE delivery, run"] {
            shell.sql(truncate);
            assert_eq!(shell.runs(), "");
            shell.sql(FILL);
        }
    }
}

/// As in SQLite, whose shell does not enforce foreign keys.
#[test]
fn runs_without_their_delivery_block_no_claim() {
    let Some(server) = test_postgres::shared() else {
        return;
    };
    let settings = PostgresSettings {
        handlers: vec!["grant"],
        ..PostgresSettings::new(server.create_database())
    };
    let mut store = PostgresStore::open(settings.clone()).unwrap();
    let shell = Shell {
        server,
        url: settings.url,
        schema: "siohook".to_owned(),
    };
    shell.sql(FILL);
    shell.sql(
        "INSERT INTO run (delivery, handler, state, due_at, crashes)
         VALUES (98, 'grant', 'waiting', '2020-01-01', 0), (99, 'grant', 'waiting', '2020-01-01', 1)",
    );
    let mut claimed = vec![];
    for _ in 0..3 {
        let Due::Claimed { deliveries, .. } = store.claim(0, 1).unwrap() else {
            panic!("a run is taken for a crashed one");
        };
        claimed.extend(
            deliveries
                .iter()
                .map(|delivery| delivery.runs[0].run.delivery),
        );
    }
    assert_eq!(claimed, [1, 2, 3]);
    assert!(store.claim_crashed(0).unwrap().is_none());
    assert_eq!(
        shell.sql("SELECT count(*) FROM run WHERE delivery > 90 AND state = 'waiting'"),
        "2"
    );
}
