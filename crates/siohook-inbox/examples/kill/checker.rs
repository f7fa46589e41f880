//! Compares what was acknowledged and started with what is stored.

use std::collections::{HashMap, HashSet};
use std::fs;
use std::path::Path;

use rusqlite::Connection;

use crate::Result;
use crate::handlers::{HANDLERS, attempts, ends_dead};

/// The run of a handler for a numbered delivery.
type Key = (u64, String);

/// Makes the database keep a record of every run that leaves its end, or is taken back.
pub(crate) fn watch(folder: &Path) -> Result<()> {
    // The schema is there once a process opened the file.
    crate::spawn(&["finish", crate::path(folder)?])?.0.wait()?;
    Connection::open(folder.join("inbox.db"))?.execute_batch(
        "CREATE TABLE again (delivery INTEGER, handler TEXT);
             CREATE TRIGGER again AFTER UPDATE ON siohook_run
             WHEN old.state IN ('done', 'dead') BEGIN
               INSERT INTO again VALUES (old.delivery, old.handler);
             END;
             CREATE TABLE taken (pid INTEGER, at INTEGER);
             CREATE TRIGGER taken AFTER UPDATE ON siohook_run
             WHEN new.crashes > old.crashes BEGIN
               INSERT INTO taken VALUES (
                 (SELECT pid FROM siohook_worker WHERE id = old.owner),
                 CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER));
             END;",
    )?;
    Ok(())
}

/// Prints what was found, and fails if a promise was broken.
pub(crate) fn check(folder: &Path) -> Result<()> {
    let database = Connection::open(folder.join("inbox.db"))?;
    let integrity: String = database.query_row("PRAGMA integrity_check", [], |row| row.get(0))?;
    let again: i64 = database.query_row("SELECT count(*) FROM again", [], |row| row.get(0))?;
    let stored = stored(&database)?;
    let (acknowledged, copies, refused, odd) = acknowledged(folder)?;
    let started = started(folder)?;
    let robbed = robbed(&database, folder)?;

    let lost = acknowledged
        .iter()
        .flat_map(|&n| HANDLERS.map(|handler| (n, handler.to_owned())));
    let lost = lost.filter(|key| !stored.contains_key(key)).count();
    let wrong = |(n, handler): &Key, state: &str| {
        state
            != if ends_dead(*n, handler) {
                "dead"
            } else {
                "done"
            }
    };
    let wrong = stored
        .iter()
        .filter(|(key, run)| wrong(key, &run.state))
        .count();
    let early = stored.keys().filter(|key| {
        let attempt = started.get(*key).and_then(|it| it.iter().max());
        attempt.is_none_or(|&it| it < attempts(key.0, &key.1))
    });
    let early = early.count();
    // A start has a number of its own. Two with the same one, or one that the database does not
    // know of, was not claimed.
    let unclaimed = started.iter().map(|(key, attempts)| {
        let known = stored.get(key).map_or(0, |run| run.attempts);
        let unique = attempts
            .iter()
            .filter(|&&it| it <= known)
            .collect::<HashSet<_>>();
        attempts.len() - unique.len()
    });
    let unclaimed: usize = unclaimed.sum();
    let repeated = started
        .iter()
        .map(|(key, it)| it.len().saturating_sub(attempts(key.0, &key.1) as usize));
    let repeated: usize = repeated.sum();
    let taken: u32 = database.query_row("SELECT count(*) FROM taken", [], |row| row.get(0))?;
    let unanswered: HashSet<_> = stored.keys().map(|key| key.0).collect();
    let unanswered = unanswered.difference(&acknowledged).count();

    println!(
        "acknowledged {}, stored and killed before the answer {unanswered}, copies told apart \
             {copies}, refused {refused}\nlost runs {lost}, wrong ends {wrong}, ended too \
             early {early}\nstarts {}, after the end was recorded {again}, not claimed {unclaimed}, robbed {robbed}, \
             repeated because a kill came before the record {repeated}, taken back {taken}\n\
             integrity: {integrity}",
        acknowledged.len(),
        started.values().map(Vec::len).sum::<usize>(),
    );
    let is_right = [lost, wrong, early, unclaimed, robbed, odd] == [0; 6] && again == 0;
    if !is_right || integrity != "ok" {
        return Err(format!("a promise was broken ({odd} odd answers)").into());
    }
    if acknowledged.len() < 500 || copies == 0 || taken == 0 {
        return Err("too little happened: nothing is shown".into());
    }
    Ok(())
}

struct StoredRun {
    state: String,
    attempts: u32,
}

fn stored(database: &Connection) -> Result<HashMap<Key, StoredRun>> {
    let mut runs = database.prepare(
        "SELECT json_extract(CAST(body AS TEXT), '$.data.n'), handler, state, attempts
         FROM siohook_run JOIN siohook_delivery ON id = delivery",
    )?;
    let runs = runs.query_map([], |row| {
        let run = StoredRun {
            state: row.get(2)?,
            attempts: row.get(3)?,
        };
        let n: i64 = row.get(0)?;
        Ok(((n.unsigned_abs(), row.get(1)?), run))
    })?;
    Ok(runs.collect::<rusqlite::Result<_>>()?)
}

/// The deliveries that were answered with 200; copies, refusals and odd answers.
fn acknowledged(folder: &Path) -> Result<(HashSet<u64>, usize, usize, usize)> {
    let (mut acknowledged, mut copies, mut refused, mut odd) = (HashSet::new(), 0, 0, 0);
    for line in fs::read_to_string(folder.join("acknowledged"))?.lines() {
        let (n, word) = line.split_once(' ').ok_or("a line without a word")?;
        match word {
            "accepted" => {
                acknowledged.insert(n.parse()?);
            }
            "copy" => copies += 1,
            "not_stored" => refused += 1,
            _ => odd += 1,
        }
    }
    Ok((acknowledged, copies, refused, odd))
}

/// The attempts that handlers were started with.
fn started(folder: &Path) -> Result<HashMap<Key, Vec<u32>>> {
    let mut started = HashMap::<Key, Vec<u32>>::new();
    for line in fs::read_to_string(folder.join("started"))?.lines() {
        let mut words = line.split(' ');
        let mut word = || words.next().ok_or("a line is too short");
        let key = (word()?.parse()?, word()?.to_owned());
        started.entry(key).or_default().push(word()?.parse()?);
    }
    Ok(started)
}

/// How many runs were taken back from a process that was not killed before.
fn robbed(database: &Connection, folder: &Path) -> Result<usize> {
    let mut killed = HashMap::<i64, Vec<i64>>::new();
    for line in fs::read_to_string(folder.join("killed"))?.lines() {
        let (pid, at) = line.split_once(' ').ok_or("a line without a time")?;
        killed.entry(pid.parse()?).or_default().push(at.parse()?);
    }
    let mut taken = database.prepare("SELECT pid, at FROM taken")?;
    let taken = taken.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let mut robbed = 0;
    for run in taken {
        // A worker without a row has no process to be killed.
        let (pid, at): (Option<i64>, i64) = run?;
        // SQLite rounds times.
        let is_gone = |killed: &Vec<i64>| killed.iter().any(|&it| it <= at + 1);
        robbed += usize::from(!pid.and_then(|pid| killed.get(&pid)).is_some_and(is_gone));
    }
    Ok(robbed)
}
