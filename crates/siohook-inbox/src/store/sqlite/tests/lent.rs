//! What an operator does with the connection of a worker, and that this one has its turns.

use std::future::{pending, poll_fn};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::task::Poll;
use std::thread;

use super::super::records::lent::LentRecords;
use super::*;
use crate::dead_reason::DeadReason;
use crate::operator::State;
use crate::store::{
    Change, DeadQuery, DeliveryQuery, EventFilter, Filter, Records, RunId, sqlite_records,
};

/// Longer than a test takes.
const LONG: Duration = Duration::from_secs(60);

/// A store that has its file for itself, with its operator.
fn exclusive(folder: &Folder) -> (SqliteStore, LentRecords) {
    let settings = SqliteSettings {
        exclusive: Some(true),
        ..folder.settings()
    };
    let store = SqliteStore::open(settings.clone()).unwrap();
    let lent = settings.lending.lent().unwrap();
    (store, LentRecords::new(lent.clone()))
}

/// Lends the connection until the operator does not call any more.
fn lend<T: Send>(store: &mut SqliteStore, operate: impl FnOnce() -> T + Send) -> T {
    thread::scope(|scope| {
        let operator = scope.spawn(operate);
        while !operator.is_finished() {
            store.wait(&mut pending(), Duration::from_millis(1));
        }
        operator.join().unwrap()
    })
}

/// Adds deliveries in many states, with gaps between their ids.
fn add_many(folder: &Folder) {
    drop(folder.open());
    folder
        .shell()
        .execute_batch(
            "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 90)
             INSERT INTO siohook_delivery (id, key, event, received_at, meta, body)
             SELECT i, CAST(printf('%038d', i) AS BLOB), iif(i % 3, 'SALE_NEW', 'sale.new'), i * 90000000, '{}',
               iif(i % 4, zeroblob(38), NULL)
             FROM n WHERE i > 7 AND i % 13 > 1 AND i NOT BETWEEN 40 AND 55;
             INSERT INTO siohook_run (delivery, handler, state, due_at, owner, ended_at, reason)
             SELECT d.id, handler.value, state.value, d.id, iif(state.value = 'running', 9, NULL),
               d.id, iif(state.value = 'dead', iif(d.id % 2, 'exhausted', 'purged'), NULL)
             FROM siohook_delivery AS d
             JOIN json_each('[\"grant\", \"mail\"]') AS handler
             JOIN json_each('[\"behind\", \"waiting\", \"running\", \"done\", \"dead\", \"dead\"]')
               AS state ON state.key = (d.id / 3 + handler.key) % 6
             WHERE d.id % 5;
             INSERT INTO siohook_run (delivery, handler, state, due_at)
             VALUES (95, 'mail', 'waiting', 1)",
        )
        .unwrap();
}

fn filters() -> Vec<Filter> {
    let none = Filter::default;
    vec![
        none(),
        Filter {
            handler: Some("mail".to_owned()),
            ..none()
        },
        Filter {
            event: Some(EventFilter::parse("SALE_*").unwrap()),
            since: 20 * 90_000_000,
            before: 70 * 90_000_000,
            ..none()
        },
        Filter {
            since: 20,
            before: 70,
            below: 60,
            ..none()
        },
    ]
}

/// Everything that lists can be asked for, with the answers.
fn read_all(records: &mut dyn Records) -> Vec<String> {
    let mut all = vec![];
    let states = [
        State::Behind,
        State::Waiting,
        State::Running,
        State::Done,
        State::Dead,
    ];
    let states = states.map(Some).into_iter().chain([None]);
    for (state, limit) in states.flat_map(|state| [0, 1, 5, 999].map(|limit| (state, limit))) {
        for filter in filters() {
            let query = DeliveryQuery { filter, state };
            let found = records.deliveries(&query, limit).unwrap();
            all.push(format!("{query:?} {limit}: {found:?}"));
        }
    }
    for (filter, limit) in filters()
        .into_iter()
        .flat_map(|filter| [0, 1, 5, 999].map(|limit| (filter.clone(), limit)))
    {
        for (delivery, with_body) in [(None, true), (None, false), (Some(23), false)] {
            let query = DeadQuery {
                filter: filter.clone(),
                delivery,
                reason: with_body.then_some(DeadReason::Exhausted),
                with_body,
            };
            let found = records.letters(&query, limit).unwrap();
            all.push(format!("{query:?} {limit}: {found:?}"));
            let (mut after, mut pages) = (None, vec![]);
            loop {
                let page = records.dead_runs(&query, after.as_ref(), limit).unwrap();
                after = page.last().cloned();
                pages.push(page);
                if after.is_none() {
                    break;
                }
            }
            all.push(format!("{query:?} {limit}: {pages:?}"));
        }
    }
    for after in [DeliveryId::MIN, 0, 23, 89, 95, DeliveryId::MAX] {
        let found = records.runs_of("mail", after, 7).unwrap();
        all.push(format!("{after}: {found:?}"));
    }
    let (mut after, mut bodies) = (DeliveryId::MIN, vec![]);
    while let Some((last, _)) = {
        bodies.append(&mut records.bodies(after).unwrap());
        bodies.last().filter(|(last, _)| *last > after)
    } {
        after = *last;
    }
    let bodies = bodies.iter().map(|(id, stored)| (id, stored.is_some()));
    all.push(format!("{:?}", bodies.collect::<Vec<_>>()));
    for id in [8, 9, 10, 95] {
        all.push(format!("{:?}", records.delivery(id).unwrap()));
    }
    all.push(format!("{:?}", records.stats(NOW).unwrap()));
    all.push(format!("{} done", records.count_done().unwrap()));
    all
}

#[test]
fn windows_find_what_one_statement_finds() {
    let folder = Folder::new();
    add_many(&folder);
    let whole = read_all(&mut folder.records());
    let found = whole.iter().filter(|it| !it.ends_with("[]"));
    assert!(found.count() > whole.len() / 2, "{whole:#?}");
    for window in [1, 2, 7, 1000] {
        let (mut store, mut records) = exclusive(&folder);
        records.window = window;
        records.slice = Duration::ZERO;
        let in_windows = lend(&mut store, || read_all(&mut records));
        for (in_windows, whole) in in_windows.iter().zip(&whole) {
            assert_eq!(in_windows, whole, "{window}");
        }
        store.retire().unwrap();
    }
}

#[test]
fn what_is_empty_has_no_window() {
    let folder = Folder::new();
    let (mut store, mut records) = exclusive(&folder);
    let found = lend(&mut store, || {
        let found = records.deliveries(&DeliveryQuery::default(), 9).unwrap();
        (found.len(), records.bodies(DeliveryId::MIN).unwrap().len())
    });
    assert_eq!(found, (0, 0));
}

/// A list of many that finds nothing is made of slices, and a delivery is accepted between them.
#[test]
fn deliveries_are_accepted_during_a_long_list() {
    let folder = Folder::new();
    drop(folder.open());
    folder.add_dead(30_000);
    let calls: [fn(&mut LentRecords) -> usize; 5] = [
        |records| usize::try_from(records.stats(NOW).unwrap().waiting()).unwrap(),
        |records| {
            let mut query = DeliveryQuery::default();
            query.filter.handler = Some("mail".to_owned());
            records.deliveries(&query, 9).unwrap().len()
        },
        |records| {
            let state = Some(State::Waiting);
            let filter = Filter::default();
            let query = DeliveryQuery { filter, state };
            records.deliveries(&query, 9).unwrap().len()
        },
        |records| {
            let mut query = DeadQuery::default();
            query.filter.event = Some(EventFilter::parse("none").unwrap());
            let letters = records.letters(&query, 9).unwrap().len();
            letters + records.dead_runs(&query, None, 9).unwrap().len()
        },
        |records| records.runs_of("none", 0, 9).unwrap().len(),
    ];
    let mut accepted = 0;
    for call in calls {
        let before = accepted;
        let (store, mut records) = exclusive(&folder);
        // A slice ends after one window.
        records.slice = Duration::ZERO;
        thread::scope(|scope| {
            // If this fails, the operator does not wait for ever.
            let mut store = store;
            let list = scope.spawn(|| call(&mut records));
            // One slice tells which ids there are, and each of the others reads 256 of them.
            for _ in 0..=30_000 / 256 {
                // Nothing else ends this but a slice.
                store.wait(&mut pending(), LONG);
                let handlers = vec![];
                let message = format!("m-{accepted}");
                let accept = Accept {
                    handlers,
                    ..delivery(&message)
                };
                group(&mut store, |store| store.accept(NOW, &accept, false)).unwrap();
                accepted += 1;
                assert!(!list.is_finished(), "after {} slices", accepted - before);
            }
            while !list.is_finished() {
                store.wait(&mut pending(), Duration::from_millis(1));
            }
            assert_eq!(list.join().unwrap(), 0);
            store.retire().unwrap();
        });
    }
}

/// However many slices are asked for, what a worker waits for comes after one of them at most.
#[test]
fn a_worker_has_its_turn_after_each_slice() {
    const ASKED: usize = 50;
    let folder = Folder::new();
    let (store, records) = exclusive(&folder);
    let slices = Arc::new(AtomicUsize::new(0));
    thread::scope(|scope| {
        // If this fails, the operators do not wait for ever.
        let mut store = store;
        for _ in 0..ASKED {
            let (lent, slices) = (records.lent.clone(), Arc::clone(&slices));
            scope.spawn(move || {
                let slice = move |_: &rusqlite::Connection| Ok(slices.fetch_add(1, Relaxed));
                lent.read(slice).unwrap()
            });
        }
        loop {
            let (before, mut polls) = (slices.load(Relaxed), 0);
            let mut arrives = poll_fn(|_| {
                polls += 1;
                Poll::Ready(())
            });
            store.wait(&mut arrives, LONG);
            assert_eq!(polls, 1);
            let after = slices.load(Relaxed);
            assert!(after <= before + 1, "{} slices", after - before);
            if after == ASKED {
                break;
            }
        }
    });
}

/// The connection ends with the worker. After that, an operator has its own.
#[test]
fn an_operator_outlives_the_worker() {
    let folder = Folder::new();
    let settings = SqliteSettings {
        exclusive: Some(true),
        ..folder.settings()
    };
    let mut store = SqliteStore::open(settings.clone()).unwrap();
    accept(&mut store, "m-1", false);
    let mut records = sqlite_records(&settings).unwrap();
    let stats = lend(&mut store, || records.stats(NOW).unwrap());
    assert_eq!(stats.waiting(), 2);
    let error = thread::scope(|scope| {
        let asked = scope.spawn(|| records.stats(NOW).unwrap_err());
        drop(store);
        asked.join().unwrap()
    });
    assert_eq!(error.to_string(), "the inbox has ended");
    assert!(records.has_ended());
    let mut records = sqlite_records(&settings).unwrap();
    assert!(!records.has_ended());
    assert_eq!(records.stats(NOW).unwrap().waiting(), 2);
}

/// As for a file of several connections.
#[test]
fn a_file_that_was_replaced_is_neither_read_nor_changed() {
    let folder = Folder::new();
    let (mut store, mut records) = exclusive(&folder);
    fs::rename(folder.path(), folder.beside("-moved")).unwrap();
    let errors = lend(&mut store, || {
        [
            records.erase(NOW, &[1]).unwrap_err(),
            records.stats(NOW).unwrap_err(),
        ]
    });
    for error in errors {
        let parts = ["was moved, deleted or replaced"];
        assert_error(&folder, &error, StoreErrorKind::Unavailable, &parts);
    }
}

#[test]
fn a_backup_is_refused() {
    let folder = Folder::new();
    let (_store, mut records) = exclusive(&folder);
    let copy = folder.beside("-copy");
    let error = records.backup(&copy).unwrap_err().to_string();
    let parts = ["is open already", "stop the program that has it open"];
    assert!(parts.iter().all(|part| error.contains(part)), "{error}");
    assert!(!copy.exists());
}

#[test]
fn a_worker_sees_the_changes_of_its_operator() {
    let folder = Folder::new();
    let (mut store, mut records) = exclusive(&folder);
    accept(&mut store, "m-1", false);
    store.has_changed().unwrap();
    lend(&mut store, || records.stats(NOW).unwrap());
    assert!(!store.has_changed().unwrap(), "a read changes nothing");
    let run = RunId {
        delivery: 1,
        handler: "grant".into(),
    };
    let give_up = [(run, Change::GiveUp)];
    let changed = lend(&mut store, || records.change(NOW, &give_up).unwrap());
    assert_eq!(changed.changed, 1);
    assert!(store.has_changed().unwrap());
    assert!(!store.has_changed().unwrap(), "it is told once");
}
