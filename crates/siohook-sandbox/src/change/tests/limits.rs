//! Small inputs that would eat the memory, and numbers at their ends.

use crate::change::Change;
use crate::state::{Listener, Skipped, State, Why};
use crate::test_account::Account;

#[test]
fn a_chain_of_many_actions_ends() {
    let mut account = Account::new();
    let (one, other) = (account.tag("one"), account.tag("other"));
    let contact = account.contact("jane@example.com");
    let again = [one, other].map(|tag| {
        format!(r#"{{"type": "remove_tag", "tag": {tag}}}, {{"type": "add_tag", "tag": {tag}}}, "#)
    });
    let call = r#"{"type": "webhook", "url": "http://localhost/"}"#;
    let calls = vec![call; 1000].join(", ");
    account.rule(&format!(
        r#"{{"trigger": {{"type": "contact.tag.added"}}, "actions": [{}{calls}]}}"#,
        again.join("")
    ));
    let sent = account.sent(Change::AddTag { contact, tag: one }).len();
    assert!((2000..=10_000).contains(&sent), "{sent}");
    assert!(account.state.history.len() <= 11_000);
}

#[test]
fn a_chain_with_many_rules_for_other_objects_ends() {
    let mut account = Account::new();
    let (one, other) = (account.tag("one"), account.tag("other"));
    let contact = account.contact("jane@example.com");
    for _ in 0..1000 {
        account.rule(r#"{"trigger": {"type": "contact.tag.added", "tag": 999}, "actions": []}"#);
    }
    let again = [one, other].map(|tag| {
        format!(r#"{{"type": "remove_tag", "tag": {tag}}}, {{"type": "add_tag", "tag": {tag}}}"#)
    });
    account.rule(&format!(
        r#"{{"trigger": {{"type": "contact.tag.added"}}, "actions": [{}]}}"#,
        again.join(", ")
    ));
    let skipped = account
        .apply(Change::AddTag { contact, tag: one })
        .skipped
        .len();
    assert!((2000..=11_000).contains(&skipped), "{skipped}");
}

#[test]
fn a_contact_is_in_a_limited_number_of_delays() {
    let mut account = Account::new();
    let step = account.step("squeeze");
    let workflow = account.workflow(
        r#"{"triggers": [{"type": "contact.page.visited"}],
            "steps": [{"type": "delay", "seconds": 60}, {"type": "email", "email": 1}]}"#,
    );
    let visit = |contact| Change::VisitPage { contact, step };
    let (jane, ada) = (
        account.contact("jane@example.com"),
        account.contact("ada@example.com"),
    );
    for _ in 0..100 {
        assert_eq!(account.apply(visit(jane)).skipped, []);
    }
    let (by, why) = (Listener::Workflow(workflow), Why::TooManyDelays);
    assert_eq!(account.apply(visit(jane)).skipped, [Skipped { by, why }]);
    assert_eq!(account.apply(visit(ada)).skipped, []);
    assert_eq!(account.state.waiting.len(), 101);
    assert_eq!(why.to_string(), "the contact is in 100 delays of workflows");

    account.sent_until("2026-02-01T00:00:00Z");
    assert_eq!(account.apply(visit(jane)).skipped, []);
}

#[test]
fn the_greatest_numbers_do_not_overflow() {
    let mut account = Account::new();
    let (step, tag) = (account.step("squeeze"), account.tag("VIP"));
    let contact = account.contact("jane@example.com");
    let subscription = account.subscription(contact);
    account.workflow(&format!(
        r#"{{"triggers": [{{"type": "contact.page.visited"}}],
            "steps": [{{"type": "delay", "seconds": 60}}, {{"type": "add_tag", "tag": {tag}}},
                      {{"type": "delay", "seconds": 18446744073709551615}}]}}"#
    ));
    account.apply(Change::VisitPage { contact, step });
    let json = String::from_utf8(account.state.to_json()).unwrap();
    let greatest = [
        ("\"depth\": 0", "\"depth\": 4294967295"),
        ("\"payments\": 1", "\"payments\": 4294967295"),
    ];
    let json = greatest.iter().fold(json, |json, (from, to)| {
        assert!(json.contains(from), "{from}");
        json.replace(from, to)
    });
    account.state = State::from_json(json.as_bytes()).unwrap();
    account.sent_until("2027-01-01T00:00:00Z");
    account.apply(Change::VisitPage { contact, step });
    assert!(
        account.state.subscriptions[&subscription]
            .completed_at
            .is_some()
    );
}
