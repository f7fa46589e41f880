//! How soon a handler starts while nothing else is going on.

use std::time::{Duration, Instant};

use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use tokio::time::sleep;

use crate::budget::Budget;
use crate::contestant::{Contestant as _, Siohook};
use crate::database::{Database, Place};
use crate::deliveries::Deliveries;
use crate::handlers::{self, DELAY, Starts};
use crate::options::Options;
use crate::rounds::{Table, millis, spread};
use crate::{Part, Result};

/// Deliveries in a round.
const SAMPLES: usize = 40;

pub(crate) async fn measure(options: &Options, database: &Database) -> Result<Part> {
    let sales = Deliveries::sales();
    let count = options.rounds * SAMPLES;
    let mut table = Table::new(&["siohook-inbox", "median", "99 %", "longest", "samples"]);
    let mut budgets = vec![];
    let fresh = || database.fresh(options, "idle");
    let most = Duration::from_millis;
    for (what, budget, mut times) in [
        (
            "acknowledged → handler starts",
            most(1),
            same(&fresh()?, &sales, count).await?,
        ),
        (
            "retry due → handler starts",
            most(50),
            retried(&fresh()?, &sales, count).await?,
        ),
        (
            "accepted by one, run by another",
            most(50),
            other(&fresh()?, &sales, count).await?,
        ),
    ] {
        times.sort_unstable();
        let [half, nearly_all] = spread(times.clone());
        let longest = times.last().copied().unwrap_or_default();
        table.row([
            what.to_owned(),
            millis(half),
            millis(nearly_all),
            millis(longest),
            times.len().to_string(),
        ]);
        budgets.push(Budget::time(what, budget, nearly_all));
    }
    Ok(Part {
        text: table.to_string(),
        budgets,
    })
}

fn starts() -> (Option<Starts>, UnboundedReceiver<Instant>) {
    let (sender, receiver) = unbounded_channel();
    (Some(Starts(sender)), receiver)
}

/// Lets the inbox become idle, for a time that is never the same.
async fn pause(sample: usize) {
    sleep(Duration::from_millis(40 + sample as u64 * 7 % 60)).await;
}

/// From the acknowledgement to the handler, in one process.
async fn same(place: &Place, sales: &Deliveries, count: usize) -> Result<Vec<Duration>> {
    let (starts, mut started) = starts();
    let dispatcher = handlers::dispatcher("timed", starts);
    let inbox = Siohook::open(place, &dispatcher, 64).await;
    let mut times = vec![];
    for sample in 0..count {
        pause(sample).await;
        inbox.accept(&sales.next()).await;
        let acknowledged = Instant::now();
        let started = started.recv().await.ok_or("the inbox ended")?;
        times.push(started.saturating_duration_since(acknowledged));
    }
    Ok(times)
}

/// From the moment at which a retry is due to the handler.
async fn retried(place: &Place, sales: &Deliveries, count: usize) -> Result<Vec<Duration>> {
    let (starts, mut started) = starts();
    let dispatcher = handlers::dispatcher("retried", starts);
    let inbox = Siohook::open(place, &dispatcher, 64).await;
    let mut times = vec![];
    for sample in 0..count {
        pause(sample).await;
        inbox.accept(&sales.next()).await;
        let first = started.recv().await.ok_or("the inbox ended")?;
        let second = started.recv().await.ok_or("the inbox ended")?;
        times.push(second.saturating_duration_since(first + DELAY));
    }
    Ok(times)
}

/// From the acknowledgement by one inbox to the handler of another one in the same place.
async fn other(place: &Place, sales: &Deliveries, count: usize) -> Result<Vec<Duration>> {
    let (starts, mut started) = starts();
    let dispatcher = handlers::dispatcher("timed", starts);
    let accepts = Siohook::open(place, &dispatcher, 0).await;
    let _runs = Siohook::open(place, &dispatcher, 64).await;
    // Each notices the other one within a second.
    sleep(Duration::from_millis(1500)).await;
    let mut times = vec![];
    for sample in 0..count {
        pause(sample).await;
        accepts.accept(&sales.next()).await;
        let acknowledged = Instant::now();
        let started = started.recv().await.ok_or("the inbox ended")?;
        times.push(started.saturating_duration_since(acknowledged));
    }
    Ok(times)
}
