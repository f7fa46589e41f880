use super::*;

#[test]
fn another_attempt_runs_what_failed() {
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
fn each_sample_is_a_delivery_of_its_own_and_a_clone_is_not() {
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
fn an_automation_is_told_from_others_by_its_body() {
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
