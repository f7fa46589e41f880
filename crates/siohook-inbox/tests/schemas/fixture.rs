//! The file of version 1, and what such a file holds.

use std::path::Path;

use rusqlite::Connection;
use siohook_inbox::schema;

/// Makes a file of version 1 with runs in every state.
pub(crate) fn create(path: &Path) {
    let file = Connection::open(path).unwrap();
    file.execute_batch(include_str!("sqlite_1.sql")).unwrap();
}

/// Returns the deliveries and runs of a file, in the columns of version 1.
pub(crate) fn rows(file: &Connection) -> Vec<String> {
    let sql = "SELECT concat_ws('|', id, hex(key), event, quote(message_id), received_at, meta,
                 quote(body))
               FROM siohook_delivery
               UNION ALL
               SELECT concat_ws('|', delivery, handler, state, due_at, attempts, crashes, uncounted,
                 quote(owner), quote(lane), quote(ended_at), quote(reason), quote(error))
               FROM siohook_run
               UNION ALL
               SELECT concat_ws('|', handler, lane) FROM siohook_lane";
    let mut rows = file.prepare(sql).unwrap();
    let rows = rows.query_map([], |row| row.get(0)).unwrap();
    rows.map(Result::unwrap).collect()
}

/// Returns the version of a file's schema.
pub(crate) fn version(file: &Connection) -> u32 {
    let sql = "SELECT version FROM siohook_schema";
    file.query_row(sql, [], |row| row.get(0)).unwrap()
}

/// Returns the tables, indexes and views of a file.
pub(crate) fn definitions(file: &Connection) -> Vec<(String, Option<String>)> {
    let sql = "SELECT name, sql FROM sqlite_schema ORDER BY name";
    let mut items = file.prepare(sql).unwrap();
    let items = items.query_map([], |row| Ok((row.get(0)?, row.get(1)?)));
    items.unwrap().map(Result::unwrap).collect()
}

/// Returns the tables, indexes and views of a new file.
pub(crate) fn newest_definitions() -> Vec<(String, Option<String>)> {
    let file = Connection::open_in_memory().unwrap();
    let all: String = (1..).map_while(schema::sqlite).collect();
    file.execute_batch(&all).unwrap();
    definitions(&file)
}

/// Returns the version that this program works with.
pub(crate) fn newest() -> u32 {
    let known = |version: &u32| schema::sqlite(*version).is_some();
    let newest = (1..u32::MAX).take_while(known).last();
    newest.expect("there is a first one")
}
