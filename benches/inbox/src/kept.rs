//! A database that keeps a million finished deliveries, compared with an empty one.

use std::sync::Arc;

use crate::budget::Budget;
use crate::contestant::{Contestant as _, Siohook};
use crate::database::{Database, Place};
use crate::deliveries::Deliveries;
use crate::handlers;
use crate::life::{ROOM, fill, work_off};
use crate::load::{Measured, Until, Watch, live, produce};
use crate::options::Options;
use crate::rounds::{Rounds, Table, rate};
use crate::{Part, Result};

const BACKLOG: u64 = 5000;
const EMPTY: &str = "empty";
const KEPT: &str = "kept";

/// What is measured with each of them.
const LOADS: [(&str, Option<usize>); 3] = [
    ("accepted and run, producers: 1", Some(1)),
    ("accepted and run, producers: 256", Some(256)),
    ("backlog of 5,000", None),
];

pub(crate) async fn measure(options: &Options, database: &Database) -> Result<Part> {
    let tags = Deliveries::tags();
    let full = database.fresh(options, "kept")?;
    keep(&full, "brief", &tags, options.kept, 2).await;
    database.tidy(&full);
    let megabytes = database.megabytes(&full)?;
    let mut loads = LOADS.map(|_| Rounds::default());
    for round in 0..options.rounds {
        for ((_, producers), rounds) in LOADS.iter().zip(&mut loads) {
            for step in 0..2 {
                let subject = [EMPTY, KEPT][(round + step) % 2];
                let empty = database.fresh(options, "empty")?;
                let place = if subject == KEPT { &full } else { &empty };
                rounds.push(subject, load(options, place, &tags, *producers).await);
            }
        }
    }
    let mut table = Table::new(&[
        "siohook-inbox",
        "empty, a second",
        "range",
        "kept, a second",
        "range",
        "kept / empty",
        "range",
    ]);
    let mut budgets = vec![];
    for ((what, _), rounds) in LOADS.iter().zip(&loads) {
        let [empty, empty_range] = rate(&rounds.rate(EMPTY));
        let [kept, kept_range] = rate(&rounds.rate(KEPT));
        let ratio = rounds.ratio(KEPT, EMPTY);
        let [low, high] = ratio.outer(usize::MAX);
        table.row([
            (*what).to_owned(),
            empty,
            empty_range,
            kept,
            kept_range,
            format!("{:.2}", ratio.median()),
            format!("{low:.2}–{high:.2}"),
        ]);
        let what = format!("kept, {what}");
        budgets.push(Budget::ratio(what, "empty", 0.95, ratio.median()));
    }
    let text = format!(
        "{table}\nKept: {} deliveries in {megabytes} MB.\n",
        options.kept
    );
    Ok(Part { text, budgets })
}

/// Fills a place with deliveries whose handlers have ended.
pub(crate) async fn keep(
    place: &Place,
    handlers: &'static str,
    tags: &Deliveries,
    count: u64,
    runs_each: u64,
) {
    let inbox = Arc::new(open(place, handlers).await);
    produce(&inbox, tags, 256, Until::Count(count)).await;
    inbox.settle(runs_each * count).await;
}

async fn open(place: &Place, handlers: &'static str) -> Siohook {
    Siohook::open(place, &handlers::dispatcher(handlers, None), ROOM).await
}

async fn load(
    options: &Options,
    place: &Place,
    tags: &Deliveries,
    producers: Option<usize>,
) -> Measured {
    if let Some(producers) = producers {
        return live(open(place, "brief").await, tags, producers, options.time).await;
    }
    let dispatcher = handlers::dispatcher("brief", None);
    fill(Siohook::open(place, &dispatcher, 0).await, tags, BACKLOG).await;
    let watch = Watch::start();
    work_off(open(place, "brief").await, watch, BACKLOG).await
}
