use std::time::{Duration, Instant};

use siohook::testing::block_on;

use super::{MS, Place, SECOND};
use crate::program::wait_until;

const LEASE: Duration = Duration::from_millis(1500);

/// Lets runs whose process ended wait no longer.
const HURRY: &str = "UPDATE siohook.run SET due_at = now() WHERE state = 'waiting'";

#[test]
fn a_process_that_was_stopped_for_too_long_is_told() {
    let Some(place) = Place::shared() else { return };
    let ledger = place.ledger();
    let mut stopped = place.process(LEASE, "a");
    stopped.ask("work");
    ledger.hold();
    assert_eq!(stopped.ask("send 1"), "accepted");
    wait_until("it runs there", || ledger.started().len() == 1);
    let other = place.program(place.direct().lease(LEASE), &["a"]);
    other.work();

    stopped.signal("STOP");
    let since = Instant::now();
    wait_until("its run is taken back", || place.runs("crashes = 1") == 1);
    assert!(since.elapsed() > LEASE * 3 / 4, "{:?}", since.elapsed());
    place.sql(HURRY);
    wait_until("it runs here", || ledger.started().len() == 2);
    stopped.signal("CONT");
    ledger.release();
    wait_until("both end", || ledger.ended().len() == 2);
    wait_until("it is done", || {
        place.runs("state = 'done' AND attempts = 2") == 1
    });

    #[cfg(all(feature = "tracing", feature = "metrics"))]
    {
        const LOST: &str = "siohook.inbox.lease_lost{}";
        wait_until("it is told", || stopped.ask(LOST) == "1");
        let warnings = stopped.ask("warnings");
        assert!(
            warnings.contains("ended after it was given back"),
            "{warnings}"
        );
        assert!(
            warnings.contains("silent for longer than its lease"),
            "{warnings}"
        );
    }

    other.drain();
    assert_eq!(stopped.ask("send 2"), "accepted");
    wait_until("it works on", || place.runs("state = 'done'") == 2);
    let last = ledger.ended().into_iter().find(|it| it.n == 2);
    assert_eq!(last.unwrap().process, stopped.id());
}

/// What becomes due while a process is stopped is not started by it before it has said that it lives.
#[test]
fn a_process_that_goes_on_first_says_that_it_lives() {
    let Some(place) = Place::shared() else { return };
    let mut stopped = place.process(LEASE, "a");
    stopped.ask("work");
    let front = place.program(place.direct(), &["a"]);
    stopped.signal("STOP");
    std::thread::sleep(LEASE * 2);
    front.accept(1);
    place.sql(
        "CREATE TABLE late (n int);
         CREATE FUNCTION late() RETURNS trigger LANGUAGE plpgsql AS $$
         BEGIN
           IF NOT EXISTS (SELECT FROM siohook.worker
             WHERE id = new.owner AND seen_at > now() - interval '1.5 s')
           THEN INSERT INTO late VALUES (1); END IF;
           RETURN new;
         END $$;
         CREATE TRIGGER late BEFORE UPDATE ON siohook.run FOR EACH ROW
         WHEN (new.state = 'running') EXECUTE FUNCTION late();",
    );
    stopped.signal("CONT");
    wait_until("it is done", || place.runs("state = 'done'") == 1);
    assert_eq!(place.sql("SELECT count(*) FROM late"), "0");
}

#[test]
fn a_process_that_was_killed_is_waited_for_as_long_as_its_own_lease() {
    let Some(place) = Place::shared() else { return };
    let ledger = place.ledger();
    ledger.hold();
    // With other handlers, so that neither takes the run of the other.
    let (mut short, mut long) = (place.process(LEASE, "a"), place.process(LEASE * 40, "b"));
    for (n, process) in [&mut short, &mut long].into_iter().enumerate() {
        process.ask("work");
        assert_eq!(process.ask(&format!("send {n}")), "accepted");
    }
    wait_until("both run", || ledger.started().len() == 2);
    let other = place.program(place.direct().lease(SECOND), &["a", "b"]);
    other.work();
    drop((short, long));
    let killed = Instant::now();
    wait_until("one is taken back", || place.runs("crashes = 1") == 1);
    let took = killed.elapsed();
    assert!(took > LEASE / 2 && took < LEASE * 10, "{took:?}");
    ledger.release();
    place.sql(HURRY);
    wait_until("it is done", || place.runs("state = 'done'") == 1);
    assert_eq!(place.runs("state = 'running' AND crashes = 0"), 1);
    assert_eq!(ledger.ended().len(), 1);
}

#[test]
fn what_is_given_back_is_heard_of() {
    let Some(place) = Place::shared() else { return };
    let ledger = place.ledger();
    ledger.hold();
    let mut took = vec![];
    for n in 0..5 {
        let leaving = place.open(place.direct());
        leaving.accept(n);
        wait_until("it runs", || ledger.started().len() == took.len() * 4 + 2);
        let staying = place.open(place.direct());
        staying.stats();
        let since = Instant::now();
        assert_eq!(block_on(leaving.inbox.drain(Duration::ZERO)).given_back, 2);
        wait_until("it runs elsewhere", || {
            ledger.started().len() == took.len() * 4 + 4
        });
        took.push(since.elapsed());
        ledger.release();
        staying.wait_until_idle();
        ledger.hold();
    }
    took.sort();
    assert!(took[2] < MS * 200, "a look each second is later: {took:?}");
    assert_eq!(place.runs("crashes > 0"), 0);
}

#[test]
fn programs_with_other_handlers_share_a_store() {
    let Some(place) = Place::shared() else { return };
    let (old, new) = (
        place.program(place.direct(), &["a", "b"]),
        place.process(LEASE, "b,c"),
    );
    let mut new = new;
    old.work();
    new.ask("work");
    for n in 0..10 {
        old.accept(n);
        assert_eq!(new.ask(&format!("send {}", 100 + n)), "accepted");
    }
    wait_until("everything is done", || place.runs("state = 'done'") == 40);
    for entry in place.ledger().ended() {
        let is_new = entry.process == new.id();
        assert!(
            entry.handler == "b" || is_new == (entry.handler == "c"),
            "{entry:?}"
        );
    }
}
