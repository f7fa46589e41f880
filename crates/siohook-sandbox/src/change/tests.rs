mod arbitrary;
mod automations;
mod bodies;
mod limits;
mod sales;

use std::collections::BTreeMap;

use super::{Change, Ending, Refusal};
use crate::state::{AccessType, State};
use crate::test_account::{Account, NOW, opt_in};

/// An opt-in whose rule adds a tag, whose rule calls a webhook.
#[test]
fn an_opt_in_sends_in_order() {
    let mut account = Account::new();
    let step = account.step("squeeze");
    let tag = account.tag("Newsletter");
    account.webhook();
    account.rule(
        r#"{"trigger": {"type": "contact.optin.completed"},
            "actions": [{"type": "webhook", "url": "http://localhost/account"}]}"#,
    );
    account.rule(&format!(
        r#"{{"step": {step}, "trigger": {{"type": "contact.optin.completed"}},
            "actions": [{{"type": "add_tag", "tag": {tag}}},
                        {{"type": "webhook", "url": "http://localhost/step"}}]}}"#
    ));
    account.rule(&format!(
        r#"{{"trigger": {{"type": "contact.tag.added", "tag": {tag}}},
            "actions": [{{"type": "webhook", "url": "http://localhost/tag"}}]}}"#
    ));
    let sent = account.sent(opt_in(step));
    let order = [
        "CONTACT_CREATED",
        "CONTACT_OPT_IN",
        "contact.optin.completed http://localhost/step",
        "contact.optin.completed http://localhost/account",
        "CONTACT_TAG_ADDED",
        "contact.tag.added http://localhost/tag",
    ];
    assert_eq!(sent, order);

    // The contact exists and has the tag now.
    let again = account.sent(opt_in(step));
    assert_eq!(again, [order[1], order[2], order[3]]);
}

#[test]
fn a_tag_is_announced_once() {
    let mut account = Account::new();
    let tag = account.tag("VIP");
    let contact = account.contact("jane@example.com");
    account.webhook();
    let (add, remove) = (
        Change::AddTag { contact, tag },
        Change::RemoveTag { contact, tag },
    );
    assert_eq!(account.sent(add.clone()), ["CONTACT_TAG_ADDED"]);
    assert!(account.sent(add).is_empty());
    assert_eq!(account.sent(remove.clone()), ["CONTACT_TAG_REMOVED"]);
    assert!(account.sent(remove).is_empty());
}

#[test]
fn a_webhook_sends_what_it_subscribed_to() {
    let mut account = Account::new();
    account.webhook();
    account.webhook();
    let create = Change::create_contact("jane@example.com");
    assert_eq!(account.sent(create), ["CONTACT_CREATED"; 2]);

    let webhooks = &mut account.state.webhooks;
    webhooks.first_entry().unwrap().get_mut().active = false;
    webhooks
        .last_entry()
        .unwrap()
        .get_mut()
        .subscriptions
        .remove(0);
    let create = Change::create_contact("ada@example.com");
    assert!(account.sent(create).is_empty());
}

#[test]
fn the_same_seed_gives_the_same_bytes() {
    let messages = || {
        let mut account = Account::new();
        let step = account.step("squeeze");
        account.webhook();
        let applied = account.apply(opt_in(step));
        let requests = applied.outgoing.into_iter().map(|message| {
            let id = message.sample.message_id().map(str::to_owned);
            (id, message.sample.body().clone(), message.source)
        });
        requests.collect::<Vec<_>>()
    };
    let (one, other) = (messages(), messages());
    assert_eq!(one.len(), 2);
    assert_eq!(one, other);
    assert_ne!(one[0].0, one[1].0);
}

const MISSING: u64 = 999;

fn unknown(what: &'static str) -> Refusal {
    Refusal::unknown(what, MISSING)
}

#[track_caller]
fn assert_refused(account: &mut Account, change: Change, expected: &Refusal) {
    let before = account.state.clone();
    let refusal = account.state.apply(change, account.now).unwrap_err();
    assert_eq!(refusal, *expected);
    assert_eq!(account.state, before, "{refusal}");
}

#[test]
fn a_change_with_an_unknown_object_changes_nothing() {
    let mut account = Account::new();
    let contact = account.contact("jane@example.com");
    let (tag, access_type) = (MISSING, AccessType::FullAccess);
    let create = Change::create_contact("JANE@example.com");
    assert_refused(&mut account, create, &Refusal::EmailTaken);
    let add = |contact| Change::AddTag { contact, tag };
    assert_refused(&mut account, add(contact), &unknown("tag"));
    assert_refused(&mut account, add(MISSING), &unknown("contact"));
    assert_refused(&mut account, opt_in(MISSING), &unknown("page"));
    let enroll = Change::Enroll {
        contact,
        course: MISSING,
        access_type,
        modules: vec![],
    };
    assert_refused(&mut account, enroll, &unknown("course"));
    let grant = Change::GrantBundle {
        contact,
        bundle: MISSING,
        access_type,
    };
    assert_refused(&mut account, grant, &unknown("bundle"));
    let community = MISSING;
    let join = Change::Join { contact, community };
    assert_refused(&mut account, join, &unknown("community"));
    let campaign = MISSING;
    let subscribe = Change::SubscribeCampaign { contact, campaign };
    assert_refused(&mut account, subscribe, &unknown("campaign"));
    let register = Change::RegisterWebinar {
        contact,
        webinar: MISSING,
        scheduled_at: NOW.parse().unwrap(),
    };
    assert_refused(&mut account, register, &unknown("webinar"));
    let step = MISSING;
    assert_refused(
        &mut account,
        Change::VisitPage { contact, step },
        &unknown("step"),
    );
    let email = MISSING;
    assert_refused(
        &mut account,
        Change::ClickLink { contact, email },
        &unknown("e-mail"),
    );
}

#[test]
fn an_impossible_sale_changes_nothing() {
    let mut account = Account::new();
    let contact = account.contact("jane@example.com");
    let plan = account.plan(1000, vec![]);
    let order = |price_plans: &[u64], step, coupon: Option<&str>| Change::Buy {
        contact,
        price_plans: price_plans.to_vec(),
        step,
        coupon: coupon.map(str::to_owned),
        ip: None,
    };
    assert_refused(&mut account, order(&[], None, None), &Refusal::EmptyOrder);
    let long = order(&[plan; 101], None, None);
    assert_refused(&mut account, long, &Refusal::LongOrder);
    let half = order(&[plan, MISSING], None, None);
    assert_refused(&mut account, half, &unknown("price plan"));
    let nowhere = order(&[plan], Some(MISSING), None);
    assert_refused(&mut account, nowhere, &unknown("step"));
    let with_coupon = order(&[plan], None, Some("999"));
    assert_refused(&mut account, with_coupon, &unknown("coupon"));
    let (order, line, subscription) = (MISSING, MISSING, MISSING);
    let refund = Change::Refund { order, line };
    assert_refused(&mut account, refund, &unknown("line of an order"));
    assert_refused(
        &mut account,
        Change::Pay { subscription },
        &unknown("subscription"),
    );

    let subscription = account.subscription(contact);
    let ending = Ending::WhenBillingPeriodEnds;
    let cancel = Change::Cancel {
        subscription,
        ending,
    };
    account.apply(cancel.clone());
    assert_refused(&mut account, cancel, &Refusal::SubscriptionEnded);
}

#[test]
fn the_state_is_json_and_back() {
    let mut account = Account::new();
    let contact = account.contact("jane@example.com");
    account.webhook();
    account.subscription(contact);
    account.workflow(
        r#"{"triggers": [{"type": "contact.page.visited"}],
            "steps": [{"type": "delay", "seconds": 60}, {"type": "email", "email": 1}]}"#,
    );
    let step = account.step("squeeze");
    account.apply(Change::VisitPage { contact, step });
    assert_eq!(account.state.waiting.len(), 1);
    let read = State::from_json(&account.state.to_json()).unwrap();
    assert_eq!(read, account.state);
}

#[test]
fn fields_of_an_opt_in_are_kept() {
    let mut account = Account::new();
    let page = account.step("squeeze");
    let contact = account.contact("jane@example.com");
    let fields = BTreeMap::from([("first_name".to_owned(), "Jane".to_owned())]);
    let email = "jane@example.com".to_owned();
    let opt_in = Change::OptIn {
        email,
        page,
        ip: None,
        fields: fields.clone(),
        source_url: None,
    };
    assert_eq!(account.apply(opt_in).id, Some(contact));
    assert_eq!(account.state.contacts[&contact].fields, fields);
}
