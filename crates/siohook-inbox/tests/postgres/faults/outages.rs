use std::os::unix::fs::{MetadataExt as _, chown};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread::{scope, sleep};
use std::time::Instant;

use siohook::ReplyOutcome;
use test_postgres::{Server, is_skipped};

use super::{Place, SECOND, send};
use crate::program::wait_until;
use crate::{skip, space};

#[test]
fn a_server_may_restart_under_load() {
    if is_skipped() {
        return;
    }
    let server = Server::start();
    let place = Place::on(&server);
    let programs = [place.open(place.direct()), place.open(place.direct())];
    let (next, is_over) = (AtomicU64::new(0), AtomicBool::new(false));
    let acknowledged = Mutex::new(vec![]);
    scope(|scope| {
        for program in &programs {
            for _ in 0..4 {
                scope.spawn(|| {
                    while !is_over.load(Ordering::Relaxed) {
                        let n = next.fetch_add(1, Ordering::Relaxed);
                        let outcome = program.send(n).outcome();
                        if outcome == ReplyOutcome::Accepted {
                            acknowledged.lock().unwrap().push(n);
                        }
                    }
                });
            }
        }
        for _ in 0..3 {
            sleep(SECOND);
            server.restart_immediate();
        }
        sleep(SECOND);
        is_over.store(true, Ordering::Relaxed);
    });
    wait_until("everything is done", || place.runs("state <> 'done'") == 0);
    let acknowledged = acknowledged.into_inner().unwrap();
    assert!(acknowledged.len() > 100, "{}", acknowledged.len());
    let ended = place.ledger().ended();
    for n in acknowledged {
        let handlers: Vec<_> = ended.iter().filter(|it| it.n == n).collect();
        assert!(handlers.len() >= 2, "{n}: {handlers:?}");
        assert_eq!(programs[0].send(n).outcome(), ReplyOutcome::AcceptedBefore);
    }
}

#[test]
fn a_server_that_is_silent_or_away_is_waited_for() {
    if is_skipped() {
        return;
    }
    let server = Server::start();
    let (place, patience) = (Place::on(&server), SECOND * 7);
    let program = place.open(place.direct());
    let ledger = place.ledger();
    ledger.hold();
    program.accept(1);
    wait_until("both run", || ledger.started().len() == 2);

    server.freeze();
    let frozen = Instant::now();
    let (why, took) = program.refuse_timed(2);
    assert!(why.contains("did not answer in time"), "{why}");
    assert!(took < patience, "{took:?}");
    ledger.release();
    wait_until("both end", || ledger.ended().len() == 2);
    while frozen.elapsed() < SECOND * 10 {
        let (_, took) = program.refuse_timed(3);
        assert!(took < patience, "{took:?}");
    }
    server.thaw();
    assert_ne!(send(&program, 2), ReplyOutcome::NotStored);
    wait_until("all ends are recorded", || {
        place.runs("state <> 'done'") == 0
    });
    program.health().unwrap();

    server.stop();
    wait_until("the socket is closed", || {
        let (why, took) = program.refuse_timed(4);
        assert!(took < SECOND, "{took:?}");
        why.contains("start the server")
    });
    assert!(program.health().is_err());
    sleep(SECOND);
    server.start_again();
    let back = Instant::now();
    wait_until("the probe succeeds", || program.health().is_ok());
    assert!(back.elapsed() < SECOND * 2, "{:?}", back.elapsed());
    program.accept(4);
    wait_until("it is done", || place.runs("state <> 'done'") == 0);
    let first = ledger.started().into_iter().filter(|it| it.n == 1);
    assert_eq!(first.count(), 2, "a handler that was recorded runs no more");
}

#[test]
fn a_lock_of_an_operator_is_waited_for_two_seconds() {
    let Some(place) = Place::shared() else { return };
    let program = place.open(place.direct());
    for (n, table) in ["delivery", "run"].into_iter().enumerate() {
        let lock = format!(
            "BEGIN; LOCK TABLE siohook.{table}; SELECT pg_sleep(10), 'operator {n}'; COMMIT"
        );
        scope(|scope| {
            let operator = scope.spawn(|| place.sql(&lock));
            let holds = "SELECT count(*) FROM pg_stat_activity
                WHERE wait_event = 'PgSleep' AND datname = current_database()";
            wait_until("the operator has the lock", || place.sql(holds) == "1");
            // The program looks at the others, and waits already.
            sleep(SECOND);
            for _ in 0..2 {
                let (why, took) = program.refuse_timed(10 + n as u64);
                assert!(why.contains("holds a lock"), "{why}");
                assert!(took < SECOND * 4, "{table} {took:?}");
            }
            operator.join().unwrap();
        });
        send(&program, 10 + n as u64);
    }
    program.wait_until_idle();
}

#[test]
fn a_disk_that_is_full_takes_nothing_until_there_is_space() {
    if is_skipped() {
        return;
    }
    if !space::is_root() {
        return skip("a file system for PostgreSQL needs root");
    }
    let test = "faults::outages::a_disk_that_is_full_takes_nothing_until_there_is_space";
    space::in_memory(test, 24, |disk| {
        // The log of writes is on another disk: without space, it ends a server.
        let server = Server::start();
        let tables = disk.join("tables");
        std::fs::create_dir(&tables).unwrap();
        let of_server = std::fs::metadata(server.data()).unwrap();
        chown(&tables, Some(of_server.uid()), Some(of_server.gid())).unwrap();
        let tables = tables.display();
        server.sql(
            &server.url(),
            &format!("CREATE TABLESPACE small LOCATION '{tables}'"),
        );
        let place = Place::on(&server);
        let name = place.database.rsplit('/').next().unwrap();
        server.sql(
            &server.url(),
            &format!("ALTER DATABASE {name} SET TABLESPACE small"),
        );
        let program = place.open(place.direct());
        // The bodies are of one letter.
        place.sql("ALTER TABLE siohook.delivery ALTER body SET STORAGE EXTERNAL");
        let first = program.send_until_refused(0, 100_000);
        let (why, took) = program.refuse_timed(first);
        assert!(why.contains("free some space on its disk"), "{why}");
        assert!(took < SECOND * 2, "{took:?}");
        assert_eq!(program.stats().dead(), 0);
        place.sql("ALTER TABLE siohook.delivery SET TABLESPACE pg_default");
        assert_ne!(send(&program, first), ReplyOutcome::NotStored);
        wait_until("everything is done", || place.runs("state <> 'done'") == 0);
        assert_eq!(
            place.sql("SELECT count(*) FROM siohook.delivery"),
            (first + 1).to_string()
        );
        wait_until("the probe succeeds", || program.health().is_ok());
    });
}
