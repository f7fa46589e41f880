//! Plans are made once, for all parameters, often while the tables are empty. One that does not use
//! an index then reads every run there ever was, again and again.

use std::collections::{BTreeMap, BTreeSet};

use test_postgres::{Server, shared};
use tokio_postgres::SimpleQueryMessage;

use super::super::connection::Connection;
use super::super::records::statements as of_operators;
use super::super::session::Role;
use super::super::statements;
use super::{PostgresSettings, block_on, connect_with, value};
use crate::store::{PostgresStore, Store as _};

/// What the trigger of the tables runs when deliveries are deleted.
const DELETE_RUNS: (&str, &str) = (
    "DELETE_RUNS",
    "DELETE FROM siohook.run WHERE delivery = ANY ($1)",
);

/// The statements of a role, or of each.
fn statements(role: Role) -> Vec<(&'static str, &'static str)> {
    let all = statements::ALL.iter().copied().chain([DELETE_RUNS]);
    all.filter(|(name, _)| (*name == "ACCEPT") == (role == Role::Accept))
        .collect()
}

/// The indexes of a plan. All of the store's tables but those of workers and of the version have to
/// be read by them.
fn expected(name: &str) -> &'static [&'static str] {
    match name {
        "INSERT_WORKER"
        | "INSERT_WORKER_AGAIN"
        | "NOTIFY"
        | "LINKED_HANDLERS"
        | "HAS_NAMESPACE"
        | "HAS_SCHEMA"
        | "SCHEMA_VERSION"
        | "ACCEPT"
        | "BEAT"
        | "DELETE_GONE"
        | "HAS_WORKER"
        | "DELETE_WORKER" => &[],
        "LOCK_DELIVERIES" => &["delivery_pkey"],
        "END" | "TAKE_BACK" | "LOCK_RUNS" | "ERASE_ERRORS" | "DELETE_RUNS" => &["run_pkey"],
        "CLAIM_UNTROUBLED" => &["delivery_pkey", "run_crashed", "run_pkey", "run_waiting"],
        "CLAIM_CRASHED" => &["delivery_pkey", "run_crashed", "run_pkey"],
        "LOOK" => &["delivery_pkey", "run_crashed", "run_waiting"],
        "HAS_DUE_ORPHANS" => &["run_waiting"],
        "PUT_OFF_ORPHANS" => &["run_pkey", "run_waiting"],
        "OTHERS" | "OWN_RUNS" | "GIVE_BACK_ALL" => &["run_running"],
        "RUNS_OF_WORKER" => &["delivery_pkey", "run_running"],
        "DELIVERIES_AFTER" | "ERASE_BODIES" | "DELETE_DELIVERIES" => &["delivery_pkey", "run_pkey"],
        "COUNTS" => &["run_behind", "run_dead", "run_running", "run_waiting"],
        "OLDEST_WAITING" => &["delivery_pkey", "run_waiting"],
        _ => panic!("say which indexes the plan of {name} has"),
    }
}

/// The indexes of the plan of an operator's statement.
fn expected_of_operators(name: &str) -> &'static [&'static str] {
    match name {
        "DELIVERIES" | "SUMMARIES" | "DELIVERY" | "LAST_ID" | "RECEIVED_FROM" | "BODIES"
        | "HAS_BODY" | "METAS" | "ERASE_DELIVERIES" => &["delivery_pkey"],
        "COUNT_DONE" | "DELIVERIES_RUN" | "RUNS" | "RUNS_OF_HANDLER" | "GIVE_UP" | "RENAME"
        | "END_ERASED" => &["run_pkey"],
        "DELIVERIES_BEHIND" => &["run_behind"],
        "DELIVERIES_WAITING" => &["run_waiting"],
        "DELIVERIES_RUNNING" => &["run_running"],
        "DELIVERIES_DEAD" | "PURGE" => &["run_dead"],
        "LETTERS" | "DEAD_RUNS" | "RETRY" => &["delivery_pkey", "run_dead"],
        "AGAIN" => &["delivery_pkey", "run_pkey"],
        "ADD_RUNS" => &[],
        _ => panic!("say which indexes the plan of {name} has"),
    }
}

/// The indexes of runs and deliveries in a plan.
fn indexes(plan: &str) -> BTreeSet<&str> {
    let lines = plan.lines().filter_map(|line| {
        let (_, rest) = line
            .split_once("Bitmap Index Scan on ")
            .or_else(|| line.split_once(" using "))?;
        rest.split(' ').next()
    });
    lines
        .filter(|index| index.starts_with("run_") || index.starts_with("delivery_"))
        .collect()
}

/// The scans of indexes that have all rows.
fn by_key(plan: &str) -> impl Iterator<Item = &str> {
    let nodes = plan.split("->  ");
    nodes.filter(|node| node.contains("_pkey on run") || node.contains("_pkey on delivery"))
}

/// What is wrong with a plan.
fn problem(name: &str, plan: &str) -> Option<String> {
    if plan.contains("Seq Scan on run") || plan.contains("Seq Scan on delivery") {
        return Some("it reads a whole table".to_owned());
    }
    if by_key(plan).any(|scan| !scan.contains("Index Cond: ")) {
        return Some("it reads a whole index".to_owned());
    }
    let is_of_operators = of_operators::ALL.iter().any(|(other, _)| *other == name);
    let expected = if is_of_operators {
        expected_of_operators(name)
    } else {
        expected(name)
    };
    let expected = expected.iter().copied().collect();
    if indexes(plan) != expected {
        return Some(format!("its indexes are not {expected:?}"));
    }
    // The rows of a batch are joined: row by row, that would be as slow as its square.
    let is_by_hash = match name {
        "ACCEPT" => plan.contains("Hash Join"),
        // One statement for each delivery.
        "DELIVERIES_AFTER" => true,
        // Batches of operators are smaller.
        _ if is_of_operators => true,
        _ => !plan.contains("Nested Loop") && !plan.contains("Merge"),
    };
    if !is_by_hash {
        return Some("the kind of its join".to_owned());
    }
    // The first of an index is enough: behind it are all runs that wait.
    if matches!(
        name,
        "LOOK"
            | "CLAIM_UNTROUBLED"
            | "CLAIM_CRASHED"
            | "HAS_DUE_ORPHANS"
            | "DELIVERIES"
            | "DELIVERIES_RUN"
            | "DELIVERIES_DEAD"
            | "RECEIVED_FROM"
            | "RUNS_OF_HANDLER"
            | "LETTERS"
            | "DEAD_RUNS"
    ) && (plan.contains("Aggregate") || plan.contains("Sort") || plan.contains("Bitmap"))
    {
        return Some("it does not stop at the first".to_owned());
    }
    None
}

/// Sessions of both roles of a worker, which have prepared their statements.
struct Sessions(Vec<(Role, Connection)>);

impl Sessions {
    async fn new(settings: &PostgresSettings) -> Self {
        let mut sessions = vec![];
        for role in [Role::Accept, Role::Work] {
            let connection = connect_with(settings.clone(), role).await.unwrap();
            for (name, sql) in statements(role) {
                let prepare = format!("PREPARE the_{name} AS {sql}");
                let prepared = connection.client.batch_execute(&prepare).await;
                prepared.unwrap_or_else(|error| panic!("{name}: {error:?}"));
            }
            sessions.push((role, connection));
        }
        Self(sessions)
    }

    /// Makes all plans that are not made yet, and checks them.
    async fn plans(&self, tables: &str) -> BTreeMap<&'static str, String> {
        let mut plans = BTreeMap::new();
        for (role, connection) in &self.0 {
            for (name, _) in statements(*role) {
                let plan = plan(connection, name).await;
                if let Some(problem) = problem(name, &plan) {
                    panic!("{name}: {problem} ({tables}):\n{plan}");
                }
                plans.insert(name, plan);
            }
        }
        plans
    }
}

/// Parameters of an operator's statement.
fn values(name: &str) -> &'static str {
    match name {
        "COUNT_DONE" => "-9223372036854775808, 9223372036854775807",
        "DELIVERIES" => "0, 250000, 1000",
        "DELIVERIES_RUN" => "0, 250000, 1000, 'grant', 'done'",
        "DELIVERIES_BEHIND" | "DELIVERIES_WAITING" | "DELIVERIES_RUNNING" | "DELIVERIES_DEAD" => {
            "0, 9223372036854775807, 1000, 'mail'"
        }
        "SUMMARIES" | "RUNS" | "METAS" => "'{7, 8, 9}'",
        "DELIVERY" | "RECEIVED_FROM" | "HAS_BODY" => "7",
        "LAST_ID" => "",
        "LETTERS" | "DEAD_RUNS" => {
            "0, 9223372036854775807, 'mail', '2000-01-01', NULL, 'exhausted', 'm', 1000"
        }
        "RUNS_OF_HANDLER" => "7, 'grant', 1000",
        "BODIES" => "7, 1000, 1048576",
        "RETRY" => "NULL, '{7, 8, 9}', '{mail, mail, mail}', '{0, 0, 0}'",
        "AGAIN" | "GIVE_UP" => "NULL, '{7, 8, 9}', '{mail, mail, mail}'",
        "PURGE" => "'{7, 8, 9}', '{mail, mail, mail}'",
        "RENAME" => "'{7, 8, 9}', '{mail, mail, mail}', 'letter', NULL, 60000",
        "ADD_RUNS" => "NULL, 7, '{mail}'",
        "ERASE_DELIVERIES" => "'{7, 8, 9}', '{a, b, c}'",
        "END_ERASED" => "NULL, '{7, 8, 9}'",
        _ => panic!("say which values {name} has"),
    }
}

/// An operator's statements are planned for their values, with the statistics that the server keeps.
#[test]
fn every_statement_of_an_operator_uses_an_index() {
    let Some((server, settings)) = empty() else {
        return;
    };
    server.sql(&settings.url, FILL);
    server.sql(&settings.url, "ANALYZE");
    block_on(async {
        let connection = connect_with(settings.clone(), Role::Operator)
            .await
            .unwrap();
        for (name, sql) in of_operators::ALL {
            let prepare = format!("PREPARE the_{name} AS {sql}");
            connection.client.batch_execute(&prepare).await.unwrap();
        }
        for (name, _) in of_operators::ALL {
            let values = match values(name) {
                "" => String::new(),
                values => format!("({values})"),
            };
            let plan = explain(&connection, &format!("EXECUTE the_{name}{values}")).await;
            if let Some(problem) = problem(name, &plan) {
                panic!("{name}: {problem}:\n{plan}");
            }
        }
    });
}

async fn plan(connection: &Connection, name: &str) -> String {
    let parameters = format!(
        "SELECT concat('(' || nullif(array_to_string(array_fill('NULL'::text,
           ARRAY[cardinality(parameter_types)]), ', '), '') || ')')
         FROM pg_prepared_statements WHERE name = lower('the_{name}')"
    );
    let parameters = value(connection, &parameters).await;
    explain(connection, &format!("EXECUTE the_{name}{parameters}")).await
}

async fn explain(connection: &Connection, sql: &str) -> String {
    let explain = format!("EXPLAIN (COSTS OFF) {sql}");
    let lines = connection.client.simple_query(&explain).await.unwrap();
    let lines = lines.iter().filter_map(|line| match line {
        SimpleQueryMessage::Row(row) => row.get(0),
        _ => None,
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// A database with empty tables, whose statistics change only by hand.
fn empty() -> Option<(&'static Server, PostgresSettings)> {
    let server = shared()?;
    let settings = PostgresSettings::new(server.create_database());
    let store = PostgresStore::open(settings.clone());
    store.unwrap().retire().unwrap();
    for table in ["delivery", "run", "worker"] {
        let off = format!("ALTER TABLE siohook.{table} SET (autovacuum_enabled = off)");
        server.sql(&settings.url, &off);
    }
    Some((server, settings))
}

/// Deliveries that are done, and a few that are not.
const FILL: &str = "
    SET session_replication_role TO replica;
    INSERT INTO siohook.delivery (key, event, received_at, meta, body)
    SELECT int4send(i), 'SALE_NEW', now(), '{}', '\\x00' FROM generate_series(1, 300000) AS i;
    INSERT INTO siohook.run (delivery, handler, state, due_at, attempts, ended_at)
    SELECT id, 'grant', 'done', now(), 1, now() FROM siohook.delivery;
    INSERT INTO siohook.run (delivery, handler, state, due_at, attempts, owner, ended_at)
    SELECT id, 'mail', state, now() + id * interval '1 s', 1,
      CASE state WHEN 'running' THEN 1 END, now()
    FROM siohook.delivery,
      LATERAL (SELECT ('{waiting,running,dead,behind}'::text[])[id % 4 + 1]) AS one (state)
    WHERE id % 100 < 4";

#[test]
fn the_trigger_runs_the_statement_that_is_planned_here() {
    let tables = super::super::postgres_step(2).unwrap();
    let (_, planned) = DELETE_RUNS;
    assert!(tables.contains(&planned.replace("siohook.", "%I.")));
}

#[test]
fn every_statement_uses_an_index() {
    let Some((server, settings)) = empty() else {
        return;
    };
    block_on(async {
        let sessions = Sessions::new(&settings).await;
        let before = sessions.plans("empty").await;
        server.sql(&settings.url, FILL);
        let after = sessions.plans("full, planned before").await;
        assert_eq!(after, before, "no plan is made twice");

        Sessions::new(&settings).await.plans("full").await;
        server.sql(&settings.url, "ANALYZE");
        Sessions::new(&settings).await.plans("analyzed").await;
    });
}

/// A table that the server knows to be empty is read as a whole, if nothing forbids it.
#[test]
fn every_statement_uses_an_index_after_everything_was_deleted() {
    let Some((server, settings)) = empty() else {
        return;
    };
    server.sql(&settings.url, "VACUUM ANALYZE");
    block_on(async {
        let sessions = Sessions::new(&settings).await;
        let before = sessions.plans("vacuumed").await;
        server.sql(&settings.url, FILL);
        assert_eq!(sessions.plans("full after that").await, before);
    });
}

/// The tests above can fail.
#[test]
fn a_plan_without_an_index_is_seen() {
    let Some((_, settings)) = empty() else {
        return;
    };
    block_on(async {
        let sessions = Sessions::new(&settings).await;
        let (_, work) = &sessions.0[1];
        let all = "UPDATE siohook.run SET owner = NULL WHERE error = ''";
        let plan = explain(work, all).await;
        assert_eq!(problem("END", &plan).unwrap(), "it reads a whole table");
        let by_owner = "UPDATE siohook.run SET owner = NULL WHERE state = 'running' AND owner = 1";
        let plan = explain(work, by_owner).await;
        assert!(problem("END", &plan).unwrap().contains("its indexes"));
    });
}
