//! Compares what was acknowledged and started with what is stored.

use std::collections::{HashMap, HashSet};
use std::fs;
use std::path::Path;

use crate::Result;
use crate::database::{Database, LEASE};
use crate::handlers::{HANDLERS, attempts, ends_dead};

/// Stands for the server among the processes that were killed.
pub(crate) const SERVER: &str = "server";

/// The run of a handler for a numbered delivery.
type Key = (u64, String);

/// Prints what was found, and fails if a promise was broken.
pub(crate) fn check(database: &Database, folder: &Path) -> Result<()> {
    let integrity = database.rows("SELECT said FROM integrity")?.join(", ");
    let again = database.rows("SELECT handler FROM again")?.len();
    let stored = stored(database)?;
    let (acknowledged, copies, refused, odd) = acknowledged(folder)?;
    let started = started(folder)?;
    let (taken, robbed) = taken(database, folder)?;

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
    let early = stored.iter().filter(|(key, run)| {
        let attempt = started.get(*key).and_then(|it| it.iter().max());
        let is_early = attempt.is_none_or(|&it| it < attempts(key.0, &key.1));
        if is_early {
            eprintln!("early: {key:?} {run:?}, started {:?}", started.get(*key));
        }
        is_early
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
        if attempts.len() > unique.len() {
            eprintln!(
                "not claimed: {key:?} {:?}, started {attempts:?}",
                stored.get(key)
            );
        }
        attempts.len() - unique.len()
    });
    let unclaimed: usize = unclaimed.sum();
    let repeated = started
        .iter()
        .map(|(key, it)| it.len().saturating_sub(attempts(key.0, &key.1) as usize));
    let repeated: usize = repeated.sum();
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
    let is_right = [lost, wrong, early, unclaimed, robbed, odd, again] == [0; 7];
    if !is_right || integrity != "ok" {
        return Err(format!("a promise was broken ({odd} odd answers)").into());
    }
    if acknowledged.len() < 500 || copies == 0 || taken == 0 {
        return Err("too little happened: nothing is shown".into());
    }
    Ok(())
}

#[derive(Debug)]
struct StoredRun {
    state: String,
    attempts: u32,
}

fn stored(database: &Database) -> Result<HashMap<Key, StoredRun>> {
    let runs = "SELECT n || ' ' || handler || ' ' || state || ' ' || attempts FROM stored";
    let run = |row: &String| {
        let [n, handler, state, attempts] = words(row)?;
        let (state, attempts) = (state.to_owned(), attempts.parse()?);
        Ok((
            (n.parse()?, handler.to_owned()),
            StoredRun { state, attempts },
        ))
    };
    database.rows(runs)?.iter().map(run).collect()
}

fn words<const N: usize>(line: &str) -> Result<[&str; N]> {
    let words: Vec<_> = line.split_ascii_whitespace().collect();
    let words = words.try_into();
    Ok(words.map_err(|_| format!("{line:?} has not {N} words"))?)
}

/// The deliveries that were answered with 200; copies, refusals and odd answers.
fn acknowledged(folder: &Path) -> Result<(HashSet<u64>, usize, usize, usize)> {
    let (mut acknowledged, mut copies, mut refused, mut odd) = (HashSet::new(), 0, 0, 0);
    for line in fs::read_to_string(folder.join("acknowledged"))?.lines() {
        let [n, word] = words(line)?;
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
        let [n, handler, attempt] = words(line)?;
        let key = (n.parse()?, handler.to_owned());
        started.entry(key).or_default().push(attempt.parse()?);
    }
    Ok(started)
}

/// How many runs were taken back, and how many of them from a process that was not killed before, or
/// while its lease went on.
///
/// Processes are taken to be gone if they can't say for so long that they are there. So nothing is
/// known of those that are there when the server restarts.
fn taken(database: &Database, folder: &Path) -> Result<(usize, usize)> {
    let (mut killed, mut restarts) = (HashMap::<String, Vec<u128>>::new(), vec![]);
    for line in fs::read_to_string(folder.join("killed"))?.lines() {
        let [pid, at] = words(line)?;
        if pid == SERVER {
            restarts.push(at.parse()?);
        } else {
            killed.entry(pid.to_owned()).or_default().push(at.parse()?);
        }
    }
    // A worker without a row has no process to be killed.
    let taken = "SELECT coalesce(pid, 0) || ' ' || at || ' ' || in_lease FROM taken";
    let taken = database.rows(taken)?;
    let mut robbed = 0;
    for run in &taken {
        let [pid, at, in_lease] = words(run)?;
        let at: u128 = at.parse()?;
        // SQLite rounds times.
        let is_gone = |killed: &Vec<u128>| killed.iter().any(|&it| it <= at + 1);
        let is_gone = killed.get(pid).is_some_and(is_gone)
            || restarts
                .iter()
                .any(|&it| (it..it + 2 * LEASE.as_millis()).contains(&at));
        robbed += usize::from(!is_gone || in_lease != "0");
    }
    Ok((taken.len(), robbed))
}
