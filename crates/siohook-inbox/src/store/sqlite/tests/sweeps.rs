use super::*;
use crate::DeadReason;
use crate::store::{Retention, Swept};

const DAY: Millis = 24 * 60 * 60 * 1000;

const RETENTION: Retention = Retention {
    body: 7 * DAY,
    dead_body: 30 * DAY,
    remember: 30 * DAY,
};

/// Ends both runs of a delivery a minute after it was accepted.
fn end_all(store: &mut SqliteStore, delivery: DeliveryId, mail: Ending) {
    let endings = [("grant", Ending::Done), ("mail", mail)];
    for (handler, ending) in endings {
        let run = RunKey {
            delivery,
            handler,
            attempt: 1,
        };
        let ends = [End { run, ending }];
        let recorded = group(store, |store| store.end(NOW + 60_000, &ends).unwrap());
        assert_eq!(recorded, [true]);
    }
}

fn dead() -> Ending {
    Ending::Dead {
        reason: DeadReason::Exhausted,
        error: Some("jane@example.com is unknown".to_owned()),
    }
}

fn sweep(store: &mut SqliteStore, days: i64) -> Swept {
    let now = NOW + 60_000 + days * DAY;
    store.sweep(now, &RETENTION, 0).unwrap()
}

#[test]
fn bodies_are_erased_and_then_deliveries_deleted() {
    let folder = Folder::new();
    let mut store = folder.open();
    let ids = ["m-1", "m-2", "m-3"].map(|id| accept(&mut store, id, true));
    let [done, is_dead, _open] = ids;
    end_all(&mut store, done, Ending::Done);
    end_all(&mut store, is_dead, dead());
    assert_eq!(sweep(&mut store, 6), Swept::default());

    let swept = sweep(&mut store, 7);
    assert_eq!((swept.erased, swept.deleted), (1, 0));
    let has_body = ids.map(|id| store.read(id).unwrap().body.is_some());
    assert_eq!(has_body, [false, true, true]);
    let copy = group(&mut store, |store| {
        store.accept(NOW, &delivery("m-1"), true)
    });
    assert_eq!(copy.unwrap(), Accepted::Before);
    assert_eq!(sweep(&mut store, 8), Swept::default());

    let swept = sweep(&mut store, 30);
    assert_eq!((swept.erased, swept.deleted), (0, 2));
    let counts =
        "SELECT (SELECT count(*) FROM siohook_delivery), (SELECT count(*) FROM siohook_run)";
    let counts = store.connection.query_row(counts, [], |row| {
        Ok((row.get::<_, i64>(0)?, row.get::<_, i64>(1)?))
    });
    assert_eq!(counts.unwrap(), (1, 2));
}

#[test]
fn what_was_erased_is_gone_from_the_file() {
    let folder = Folder::new();
    let mut store = folder.open();
    let id = accept(&mut store, "m-1", true);
    end_all(&mut store, id, dead());
    let body = delivery("m-1").delivery.body().clone();
    let holds = |part: &[u8]| {
        let bytes = folder.bytes();
        bytes.windows(part.len()).any(|window| window == part)
    };
    assert!(holds(&body[..64]) && holds(b"jane@example.com"));

    let short = Retention {
        dead_body: 7 * DAY,
        ..RETENTION
    };
    let now = NOW + 60_000 + 7 * DAY;
    assert_eq!(store.sweep(now, &short, 0).unwrap().erased, 1);
    let checkpoint = "PRAGMA wal_checkpoint(TRUNCATE)";
    store
        .connection
        .query_row(checkpoint, [], |_| Ok(()))
        .unwrap();
    assert!(!holds(&body[..64]) && !holds(b"jane@example.com"));
}

#[test]
fn a_sweep_goes_on_where_it_stopped() {
    let folder = Folder::new();
    let mut store = folder.open();
    store
        .connection
        .execute_batch(
            "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5000)
             INSERT INTO siohook_delivery (key, event, received_at, meta, body)
             SELECT i, 'SALE_NEW', 0, '{}', randomblob(1000) FROM n;
             INSERT INTO siohook_run (delivery, handler, state, due_at, attempts, ended_at)
             SELECT id, 'grant', 'done', 0, 1, 0 FROM siohook_delivery;",
        )
        .unwrap();
    let (mut after, mut batches, mut erased) = (0, 0, 0);
    loop {
        let swept = store.sweep(8 * DAY, &RETENTION, after).unwrap();
        batches += 1;
        erased += swept.erased;
        match swept.up_to {
            Some(up_to) => {
                assert!(after < up_to, "it goes on");
                after = up_to;
            }
            None => break,
        }
    }
    assert!(batches > 1, "a batch ends after some milliseconds");
    assert_eq!(erased, 5000);
}

#[test]
fn a_sweep_that_finds_nothing_writes_nothing() {
    let folder = Folder::new();
    let mut store = folder.open();
    let mut other = folder.open();
    accept(&mut store, "m-1", false);
    other.has_changed().unwrap();
    assert_eq!(sweep(&mut store, 100), Swept::default());
    assert!(!other.has_changed().unwrap());
}
