use std::time::Duration;

use crate::change::Change;
use crate::state::{Action, Automation, Email, Listener, Skipped, Why};
use crate::test_account::{Account, opt_in};

#[test]
fn a_chain_ends_after_twenty_changes() {
    let mut account = Account::new();
    let tag = account.tag("again");
    let contact = account.contact("jane@example.com");
    for (event, action) in [("added", "remove_tag"), ("removed", "add_tag")] {
        account.rule(&format!(
            r#"{{"trigger": {{"type": "contact.tag.{event}"}},
                "actions": [{{"type": "{action}", "tag": {tag}}},
                            {{"type": "webhook", "url": "http://localhost/"}}]}}"#
        ));
    }
    let sent = account.sent(Change::AddTag { contact, tag });
    assert_eq!(sent.len(), 21);
}

#[test]
fn a_chain_that_grows_ends() {
    let mut account = Account::new();
    let (one, other) = (account.tag("one"), account.tag("other"));
    let again = [one, other].map(|tag| {
        format!(r#"{{"type": "remove_tag", "tag": {tag}}}, {{"type": "add_tag", "tag": {tag}}}"#)
    });
    account.rule(&format!(
        r#"{{"trigger": {{"type": "contact.tag.added"}}, "actions": [{}]}}"#,
        again.join(", ")
    ));
    account.webhook();
    let contact = account.contact("jane@example.com");
    let sent = account.sent(Change::AddTag { contact, tag: one });
    assert!((500..=1001).contains(&sent.len()), "{}", sent.len());
}

#[test]
fn a_chain_through_delays_ends_as_well() {
    let mut account = Account::new();
    let tag = account.tag("again");
    let contact = account.contact("jane@example.com");
    account.webhook();
    for (event, action) in [("added", "remove_tag"), ("removed", "add_tag")] {
        account.workflow(&format!(
            r#"{{"triggers": [{{"type": "contact.tag.{event}"}}],
                "steps": [{{"type": "delay", "seconds": 1}}, {{"type": "{action}", "tag": {tag}}}]}}"#
        ));
    }
    assert_eq!(account.sent(Change::AddTag { contact, tag }).len(), 1);
    assert_eq!(account.sent_until("2027-01-01T00:00:00Z").len(), 20);
    assert_eq!(account.state.next_due(), None);
}

#[test]
fn a_workflow_waits_and_decides() {
    let mut account = Account::new();
    let (vip, buyer) = (account.tag("VIP"), account.tag("Buyer"));
    let workflow = account.workflow(&format!(
        r#"{{"triggers": [{{"type": "contact.tag.added", "tag": {vip}}}],
            "steps": [{{"type": "delay", "seconds": 60}},
                      {{"type": "decision", "if": {{"tag": {buyer}}},
                        "yes": [{{"type": "webhook", "url": "http://localhost/yes"}}],
                        "no": [{{"type": "add_tag", "tag": {buyer}}},
                               {{"type": "decision", "if": {{"tag": {buyer}}},
                                 "yes": [{{"type": "webhook", "url": "http://localhost/added"}}],
                                 "no": []}}]}},
                      {{"type": "webhook", "url": "http://localhost/end"}}]}}"#
    ));
    let contact = account.contact("jane@example.com");
    assert!(
        account
            .sent(Change::AddTag { contact, tag: vip })
            .is_empty()
    );
    assert!(account.sent_until("2026-01-31T12:00:59Z").is_empty());
    let due = account.state.next_due().unwrap();
    assert_eq!(due.to_string(), "2026-01-31T12:01:00+00:00");
    let sent = account.sent_until("2026-01-31T12:01:00Z");
    // The second decision sees the tag of the step before it.
    let added = "contact.tag.added http://localhost/added";
    let end = "contact.tag.added http://localhost/end";
    assert_eq!(sent, [added, end]);

    account.apply(Change::RemoveTag { contact, tag: vip });
    account.state.workflows.get_mut(&workflow).unwrap().active = false;
    account.apply(Change::AddTag { contact, tag: vip });
    assert_eq!(account.state.next_due(), None);
}

#[test]
fn a_trigger_picks_its_object() {
    let mut account = Account::new();
    let (one, other) = (account.tag("one"), account.tag("other"));
    let rule = account.rule(&format!(
        r#"{{"trigger": {{"type": "contact.tag.added", "tag": {one}}},
            "actions": [{{"type": "webhook", "url": "http://localhost/"}}]}}"#
    ));
    let contact = account.contact("jane@example.com");
    let tag = other;
    let applied = account.apply(Change::AddTag { contact, tag });
    assert!(applied.outgoing.is_empty());
    let (by, why) = (Listener::Rule(rule), Why::Other("tag"));
    assert_eq!(applied.skipped, [Skipped { by, why }]);

    let tag = one;
    let applied = account.apply(Change::AddTag { contact, tag });
    assert_eq!((applied.outgoing.len(), applied.skipped.len()), (1, 0));
}

#[test]
fn a_rule_of_a_step_is_not_one_of_other_steps() {
    let mut account = Account::new();
    let (step, other) = (account.step("squeeze"), account.step("squeeze"));
    let rule = account.rule(&format!(
        r#"{{"step": {step}, "trigger": {{"type": "contact.optin.completed"}},
            "actions": [{{"type": "webhook", "url": "http://localhost/"}}]}}"#
    ));
    let applied = account.apply(opt_in(other));
    assert!(applied.outgoing.is_empty());
    let (by, why) = (Listener::Rule(rule), Why::OtherStep);
    assert_eq!(applied.skipped, [Skipped { by, why }]);
    assert_eq!(account.sent(opt_in(step)).len(), 1);
}

#[test]
fn a_workflow_starts_with_any_of_its_triggers() {
    let mut account = Account::new();
    let (one, other) = (account.tag("one"), account.tag("other"));
    let workflow = account.workflow(&format!(
        r#"{{"triggers": [{{"type": "contact.page.visited"}},
                         {{"type": "contact.tag.added", "tag": {other}}},
                         {{"type": "contact.tag.added", "tag": {one}}}],
            "steps": [{{"type": "webhook", "url": "http://localhost/"}}]}}"#
    ));
    let contact = account.contact("jane@example.com");
    for tag in [one, other] {
        assert_eq!(account.sent(Change::AddTag { contact, tag }).len(), 1);
    }
    let by = Listener::Workflow(workflow);
    let tag = account.tag("third");
    let skipped = account.apply(Change::AddTag { contact, tag }).skipped;
    let why = Why::Other("tag");
    assert_eq!(
        skipped,
        [Skipped {
            by: by.clone(),
            why
        }]
    );

    account.state.workflows.get_mut(&workflow).unwrap().active = false;
    account.apply(Change::RemoveTag { contact, tag: one });
    let applied = account.apply(Change::AddTag { contact, tag: one });
    assert!(applied.outgoing.is_empty());
    let why = Why::Inactive;
    assert_eq!(applied.skipped, [Skipped { by, why }]);
    let texts = [why, Why::OtherStep].map(|why| why.to_string());
    assert_eq!(
        texts,
        ["it is not active", "the rule belongs to another step"]
    );
}

#[test]
fn actions_are_remembered_for_30_days() {
    let mut account = Account::new();
    let step = account.step("squeeze");
    let rule = account.rule(
        r#"{"trigger": {"type": "contact.page.visited"}, "actions": [{"type": "email", "email": 1}]}"#,
    );
    let contact = account.contact("jane@example.com");
    let visit = Change::VisitPage { contact, step };
    account.apply(visit.clone());
    account.now = "2026-02-15T00:00:00Z".parse().unwrap();
    account.apply(visit.clone());
    assert_eq!(account.state.history.len(), 2);
    account.now = "2026-03-15T00:00:00Z".parse().unwrap();
    account.apply(visit);
    let history = &account.state.history;
    assert_eq!(history.len(), 2);
    assert_eq!(history[0].at.to_string(), "2026-02-15T00:00:00+00:00");
    assert_eq!(history[1].by, Automation::Rule(rule));
    assert_eq!(history[1].action, Action::Email { email: 1 });
}

#[test]
fn what_was_deleted_ends_its_journeys_and_messages() {
    let mut account = Account::new();
    let (step, tag) = (account.step("squeeze"), account.tag("VIP"));
    account.workflow(
        r#"{"triggers": [{"type": "contact.page.visited"}, {"type": "contact.tag.added"}],
            "steps": [{"type": "delay", "seconds": 60},
                      {"type": "webhook", "url": "http://localhost/"}]}"#,
    );
    let (jane, ada) = (
        account.contact("jane@example.com"),
        account.contact("ada@example.com"),
    );
    account.apply(Change::VisitPage {
        contact: jane,
        step,
    });
    account.apply(Change::AddTag { contact: ada, tag });
    assert!(account.state.delete_contact(jane));
    assert!(account.state.delete_tag(tag));
    assert_eq!(account.state.waiting.len(), 1);
    assert!(account.sent_until("2026-02-01T00:00:00Z").is_empty());
}

#[test]
fn limits_hold_if_they_are_strict() {
    let mut account = Account::new();
    let step = account.step("squeeze");
    let email = account.state.ids.number();
    let subject = "Hello".to_owned();
    account
        .state
        .emails
        .insert(email, Email { id: email, subject });
    let rules = ["contact.page.visited", "contact.email_link.clicked"].map(|event| {
        account.rule(&format!(
            r#"{{"trigger": {{"type": "{event}"}},
                "actions": [{{"type": "webhook", "url": "http://localhost/"}}]}}"#
        ))
    });
    let (jane, ada) = (
        account.contact("jane@example.com"),
        account.contact("ada@example.com"),
    );
    for (is_strict, visits, clicks) in [(false, 30, 2), (true, 20, 1)] {
        account.state.strict_limits = is_strict;
        let visit = |contact| Change::VisitPage { contact, step };
        let sent: Vec<_> = (0..30).flat_map(|_| account.sent(visit(jane))).collect();
        assert_eq!(sent.len(), visits);
        let click = Change::ClickLink {
            contact: ada,
            email,
        };
        let sent = [account.sent(click.clone()), account.sent(click)].concat();
        assert_eq!(sent.len(), clicks);
        account.now = account.now.checked_add(Duration::from_secs(60)).unwrap();
    }
    let (by, why) = (Listener::Rule(rules[0]), Why::TooOften);
    let visit = |contact| Change::VisitPage { contact, step };
    assert_eq!(account.apply(visit(jane)).skipped, [Skipped { by, why }]);
    assert_eq!(account.sent(visit(ada)).len(), 1);
    assert_eq!(why.to_string(), "the contact has started it 20 times");
}
