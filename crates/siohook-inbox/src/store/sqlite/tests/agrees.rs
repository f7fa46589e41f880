//! Whatever an operator does, the file and the memory answer the same.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

use super::super::SqliteRecords;
use super::*;
use crate::DeliverySummary;
use crate::dead_letter::DeadReason;
use crate::operator::State;
use crate::store::{
    Change, DeadQuery, DeliveryQuery, EventFilter, Filter, Memory, Records, Retention, RunId,
};

const EVENTS: [&str; 3] = ["SALE_NEW", "SALE_CANCELED", "CONTACT_CREATED"];
const HANDLERS: [&str; 4] = ["grant", "mail", "gone", ""];

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
    /// By pages of this size.
    Change(DeadQuery, Change, usize),
    OfHandler(&'static str, Change),
    Again(DeliveryId, &'static str),
    AddRuns(DeliveryId, Vec<&'static str>),
    Erase(Vec<DeliveryId>),
    Sweep(Millis),
}

fn filter() -> impl Strategy<Value = Filter> {
    const PATTERNS: [&str; 5] = ["*", "SALE_*", "SALE_NEW", "CONTACT_*", "NONE"];
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
    let error = || Some("an error".to_owned());
    let reasons = [DeadReason::Exhausted, DeadReason::Mismatch];
    let ending = prop_oneof![
        2 => Just(Ending::Done),
        3 => select(reasons.to_vec()).prop_map(move |reason| Ending::Dead { reason, error: error() }),
        1 => Just(Ending::Retry { due: NOW + 60_000, error: error() }),
        1 => Just(Ending::GivenBack),
    ];
    let change = prop_oneof![Just(Change::Retry { due: NOW + 5000 }), Just(Change::Purge)];
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
        3 => (dead(), change, 1..4_usize).prop_map(|(query, change, page)| {
            Op::Change(query, change, page)
        }),
        2 => (select(&HANDLERS[2..]), of_handler).prop_map(|(of, change)| Op::OfHandler(of, change)),
        1 => (id(), select(&HANDLERS[..])).prop_map(|(id, handler)| Op::Again(id, handler)),
        1 => (id(), handlers()).prop_map(|(id, handlers)| Op::AddRuns(id, handlers)),
        1 => vec(id(), 0..3).prop_map(Op::Erase),
        1 => (0..40_000_i64).prop_map(Op::Sweep),
    ]
}

/// A delivery that no other one equals.
fn accept_of(event: &str, number: usize, handlers: &[&'static str]) -> Accept {
    let message = format!("m-{number}");
    let sample = Sample::of(event).with_message_id(&message);
    let delivery = testing::delivery(&sample);
    let mut handlers = handlers.to_vec();
    handlers.sort_unstable();
    handlers.dedup();
    Accept {
        key: delivery.key().stored(),
        meta: serde_json::json!({ "message_id": message, "query": "a=1" }).to_string(),
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
                    let runs = accept.handlers.iter().map(|handler| run(id, handler, 1));
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
            Op::Change(query, change, page) => {
                let (mut after, mut changed) = (None, vec![]);
                loop {
                    let runs = self
                        .records
                        .dead_runs(query, after.as_ref(), *page)
                        .unwrap();
                    let Some(last) = runs.last() else {
                        return format!("{changed:?}");
                    };
                    after = Some(last.clone());
                    self.change(now, &runs, change);
                    changed.extend(runs);
                }
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
            Op::Erase(ids) => format!("{:?}", self.records.erase(now, ids).unwrap()),
            Op::Sweep(ago) => {
                let retention = Retention {
                    body: now - (NOW + ago),
                    dead_body: Millis::MAX,
                    remember: 20_000,
                };
                let swept = self.records.sweep(now, &retention, 0).unwrap();
                format!("{} {}", swept.erased, swept.deleted)
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
        let mut read = vec![format!("{:?}", self.records.stats(now).unwrap())];
        for query in [&DeliveryQuery::default(), query] {
            let found = self.records.deliveries(query, 5).unwrap();
            read.extend(found.iter().map(shown));
        }
        for query in [&DeadQuery::default(), dead] {
            let letters = self.records.letters(query, 3).unwrap();
            read.extend(letters.iter().map(|letter| format!("{letter:?}")));
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
        read
    }
}

fn shown(delivery: &DeliverySummary) -> String {
    let runs = delivery.runs.iter().map(|run| {
        format!(
            "{run:?} {} {} {} {:?} {:?}",
            run.due_at, run.crashes, run.replays, run.ended_at, run.error
        )
    });
    format!("{delivery:?} {:?}", runs.collect::<Vec<_>>())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn file_and_memory_agree(
        ops in vec((op(), deliveries(), dead()), 1..80),
    ) {
        let (folder, memory) = (Folder::new(), Memory::new());
        let mut file = Side {
            store: Box::new(folder.open()),
            records: Box::new(SqliteRecords::open(&folder.settings()).unwrap()),
            running: vec![],
        };
        let mut memory = Side {
            store: Box::new(memory.open(vec!["grant", "mail"])),
            records: Box::new(memory.records()),
            running: vec![],
        };
        let mut now = NOW;
        for (number, (op, query, dead)) in ops.iter().enumerate() {
            if let Op::Advance(by) = op {
                now += by;
            }
            prop_assert_eq!(memory.apply(now, number, op), file.apply(now, number, op));
            prop_assert_eq!(memory.read(now, query, dead), file.read(now, query, dead));
        }
    }
}
