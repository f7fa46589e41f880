//! What a store knows while its connections are slow, silent or cut.

use std::time::{Duration, Instant};

use siohook::testing::{self, Sample};
use test_postgres::Point::{AfterMessage, BeforeAnswer, BeforeMessage};
use test_postgres::{Fault, Proxy, Server, shared};

use crate::store::postgres::{PostgresSettings, PostgresStore};
use crate::store::{Accept, Accepted, Due, Ending, Millis, Shorthand as _, Store, runs};

/// A database, a way to it, and SQL beside it.
struct Place {
    server: &'static Server,
    database: String,
    proxy: Proxy,
}

impl Place {
    fn new() -> Option<Self> {
        let server = shared()?;
        Some(Self {
            server,
            database: server.create_database(),
            proxy: Proxy::start(server.port()),
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

    fn sql(&self, sql: &str) -> String {
        self.server.sql(&self.database, sql)
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
        let end = crate::store::End {
            run: run.run,
            ending,
        };
        while store.end(NOW, std::slice::from_ref(&end)).is_err() {}
        assert!(place.sql(STATES).starts_with("waiting"), "{point:?}");
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
