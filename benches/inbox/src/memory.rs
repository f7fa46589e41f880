//! The memory of a full inbox.

use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use std::{env, fs};

use siohook_benches::measure::Quantiles;
use tokio::time::sleep;

use crate::budget::Budget;
use crate::contestant::{Contestant as _, Siohook};
use crate::database::{Database, Place};
use crate::deliveries::Deliveries;
use crate::handlers;
use crate::life::ROOM;
use crate::load::{Until, produce};
use crate::options::Options;
use crate::rounds::Table;
use crate::{Part, Result};

const CHILD: &str = "memory-of";
/// Deliveries that the inbox lets wait.
const ACCEPTS: usize = 4096;
/// Deliveries whose handlers never end, two each.
const STUCK: usize = 32;
/// Deliveries that fill caches.
const BEFORE: u64 = 20_000;

/// Measures in processes of their own, since memory that was used is not given back.
pub(crate) fn measure(options: &Options, database: &Database) -> Result<Part> {
    let mut samples = vec![vec![], vec![]];
    for _ in 0..options.rounds {
        let mut child = Command::new(env::current_exe()?);
        let place = database.fresh(options, "memory")?;
        let output = child.args([CHILD, &place.text()]).output()?;
        if !output.status.success() {
            return Err(String::from_utf8_lossy(&output.stderr).into());
        }
        let figures = String::from_utf8(output.stdout)?;
        for (figure, samples) in figures.split_whitespace().zip(&mut samples) {
            samples.push(figure.parse::<f64>()? / 1024.0);
        }
    }
    let mut table = Table::new(&["memory above the process", "median", "range"]);
    let mut budgets = vec![];
    let rows = [
        "after 20,000 deliveries",
        "with 4,096 accepts waiting and 64 runs",
    ];
    for (what, samples) in rows.iter().zip(samples) {
        let samples = Quantiles::of(samples);
        let [low, high] = samples.outer(usize::MAX);
        let (median, range) = (samples.median(), format!("{low:.1}–{high:.1} MB"));
        table.row([(*what).to_owned(), format!("{median:.1} MB"), range]);
        if what.starts_with("with") {
            budgets.push(Budget::memory(format!("memory {what}"), 64.0, median));
        }
    }
    Ok(Part {
        text: table.to_string(),
        budgets,
    })
}

/// The place of a process that only measures memory.
pub(crate) fn place_of_child() -> Option<Place> {
    let mut arguments = env::args().skip(1);
    (arguments.next()? == CHILD).then(|| arguments.next().map(Place::of))?
}

/// Prints how many kibibytes the process gained.
pub(crate) async fn child(place: &Place) -> Result<()> {
    let (brief, stuck) = (
        handlers::dispatcher("brief", None),
        handlers::dispatcher("stuck", None),
    );
    let sales = Deliveries::sales();
    for _ in 0..100 {
        brief.verify(sales.next().incoming())?;
    }
    let before = resident()?;
    let inbox = Arc::new(Siohook::open(place, &brief, ROOM).await);
    produce(&inbox, &sales, 256, Until::Count(BEFORE)).await;
    inbox.settle(2 * BEFORE).await;
    let after_some = resident()?;
    drop(inbox);

    let inbox = Arc::new(Siohook::open(place, &stuck, 2 * STUCK).await);
    for _ in 0..STUCK {
        inbox.accept(&sales.next()).await;
    }
    // While another connection holds the lock, nothing is stored.
    let lock = place.lock()?;
    let answered = Arc::new(AtomicUsize::new(0));
    let accepts: Vec<_> = (0..ACCEPTS)
        .map(|_| {
            let (inbox, sales, answered) = (inbox.clone(), sales.clone(), answered.clone());
            tokio::spawn(async move {
                inbox.accept(&sales.next()).await;
                answered.fetch_add(1, Ordering::Relaxed);
            })
        })
        .collect();
    sleep(Duration::from_millis(700)).await;
    let full = resident()?;
    assert_eq!(
        answered.load(Ordering::Relaxed),
        0,
        "nothing can be written"
    );
    drop(lock);
    for accept in accepts {
        accept.await?;
    }
    assert_eq!(inbox.inbox.stats().await?.running(), 2 * STUCK as u64);
    println!("{} {}", after_some - before, full - before);
    Ok(())
}

/// The resident memory of this process in kibibytes.
fn resident() -> Result<u64> {
    let status = fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kibibytes = line.and_then(|line| line.trim().strip_suffix(" kB"));
    Ok(kibibytes.ok_or("the system tells no VmRSS")?.parse()?)
}
