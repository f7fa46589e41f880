//! What a store knows while its connections are slow, silent or cut.

use std::time::{Duration, Instant};

use siohook::testing::{self, Sample};
use test_postgres::Point::{AfterMessage, BeforeAnswer, BeforeMessage};
use test_postgres::{Fault, Proxy, shared};
use tokio::runtime::{Builder, Runtime};
use tokio_postgres::{Client, NoTls, SimpleQueryMessage};

use crate::store::postgres::{PostgresSettings, PostgresStore};
use crate::store::{
    Accept, Accepted, Due, End, Ending, Millis, Result, Retention, Shorthand as _, Store, runs,
};

/// A database, a way to it, and a session beside it.
struct Place {
    database: String,
    proxy: Proxy,
    client: Client,
    runtime: Runtime,
}

impl Place {
    fn new() -> Option<Self> {
        let server = shared()?;
        let database = server.create_database();
        let runtime = Builder::new_current_thread().enable_all().build().unwrap();
        let client = runtime.block_on(async {
            let (client, connection) = tokio_postgres::connect(&database, NoTls).await.unwrap();
            tokio::spawn(connection);
            client
        });
        Some(Self {
            database,
            proxy: Proxy::start(server.port()),
            client,
            runtime,
        })
    }

    fn open(&self) -> PostgresStore {
        PostgresStore::open(PostgresSettings {
            lease: Duration::from_secs(1),
            handlers: vec!["a"],
            ..PostgresSettings::new(self.proxy.url(&self.database))
        })
        .unwrap()
    }

    /// Runs SQL, and returns the value of the only row, if there is one.
    fn sql(&self, sql: &str) -> String {
        let answer = self.runtime.block_on(self.client.simple_query(sql));
        let mut values = answer
            .unwrap()
            .into_iter()
            .filter_map(|answer| match answer {
                SimpleQueryMessage::Row(row) => row.get(0).map(str::to_owned),
                _ => None,
            });
        values.next().unwrap_or_default()
    }
}

fn delivery() -> Accept {
    let delivery = testing::delivery(&Sample::of("SALE_NEW"));
    Accept {
        key: delivery.key().stored(),
        meta: "{\"version\":1}".to_owned(),
        delivery,
        handlers: vec!["a"],
    }
}

/// Lets the tasks beside the store go on for a while.
fn wait(store: &mut PostgresStore, time: Duration) {
    let end = Instant::now() + time;
    while let Some(rest) = end.checked_duration_since(Instant::now()) {
        store.wait(&mut std::future::pending::<()>(), rest);
        // A hint ends a wait.
        store.has_changed().unwrap();
    }
}

const MS: Duration = Duration::from_millis(1);
const NOW: Millis = 1_800_000_000_000;

#[test]
fn no_sign_of_life_is_rolled_back() {
    let Some(place) = Place::new() else { return };
    let mut store = place.open();
    store.begin().unwrap();
    store.take_back(NOW, 0, 3).unwrap();
    wait(&mut store, MS * 800);
    assert!(!store.may_start(), "the server knows of no sign");
    store.rollback();
    wait(&mut store, MS * 300);
    assert!(store.may_start());
    let age = "SELECT clock_timestamp() - seen_at < '0.6 s' FROM siohook.worker";
    assert_eq!(place.sql(age), "t");
}

#[test]
fn what_a_worker_could_not_give_back_is_given_back_later() {
    let Some(place) = Place::new() else { return };
    let mut store = place.open();
    store.begin().unwrap();
    let accepted = store.accept(NOW, &delivery(), true).unwrap();
    assert!(matches!(
        accepted,
        Accepted::Fresh {
            is_running: true,
            ..
        }
    ));
    place.proxy.arm(BeforeMessage(0), Fault::Cut);
    store.retire().unwrap_err();
    // The process only accepts from now on.
    store.others().unwrap();
    assert_eq!(place.sql(STATES), "waiting 1 1");
}

const STATES: &str = "SELECT concat_ws(' ', state, attempts, uncounted) FROM siohook.run";

/// Each message is lost, and each answer.
#[test]
fn what_may_be_claimed_is_run_or_given_back() {
    let Some(place) = Place::new() else { return };
    let mut store = place.open();
    store.begin().unwrap();
    store.accept(NOW, &delivery(), false).unwrap();
    for point in (0..4).flat_map(|n| [BeforeMessage(n), AfterMessage(n), BeforeAnswer(n)]) {
        place.proxy.arm(point, Fault::Cut);
        let (cut, mut run) = (store.claim(NOW, 1), vec![]);
        if let Ok(Due::Claimed { deliveries, .. }) = cut {
            run = runs(deliveries);
        }
        if run.is_empty() {
            // The server may still be about to claim it.
            let end = Instant::now() + Duration::from_secs(5);
            while store.others().is_err() || !place.sql(STATES).starts_with("waiting") {
                assert!(Instant::now() < end, "{point:?}");
            }
            run = store.claimed(NOW, 1).unwrap();
        }
        let [run] = &run[..] else {
            panic!("{point:?}: {run:?}");
        };
        let ending = Ending::GivenBack;
        let end = End {
            run: run.run,
            ending,
        };
        while store.end(NOW, std::slice::from_ref(&end)).is_err() {}
        assert!(place.sql(STATES).starts_with("waiting"), "{point:?}");
    }
}

/// A change of a store, the SQL before it, and what it leaves.
type Change = (
    fn(&mut PostgresStore) -> Result<()>,
    &'static str,
    &'static str,
);

/// Each is a transaction.
const CHANGES: [Change; 4] = [
    (
        |store| {
            store.begin()?;
            store.take_back(NOW, 99, 3)?;
            store.commit()
        },
        "UPDATE siohook.run SET state = 'running', owner = 99, attempts = 1, crashes = 0",
        "waiting 1 0",
    ),
    (
        |store| {
            store.begin()?;
            store.put_off_orphans(NOW, NOW + 60_000)?;
            store.commit()
        },
        "UPDATE siohook.run SET handler = 'gone', due_at = now()",
        "later",
    ),
    (
        |store| store.sweep(i64::MAX / 2, &FORGET, 0).map(drop),
        "UPDATE siohook.run SET state = 'done', ended_at = now()",
        "",
    ),
    (
        |store| store.retire(),
        "UPDATE siohook.run SET state = 'running', attempts = 1,
           owner = (SELECT max(id) FROM siohook.worker)",
        "waiting 1 1",
    ),
];

const TRANSACTIONS: &str = "SELECT count(*) FROM pg_stat_activity
    WHERE datname = current_database() AND xact_start IS NOT NULL AND pid <> pg_backend_pid()";

const FORGET: Retention = Retention {
    body: 1,
    dead_body: 1,
    remember: 1,
};

#[test]
fn what_succeeds_is_committed_and_what_fails_succeeds_later() {
    let Some(place) = Place::new() else { return };
    let left = "SELECT CASE WHEN due_at > now() AND crashes = 0 THEN 'later'
        ELSE concat_ws(' ', state, attempts, uncounted) END FROM siohook.run";
    for (number, (change, before, after)) in CHANGES.into_iter().enumerate() {
        for kind in [BeforeMessage, AfterMessage, BeforeAnswer] {
            let (mut message, mut is_hit) = (0, true);
            while is_hit {
                // What was armed may not have happened.
                place.proxy.arm(BeforeMessage(u64::MAX), Fault::Cut);
                let mut store = place.open();
                store.begin().unwrap();
                place.sql("TRUNCATE siohook.delivery CASCADE");
                store.accept(NOW, &delivery(), false).unwrap();
                place.sql(before);
                place.proxy.arm(kind(message), Fault::Cut);
                let end = Instant::now() + Duration::from_secs(5);
                while let Err(error) = change(&mut store) {
                    store.rollback();
                    assert!(Instant::now() < end, "{number} {:?} {error}", kind(message));
                    // What is locked is not put off.
                    while place.sql(TRANSACTIONS) != "0" {}
                }
                assert_eq!(place.sql(left), after, "{number} {:?}", kind(message));
                is_hit = place.proxy.is_hit();
                message += 1;
            }
            assert!(message > 3, "{number} {message}");
        }
    }
}

/// A look at the others that gets no answer is enough: the next delivery does not wait as well.
#[test]
fn a_server_that_was_silent_is_not_asked_at_once_again() {
    let Some(place) = Place::new() else { return };
    let mut store = place.open();
    store.begin().unwrap();
    place.proxy.stall();
    let silent = Instant::now();
    let error = store.others().unwrap_err();
    assert!(error.to_string().contains("did not answer"), "{error}");
    let error = store.begin().unwrap_err();
    assert!(error.to_string().contains("did not answer"), "{error}");
    assert!(silent.elapsed() < Duration::from_secs(7));
    place.proxy.heal();
    std::thread::sleep(MS * 100);
    store.begin().unwrap();
}

#[test]
fn an_operator_can_let_a_run_wait_for_ever() {
    let Some(place) = Place::new() else { return };
    let mut store = place.open();
    store.begin().unwrap();
    store.accept(NOW, &delivery(), false).unwrap();
    place.sql("UPDATE siohook.run SET due_at = 'infinity'");
    let Due::Claimed { deliveries, next } = store.claim(NOW, 1).unwrap() else {
        panic!("nothing crashed");
    };
    assert!(deliveries.is_empty());
    assert_eq!(next, None);
}

#[test]
fn a_handler_that_others_took_over_does_not_end_the_run_that_was_begun_anew() {
    let Some(place) = Place::new() else { return };
    let mut store = place.open();
    store.begin().unwrap();
    store.accept(NOW, &delivery(), false).unwrap();
    let [old] = &store.claimed(NOW, 1).unwrap()[..] else {
        panic!("nothing is due");
    };
    let (run, ending) = (old.run, Ending::Done);
    // The process was silent, another one let the run die, and an operator tried it again.
    place.sql("UPDATE siohook.run SET state = 'waiting', owner = NULL, attempts = 0");
    let Due::Claimed { deliveries, next } = store.claim(NOW, 1).unwrap() else {
        panic!("nothing crashed");
    };
    assert!(deliveries.is_empty());
    assert_eq!(next, Some(NOW), "it is claimed at once");
    assert_eq!(store.end(NOW, &[End { run, ending }]).unwrap(), [false]);
    let [new] = &store.claimed(NOW, 1).unwrap()[..] else {
        panic!("it was not given back");
    };
    assert_eq!((new.run.attempt, new.uncounted), (2, 1));
}
