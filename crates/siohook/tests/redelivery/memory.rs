//! The size of the memory, and the order of eviction.

use super::*;

#[test]
fn the_memory_is_bounded() {
    let (builder, script) = with(&["succeeds"]);
    let dispatcher = builder.redelivery_memory(1).build().unwrap();
    let outcomes = [1, 1, 2, 2, 1].map(|id| receive(&dispatcher, tag(id)).outcome().as_str());
    assert_eq!(
        outcomes,
        ["done", "done_before", "done", "done_before", "done"]
    );
    assert_eq!(script.runs("succeeds"), 3);
}

/// A redelivery does not change the order.
#[test]
fn the_delivery_that_was_completed_first_is_evicted_first() {
    let (builder, _) = with(&["succeeds"]);
    let dispatcher = builder.redelivery_memory(2).build().unwrap();
    let outcomes = [1, 2, 1, 3, 2, 1].map(|id| receive(&dispatcher, tag(id)).outcome().as_str());
    let expected = ["done", "done", "done_before", "done", "done_before", "done"];
    assert_eq!(outcomes, expected);
}

#[test]
fn a_delivery_in_progress_is_not_evicted() {
    let (builder, script) = with(&["waits"]);
    let dispatcher = builder.redelivery_memory(1).build().unwrap();
    let mut requests: Vec<_> = (0..3)
        .map(|id| Box::pin(dispatcher.receive(tag(id))))
        .collect();
    assert!(
        requests
            .iter_mut()
            .all(|request| poll(request.as_mut()).is_none())
    );
    for id in 0..3 {
        assert_eq!(receive(&dispatcher, tag(id)).status(), 409);
    }
    for request in requests {
        script.gate.notify_one();
        assert_eq!(finish(request).outcome().as_str(), "done");
    }
    assert_eq!(script.runs("waits"), 3);
}

#[test]
fn without_memory_only_simultaneous_copies_are_refused() {
    let (builder, script) = with(&["waits"]);
    let dispatcher = builder.redelivery_memory(0).build().unwrap();
    for runs in 1..=2 {
        let mut request = pin!(dispatcher.receive(tag(1)));
        assert!(poll(request.as_mut()).is_none());
        assert_eq!(receive(&dispatcher, tag(1)).status(), 409);
        script.gate.notify_one();
        assert_eq!(finish(request).outcome().as_str(), "done");
        assert_eq!(script.runs("waits"), runs);
    }
}

#[test]
fn the_memory_holds_10_000_deliveries_by_default() {
    let (dispatcher, script) = built(&["succeeds"]);
    for id in 0..10_000 {
        receive(&dispatcher, tag(id));
    }
    assert_eq!(
        receive(&dispatcher, tag(0)).outcome().as_str(),
        "done_before"
    );
    receive(&dispatcher, tag(10_000));
    assert_eq!(
        receive(&dispatcher, tag(1)).outcome().as_str(),
        "done_before"
    );
    assert_eq!(receive(&dispatcher, tag(0)).outcome().as_str(), "done");
    assert_eq!(script.runs("succeeds"), 10_002);
}
