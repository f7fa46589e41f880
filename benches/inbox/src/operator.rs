//! What an operator asks and changes, with a million finished deliveries kept.

use std::fs;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use siohook_inbox::{InboxError, MINUTE, State};

use crate::contestant::{Contestant as _, Siohook};
use crate::database::{Database, Place};
use crate::deliveries::Deliveries;
use crate::handlers;
use crate::life::ROOM;
use crate::load::{Until, produce};
use crate::options::Options;
use crate::rounds::{Table, millis, spread};
use crate::{Part, Result};

/// Dead letters that a call changes.
const LETTERS: u64 = 1000;

/// The calls, with how long each took.
#[derive(Default)]
struct Calls(Vec<(&'static str, Vec<Duration>)>);

impl Calls {
    async fn time<T>(
        &mut self,
        what: &'static str,
        call: impl Future<Output = std::result::Result<T, InboxError>>,
    ) -> Result<T> {
        let started = Instant::now();
        let answer = call.await.map_err(|error| format!("{what}: {error}"))?;
        let time = started.elapsed();
        match self.0.iter_mut().find(|(name, _)| *name == what) {
            Some((_, times)) => times.push(time),
            None => self.0.push((what, vec![time])),
        }
        Ok(answer)
    }
}

pub(crate) async fn measure(options: &Options, database: &Database) -> Result<Part> {
    let place = database.fresh(options, "operator")?;
    let dead = dead_letters(options);
    keep(&place, "brief", options.kept, 2).await;
    keep(&place, "dead", dead, 1).await;
    let mut calls = Calls::default();
    for number in 0..options.rounds {
        round(&place, options, number, &mut calls).await?;
    }
    let operator = place.inbox().operator().await?;
    let purged = operator.purge_done(SystemTime::now());
    let purged = calls.time("purge_done(now)", purged).await?;
    assert!(purged >= options.kept, "{purged} were purged");
    let mut table = Table::new(&["operator", "median", "longest", "samples"]);
    for (what, times) in calls.0 {
        let longest = times.iter().max().copied().unwrap_or_default();
        let samples = times.len().to_string();
        let [median, _] = spread(times);
        table.row([
            format!("`{what}`"),
            millis(median),
            millis(longest),
            samples,
        ]);
    }
    let text = format!(
        "{table}\nKept: {} finished deliveries, {dead} dead letters.\n",
        options.kept
    );
    Ok(Part {
        text,
        budgets: vec![],
    })
}

/// Fills a place with deliveries whose handlers have ended.
async fn keep(place: &Place, handlers: &'static str, count: u64, runs_each: u64) {
    let dispatcher = handlers::dispatcher(handlers, None);
    let inbox = Arc::new(Siohook::open(place, &dispatcher, ROOM).await);
    produce(&inbox, &Deliveries::tags(), 256, Until::Count(count)).await;
    inbox.settle(runs_each * count).await;
}

/// Some are left after all rounds.
fn dead_letters(options: &Options) -> u64 {
    2 * LETTERS * (options.rounds as u64 + 1)
}

/// Makes each call once, as the program of an operator does: on a connection of its own.
async fn round(place: &Place, options: &Options, number: usize, calls: &mut Calls) -> Result<()> {
    const DEAD: &str = "dead.enrol";
    const FORMER: &str = "dead.former";
    let operator = calls.time("operator()", place.inbox().operator()).await?;
    calls.time("stats()", operator.stats()).await?;
    let newest = operator.deliveries().list(100);
    let newest = calls.time("deliveries().list(100)", newest).await?;
    let done = operator.deliveries().state(State::Done);
    let done = done.event("CONTACT_*").list(100);
    let what = "deliveries().state(Done).event(\"CONTACT_*\").list(100)";
    calls.time(what, done).await?;
    let none = operator.deliveries().event("SALE_*").list(100);
    let what = "deliveries().event(\"SALE_*\").list(100), none found";
    calls.time(what, none).await?;

    // Done, and another one than in the rounds before.
    let middle = dead_letters(options) + options.kept / 2 + number as u64;
    let middle = newest[0].id() - middle.cast_signed();
    let middle = operator.deliveries().below(middle).list(1).await?[0].id();
    calls
        .time("delivery(id)", operator.delivery(middle))
        .await?;
    let again = operator.replay(middle).again();
    assert_eq!(calls.time("replay(id).again()", again).await?, 2);
    let added = operator.replay(middle).handlers(["brief.added"]);
    let added = calls.time("replay(id).handlers([…])", added.into_future());
    assert_eq!(added.await?, 1);

    let letters = operator.dead().list(100);
    calls.time("dead().list(100)", letters).await?;
    let would = operator.dead().handler(DEAD).dry_run().retry();
    let would = calls
        .time("dead().handler(…).dry_run().retry()", would)
        .await?;
    assert!(would > 2 * LETTERS, "{would} are dead");
    let retried = operator.dead().at_most(LETTERS).spread(MINUTE * 10).retry();
    let what = "dead().at_most(1000).spread(MINUTE * 10).retry()";
    assert_eq!(calls.time(what, retried).await?, LETTERS);
    let purged = operator.dead().at_most(LETTERS).purge();
    let what = "dead().at_most(1000).purge()";
    assert_eq!(calls.time(what, purged).await?, LETTERS);

    calls.time("orphans()", operator.orphans()).await?;
    let given_up = operator.purge_orphans(DEAD);
    let what = "purge_orphans(…), 1000 runs";
    assert_eq!(calls.time(what, given_up).await?, LETTERS);
    for (from, to) in [(DEAD, FORMER), (FORMER, DEAD)] {
        let renamed = operator.rename_handler(from, to);
        calls
            .time("rename_handler(…), those of the dead letters", renamed)
            .await?;
    }
    let erased = operator.erase_contact("nobody@example.com");
    let what = "erase_contact(…), none found";
    let erased = calls.time(what, erased).await?;
    assert_eq!((erased.deliveries, erased.unreadable), (0, 0));
    if let Place::File(_) = place {
        let path = options.data().join("backup.db");
        calls.time("backup(…)", operator.backup(&path)).await?;
        fs::remove_file(path)?;
    }
    Ok(())
}
