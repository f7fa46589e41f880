//! What an operator asks and changes, with a million finished deliveries kept: alone, and while
//! deliveries are accepted.

use std::fs;

use siohook_inbox::{DeliverySummary, MINUTE, Operator, State};
use tokio::time::sleep;

use crate::calls::Calls;
use crate::contestant::Siohook;
use crate::database::{Database, Place};
use crate::deliveries::Deliveries;
use crate::handlers;
use crate::kept::keep;
use crate::life::ROOM;
use crate::options::Options;
use crate::{Part, Result};

/// Dead letters that a call changes.
const LETTERS: u64 = 10_000;
/// Deliveries of one contact, who is erased.
const OF_CONTACT: u64 = 100;
/// A purge takes one of so many parts.
const PARTS: u64 = 20;
const DEAD: &str = "dead.enrol";

pub(crate) async fn measure(options: &Options, database: &Database) -> Result<Part> {
    let place = database.fresh(options, "operator")?;
    // All rounds but the last are those of an operator alone.
    let rounds = options.rounds + 1;
    // Some are left at the end.
    let dead = 2 * LETTERS * (rounds as u64 + 1);
    let tags = Deliveries::tags();
    keep(&place, "brief", &tags, options.kept, 2).await;
    keep(&place, "dead", &tags, dead, 1).await;
    for round in 0..rounds {
        let tags = Deliveries::tags_of(&contact(round));
        keep(&place, "brief", &tags, OF_CONTACT, 2).await;
    }
    database.tidy(&place);
    let mut calls = Calls::default();
    for number in 0..rounds {
        if number == options.rounds {
            let dispatcher = handlers::dispatcher("brief", None);
            calls.accept_meanwhile(Siohook::open(&place, &dispatcher, ROOM).await);
            let nothing = async {
                sleep(options.time).await;
                Ok(())
            };
            calls.time("nothing", nothing).await?;
        }
        round(&place, options, number, &mut calls).await?;
    }
    let text = format!(
        "{}\nKept: {} finished deliveries, {dead} dead letters.\n",
        calls.table(),
        options.kept
    );
    Ok(Part {
        text,
        budgets: vec![],
    })
}

/// The address of the contact who is erased in a round.
fn contact(round: usize) -> String {
    format!("lea-{round}@example.com")
}

/// Makes each call, as the program of an operator does: on a connection of its own.
async fn round(place: &Place, options: &Options, number: usize, calls: &mut Calls) -> Result<()> {
    let operator = calls.time("operator()", place.inbox().operator()).await?;
    calls.time("stats()", operator.stats()).await?;
    // Another one in each round, and one that is not purged.
    let chosen = options.kept - number as u64;
    let chosen = operator.deliveries().below(chosen.cast_signed());
    let chosen = chosen.list(1).await?.remove(0);
    list(&operator, &chosen, calls).await?;
    replay(&operator, chosen.id(), calls).await?;
    change_letters(&operator, calls).await?;
    erase(&operator, number, calls).await?;
    if let Place::File(_) = place {
        let path = options.data().join("backup.db");
        calls.time("backup(…)", operator.backup(&path)).await?;
        fs::remove_file(path)?;
    }
    let oldest = options.kept / PARTS * (number as u64 + 1);
    let last = operator.deliveries().below(oldest.cast_signed() + 1);
    let before = last.list(1).await?[0].received_at();
    let purged = operator.purge_done(before);
    calls.time("purge_done(…), a 20th", purged).await?;
    Ok(())
}

async fn list(operator: &Operator, chosen: &DeliverySummary, calls: &mut Calls) -> Result<()> {
    let all = || operator.deliveries();
    let time = chosen.received_at();
    for (what, deliveries) in [
        ("deliveries()", all()),
        ("deliveries().before(time)", all().before(time)),
        ("deliveries().handler(…)", all().handler("brief.count")),
        ("deliveries().state(Done)", all().state(State::Done)),
        ("deliveries().state(Dead)", all().state(State::Dead)),
        ("deliveries().state(Waiting)", all().state(State::Waiting)),
        (
            "deliveries().event(\"CONTACT_*\")",
            all().event("CONTACT_*"),
        ),
        (
            "deliveries().event(\"SALE_*\"), none",
            all().event("SALE_*"),
        ),
        (
            "deliveries().state(Done).event(\"SALE_*\"), none",
            all().state(State::Done).event("SALE_*"),
        ),
    ] {
        calls.time(what, deliveries.list(100)).await?;
    }
    let stored = operator.delivery(chosen.id());
    calls.time("delivery(id)", stored).await?;
    for (what, letters) in [
        ("dead()", operator.dead()),
        ("dead().handler(…)", operator.dead().handler(DEAD)),
        (
            "dead().event(\"SALE_*\"), none",
            operator.dead().event("SALE_*"),
        ),
        ("dead().before(time), none", operator.dead().before(time)),
    ] {
        calls.time(what, letters.list(100)).await?;
    }
    Ok(())
}

async fn replay(operator: &Operator, id: i64, calls: &mut Calls) -> Result<()> {
    let again = operator.replay(id).again();
    assert_eq!(calls.time("replay(id).again()", again).await?, 2);
    let added = operator.replay(id).handlers(["brief.added"]);
    let added = calls.time("replay(id).handlers(…)", added.into_future());
    assert_eq!(added.await?, 1);
    Ok(())
}

/// Changes what died, and what waits afterwards for a handler that no process has.
async fn change_letters(operator: &Operator, calls: &mut Calls) -> Result<()> {
    const FORMER: &str = "dead.former";
    let letters = || operator.dead().handler(DEAD);
    let would = letters().dry_run().retry();
    let would = calls.time("dead().dry_run().retry()", would).await?;
    assert!(would > 2 * LETTERS, "{would} are dead");
    let retried = letters().at_most(LETTERS).spread(MINUTE * 10).retry();
    let what = "dead().at_most(10,000).spread(…).retry()";
    assert_eq!(calls.time(what, retried).await?, LETTERS);
    let purged = letters().at_most(LETTERS).purge();
    let what = "dead().at_most(10,000).purge()";
    assert_eq!(calls.time(what, purged).await?, LETTERS);
    calls.time("orphans()", operator.orphans()).await?;
    let given_up = operator.purge_orphans(DEAD);
    let what = "purge_orphans(…), 10,000 runs";
    assert_eq!(calls.time(what, given_up).await?, LETTERS);
    for (from, to) in [(DEAD, FORMER), (FORMER, DEAD)] {
        let renamed = operator.rename_handler(from, to);
        let what = "rename_handler(…), all that died";
        calls.time(what, renamed).await?;
    }
    Ok(())
}

async fn erase(operator: &Operator, number: usize, calls: &mut Calls) -> Result<()> {
    for (what, email, deliveries) in [
        ("erase_contact(…), none", "nobody@example.com", 0),
        ("erase_contact(…), 100 found", &contact(number), OF_CONTACT),
    ] {
        let erased = calls.time(what, operator.erase_contact(email)).await?;
        assert_eq!((erased.deliveries, erased.unreadable), (deliveries, 0));
    }
    Ok(())
}
