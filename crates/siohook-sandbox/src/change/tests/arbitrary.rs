//! Changes in any order neither panic nor run for ever.

use proptest::collection::vec;
use proptest::prelude::*;

use crate::change::{Change, Ending};
use crate::state::{AccessType, Rule, State, Workflow};
use crate::test_account::{Account, NOW, buy, opt_in};

/// Ids of the objects of the account, and of none.
const IDS: std::ops::Range<u64> = 0..12;

/// Kinds of objects that others name.
const KINDS: [&str; 7] = [
    "contacts",
    "tags",
    "courses",
    "funnels",
    "orders",
    "subscriptions",
    "workflows",
];

fn change() -> impl Strategy<Value = Change> {
    let numbers = (0..14_u8, IDS, IDS, any::<bool>());
    numbers.prop_map(|(kind, contact, id, flag)| match kind {
        0 => Change::create_contact(&format!("{id}@example.com")),
        1 => Change::AddTag { contact, tag: id },
        2 => Change::RemoveTag { contact, tag: id },
        3 => opt_in(id),
        4 => buy(contact, &[id, id]),
        5 => Change::Refund {
            order: contact,
            line: id,
        },
        6 => Change::Cancel {
            subscription: id,
            ending: if flag {
                Ending::Now
            } else {
                Ending::WhenBillingPeriodEnds
            },
        },
        7 => Change::Pay { subscription: id },
        8 => Change::FailPayment { subscription: id },
        9 => Change::Enroll {
            contact,
            course: id,
            access_type: AccessType::FullAccess,
            modules: vec![],
        },
        10 => Change::Join {
            contact,
            community: id,
        },
        11 => Change::VisitPage { contact, step: id },
        12 => Change::ClickLink { contact, email: id },
        _ => Change::FinishCampaign {
            contact,
            campaign: id,
        },
    })
}

fn trigger() -> impl Strategy<Value = String> {
    let known = prop_oneof![
        Just(("contact.tag.added", "tag")),
        Just(("contact.tag.removed", "tag")),
        Just(("contact.optin.completed", "page")),
        Just(("customer.sale.completed", "price_plan")),
        Just(("contact.page.visited", "page")),
    ];
    (known, prop::option::of(IDS)).prop_map(|((kind, pick), id)| match id {
        Some(id) => format!(r#"{{"type": "{kind}", "{pick}": {id}}}"#),
        None => format!(r#"{{"type": "{kind}"}}"#),
    })
}

fn action() -> impl Strategy<Value = String> {
    (0..5_u8, IDS).prop_map(|(kind, id)| match kind {
        0 => r#"{"type": "webhook", "url": "http://localhost/"}"#.to_owned(),
        1 => format!(r#"{{"type": "add_tag", "tag": {id}}}"#),
        2 => format!(r#"{{"type": "remove_tag", "tag": {id}}}"#),
        3 => format!(r#"{{"type": "enroll", "course": {id}}}"#),
        _ => format!(r#"{{"type": "subscribe_campaign", "campaign": {id}}}"#),
    })
}

fn step() -> impl Strategy<Value = String> {
    let delay =
        (0..100_000_u32).prop_map(|one| format!(r#"{{"type": "delay", "seconds": {one}}}"#));
    let leaf = prop_oneof![3 => action(), 1 => delay];
    leaf.prop_recursive(2, 8, 3, |inner| {
        (IDS, vec(inner.clone(), 0..3), vec(inner, 0..3)).prop_map(|(tag, yes, no)| {
            let (yes, no) = (yes.join(","), no.join(","));
            format!(
                r#"{{"type": "decision", "if": {{"tag": {tag}}}, "yes": [{yes}], "no": [{no}]}}"#
            )
        })
    })
}

fn rule() -> impl Strategy<Value = Rule> {
    (trigger(), vec(action(), 0..4)).prop_map(|(trigger, actions)| {
        let actions = actions.join(",");
        let json = format!(r#"{{"id": 0, "trigger": {trigger}, "actions": [{actions}]}}"#);
        serde_json::from_str(&json).unwrap()
    })
}

fn workflow() -> impl Strategy<Value = Workflow> {
    (vec(trigger(), 0..3), vec(step(), 0..5)).prop_map(|(triggers, steps)| {
        let (triggers, steps) = (triggers.join(","), steps.join(","));
        let head = r#"{"id": 0, "name": "W", "active": true"#;
        let json = format!(r#"{head}, "triggers": [{triggers}], "steps": [{steps}]}}"#);
        serde_json::from_str(&json).unwrap()
    })
}

/// An account whose first objects have the ids of [`IDS`].
fn account(rules: Vec<Rule>, workflows: Vec<Workflow>) -> Account {
    let mut account = Account::new();
    let contact = account.contact("jane@example.com");
    for name in ["one", "other"] {
        account.tag(name);
    }
    account.course();
    account.step("squeeze");
    account.subscription(contact);
    account.webhook();
    for rule in rules {
        let id = account.state.ids.number();
        account.state.rules.insert(id, Rule { id, ..rule });
    }
    for workflow in workflows {
        let id = account.state.ids.number();
        account
            .state
            .workflows
            .insert(id, Workflow { id, ..workflow });
    }
    account
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn changes_end(
        rules in vec(rule(), 0..3),
        workflows in vec(workflow(), 0..2),
        changes in vec((change(), 0..10_000_000_u64), 1..10),
    ) {
        let Account { mut state, .. } = account(rules, workflows);
        let mut now: siohook_events::Timestamp = NOW.parse().unwrap();
        for (change, pause) in changes {
            now = now.checked_add(std::time::Duration::from_secs(pause)).unwrap();
            let mut outgoing = state.advance(now);
            prop_assert!(state.next_due().is_none_or(|due| due > now));
            let before = state.clone();
            if let Ok(applied) = state.apply(change, now) {
                outgoing.extend(applied.outgoing);
            } else {
                prop_assert_eq!(&state, &before);
            }
            for message in outgoing {
                prop_assert!(serde_json::from_slice::<serde_json::Value>(message.sample.body()).is_ok());
            }
        }
        let json = state.to_json();
        prop_assert_eq!(State::from_json(&json).unwrap(), state);
    }

    #[test]
    fn a_state_without_some_of_its_objects_is_read_and_works(
        rules in vec(rule(), 0..3),
        workflows in vec(workflow(), 0..2),
        before in vec(change(), 0..5),
        gone in vec((any::<prop::sample::Index>(), any::<prop::sample::Index>()), 0..5),
        after in vec(change(), 1..10),
    ) {
        let Account { mut state, now } = account(rules, workflows);
        for change in before {
            state.apply(change, now).ok();
        }
        let mut json: serde_json::Value = serde_json::from_slice(&state.to_json()).unwrap();
        for (kind, which) in gone {
            let kind = &mut json[kind.get(&KINDS)];
            let kind = kind.as_object_mut().unwrap();
            if let Some(id) = kind.keys().nth(which.index(3)).cloned() {
                kind.remove(&id);
            }
        }
        let mut state = State::from_json(json.to_string().as_bytes()).unwrap();
        for change in after {
            state.apply(change, now).ok();
        }
        state.advance("2027-01-01T00:00:00Z".parse().unwrap());
        prop_assert_eq!(State::from_json(&state.to_json()).unwrap(), state);
    }
}
