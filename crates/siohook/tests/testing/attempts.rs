use super::*;

#[test]
fn another_attempt_runs_the_handlers_that_failed() {
    let (dispatcher, _) = only("fails_once");
    let tag = Sample::of("contact.tag.added");
    block_on(dispatcher.send(&tag))
        .assert_status(500)
        .assert_failed("fails_once");
    block_on(dispatcher.send(&tag.attempt(2))).assert_done();
    block_on(dispatcher.send(&tag.attempt(3)))
        .assert_status(200)
        .assert_outcome(ReplyOutcome::DoneBefore)
        .assert_not_ran("fails_once");
}

#[test]
fn a_clone_of_an_account_sample_is_the_same_delivery() {
    let (dispatcher, seen) = only("shop::grant");
    let sale = Sample::of("SALE_NEW");
    let other = Sample::of("SALE_NEW");
    assert_ne!(sale.message_id(), other.message_id());
    let samples = [&sale, &other, &sale.clone(), &sale.another(), &sale];
    let reports = block_on(dispatcher.send_each(samples));
    let outcomes: Vec<_> = reports
        .iter()
        .map(|it| it.reply().outcome().as_str())
        .collect();
    assert_eq!(
        outcomes,
        ["done", "done", "done_before", "done", "done_before"]
    );
    assert_eq!(seen.take().len(), 3);
}

#[test]
fn an_automation_with_another_body_is_another_delivery() {
    let (dispatcher, seen) = only("tagged");
    let tag = || Sample::of("contact.tag.added");
    let samples = [
        tag(),
        tag(),
        tag().another(),
        tag().another().another(),
        tag().set("/tag/name", "b"),
    ];
    let reports = block_on(dispatcher.send_each(&samples));
    let outcomes: Vec<_> = reports
        .iter()
        .map(|it| it.reply().outcome().as_str())
        .collect();
    assert_eq!(outcomes, ["done", "done_before", "done", "done", "done"]);
    assert_eq!(seen.take().len(), 4);
}

#[test]
fn samples_are_sent_in_order() {
    let sale = Sample::of("SALE_NEW");
    let tag = Sample::of("contact.tag.added");
    for order in [
        [&sale, &tag, &sale],
        [&sale, &sale, &tag],
        [&tag, &sale, &sale],
    ] {
        let (dispatcher, seen) = only("audit");
        let reports = block_on(dispatcher.send_each(&order));
        assert_eq!(
            reports
                .iter()
                .filter(|it| it.reply().outcome().as_str() == "done")
                .count(),
            2
        );
        let names: Vec<_> = order.iter().map(|it| it.event().to_string()).collect();
        let mut called = names.clone();
        called.dedup();
        called.truncate(2);
        assert_eq!(seen.take(), called);
    }
}

#[test]
fn copies_that_are_sent_at_once_run_once() {
    let (dispatcher, seen) = only("shop::grant");
    let sale = Sample::of("SALE_NEW");
    // The handler waits once, so all copies begin before it ends.
    let reports = block_on(dispatcher.send_at_once([&sale; 8]));
    reports[0].assert_done();
    for copy in &reports[1..] {
        copy.assert_status(409)
            .assert_outcome(ReplyOutcome::InProgress)
            .assert_not_ran("shop::grant");
    }
    assert_eq!((reports.len(), seen.take().len()), (8, 1));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_future_of_send_can_be_spawned() {
    let (dispatcher, seen) = only("shop::grant");
    let sale = Sample::of("SALE_NEW");
    let sent: Vec<_> = (0..16)
        .map(|_| tokio::spawn(dispatcher.send(&sale)))
        .collect();
    drop(dispatcher);
    let mut outcomes = vec![];
    for report in sent {
        outcomes.push(report.await.unwrap().reply().outcome().as_str());
    }
    assert_eq!(outcomes.iter().filter(|it| **it == "done").count(), 1);
    assert_eq!(seen.take().len(), 1);
}
