//! What a group changes.

use bytes::Bytes;

use super::*;
use crate::dead_reason::DeadReason;
use crate::store::Due;

#[test]
fn a_delivery_is_stored_once() {
    let folder = Folder::new();
    let mut store = folder.open();
    let id = accept(&mut store, "m-1", false);
    let copy = group(&mut store, |store| {
        store.accept(NOW + 5, &delivery("m-1"), true)
    });
    assert_eq!(copy.unwrap(), Accepted::Before);

    let sent = delivery("m-1");
    let stored = store.read(id).unwrap();
    assert_eq!(stored.key, sent.key);
    assert_eq!(&*stored.event, "SALE_NEW");
    assert_eq!(stored.received_at, NOW);
    assert_eq!(stored.meta, sent.meta);
    assert_eq!(stored.body.as_ref(), Some(sent.delivery.body()));
    assert_eq!(
        number(
            &store,
            "SELECT count(*) FROM siohook_delivery WHERE message_id = 'm-1'"
        ),
        1
    );
    assert_eq!(
        row(&store, id, "grant"),
        ("waiting".into(), NOW, 0, 0, false, None, None)
    );

    store
        .connection
        .execute("UPDATE siohook_delivery SET body = NULL", [])
        .unwrap();
    assert_eq!(store.read(id).unwrap().body, None::<Bytes>);
}

#[test]
fn a_copy_in_the_same_group_is_known() {
    let folder = Folder::new();
    let mut store = folder.open();
    let both = group(&mut store, |store| {
        [
            store.accept(NOW, &delivery("m-1"), true),
            store.accept(NOW, &delivery("m-1"), true),
        ]
    });
    let fresh = Accepted::Fresh {
        id: 1,
        is_running: true,
    };
    assert_eq!(both.map(Result::unwrap), [fresh, Accepted::Before]);
    assert_eq!(
        row(&store, 1, "mail"),
        ("running".into(), NOW, 1, 0, true, None, None)
    );
}

#[test]
fn each_ending_is_recorded() {
    let folder = Folder::new();
    let mut store = folder.open();
    let id = accept(&mut store, "m-1", true);
    let grant = run(id, "grant", 1);
    let retry = Ending::Retry {
        due: NOW + 7,
        error: Some("down".into()),
    };
    assert!(end(&mut store, &grant, retry));
    let waits = (
        "waiting".into(),
        NOW + 7,
        1,
        0,
        false,
        None,
        Some("down".into()),
    );
    assert_eq!(row(&store, id, "grant"), waits);
    assert_eq!(claim(&mut store, NOW + 6), []);

    let claimed = claim(&mut store, NOW + 7);
    assert_eq!(
        claimed,
        [Claimed {
            run: run(id, "grant", 2),
            crashes: 0,
            uncounted: 0,
        }]
    );
    let dead = Ending::Dead {
        reason: DeadReason::Permanent,
        error: Some("no such course".into()),
    };
    assert!(end(&mut store, &run(id, "grant", 2), dead));
    let (reason, error) = (Some("permanent".into()), Some("no such course".into()));
    assert_eq!(
        row(&store, id, "grant"),
        ("dead".into(), NOW + 7, 2, 0, false, reason, error)
    );

    assert!(end(&mut store, &run(id, "mail", 1), Ending::GivenBack));
    assert_eq!(
        row(&store, id, "mail"),
        ("waiting".into(), NOW, 1, 0, false, None, None)
    );
    claim(&mut store, NOW);
    assert!(end(&mut store, &run(id, "mail", 2), Ending::Done));
    assert_eq!(
        row(&store, id, "mail"),
        ("done".into(), NOW, 2, 0, false, None, None)
    );
    let ended = "SELECT count(*) FROM siohook_run WHERE ended_at = 1800000000000";
    assert_eq!(number(&store, ended), 2);
}

#[test]
fn only_the_run_that_is_in_progress_ends() {
    let folder = Folder::new();
    let (mut store, mut other) = (folder.open(), folder.open());
    let id = accept(&mut store, "m-1", true);
    assert!(
        !end(&mut other, &run(id, "grant", 1), Ending::Done),
        "another owner"
    );
    assert!(
        !end(&mut store, &run(id, "grant", 2), Ending::Done),
        "another attempt"
    );
    assert!(
        !end(&mut store, &run(id, "other", 1), Ending::Done),
        "another handler"
    );
    assert!(end(&mut store, &run(id, "grant", 1), Ending::Done));
    assert!(
        !end(&mut store, &run(id, "grant", 1), Ending::GivenBack),
        "it is done"
    );
    assert_eq!(row(&store, id, "grant").0, "done");
}

#[test]
fn those_due_longest_are_claimed_first() {
    let folder = Folder::new();
    let mut store = folder.open_with(&["grant"]);
    for (message, now) in [
        ("m-1", NOW + 2),
        ("m-2", NOW),
        ("m-3", NOW + 1),
        ("m-4", NOW + 3),
    ] {
        group(&mut store, |store| {
            store.accept(now, &delivery(message), false)
        })
        .unwrap();
    }
    assert_eq!(store.next_due(NOW).unwrap(), Some(NOW + 1));
    let claimed = group(&mut store, |store| store.claimed(NOW + 2, 2).unwrap());
    let deliveries = claimed
        .iter()
        .map(|claimed| claimed.run.delivery)
        .collect::<Vec<_>>();
    assert_eq!(deliveries, [2, 3]);
    let claimed = claim(&mut store, NOW + 2);
    assert_eq!(
        claimed,
        [Claimed {
            run: run(1, "grant", 1),
            crashes: 0,
            uncounted: 0,
        }]
    );
    assert_eq!(row(&store, 1, "mail").0, "waiting", "it is not linked");
    assert_eq!(store.next_due(NOW + 3).unwrap(), None);
}

#[test]
fn runs_whose_process_ended_are_claimed_one_by_one() {
    let folder = Folder::new();
    let mut store = folder.open_with(&["grant"]);
    for message in ["m-1", "m-2", "m-3"] {
        accept(&mut store, message, false);
    }
    assert!(!store.has_crashed(NOW).unwrap());
    let crashed = "UPDATE siohook_run SET crashes = 1 WHERE delivery < 3";
    store.connection.execute(crashed, []).unwrap();
    assert!(!store.has_crashed(NOW - 1).unwrap(), "they are not due");
    let due = group(&mut store, |store| store.claim(NOW, 100).unwrap());
    assert!(matches!(due, Due::Crashed), "{due:?}");
    let one = group(&mut store, |store| store.claimed_crashed(NOW).unwrap());
    assert_eq!(
        one,
        [Claimed {
            run: run(1, "grant", 1),
            crashes: 1,
            uncounted: 0,
        }]
    );
    store
        .connection
        .execute(
            "UPDATE siohook_run SET handler = 'x' WHERE delivery = 2 AND handler = 'grant'",
            [],
        )
        .unwrap();
    assert!(!store.has_crashed(NOW).unwrap(), "it is not linked");
}

#[test]
fn runs_without_their_delivery_block_no_claim() {
    let folder = Folder::new();
    let mut store = folder.open_with(&["grant"]);
    accept(&mut store, "m-1", false);
    accept(&mut store, "m-2", false);
    // The shell does not enforce foreign keys.
    folder
        .shell()
        .execute("DELETE FROM siohook_delivery WHERE id = 1", [])
        .unwrap();
    assert_eq!(
        claim(&mut store, NOW),
        [Claimed {
            run: run(2, "grant", 1),
            crashes: 0,
            uncounted: 0,
        }]
    );
    store
        .connection
        .execute("UPDATE siohook_run SET crashes = 1 WHERE delivery = 1", [])
        .unwrap();
    assert!(!store.has_crashed(NOW).unwrap());
    let error = store.read(1).unwrap_err();
    assert_error(&folder, &error, StoreErrorKind::Row, &["lacks a row"]);
}

#[test]
fn a_group_is_undone() {
    let folder = Folder::new();
    let mut store = folder.open();
    let id = accept(&mut store, "m-1", true);
    store.begin().unwrap();
    store.accept(NOW, &delivery("m-2"), false).unwrap();
    let done = End {
        run: run(id, "grant", 1),
        ending: Ending::Done,
    };
    assert_eq!(store.end(NOW, std::slice::from_ref(&done)).unwrap(), [true]);
    store.rollback();
    assert_eq!(number(&store, "SELECT count(*) FROM siohook_delivery"), 1);
    assert_eq!(row(&store, id, "grant").0, "running");
    // Once more, outside of a group.
    store.rollback();
    assert!(end(&mut store, &done.run, Ending::Done));
    accept(&mut store, "m-2", false);
}

#[test]
fn handlers_that_no_worker_links_are_put_off() {
    let folder = Folder::new();
    let mut store = folder.open_with(&["grant"]);
    accept(&mut store, "m-1", false);
    assert!(!store.has_due_orphans(NOW - 1).unwrap());
    assert!(store.has_due_orphans(NOW).unwrap());
    group(&mut store, |store| store.put_off_orphans(NOW, NOW + 9)).unwrap();
    assert!(!store.has_due_orphans(NOW).unwrap());
    assert_eq!(row(&store, 1, "mail").1, NOW + 9);
    assert_eq!(row(&store, 1, "grant").1, NOW, "it is linked");
    assert!(store.has_due_orphans(NOW + 9).unwrap());
    let _other = folder.open_with(&["mail"]);
    assert!(
        !store.has_due_orphans(NOW + 9).unwrap(),
        "another worker links it"
    );
}

#[test]
fn more_orphans_than_one_group_takes_are_put_off_by_several() {
    let folder = Folder::new();
    let mut store = folder.open_with(&["grant"]);
    store
        .connection
        .execute_batch(
            "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1500)
             INSERT INTO siohook_delivery (key, event, received_at, meta)
             SELECT i, 'SALE_NEW', i, '{}' FROM n;
             INSERT INTO siohook_run (delivery, handler, state, due_at)
             SELECT id, 'old', 'waiting', id FROM siohook_delivery;",
        )
        .unwrap();
    let mut left = vec![];
    while store.has_due_orphans(NOW).unwrap() {
        group(&mut store, |store| store.put_off_orphans(NOW, NOW + 1)).unwrap();
        let due = "SELECT count(*) FROM siohook_run WHERE due_at < 1800000000000";
        left.push(number(&store, due));
    }
    assert_eq!(left, [500, 0]);
}

#[test]
fn stats_count_what_is_not_done() {
    let folder = Folder::new();
    let mut store = folder.open_with(&["grant"]);
    assert_eq!(store.stats(NOW).unwrap(), crate::Stats::default());
    for message in ["m-1", "m-2", "m-3", "m-4"] {
        accept(&mut store, message, message != "m-4");
    }
    for (id, reason) in [(1, DeadReason::Exhausted), (2, DeadReason::Purged)] {
        let dead = Ending::Dead {
            reason,
            error: None,
        };
        assert!(end(&mut store, &run(id, "grant", 1), dead));
    }
    assert!(end(&mut store, &run(1, "mail", 1), Ending::Done));

    let stats = store.stats(NOW + 250).unwrap();
    assert_eq!(
        (
            stats.waiting(),
            stats.running(),
            stats.dead(),
            stats.behind(),
            stats.orphans()
        ),
        (2, 3, 1, 0, 1)
    );
    assert_eq!(stats.oldest_waiting(), Some(Duration::from_millis(250)));
    let handlers = stats
        .handlers()
        .iter()
        .map(|handler| (handler.id(), handler.is_orphan()));
    assert_eq!(
        handlers.collect::<Vec<_>>(),
        [("grant", false), ("mail", true)]
    );
    let dead = stats.handlers()[0].dead_by_reason().collect::<Vec<_>>();
    assert_eq!(dead, [(DeadReason::Exhausted, 1)]);
    assert_eq!(
        store.stats(NOW - 9).unwrap().oldest_waiting(),
        Some(Duration::ZERO)
    );
}
