//! Another attempt after a failure, or after the sender hung up.

use super::*;

#[test]
fn after_a_failure_only_what_failed_runs_again() {
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
fn a_failure_for_good_is_not_repeated() {
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
fn a_mismatch_is_tried_again() {
    #[on_event("*")]
    fn misfits(_: siohook::Data<u64>) {}

    let (dispatcher, _) = built(&["misfits"]);
    let again = [(); 2].map(|()| receive(&dispatcher, automation(TAG_ADDED)).status());
    assert_eq!(again, [422, 422]);
}

/// The sender hangs up, and the web framework drops the request.
#[test]
fn a_delivery_that_is_dropped_midway_is_released_and_what_was_done_is_kept() {
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
fn a_delivery_that_was_never_polled_holds_nothing() {
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
