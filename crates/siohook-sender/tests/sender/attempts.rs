use std::collections::BTreeSet;
use std::process::Command;

use siohook_sender::headers::{
    ATTEMPT_ID, ATTEMPT_TIMESTAMP, EVENT_TIMESTAMP, MESSAGE_ID, SIGNATURE,
};

use super::*;

fn header(sample: &Sample, name: &str) -> String {
    match &*values(sample, name) {
        [value] => value.clone(),
        values => panic!("{name}: {values:?}"),
    }
}

#[test]
fn attempts_share_the_message_id() {
    let sale = Sample::of("SALE_NEW");
    let names = [
        MESSAGE_ID,
        EVENT_TIMESTAMP,
        SIGNATURE,
        ATTEMPT_ID,
        ATTEMPT_TIMESTAMP,
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
        assert_eq!(&id[14..15], "7", "{id}");
        assert!("89ab".contains(&id[19..20]), "{id}");
    }
}

#[test]
fn each_attempt_has_its_own_id() {
    let sale = Sample::of("SALE_NEW");
    let ids: BTreeSet<_> = (1..=100)
        .map(|number| header(&sale.attempt(number), ATTEMPT_ID))
        .collect();
    assert_eq!(ids.len(), 100);
}

#[test]
fn each_sample_has_its_own_message_id_and_a_clone_shares_it() {
    let sale = Sample::of("SALE_NEW");
    assert_eq!(sale.clone().headers(), sale.headers());
    let others = [Sample::of("SALE_NEW"), sale.another()];
    for other in &others {
        for id in [MESSAGE_ID, ATTEMPT_ID] {
            assert_ne!(header(other, id), header(&sale, id), "{id}");
        }
    }
    assert_eq!(others[0].occurred_at(), sale.occurred_at());
    assert!(others[1].occurred_at() > sale.occurred_at());
}

/// The test runs itself in two more processes.
#[test]
fn message_ids_differ_between_processes() {
    const CHILD: &str = "SIOHOOK_SENDER_TEST_CHILD";
    let own = Sample::of("SALE_NEW").message_id().unwrap().to_owned();
    if std::env::var_os(CHILD).is_some() {
        println!("id {own}");
        return;
    }
    let id_of_child = || {
        let name = "attempts::message_ids_differ_between_processes";
        let child = Command::new(std::env::current_exe().unwrap())
            .args([name, "--exact", "--nocapture"])
            .env(CHILD, "1")
            .output()
            .unwrap();
        let text = String::from_utf8(child.stdout).unwrap();
        let id = text.split("id ").nth(1).unwrap();
        id[..own.len()].to_owned()
    };
    let ids = BTreeSet::from([own.clone(), id_of_child(), id_of_child()]);
    assert_eq!(ids.len(), 3, "{ids:?}");
}

#[test]
fn fixed_ids_are_those_of_the_captured_delivery() {
    let sale = || Sample::of("SALE_NEW").with_fixed_ids();
    assert_eq!(
        (header(&sale(), MESSAGE_ID), header(&sale(), ATTEMPT_ID)),
        (
            "01a0e6f0-4c11-7d20-9f3e-5b1c2a7d9e01".to_owned(),
            "01a0e6f0-4f02-7a11-8c44-0d9b6a5e3f77".to_owned()
        )
    );
    for attempt in [1, 2, 12] {
        assert_eq!(
            sale().attempt(attempt).headers(),
            sale().attempt(attempt).headers()
        );
    }
    let later = sale().at("2027-01-01T00:00:00+00:00").attempt(3);
    assert_eq!(later.clone().with_fixed_ids().headers(), later.headers());
    let tag = Sample::of("contact.tag.added");
    assert_eq!(tag.clone().with_fixed_ids().headers(), tag.headers());
}

#[test]
fn another_automation_is_a_second_later() {
    let tag = || Sample::of("contact.tag.added");
    assert_eq!(tag().body(), tag().body());
    assert_eq!(tag().message_id(), None);
    let another = tag().another();
    assert_ne!(another.body(), tag().body());
    assert_eq!(
        another.occurred_at().unwrap().to_string(),
        "2021-10-05T09:52:39+00:00"
    );
    assert_ne!(another.another().body(), another.body());
    assert_eq!(
        panic_of(|| Sample::automation("x", 1).with_body("{}").another()),
        "x has no time, so another one can't be later"
    );
}

#[test]
fn a_message_id_can_be_set() {
    let sale = Sample::of("SALE_NEW").with_message_id("m-1");
    assert_eq!(sale.message_id(), Some("m-1"));
    assert_eq!(header(&sale.attempt(2), MESSAGE_ID), "m-1");
    assert_ne!(sale.another().message_id(), Some("m-1"));
    assert_eq!(
        panic_of(|| Sample::of("contact.tag.added").with_message_id("m-1")),
        "contact.tag.added is an automation: those have no message id"
    );
}
