//! A program of version 1 goes on working on a file that a newer program has upgraded, while that
//! one works on it as well.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use rusqlite::Connection;
use siohook::ReplyOutcome;
use siohook::testing::Sample;
use siohook_inbox::{MINUTE, SECOND};
use tokio::time::{sleep, timeout};

use crate::program::Place;
use crate::support;
use crate::version_1::{Claimed, Old, statements};

/// Waits for something that another process does.
async fn eventually(what: &str, mut is_so: impl FnMut() -> bool) {
    let started = Instant::now();
    while !is_so() {
        assert!(
            started.elapsed() < Duration::from_secs(20),
            "not yet: {what}"
        );
        sleep(Duration::from_millis(5)).await;
    }
}

fn run(delivery: i64, handler: &str, attempt: u32) -> Claimed {
    Claimed {
        delivery,
        handler: handler.to_owned(),
        attempt,
    }
}

/// The rows of a delivery's runs: state, attempts, crashes, replays.
fn runs(place: &Place, delivery: i64) -> Vec<String> {
    let file = place.shell();
    let sql = "SELECT concat_ws(' ', handler, state, attempts, crashes, replays) FROM siohook_run
               WHERE delivery = ?1 ORDER BY handler";
    let mut runs = file.prepare(sql).unwrap();
    let runs = runs.query_map([delivery], |row| row.get(0)).unwrap();
    runs.map(Result::unwrap).collect()
}

#[tokio::test]
async fn every_statement_of_version_1_is_known() {
    let place = Place::of_version_1();
    place.open().await.kill().await;
    let file = place.shell();
    for (name, sql) in statements::ALL {
        let prepared = file.prepare(sql);
        assert!(prepared.is_ok(), "{name}: {prepared:?}");
    }
}

#[tokio::test]
async fn an_old_program_and_a_new_one_share_the_work() {
    if !support::is_shared() {
        return;
    }
    let place = Place::new();
    new_file_of_version_1(&place);
    let old = Old::open(&place.path());
    let before = old
        .accept(place.now(), &Sample::of("SALE_NEW"), true)
        .unwrap();

    // The file is upgraded while a run of the old program is in progress.
    let mut new = place.open().await;
    assert_eq!(place.number("SELECT version FROM siohook_schema"), 2);
    assert!(old.done(place.now(), &run(before, "grant", 1)));
    assert!(old.retry(place.now(), &run(before, "mail", 1)));
    assert_eq!(
        runs(&place, before),
        ["grant done 1 0 0", "mail waiting 1 0 0"]
    );

    // What one has stored is a copy for the other.
    let (first, second) = (Sample::of("SALE_NEW"), Sample::of("SALE_NEW"));
    let stored_by_old = old.accept(place.now(), &first, false).unwrap();
    assert_eq!(new.receive(&first).await, ReplyOutcome::AcceptedBefore);
    assert_eq!(new.receive(&second).await, ReplyOutcome::Accepted);
    assert_eq!(old.accept(place.now(), &second, true), None);

    // The new program does not work yet, so the old one runs its delivery.
    let claimed = old.claim(place.now(), 100);
    assert_eq!(claimed.len(), 5);
    let (of_new, others): (Vec<_>, Vec<_>) = claimed
        .into_iter()
        .partition(|claimed| claimed.delivery > stored_by_old);
    assert_eq!(of_new.len(), 2);
    for claimed in &of_new {
        assert!(old.done(place.now(), claimed));
        assert!(!old.done(place.now(), claimed), "it is done already");
    }
    for claimed in &others {
        assert!(old.retry(place.now(), claimed));
    }
    // The new program runs what the old one has put off.
    new.work();
    new.inbox.idle().await;
    assert_eq!(new.counts().await, [0; 4]);
    assert_eq!(
        runs(&place, before),
        ["grant done 1 0 0", "mail done 3 0 0"]
    );
    assert_eq!(
        runs(&place, stored_by_old),
        ["grant done 2 0 0", "mail done 2 0 0"]
    );
    let starts: Vec<_> = place
        .starts
        .get()
        .into_iter()
        .map(|it| (it.1, it.2))
        .collect();
    assert_eq!(starts.len(), 3);

    // A run that an operator replays is one like others for the old program.
    new.kill().await;
    let replay = "UPDATE siohook_run SET state = 'waiting', replays = replays + 1
                  WHERE delivery = ?1 AND handler = 'grant'";
    place.shell().execute(replay, [before]).unwrap();
    let [replayed] = &old.claim(place.now(), 100)[..] else {
        panic!("one run is due");
    };
    assert!(old.done(place.now(), replayed));
    assert_eq!(runs(&place, before)[0], "grant done 2 0 1");
    old.retire();
}

#[tokio::test]
async fn each_takes_back_what_the_other_left() {
    if !support::is_shared() {
        return;
    }
    let place = Place::new();
    new_file_of_version_1(&place);
    let old = Old::open(&place.path());
    let mut new = place.open().await;
    new.work();
    let left = old
        .accept(place.now(), &Sample::of("SALE_NEW"), true)
        .unwrap();
    new.inbox.idle().await;
    assert_eq!(
        runs(&place, left),
        ["grant running 1 0 0", "mail running 1 0 0"]
    );
    drop(old);
    place.clock.advance(SECOND);
    eventually("the new program takes them back", || {
        runs(&place, left) == ["grant waiting 1 1 0", "mail waiting 1 1 0"]
    })
    .await;
    place.clock.advance(SECOND * 4);
    new.inbox.idle().await;
    assert_eq!(runs(&place, left), ["grant done 2 1 0", "mail done 2 1 0"]);
    new.kill().await;

    // The other way round: a program of the newest version ends in its runs.
    let new = place.open().await;
    assert_eq!(
        new.receive(&Sample::of("SALE_NEW")).await,
        ReplyOutcome::Accepted
    );
    let own = "UPDATE siohook_run SET state = 'running', attempts = 1,
               owner = (SELECT max(id) FROM siohook_worker) WHERE delivery = ?1";
    assert_eq!(place.shell().execute(own, [left + 1]).unwrap(), 2);
    let old = Old::open(&place.path());
    assert_eq!(old.take_back(place.now()), 0, "it lives");
    new.kill().await;
    assert_eq!(old.take_back(place.now()), 2);
    assert_eq!(old.claim(place.now(), 100).len(), 0);
    for _ in 0..2 {
        let [crashed] = &old.claim_crashed(place.now())[..] else {
            panic!("one run is due");
        };
        assert_eq!(crashed.attempt, 2);
        assert!(old.done(place.now(), crashed));
    }
    assert_eq!(
        runs(&place, left + 1),
        ["grant done 2 1 0", "mail done 2 1 0"]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn under_load_each_run_ends_once() {
    const DELIVERIES: usize = 100;
    if !support::is_shared() {
        return;
    }
    let place = Place::new();
    new_file_of_version_1(&place);
    let old = Old::open(&place.path());
    let mut new = place.open().await;
    new.work();
    let (path, clock) = (place.path(), place.now());
    let old = std::thread::spawn(move || {
        let mut ended = vec![];
        let mut end = |old: &Old, claimed: Vec<Claimed>| {
            for run in claimed {
                assert!(old.done(clock, &run), "{run:?}");
                ended.push((run.delivery, run.handler));
            }
        };
        for number in 0..DELIVERIES {
            let is_running = number % 2 == 0;
            let id = old.accept(clock, &Sample::of("SALE_NEW"), is_running);
            if is_running {
                let id = id.unwrap();
                end(&old, vec![run(id, "grant", 1), run(id, "mail", 1)]);
            }
            end(&old, old.claim(clock, 3));
        }
        old.retire();
        ended
    });
    // On a slow disk, one of them may wait too long for the other, and tries again a little later.
    let started = Instant::now();
    let later = || {
        assert!(started.elapsed() < MINUTE * 3, "one of them waits for ever");
        place.clock.advance(SECOND);
    };
    for _ in 0..DELIVERIES {
        let sale = Sample::of("SALE_NEW");
        let outcome = loop {
            match new.receive(&sale).await {
                ReplyOutcome::NotStored => later(),
                outcome => break outcome,
            }
        };
        assert_eq!(outcome, ReplyOutcome::Accepted);
    }
    let ended_by_old = old.join().unwrap();
    while timeout(SECOND, new.inbox.idle()).await.is_err() {
        later();
    }
    assert_eq!(new.counts().await, [0; 4]);

    let mut ends = BTreeMap::<_, u32>::new();
    for run in ended_by_old {
        *ends.entry(run).or_default() += 1;
    }
    let file = Connection::open(path).unwrap();
    let id = "SELECT id FROM siohook_delivery WHERE lower(hex(key)) = ?1";
    for (key, handler, attempt) in place.starts.get() {
        assert_eq!(attempt, 1);
        let id = file.query_row(id, [key], |row| row.get(0)).unwrap();
        *ends.entry((id, handler)).or_default() += 1;
    }
    assert_eq!(ends.len(), 4 * DELIVERIES);
    assert!(ends.values().all(|&times| times == 1));
}

/// Makes a file of version 1 that holds nothing.
fn new_file_of_version_1(place: &Place) {
    let file = place.shell();
    file.pragma_update(None, "journal_mode", "WAL").unwrap();
    let create = siohook_inbox::schema::sqlite(1).unwrap();
    file.execute_batch(create).unwrap();
}
