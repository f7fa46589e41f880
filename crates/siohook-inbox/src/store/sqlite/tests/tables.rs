//! The schema: its versions, and the views for a shell.

use super::super::schema;
use super::*;
use crate::dead_reason::DeadReason;

#[test]
fn a_schema_newer_by_one_works_and_by_two_is_refused() {
    let folder = Folder::new();
    let mut store = folder.open();
    assert_eq!(
        number(&store, "SELECT version FROM siohook_schema"),
        schema::VERSION
    );
    assert_eq!(number(&store, "SELECT count(*) FROM siohook_schema"), 1);
    store.retire().unwrap();
    let set = |version: i64| {
        let shell = folder.shell();
        shell
            .execute("UPDATE siohook_schema SET version = ?1", [version])
            .unwrap();
    };
    set(schema::VERSION + 1);
    let mut store = folder.open();
    accept(&mut store, "m-1", false);
    assert_eq!(
        number(&store, "SELECT version FROM siohook_schema"),
        schema::VERSION + 1
    );
    store.retire().unwrap();
    set(schema::VERSION + 2);
    let error = SqliteStore::open(folder.settings()).unwrap_err();
    let has = format!("has version {}", schema::VERSION + 2);
    let knows = format!("knows {}", schema::VERSION);
    let parts = [&has, &knows, "update siohook-inbox"];
    assert_error(&folder, &error, StoreErrorKind::Unavailable, &parts);
}

#[test]
fn a_step_that_fails_leaves_nothing() {
    let folder = Folder::new();
    // The last thing that the first version creates.
    folder
        .shell()
        .execute_batch("CREATE TABLE siohook_dead (other)")
        .unwrap();
    let error = SqliteStore::open(folder.settings()).unwrap_err();
    assert_error(
        &folder,
        &error,
        StoreErrorKind::Unavailable,
        &["siohook_dead"],
    );
    let shell = folder.shell();
    let tables = "SELECT group_concat(name) FROM sqlite_schema WHERE name LIKE 'siohook%'";
    let tables: String = shell.query_row(tables, [], |row| row.get(0)).unwrap();
    assert_eq!(tables, "siohook_dead");
}

#[test]
fn the_tables_refuse_a_run_without_its_owner() {
    let folder = Folder::new();
    let mut store = folder.open();
    accept(&mut store, "m-1", true);
    for set in [
        "state = 'waiting'",
        "owner = NULL",
        "state = 'lost'",
        "delivery = 9",
    ] {
        let sql = format!("UPDATE siohook_run SET {set} WHERE handler = 'grant'");
        assert!(store.connection.execute(&sql, []).is_err(), "{set}");
    }
}

#[test]
fn views_show_times_as_text_and_keys_as_hex() {
    let folder = Folder::new();
    let mut store = folder.open();
    for message in ["m-1", "m-2"] {
        let accepted = group(&mut store, |store| {
            store.accept(NOW + 123, &delivery(message), true)
        });
        accepted.unwrap();
    }
    for (id, reason) in [(1, DeadReason::Mismatch), (2, DeadReason::Purged)] {
        let dead = Ending::Dead {
            reason,
            error: Some("a field is missing".into()),
        };
        assert!(end(&mut store, &run(id, "grant", 1), dead));
    }
    let shell = folder.shell();
    let line = |sql: &str| -> String { shell.query_row(sql, [], |row| row.get(0)).unwrap() };
    let hex: String = delivery("m-1")
        .key
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    assert_eq!(
        line(
            "SELECT concat_ws(' ', delivery, event, key, message_id, received_at, handler, state,
               due_at, attempts, crashes, owner, lane, ended_at, reason, error)
             FROM siohook_runs WHERE delivery = 1 AND handler = 'mail'"
        ),
        format!(
            "1 SALE_NEW {hex} m-1 2027-01-15T08:00:00.123Z mail running \
             2027-01-15T08:00:00.123Z 1 0 1"
        )
    );
    assert_eq!(
        line(
            "SELECT group_concat(concat_ws(' ', delivery, event, key, message_id, received_at,
               handler, attempts, crashes, ended_at, reason, error), '; ')
             FROM siohook_dead"
        ),
        format!(
            "1 SALE_NEW {hex} m-1 2027-01-15T08:00:00.123Z grant 1 0 2027-01-15T08:00:00.000Z \
             mismatch a field is missing"
        )
    );
}
