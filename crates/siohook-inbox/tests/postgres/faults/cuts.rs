use std::thread::scope;

use siohook::ReplyOutcome;
use test_postgres::Fault;
use test_postgres::Point::{self, AfterMessage, BeforeAnswer, BeforeMessage};

use super::{Place, SECOND, send};
use crate::program::wait_until;

/// So many messages of a client are cut, one in the life of each delivery: it is stored, both of its
/// handlers run, and their ends are recorded. Signs of life, looks and claims are among them.
const MESSAGES: u64 = 48;
/// The lives take their time, because what a cut leaves open is found in a second.
const LANES: u64 = 6;

#[test]
fn a_connection_can_be_cut_at_every_message() {
    let Some(place) = Place::shared() else { return };
    drop(place);
    let kinds: [fn(u64) -> Point; 3] = [BeforeMessage, AfterMessage, BeforeAnswer];
    scope(|scope| {
        for kind in kinds {
            for lane in 0..LANES {
                scope.spawn(move || live(kind, lane));
            }
        }
    });
}

fn live(kind: fn(u64) -> Point, lane: u64) {
    let place = Place::shared().expect("it is installed");
    let program = place.open(place.through_proxy());
    let mut recorded = 0;
    for n in (lane..MESSAGES).step_by(LANES.try_into().unwrap()) {
        place.proxy.arm(kind(n), Fault::Cut);
        let outcome = send(&program, n);
        assert!(place.proxy.wait_until_hit(SECOND * 20), "{:?}", kind(n));
        wait_until("both runs are done", || {
            place.runs("state = 'done'") == recorded + 2
        });
        recorded += 2;
        assert_eq!(place.runs("state <> 'done' OR owner IS NOT NULL"), 0);
        assert_eq!(send(&program, n), ReplyOutcome::AcceptedBefore, "{outcome}");
        assert_eq!(place.runs("crashes > 0"), 0, "the process lives");
    }
    let started = place.ledger().started().len();
    program.drain();
    drop(program);
    let later = place.open(place.direct());
    later.wait_until_idle();
    assert_eq!(place.ledger().started().len(), started);
}

/// Another process works meanwhile: it takes nothing of what this one has.
#[test]
fn a_process_whose_connections_are_cut_again_and_again_loses_nothing() {
    let Some(place) = Place::shared() else { return };
    // A busy machine does not end this lease.
    let one = place.open(place.through_proxy().lease(SECOND * 10));
    let other = place.open(place.direct());
    for n in 0..40 {
        place.proxy.cut();
        send(if n % 2 == 0 { &one } else { &other }, n);
    }
    other.wait_until_idle();
    assert_eq!(place.runs("state = 'done'"), 80);
    assert_eq!(place.runs("crashes > 0"), 0);
    let (mut done, ledger) = (place.ledger().ended(), place.ledger());
    done.dedup_by_key(|entry| (entry.handler.clone(), entry.n));
    assert_eq!(done.len(), 80);
    assert!(ledger.started().iter().all(|entry| entry.attempt < 10));
}
