//! What an operator's statements do beside those of others.

use std::thread;

use super::*;
use crate::operator::State;
use crate::store::{
    Change, DeadQuery, DeliveryQuery, Filter, Millis, PostgresRecords, PostgresStore, Records as _,
    RunId, Store as _,
};

/// A delivery with a dead run.
const DEAD: &str = "INSERT INTO siohook.delivery (key, event, received_at, meta, body)
       VALUES (decode(repeat('01', 38), 'hex'), 'SALE_NEW', '2026-01-01 00:00:00.0016Z', '{}', '\\x00');
     INSERT INTO siohook.run (delivery, handler, state, due_at, attempts, ended_at, reason)
       VALUES (1, 'grant', 'dead', '2026-01-01Z', 1, '2026-01-01 00:00:00.0026Z', 'exhausted');";
const JANUARY: Millis = 1_767_225_600_000;

fn records() -> Option<(&'static Server, String, PostgresRecords)> {
    let server = test_postgres::shared()?;
    let settings = PostgresSettings::new(server.create_database());
    let store = PostgresStore::open(settings.clone());
    store.unwrap().retire().unwrap();
    server.sql(&settings.url, DEAD);
    let records = PostgresRecords::open(&settings).unwrap();
    Some((server, settings.url, records))
}

fn the_run(change: Change) -> [(RunId, Change); 1] {
    let handler = Box::from("grant");
    [(
        RunId {
            delivery: 1,
            handler,
        },
        change,
    )]
}

/// A sweep erases a body while an operator lets its run wait again.
#[test]
fn no_run_waits_without_a_body() {
    for (change, set) in [
        (Change::Retry { due: 0 }, "reason = reason"),
        (Change::Again, "state = 'done', reason = NULL"),
    ] {
        let Some((server, url, mut records)) = records() else {
            return;
        };
        server.sql(&url, &format!("UPDATE siohook.run SET {set}"));
        block_on(async {
            let sweep = connect(&url).await.unwrap();
            let lock = "BEGIN; SELECT FROM siohook.delivery FOR UPDATE;
                        SELECT FROM siohook.run FOR UPDATE";
            sweep.client.batch_execute(lock).await.unwrap();
            let retry = thread::spawn(move || records.change(0, &the_run(change)).unwrap());
            let waits = "SELECT count(*) FROM pg_locks WHERE NOT granted";
            while server.sql(&url, waits) == "0" {}
            let erase = "UPDATE siohook.delivery SET body = NULL;
                         UPDATE siohook.run SET error = NULL; COMMIT";
            sweep.client.batch_execute(erase).await.unwrap();
            assert_eq!(retry.join().unwrap().changed, 0);
        });
        let waiting = "SELECT count(*) FROM siohook.run WHERE state = 'waiting'";
        assert_eq!(server.sql(&url, waiting), "0");
    }
}

/// The times of the server are finer than those that are shown.
#[test]
fn what_is_found_is_found_by_its_times() {
    let Some((_, _, mut records)) = records() else {
        return;
    };
    let of = |since, before| Filter {
        since,
        before,
        ..Filter::default()
    };
    let state = Some(State::Dead);
    let mut found = |since: Millis| {
        let filter = of(since, since + 1);
        let query = DeliveryQuery { filter, state };
        records.deliveries(&query, 9).unwrap().pop()
    };
    let received_at = JANUARY + 1;
    let delivery = found(received_at).unwrap();
    assert_eq!(delivery.received_at, received_at);
    assert!(found(received_at + 1).is_none());
    let ended_at = delivery.runs[0].ended_at.unwrap();
    assert_eq!(ended_at, JANUARY + 2);
    for (since, letters) in [(ended_at - 1, 0), (ended_at, 1), (ended_at + 1, 0)] {
        let filter = of(since, since + 1);
        let query = DeadQuery {
            filter,
            ..DeadQuery::default()
        };
        let found = records.letters(&query, 9).unwrap();
        assert_eq!(found.len(), letters, "{since}");
        assert_eq!(records.dead_runs(&query, None, 9).unwrap().len(), letters);
    }
}

#[test]
fn a_retry_can_be_further_away_than_the_calendar_reaches() {
    let Some((_, _, mut records)) = records() else {
        return;
    };
    let retry = the_run(Change::Retry { due: Millis::MAX });
    assert_eq!(records.change(JANUARY, &retry).unwrap().changed, 1);
    let (delivery, _) = records.delivery(1).unwrap().unwrap();
    assert!(delivery.runs[0].due_at > 30 * JANUARY / 2);
}
