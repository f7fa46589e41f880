//! The calls of an operator that change something.

use std::pin::Pin;
use std::time::SystemTime;

use siohook_inbox::{Operator, SECOND};

use crate::store::{DELIVERIES, Runs};

/// The runs that one delivery gets.
const HANDLERS: usize = 300;

pub(crate) struct Call {
    pub(crate) name: &'static str,
    /// What there is before.
    pub(crate) runs: Runs,
    /// Counts what is left to be done, in runs or in deliveries.
    pub(crate) left: &'static str,
    /// Counts what may be there at no time.
    pub(crate) wrong: &'static str,
    pub(crate) carry_out: fn(Operator) -> Pin<Box<dyn Future<Output = u64>>>,
    /// All of it is one transaction.
    pub(crate) is_one_change: bool,
    /// How many runs are started because of it.
    pub(crate) runs_again: u64,
}

macro_rules! call {
    (|$operator:ident| $call:expr) => {
        |$operator| Box::pin(async move { $call.await.unwrap() })
    };
}

pub(crate) const CALLS: &[Call] = &[
    Call {
        name: "dead().spread().retry()",
        runs: Runs::Dead("killed.filled"),
        left: "SELECT count(*) FROM siohook.run WHERE state = 'dead'",
        wrong: "SELECT count(*) FROM siohook.run WHERE handler = 'killed.filled' AND
                  (state = 'dead' AND attempts <> 3 OR state = 'waiting' AND attempts <> 0
                   OR state = 'running' AND attempts <> 1 OR state = 'done' AND attempts <> 1)",
        carry_out: call!(|operator| operator.dead().spread(SECOND).retry()),
        is_one_change: false,
        runs_again: DELIVERIES,
    },
    Call {
        name: "dead().purge()",
        runs: Runs::Dead("killed.filled"),
        left: "SELECT count(*) FROM siohook.run WHERE state = 'dead' AND reason <> 'purged'",
        wrong: "SELECT count(*) FROM siohook.run WHERE handler = 'killed.filled' AND
                  (state <> 'dead' OR (reason = 'purged') = (error IS NOT NULL))",
        carry_out: call!(|operator| operator.dead().purge()),
        is_one_change: false,
        runs_again: 0,
    },
    Call {
        name: "purge_done()",
        runs: Runs::Done,
        left: "SELECT count(*) FROM siohook.delivery WHERE event = 'killed.filled'
                 AND body IS NOT NULL",
        // Every second one ended long ago, and is deleted.
        wrong: "SELECT count(*) FROM siohook.delivery WHERE event = 'killed.filled'
                  AND (body IS NULL AND id % 2 = 0
                    OR NOT EXISTS (SELECT 1 FROM siohook.run WHERE delivery = id))",
        carry_out: call!(|operator| operator.purge_done(SystemTime::now() - SECOND * 60)),
        is_one_change: false,
        runs_again: 0,
    },
    Call {
        name: "erase_contact()",
        runs: Runs::DeadAndWaiting,
        left: "SELECT count(*) FROM siohook.delivery WHERE event = 'killed.filled'
                 AND body IS NOT NULL",
        wrong:
            "SELECT count(*) FROM siohook.delivery
                WHERE event = 'killed.filled' AND (body IS NULL) <> (
                  CAST(meta AS text) NOT LIKE '%who=lea%'
                  AND EXISTS (SELECT 1 FROM siohook.run WHERE delivery = id AND reason = 'erased'))",
        carry_out: |operator| {
            Box::pin(async move {
                let erased = operator.erase_contact("LEA@example.com").await.unwrap();
                assert_eq!(erased.deliveries, erased.runs_stopped);
                erased.deliveries
            })
        },
        is_one_change: false,
        runs_again: 0,
    },
    Call {
        name: "rename_handler()",
        runs: Runs::Renamed,
        // Every tenth delivery has a run of the new handler.
        left: "SELECT count(*) FROM siohook.run WHERE handler = 'killed.old' AND delivery % 10 <> 0",
        wrong: "SELECT count(*) FROM siohook.delivery WHERE event = 'killed.filled' AND (
                  SELECT count(*) FROM siohook.run
                  WHERE delivery = id AND state = 'dead' AND handler IN ('killed.old', 'killed.new')
                ) <> CASE id % 10 WHEN 0 THEN 2 ELSE 1 END",
        carry_out: call!(|operator| operator.rename_handler("killed.old", "killed.new")),
        is_one_change: false,
        runs_again: 0,
    },
    Call {
        name: "purge_orphans()",
        runs: Runs::Waiting("killed.gone"),
        left: "SELECT count(*) FROM siohook.run WHERE handler = 'killed.gone' AND state = 'waiting'",
        wrong: "SELECT count(*) FROM siohook.run WHERE handler = 'killed.gone' AND
                  state <> 'waiting' AND (reason <> 'purged' OR error IS NOT NULL)",
        carry_out: call!(|operator| operator.purge_orphans("killed.gone")),
        is_one_change: false,
        runs_again: 0,
    },
    Call {
        name: "replay().handlers()",
        runs: Runs::OfOne(0),
        left: "SELECT 300 - count(*) FROM siohook.run WHERE delivery = 2",
        wrong: "SELECT count(*) FROM siohook.run WHERE delivery = 2
                  AND (state <> 'waiting' OR attempts <> 0)",
        carry_out: |operator| {
            Box::pin(async move {
                let handlers = (1..=HANDLERS).map(|number| format!("killed.{number}"));
                operator.replay(2).handlers(handlers).await.unwrap()
            })
        },
        is_one_change: true,
        runs_again: 0,
    },
    Call {
        name: "replay().again()",
        runs: Runs::OfOne(HANDLERS),
        left: "SELECT count(*) FROM siohook.run WHERE delivery = 2 AND state = 'done'",
        wrong: "SELECT count(*) FROM siohook.run WHERE delivery = 2
                  AND (state = 'done') <> (replays = 0 AND attempts = 3)",
        carry_out: call!(|operator| operator.replay(2).again()),
        is_one_change: true,
        runs_again: 0,
    },
];

/// Where to is beside the file.
pub(crate) const BACKUP: Call = Call {
    name: "backup()",
    runs: Runs::Done,
    left: "",
    wrong: "",
    carry_out: |operator| {
        Box::pin(async move {
            let copy = std::env::var_os(crate::child::COPY).unwrap();
            operator.backup(copy).await.unwrap();
            0
        })
    },
    is_one_change: false,
    runs_again: 0,
};
