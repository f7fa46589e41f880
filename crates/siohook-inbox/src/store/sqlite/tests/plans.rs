//! A partial index that the planner does not use makes each claim read every run there ever was.

use rusqlite::Connection;
use rusqlite::types::Null;

use super::super::{records, statements};
use super::*;

/// Tables with at most a row for each process, and parts of plans that are not tables.
const SMALL: [&str; 5] = [
    "siohook_worker",
    "json_each",
    "(subquery",
    "first",
    "CONSTANT ROW",
];

/// Indexes that hold only runs that are not done.
const PARTIAL: [&str; 5] = [
    "INDEX siohook_run_waiting",
    "INDEX siohook_run_crashed",
    "INDEX siohook_run_running",
    "INDEX siohook_run_dead",
    "INDEX siohook_run_behind",
];

/// What the plan of a statement has to say.
fn expected(name: &str) -> &'static [&'static str] {
    const KEY: &str = "SEARCH siohook_run USING PRIMARY KEY (delivery=? AND handler=?)";
    const DELIVERY: &str = "SEARCH siohook_delivery USING INTEGER PRIMARY KEY (rowid=?)";
    match name {
        "BEGIN" | "COMMIT" | "ROLLBACK" | "DATA_VERSION" | "CHECKPOINT" | "INSERT_DELIVERY"
        | "INSERT_RUN" | "INSERT_WORKER" => &[],
        "SELECT_DELIVERY" | "DELETE_DELIVERY" | "ERASE_BODY" | "RECEIVED_AT" => &[DELIVERY],
        "DELIVERIES_AFTER" => &["SEARCH siohook_delivery USING INTEGER PRIMARY KEY (rowid>?)"],
        "RUNS_ENDED" | "ERASE_ERRORS" => &["SEARCH siohook_run USING PRIMARY KEY (delivery=?)"],
        "END_DONE" | "END_RETRY" | "END_DEAD" | "END_GIVEN_BACK" | "TAKE_BACK"
        | "TAKE_BACK_DEAD" => &[KEY],
        "CLAIM_UNTROUBLED" => &[
            KEY,
            "SEARCH due USING INDEX siohook_run_waiting (due_at<?)",
            "EXISTS",
        ],
        "CLAIM_CRASHED" => &[
            KEY,
            "SEARCH due USING INDEX siohook_run_crashed (due_at<?)",
            "EXISTS",
        ],
        "HAS_CRASHED" => &[
            "SEARCH due USING INDEX siohook_run_crashed (due_at<?)",
            "EXISTS",
        ],
        "NEXT_DUE" => &["USING COVERING INDEX siohook_run_waiting (due_at>?)"],
        "HAS_DUE_ORPHANS" => &["USING COVERING INDEX siohook_run_waiting (due_at<?)"],
        "PUT_OFF_ORPHANS" => &[KEY, "USING COVERING INDEX siohook_run_waiting (due_at<?)"],
        "IS_REGISTERED" | "DELETE_WORKER" => {
            &["SEARCH siohook_worker USING INTEGER PRIMARY KEY (rowid=?)"]
        }
        "WORKERS" | "COUNT_RUNNING" => {
            &["SCAN siohook_run USING COVERING INDEX siohook_run_running"]
        }
        "RUNS_OF_WORKER" | "GIVE_BACK_ALL" => &["INDEX siohook_run_running (owner=?)"],
        "LINKED_HANDLERS" => &["SCAN siohook_worker", "SCAN json_each"],
        "COUNT_WAITING" => &["SCAN siohook_run USING COVERING INDEX siohook_run_waiting"],
        "COUNT_BEHIND" => &["SCAN siohook_run USING COVERING INDEX siohook_run_behind"],
        "COUNT_DEAD" => &["SCAN siohook_run USING COVERING INDEX siohook_run_dead"],
        "COUNT_WINDOW" => &["SEARCH siohook_run USING PRIMARY KEY (delivery>? AND delivery<?)"],
        "OLDEST_WAITING" => &[
            DELIVERY,
            "siohook_run USING COVERING INDEX siohook_run_waiting",
        ],
        _ => expected_of_operators(name),
    }
}

fn expected_of_operators(name: &str) -> &'static [&'static str] {
    const RUN: &str = "SEARCH siohook_run USING PRIMARY KEY (delivery=? AND handler=?)";
    const DELIVERY: &str = "SEARCH siohook_delivery USING INTEGER PRIMARY KEY (rowid=?)";
    const DEAD: &str = "INDEX siohook_run_dead (delivery>? AND delivery<?)";
    match name {
        "BACK_UP" => &[],
        "DELIVERIES" | "BODIES" => {
            &["SEARCH siohook_delivery USING INTEGER PRIMARY KEY (rowid>? AND rowid<?)"]
        }
        "DELIVERIES_RUN" | "RUNS_OF_HANDLER" | "COUNT_DONE" => {
            &["SEARCH siohook_run USING PRIMARY KEY (delivery>? AND delivery<?)"]
        }
        "DELIVERIES_BEHIND" => &["USING COVERING INDEX siohook_run_behind"],
        "DELIVERIES_WAITING" => &["USING COVERING INDEX siohook_run_waiting"],
        "DELIVERIES_RUNNING" => &["USING COVERING INDEX siohook_run_running"],
        "DELIVERIES_DEAD" => &[
            "SEARCH siohook_run USING COVERING INDEX siohook_run_dead (delivery>? AND delivery<?)",
        ],
        "SUMMARY" | "HAS_BODY" | "ERASE_DELIVERY" | "ADD_RUN" => &[DELIVERY],
        "LAST_ID" => &["SEARCH siohook_delivery"],
        "RECEIVED_FROM" => &["SEARCH siohook_delivery USING INTEGER PRIMARY KEY (rowid>?)"],
        "KNOWN_IDS" => &["SEARCH siohook_delivery", "SEARCH siohook_run"],
        "RUNS" | "END_ERASED" => &["SEARCH siohook_run USING PRIMARY KEY (delivery=?)"],
        "LETTERS" | "DEAD_RUNS" => &[DEAD, "SEARCH delivery USING INTEGER PRIMARY KEY (rowid=?)"],
        "RETRY" | "AGAIN" => &[RUN, DELIVERY],
        "PURGE" | "GIVE_UP" | "RENAME" => &[RUN],
        _ => panic!("say what the plan of {name} is"),
    }
}

fn plan(connection: &Connection, sql: &str) -> Vec<String> {
    let mut explain = connection
        .prepare(&format!("EXPLAIN QUERY PLAN {sql}"))
        .unwrap();
    let parameters = vec![Null; explain.parameter_count()];
    let lines = explain.query_map(rusqlite::params_from_iter(parameters), |row| row.get(3));
    lines.unwrap().map(Result::unwrap).collect()
}

#[track_caller]
fn assert_plans(connection: &Connection, tables: &str) {
    for (name, sql) in statements::ALL.iter().chain(records::statements::ALL) {
        let plan = plan(connection, sql);
        let whole = plan.join("\n");
        for line in &plan {
            let reads_all = line.starts_with("SCAN ")
                && !SMALL.iter().any(|small| line.contains(small))
                && !PARTIAL.iter().any(|index| line.contains(index));
            assert!(
                !reads_all,
                "{name} reads a whole table ({tables}):\n{whole}"
            );
        }
        for &part in expected(name) {
            // Later planners make a join of it.
            let found = match part {
                "EXISTS" => plan.iter().any(|line| {
                    line.starts_with("SEARCH siohook_delivery ")
                        && line.ends_with("USING INTEGER PRIMARY KEY (rowid=?)")
                }),
                part => whole.contains(part),
            };
            assert!(
                found,
                "{part:?} is not in the plan of {name} ({tables}):\n{whole}"
            );
        }
    }
}

#[test]
fn no_temporary_table_is_built_for_a_run() {
    let folder = Folder::new();
    let store = folder.open();
    for name in [
        "INSERT_RUN",
        "END_DONE",
        "END_RETRY",
        "END_DEAD",
        "TAKE_BACK",
    ] {
        let found = statements::ALL.iter().find(|(known, _)| *known == name);
        let sql = format!("EXPLAIN {}", found.unwrap().1);
        let mut explain = store.connection.prepare(&sql).unwrap();
        let parameters = vec![Null; explain.parameter_count()];
        let steps = explain.query_map(rusqlite::params_from_iter(parameters), |row| {
            row.get::<_, String>(1)
        });
        let steps: Vec<_> = steps.unwrap().map(Result::unwrap).collect();
        assert!(
            !steps.contains(&"OpenEphemeral".to_owned()),
            "{name}: {steps:?}"
        );
    }
}

#[test]
fn every_statement_uses_an_index() {
    let folder = Folder::new();
    let store = folder.open();
    assert_plans(&store.connection, "empty");

    store
        .connection
        .execute_batch(
            "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000)
             INSERT INTO siohook_delivery (key, event, received_at, meta, body)
             SELECT i, 'SALE_NEW', i, '{}', x'00' FROM n;
             INSERT INTO siohook_run (delivery, handler, state, due_at, attempts, ended_at)
             SELECT id, 'grant', 'done', 0, 1, 0 FROM siohook_delivery;
             INSERT INTO siohook_run (delivery, handler, state, due_at, attempts, owner, ended_at)
             SELECT id, 'mail', CASE id % 4 WHEN 0 THEN 'waiting' WHEN 1 THEN 'running'
               WHEN 2 THEN 'dead' ELSE 'behind' END, id, 1, iif(id % 4 = 1, 1, NULL), id
             FROM siohook_delivery WHERE id % 100 < 4;",
        )
        .unwrap();
    assert_plans(&store.connection, "full");

    // As an operator may do.
    store.connection.execute_batch("ANALYZE").unwrap();
    let analyzed = rusqlite::Connection::open(folder.path()).unwrap();
    assert_plans(&analyzed, "analyzed");
}

/// A page of many is read without the others.
#[test]
fn pages_are_not_sorted() {
    let folder = Folder::new();
    let store = folder.open();
    for name in [
        "DELIVERIES",
        "DELIVERIES_RUN",
        "DELIVERIES_DEAD",
        "LETTERS",
        "DEAD_RUNS",
        "RUNS_OF_HANDLER",
        "BODIES",
    ] {
        let mut all = records::statements::ALL.iter();
        let (_, sql) = all.find(|(known, _)| *known == name).unwrap();
        let plan = plan(&store.connection, sql).join("\n");
        assert!(!plan.contains("TEMP B-TREE"), "{name}:\n{plan}");
    }
}

/// The tests above can fail.
#[test]
fn a_plan_without_an_index_is_seen() {
    let folder = Folder::new();
    let store = folder.open();
    let plan = plan(
        &store.connection,
        "SELECT 1 FROM siohook_run WHERE due_at < 1",
    );
    assert_eq!(plan, ["SCAN siohook_run"]);
}
