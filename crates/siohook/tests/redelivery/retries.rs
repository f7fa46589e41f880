//! Retries after a failure, or after the sender hung up.

use super::*;

#[test]
fn a_retry_runs_only_the_handlers_that_failed() {
    let (dispatcher, script) = built(&[
        "asks_for_time_once",
        "fails_once",
        "panics_once",
        "succeeds",
    ]);
    assert_eq!(
        attempt(&dispatcher),
        expected([
            ("asks_for_time_once", "failed: not yet"),
            ("fails_once", "failed: not yet"),
            ("panics_once", PANIC),
            ("succeeds", "done"),
        ])
    );
    assert_eq!(
        attempt(&dispatcher),
        expected([
            ("asks_for_time_once", "done"),
            ("fails_once", "done"),
            ("panics_once", "done"),
            ("succeeds", "done before"),
        ])
    );
    let all_done_before = attempt(&dispatcher);
    assert!(
        all_done_before
            .iter()
            .all(|(_, outcome)| outcome == "done before")
    );
    assert_eq!((script.runs("fails_once"), script.runs("succeeds")), (2, 1));
}

const PANIC: &str = "panicked: assertion `left != right` failed: not yet\\n  left: 0\\n right: 0";

#[test]
fn a_permanent_failure_is_not_retried() {
    let (dispatcher, script) = built(&["fails_for_good", "fails_once"]);
    let statuses = [(); 3].map(|()| receive(&dispatcher, automation(TAG_ADDED)));
    let outcomes = statuses.map(|reply| (reply.status(), reply.outcome().as_str()));
    assert_eq!(
        outcomes,
        [(500, "failed"), (200, "done"), (200, "done_before")]
    );
    assert_eq!(
        (script.runs("fails_for_good"), script.runs("fails_once")),
        (1, 2)
    );
}

#[test]
fn a_mismatch_is_retried() {
    #[on_event("*")]
    fn mismatches(_: siohook::Data<u64>) {}

    let (dispatcher, _) = built(&["mismatches"]);
    let again = [(); 2].map(|()| receive(&dispatcher, automation(TAG_ADDED)).status());
    assert_eq!(again, [422, 422]);
}

/// The sender hangs up, and the web framework drops the request.
#[test]
fn a_dropped_delivery_releases_its_key_and_keeps_finished_handlers() {
    let (dispatcher, script) = built(&["succeeds", "waits"]);
    for hang_ups in 1..=3 {
        let mut request = Box::pin(dispatcher.receive(message("m-1")));
        assert!(poll(request.as_mut()).is_none());
        drop(request);
        let runs = ["succeeds", "begins to wait", "waits"].map(|it| script.runs(it));
        assert_eq!(runs, [1, hang_ups, 0]);
    }
    script.gate.notify_one();
    assert_eq!(
        receive(&dispatcher, message("m-1")).outcome().as_str(),
        "done"
    );
    assert_eq!((script.runs("succeeds"), script.runs("waits")), (1, 1));
}

#[test]
fn a_dispatch_that_was_never_polled_does_not_hold_the_key() {
    let (dispatcher, script) = built(&["succeeds"]);
    drop(dispatcher.receive(message("m-1")));
    let delivery = dispatcher.verify(message("m-1")).unwrap();
    let unpolled = dispatcher.dispatch(&delivery);
    assert_eq!(
        receive(&dispatcher, message("m-1")).outcome().as_str(),
        "done"
    );
    drop(unpolled);
    assert_eq!(script.runs("succeeds"), 1);
}
