use super::*;

fn header(sample: &Sample, name: &str) -> String {
    let headers = sample.headers();
    let mut values = headers.iter().filter(|(own, _)| own == name);
    let (_, value) = values.next().unwrap();
    assert!(values.next().is_none());
    value.clone()
}

#[test]
fn an_attempt_is_of_the_same_message() {
    let sale = Sample::of("SALE_NEW");
    let names = [
        "x-webhook-message-id",
        "x-webhook-event-timestamp",
        "x-webhook-signature",
        "x-webhook-delivery-attempt-id",
        "x-webhook-delivery-attempt-timestamp",
    ];
    let [first, second] =
        [1, 2].map(|number| names.map(|name| header(&sale.attempt(number), name)));
    assert_eq!(first, names.map(|name| header(&sale, name)));
    assert_eq!(first[..3], second[..3]);
    assert_ne!(first[3], second[3]);
    assert_eq!(
        (&*first[4], &*second[4]),
        ("2026-09-28T07:41:14+00:00", "2026-09-28T07:41:18+00:00")
    );
    let last = header(&sale.attempt(12), names[4]);
    assert_eq!(last, "2026-10-02T07:57:34+00:00");
    for id in [&first[0], &first[3], &second[3]] {
        let groups: Vec<_> = id.split('-').map(str::len).collect();
        assert_eq!(groups, [8, 4, 4, 4, 12]);
        assert!(id.chars().all(|c| c == '-' || c.is_ascii_hexdigit()));
        assert_eq!((&id[14..15], &id[19..20]), ("7", "8"), "{id}");
    }
}

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
        .assert_outcome("done_before")
        .assert_not_ran("fails_once");
}

#[test]
fn each_sample_is_a_delivery_of_its_own_and_a_clone_is_not() {
    let (dispatcher, seen) = only("shop::grant");
    let sale = Sample::of("SALE_NEW");
    let other = Sample::of("SALE_NEW");
    assert_ne!(sale.message_id(), other.message_id());
    let samples = [&sale, &other, &sale.clone(), &sale.again(), &sale];
    let reports = block_on(dispatcher.send_each(samples));
    let outcomes: Vec<_> = reports.iter().map(|it| it.reply().outcome()).collect();
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
        tag().again(),
        tag().again().again(),
        tag().set("/tag/name", "b"),
    ];
    let reports = block_on(dispatcher.send_each(&samples));
    let outcomes: Vec<_> = reports.iter().map(|it| it.reply().outcome()).collect();
    assert_eq!(outcomes, ["done", "done_before", "done", "done", "done"]);
    assert_eq!(seen.take().len(), 4);
    assert_eq!(tag().message_id(), None);
    assert_eq!(
        tag().again().occurred_at().unwrap().to_string(),
        "2021-10-05T09:52:39+00:00"
    );
}

#[test]
fn a_message_id_can_be_given() {
    let sale = Sample::of("SALE_NEW").with_message_id("m-1");
    assert_eq!(sale.delivery().message_id(), Some("m-1"));
    assert_eq!(header(&sale.attempt(2), "x-webhook-message-id"), "m-1");
    assert_ne!(sale.again().message_id().as_deref(), Some("m-1"));
    assert_eq!(
        panic_of(|| Sample::of("contact.tag.added").with_message_id("m-1")),
        "contact.tag.added is an automation: those have no message id"
    );
    assert_eq!(
        panic_of(|| Sample::automation("x", 1).with_body("{}").again()),
        "x has no time that another could be later than"
    );
}
