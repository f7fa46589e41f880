//! Deliveries that are stored, handed to two handlers, and recorded as done.

use std::sync::Arc;

use crate::accept::{GROUP, PRODUCERS};
use crate::budget::Budget;
use crate::by_hand::ByHand;
use crate::contestant::{Contestant, Siohook};
use crate::database::Database;
use crate::deliveries::Deliveries;
use crate::handlers;
use crate::load::{Measured, Until, Watch, live, produce};
use crate::options::Options;
use crate::rounds::{Rounds, Table, rate};
use crate::{Part, Result};

/// Runs in progress at a time.
pub(crate) const ROOM: usize = 1024;
/// The default of siohook-inbox.
const DEFAULT_ROOM: usize = 64;
const BACKLOG: u64 = 20_000;

const BY_HAND: &str = "by hand";
const SIOHOOK: &str = "siohook-inbox";
const DEFAULT: &str = "siohook-inbox, 64 runs at a time";
const SUBJECTS: [&str; 3] = [BY_HAND, SIOHOOK, DEFAULT];

pub(crate) async fn measure(options: &Options, database: &Database) -> Result<Part> {
    let mut table = Table::new(&[
        "accepted and run",
        "producers",
        "a second",
        "range",
        "× by hand",
        "answer, median",
        "answer, 99 %",
        "CPU",
    ]);
    let mut budgets = vec![];
    for producers in PRODUCERS {
        let rounds = rounds(options, database, Some(producers)).await?;
        rows(&mut table, &rounds, &producers.to_string());
        if producers == 256 {
            let what = format!("accepted and run, producers: {producers}");
            budgets.push(Budget::rate(
                what,
                database.run,
                rounds.rate(SIOHOOK).median(),
            ));
        }
    }
    let backlog = rounds(options, database, None).await?;
    rows(&mut table, &backlog, "backlog of 20,000");
    Ok(Part {
        text: table.to_string(),
        budgets,
    })
}

fn rows(table: &mut Table, rounds: &Rounds, producers: &str) {
    for subject in SUBJECTS {
        let [median, range] = rate(&rounds.rate(subject));
        let [half, most] = rounds.waits(subject);
        table.row([
            subject.to_owned(),
            producers.to_owned(),
            median,
            range,
            format!("{:.2}", rounds.ratio(subject, BY_HAND).median()),
            half,
            most,
            format!("{:.1} µs", rounds.cpu(subject).median()),
        ]);
    }
}

/// Measures with so many producers, or how fast a backlog is worked off.
async fn rounds(
    options: &Options,
    database: &Database,
    producers: Option<usize>,
) -> Result<Rounds> {
    let mut rounds = Rounds::default();
    let dispatcher = handlers::dispatcher("brief", None);
    let sales = Deliveries::sales();
    for round in 0..options.rounds {
        for step in 0..SUBJECTS.len() {
            let subject = SUBJECTS[(round + step) % SUBJECTS.len()];
            let place = database.fresh(options, "life")?;
            let by_hand = |room| ByHand::open(&place, room, GROUP);
            let siohook = async |room| Siohook::open(&place, &dispatcher, room).await;
            let room = if subject == DEFAULT {
                DEFAULT_ROOM
            } else {
                ROOM
            };
            let measured = match (producers, subject) {
                (Some(producers), BY_HAND) => {
                    live(by_hand(room), &sales, producers, options.time).await
                }
                (Some(producers), _) => {
                    live(siohook(room).await, &sales, producers, options.time).await
                }
                (None, BY_HAND) => {
                    fill(by_hand(0), &sales, BACKLOG).await;
                    let watch = Watch::start();
                    work_off(by_hand(room), watch, BACKLOG).await
                }
                (None, _) => {
                    fill(siohook(0).await, &sales, BACKLOG).await;
                    let watch = Watch::start();
                    work_off(siohook(room).await, watch, BACKLOG).await
                }
            };
            rounds.push(subject, measured);
        }
    }
    Ok(rounds)
}

/// Stores deliveries that no handler runs for yet.
pub(crate) async fn fill<C: Contestant>(to: C, deliveries: &Deliveries, count: u64) {
    produce(&Arc::new(to), deliveries, 256, Until::Count(count)).await;
}

/// Measures how fast so many stored deliveries are run. The watch started before it was opened.
pub(crate) async fn work_off<C: Contestant>(by: C, watch: Watch, count: u64) -> Measured {
    by.settle(2 * count).await;
    watch.stop(count, vec![])
}
