//! Whatever an operator does, each store answers as the memory does.

use std::time::Duration;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

use serde_json::json;
use siohook::testing::TOKEN;
use siohook::{Dispatcher, Incoming};

use super::*;
use crate::DeliverySummary;
use crate::operator::{Amount, State, change_letters};

/// The time at which the tests begin.
const NOW: Millis = 1_800_000_000_000;

const EVENTS: [&str; 6] = [
    "sale.new",
    "sale.canceled",
    "contact.tag.added",
    "a\0b",
    "it's \"a\" \\ 100 % \u{e9}\u{1f600}",
    LONG,
];
const LONG: &str = concat!(
    "contact.0123456789012345678901234567890123456789012345678901234567890123456789",
    "01234567890123456789012345678901234567890123456789012345678901234567890123456789",
    "01234567890123456789012345678901234567890123456789012345678901234567890123456789",
);
const ODD: &str = "it's \"gone\" \\ 100 % \u{e9}\u{1f600}";
const LINKED: [&str; 2] = ["grant", "mail"];
/// The first two are linked. The last two have no runs.
const HANDLERS: [&str; 5] = ["grant", "mail", ODD, "", "a\0b"];
const ERRORS: [&str; 4] = ["an error", "", "it's \"an\" \\ \0 error", LONG];

/// A store with an operator.
struct Side {
    store: Box<dyn Store>,
    records: Box<dyn Records>,
    running: Vec<RunKey>,
}

#[derive(Clone, Debug)]
enum Op {
    Accept {
        event: &'static str,
        handlers: Vec<&'static str>,
        is_running: bool,
    },
    End(usize, Ending),
    Advance(Millis),
    Change(DeadQuery, Change, Amount),
    OfHandler(&'static str, Change),
    Again(DeliveryId, &'static str),
    AddRuns(DeliveryId, Vec<&'static str>),
    Erase(Vec<DeliveryId>),
    Sweep(Millis),
}

fn filter() -> impl Strategy<Value = Filter> {
    const PATTERNS: [&str; 8] = [
        "*",
        "sale.*",
        "sale.new",
        "SALE.NEW",
        "contact.*",
        "NONE",
        EVENTS[3],
        EVENTS[4],
    ];
    let time = || prop_oneof![2 => Just(None), 1 => (0..40_000_i64).prop_map(Some)];
    (
        proptest::option::of(select(&PATTERNS[..])),
        proptest::option::of(select(&HANDLERS[..])),
        time(),
        time(),
        prop_oneof![3 => Just(DeliveryId::MAX), 1 => 0..12_i64],
    )
        .prop_map(|(event, handler, since, before, below)| Filter {
            event: event.map(|event| EventFilter::parse(event).unwrap()),
            handler: handler.map(str::to_owned),
            since: since.map_or(Millis::MIN, |time| NOW + time),
            before: before.map_or(Millis::MAX, |time| NOW + time),
            below,
        })
}

fn deliveries() -> impl Strategy<Value = DeliveryQuery> {
    let states = [
        State::Behind,
        State::Waiting,
        State::Running,
        State::Done,
        State::Dead,
    ];
    let state = proptest::option::of(select(states.to_vec()));
    (filter(), state).prop_map(|(filter, state)| DeliveryQuery { filter, state })
}

fn dead() -> impl Strategy<Value = DeadQuery> {
    let reason = proptest::option::of(select(DeadReason::ALL.to_vec()));
    let delivery = prop_oneof![3 => Just(None), 1 => (0..12_i64).prop_map(Some)];
    (filter(), delivery, reason, any::<bool>()).prop_map(|(filter, delivery, reason, with_body)| {
        DeadQuery {
            filter,
            delivery,
            reason,
            with_body,
        }
    })
}

fn op() -> impl Strategy<Value = Op> {
    let id = || 0..12_i64;
    let handlers = || vec(select(&HANDLERS[..3]), 0..3);
    let error = || proptest::option::of(select(&ERRORS[..]).prop_map(str::to_owned));
    let reason = || select(vec![DeadReason::Exhausted, DeadReason::Mismatch]);
    let ending = prop_oneof![
        2 => Just(Ending::Done),
        3 => (reason(), error()).prop_map(|(reason, error)| Ending::Dead { reason, error }),
        1 => error().prop_map(|error| Ending::Retry { due: NOW + 60_000, error }),
        1 => Just(Ending::GivenBack),
    ];
    let change = prop_oneof![Just(Change::Retry { due: NOW }), Just(Change::Purge)];
    let spread = prop_oneof![Just(Duration::ZERO), Just(Duration::from_secs(600))];
    let at_most = prop_oneof![Just(u64::MAX), 0..4_u64];
    let amount = (spread, at_most, any::<bool>()).prop_map(|(spread, at_most, dry_run)| Amount {
        spread,
        at_most,
        dry_run,
    });
    let of_handler = prop_oneof![
        Just(Change::GiveUp),
        select(&HANDLERS[..2]).prop_map(|to| Change::Rename(to.into())),
    ];
    prop_oneof![
        6 => (select(&EVENTS[..]), handlers(), any::<bool>()).prop_map(
            |(event, handlers, is_running)| Op::Accept { event, handlers, is_running }
        ),
        8 => (any::<usize>(), ending).prop_map(|(at, ending)| Op::End(at, ending)),
        3 => (0..9000_i64).prop_map(Op::Advance),
        3 => (dead(), change, amount).prop_map(|(query, change, amount)| {
            Op::Change(query, change, amount)
        }),
        2 => (select(&HANDLERS[2..]), of_handler).prop_map(|(of, change)| Op::OfHandler(of, change)),
        1 => (id(), select(&HANDLERS[..3])).prop_map(|(id, handler)| Op::Again(id, handler)),
        1 => (id(), handlers()).prop_map(|(id, handlers)| Op::AddRuns(id, handlers)),
        1 => vec(id(), 0..3).prop_map(Op::Erase),
        1 => (0..40_000_i64).prop_map(Op::Sweep),
    ]
}

/// A delivery that no other one equals.
fn accept_of(event: &str, number: usize, handlers: &[&'static str]) -> Accept {
    let dispatcher = Dispatcher::builder()
        .automation_token(TOKEN)
        .allow_no_handlers()
        .select(|_| false)
        .build();
    let body = json!({ "type": event, "data": { "number": number } }).to_string();
    let incoming = Incoming::post(body).query(format!("token={TOKEN}"));
    let delivery = dispatcher.unwrap().verify(incoming).unwrap();
    let mut handlers = handlers.to_vec();
    handlers.sort_unstable();
    handlers.dedup();
    Accept {
        key: delivery.key().stored(),
        meta: json!({ "version": 1, "name": event, "query": "a=1" }).to_string(),
        delivery,
        handlers,
    }
}

impl Side {
    /// Does it, and tells what came of it.
    fn apply(&mut self, now: Millis, number: usize, op: &Op) -> String {
        match op {
            Op::Accept {
                event,
                handlers,
                is_running,
            } => {
                let accept = accept_of(event, number, handlers);
                self.store.begin().unwrap();
                let accepted = self.store.accept(now, &accept, *is_running).unwrap();
                self.store.commit().unwrap();
                if let (Accepted::Fresh { id, .. }, true) = (accepted, is_running) {
                    let runs = accept.handlers.iter().map(|&handler| RunKey {
                        delivery: id,
                        handler,
                        attempt: 1,
                    });
                    self.running.extend(runs);
                }
                format!("{accepted:?}")
            }
            Op::End(at, ending) => {
                if self.running.is_empty() {
                    return String::new();
                }
                let run = self.running.remove(at % self.running.len());
                let ending = ending.clone();
                self.store.begin().unwrap();
                let ended = self.store.end(now, &[End { run, ending }]).unwrap();
                self.store.commit().unwrap();
                format!("{ended:?}")
            }
            Op::Advance(_) => String::new(),
            Op::Change(query, change, amount) => {
                let change = |due| match change {
                    Change::Retry { .. } => Change::Retry { due },
                    other => other.clone(),
                };
                let records = &mut *self.records;
                let changed = change_letters(records, now, query, amount, change);
                changed.unwrap().to_string()
            }
            Op::OfHandler(handler, change) => {
                let runs = self.records.runs_of(handler, 0, 100).unwrap();
                format!("{runs:?} {}", self.change(now, &runs, change))
            }
            Op::Again(delivery, handler) => {
                let handler = Box::from(*handler);
                let delivery = *delivery;
                let run = RunId { delivery, handler };
                self.change(now, &[run], &Change::Again).to_string()
            }
            Op::AddRuns(id, handlers) => {
                let handlers: Vec<_> = handlers.iter().map(|&it| it.to_owned()).collect();
                format!("{:?}", self.records.add_runs(now, *id, &handlers).unwrap())
            }
            Op::Erase(ids) => {
                let (mut rest, mut erased, mut stopped) = (&ids[..], 0, 0);
                // A batch ends early on a slow machine.
                while !rest.is_empty() {
                    let done = self.records.erase(now, rest).unwrap();
                    erased += done.deliveries.changed;
                    stopped += done.runs_stopped;
                    rest = &rest[done.deliveries.taken..];
                }
                format!("{erased} {stopped}")
            }
            Op::Sweep(ago) => {
                let retention = Retention {
                    body: now - (NOW + ago),
                    dead_body: 24 * 60 * 60 * 1000 + 20_000,
                    remember: 20_000,
                };
                let (mut after, mut counts) = (Some(0), [0; 3]);
                while let Some(from) = after {
                    let swept = self.records.sweep(now, &retention, from).unwrap();
                    counts[0] += swept.erased;
                    counts[1] += swept.deleted;
                    counts[2] += swept.expiring;
                    after = swept.up_to;
                }
                format!("{counts:?}")
            }
        }
    }

    fn change(&mut self, now: Millis, runs: &[RunId], change: &Change) -> u64 {
        let runs = runs.iter().map(|run| (run.clone(), change.clone()));
        let runs: Vec<_> = runs.collect();
        let (mut rest, mut changed) = (&runs[..], 0);
        while !rest.is_empty() {
            let done = self.records.change(now, rest).unwrap();
            changed += done.changed;
            rest = &rest[done.taken..];
        }
        changed
    }

    /// Everything that can be read.
    fn read(&mut self, now: Millis, query: &DeliveryQuery, dead: &DeadQuery) -> Vec<String> {
        let mut read = vec![
            format!("{:?}", self.records.stats(now).unwrap()),
            format!("{} done", self.records.count_done().unwrap()),
        ];
        for query in [&DeliveryQuery::default(), query] {
            let found = self.records.deliveries(query, 5).unwrap();
            read.extend(found.iter().map(shown));
        }
        for query in [&DeadQuery::default(), dead] {
            let letters = self.records.letters(query, 3).unwrap();
            read.extend(letters.iter().map(|letter| {
                let (attempts, error) = (letter.attempts, &letter.error);
                format!("{letter:?} {} {attempts} {error:?}", letter.handler)
            }));
        }
        for id in 0..12 {
            let found = self.records.delivery(id).unwrap();
            read.extend(found.map(|(delivery, stored)| {
                let body = stored.body.map(|body| body.len());
                // Its members are in any order.
                let meta: serde_json::Value = serde_json::from_str(&stored.meta).unwrap();
                format!("{} {body:?} {meta}", shown(&delivery))
            }));
        }
        let bodies = self.records.bodies(3).unwrap();
        read.extend(bodies.iter().map(|(id, _)| id.to_string()));
        // PostgreSQL has no NUL in a text.
        read.iter()
            .map(|it| it.replace("\\0", "\u{2400}"))
            .collect()
    }
}

fn shown(delivery: &DeliverySummary) -> String {
    let runs = delivery.runs.iter().map(|run| {
        format!(
            "{run:?} {} {} {} {:?} {:?}",
            run.due_at, run.crashes, run.replays, run.ended_at, run.error
        )
    });
    format!("{delivery:?} {}", runs.collect::<String>())
}

/// Does the same in both, and compares what they answer.
fn assert_agree(ops: &[(Op, DeliveryQuery, DeadQuery)], mut other: Side) {
    let memory = Memory::new();
    let mut memory = Side {
        store: Box::new(memory.open(LINKED.to_vec())),
        records: Box::new(memory.records()),
        running: vec![],
    };
    let mut now = NOW;
    for (number, (op, query, dead)) in ops.iter().enumerate() {
        if let Op::Advance(by) = op {
            now += by;
        }
        assert_eq!(memory.apply(now, number, op), other.apply(now, number, op));
        assert_eq!(memory.read(now, query, dead), other.read(now, query, dead));
    }
}

#[cfg(feature = "sqlite")]
fn file(folder: &tempfile::TempDir) -> Side {
    let settings = SqliteSettings {
        handlers: LINKED.to_vec(),
        // Machines that run tests have their temporary files wherever they like.
        accept_volatile: true,
        // Whatever SQLite is linked: tests do not meet its race.
        exclusive: Some(false),
        ..SqliteSettings::new(folder.path().join("inbox.db"))
    };
    Side {
        store: Box::new(SqliteStore::open(settings.clone()).unwrap()),
        records: sqlite_records(&settings).unwrap(),
        running: vec![],
    }
}

/// A new schema of a server.
#[cfg(all(feature = "postgres", unix))]
fn schema(database: &str, number: u32) -> Side {
    let settings = PostgresSettings {
        handlers: LINKED.to_vec(),
        schema: format!("agrees_{number}"),
        is_by_hand: true,
        lease: Duration::from_secs(600),
        ..PostgresSettings::new(database)
    };
    Side {
        store: Box::new(PostgresStore::open(settings.clone()).unwrap()),
        records: Box::new(PostgresRecords::open(&settings).unwrap()),
        running: vec![],
    }
}

type Ops = Vec<(Op, DeliveryQuery, DeadQuery)>;

fn ops() -> impl Strategy<Value = Ops> {
    vec((op(), deliveries(), dead()), 1..80)
}

/// So many cases, of which none is written to a file.
fn config(cases: u32) -> ProptestConfig {
    ProptestConfig {
        cases,
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}

#[cfg(feature = "sqlite")]
#[test]
fn file_and_memory_agree() {
    proptest!(config(24), |(ops in ops())| {
        let folder = tempfile::tempdir().unwrap();
        assert_agree(&ops, file(&folder));
    });
}

#[cfg(all(feature = "postgres", unix))]
#[test]
fn server_and_memory_agree() {
    let Some(server) = test_postgres::shared() else {
        return;
    };
    let (database, number) = (server.create_database(), std::cell::Cell::new(0));
    proptest!(config(8), |(ops in ops())| {
        number.set(number.get() + 1);
        assert_agree(&ops, schema(&database, number.get()));
    });
}
