//! What a program listens to, as data and as text.

use serde_json::{Value, json};
use siohook::describe::Description;
use siohook::describe::{Event, Handler};
use siohook::{
    Dispatcher, DispatcherBuilder, IpAllowList, Mechanism, ReplyOutcome, Unhandled, on_event,
    unified,
};

use crate::support::{self, SECRET, TOKEN, function, location, only, within};

// In no order, so that a list in the order of the source is noticed.

#[on_event("contact.tag.added", "CONTACT_TAG_ADDED", id = "tags.log")]
fn zebra(_: unified::TagAdded) {}

#[on_event("SALE_*")]
fn bee() {}

#[on_event(unlisted("contact.community.joined"))]
fn yak() {}

#[on_event("contact.course.*")]
fn owl() {}

#[on_event("SALE_NEW")]
fn ant() {}

#[on_event("*")]
fn mule() {}

/// All but the one that listens to everything.
const CHOSEN: [&str; 5] = ["zebra", "bee", "yak", "owl", "ant"];

fn builder() -> DispatcherBuilder {
    support::builder().select(within(module_path!()))
}

fn described() -> Description {
    builder().select(only(&CHOSEN)).build().unwrap().describe()
}

fn functions(handlers: &[Handler]) -> Vec<&'static str> {
    handlers
        .iter()
        .map(|handler| function(handler.name))
        .collect()
}

fn event<'a>(description: &'a Description, name: &str) -> &'a Event {
    let mut events = description.events.iter();
    events.find(|event| event.name == name).unwrap()
}

#[test]
fn events_are_those_that_reach_a_handler() {
    let description = described();
    let events: Vec<_> = description
        .events
        .iter()
        .map(|event| (event.name, functions(&event.handlers)))
        .collect();
    assert_eq!(
        events,
        [
            ("CONTACT_TAG_ADDED", vec!["zebra"]),
            ("SALE_CANCELED", vec!["bee"]),
            ("SALE_NEW", vec!["ant", "bee"]),
            ("contact.community.joined", vec!["yak"]),
            ("contact.course.enrolled", vec!["owl"]),
            ("contact.tag.added", vec!["zebra"]),
        ]
    );
}

#[test]
fn an_event_is_described_from_the_catalogue() {
    let description = described();
    let tag = event(&description, "CONTACT_TAG_ADDED");
    assert!(tag.is_listed);
    assert_eq!(tag.mechanism, Some(Mechanism::Account));
    assert_eq!(tag.summary, Some("A tag was put on a contact."));
    assert_eq!(tag.payload.as_deref(), Some("account::ContactTagAdded"));
    assert_eq!(tag.unified.as_deref(), Some("unified::TagAdded"));
    let [zebra] = &*tag.handlers else {
        panic!("{tag}")
    };
    assert_eq!(
        (zebra.id, zebra.listens_to),
        ("tags.log", "CONTACT_TAG_ADDED")
    );
    let place = location(file!(), include_str!("description.rs"), "zebra");
    assert_eq!(zebra.location.to_string(), place);

    let unlisted = event(&description, "contact.community.joined");
    assert!(!unlisted.is_listed && unlisted.mechanism.is_none() && unlisted.payload.is_none());
    assert_eq!(unlisted.likely_mechanism(), Mechanism::Automation);
}

#[test]
fn replies_are_sorted_by_status() {
    let replies = siohook::describe::replies();
    assert!(replies.is_sorted_by_key(|reply| reply.status));
    let unhandled = replies
        .iter()
        .filter(|reply| reply.outcome == ReplyOutcome::Unhandled);
    let statuses: Vec<u16> = unhandled.map(|reply| reply.status).collect();
    assert_eq!(statuses, [200, 404]);
}

#[test]
fn a_pattern_says_what_it_reaches() {
    let description = builder().build().unwrap().describe();
    let patterns: Vec<_> = description
        .patterns
        .iter()
        .map(|pattern| (pattern.pattern, functions(&pattern.handlers)))
        .collect();
    assert_eq!(
        patterns,
        [
            ("*", vec!["mule"]),
            ("SALE_*", vec!["bee"]),
            ("contact.course.*", vec!["owl"])
        ]
    );
    let all: Vec<_> = description.events.iter().map(|event| event.name).collect();
    assert_eq!(all.len(), siohook::events().len() + 1);
    assert!(all.is_sorted());
    assert_eq!(description.patterns[0].reaches, all);
    assert_eq!(
        description.patterns[1].reaches,
        ["SALE_CANCELED", "SALE_NEW"]
    );
    assert_eq!(description.patterns[2].reaches, ["contact.course.enrolled"]);
}

#[test]
fn what_to_set_up_leaves_out_what_only_a_star_reaches() {
    for description in [described(), builder().build().unwrap().describe()] {
        let setup = description.setup;
        assert_eq!(
            setup.account_webhook,
            ["CONTACT_TAG_ADDED", "SALE_CANCELED", "SALE_NEW"]
        );
        assert_eq!(
            setup.automations,
            [
                "contact.community.joined",
                "contact.course.enrolled",
                "contact.tag.added"
            ]
        );
    }
}

#[test]
fn what_nothing_vouches_for_is_refused() {
    let refused = |builder: DispatcherBuilder| {
        let dispatcher = builder.select(only(&CHOSEN)).build().unwrap();
        dispatcher.describe().refused()
    };
    assert_eq!(refused(builder()), [""; 0]);
    assert_eq!(
        refused(Dispatcher::builder().automation_token(TOKEN)),
        ["CONTACT_TAG_ADDED", "SALE_CANCELED", "SALE_NEW"]
    );
    assert_eq!(
        refused(Dispatcher::builder().account_secret_for("sales", SECRET, ["SALE_NEW"])),
        [
            "CONTACT_TAG_ADDED",
            "SALE_CANCELED",
            "contact.community.joined",
            "contact.course.enrolled",
            "contact.tag.added"
        ]
    );
    // The spelling of an unlisted name decides as well.
    assert_eq!(
        refused(Dispatcher::builder().account_secret("main", SECRET)),
        [
            "contact.community.joined",
            "contact.course.enrolled",
            "contact.tag.added"
        ]
    );
    assert_eq!(
        refused(Dispatcher::builder().source_ips(IpAllowList::systeme_io())),
        ["CONTACT_TAG_ADDED", "SALE_CANCELED", "SALE_NEW"]
    );
    assert_eq!(refused(Dispatcher::builder().accept_unverified()), [""; 0]);
    // Whoever listens to everything takes what comes.
    let all = Dispatcher::builder()
        .automation_token(TOKEN)
        .select(only(&["mule"]));
    assert_eq!(all.build().unwrap().describe().refused(), [""; 0]);
    assert_eq!(Description::of_catalogue().refused(), [""; 0]);
}

/// Everything that can be configured.
fn configured() -> Description {
    Dispatcher::builder()
        .account_secret("main", SECRET)
        .account_secret_for("sales", "battery staple", ["SALE_*"])
        .automation_token(TOKEN)
        .automation_token("c8f2a4d0")
        .source_ips(IpAllowList::new([
            "203.0.113.7/24",
            "2001:db8::7",
            "2001:db8::7",
        ]))
        .trusted_proxies(["203.0.113.9"])
        .max_body_bytes(4096)
        .redelivery_memory(7)
        .on_unhandled(Unhandled::Reject)
        .accept_reserialized_bodies()
        .select(only(&["ant"]))
        .build()
        .unwrap()
        .describe()
}

#[test]
fn a_description_is_serialised() {
    let line = |handler| {
        let place = location(file!(), include_str!("description.rs"), handler);
        place.split(':').nth(1).unwrap().parse::<u32>().unwrap()
    };
    assert_eq!(
        serde_json::to_value(configured()).unwrap(),
        json!({
            "events": [{
                "name": "SALE_NEW",
                "is_listed": true,
                "mechanism": "account",
                "summary": "A customer bought something: one delivery for each line of the order.",
                "payload": "account::SaleNew",
                "unified": "unified::Sale",
                "handlers": [{
                    "name": "describe::description::ant",
                    "id": "describe::description::ant",
                    "location": { "file": file!(), "line": line("ant"), "column": 4 },
                    "listens_to": "SALE_NEW",
                }],
            }],
            "patterns": [],
            "setup": { "account_webhook": ["SALE_NEW"], "automations": [] },
            "trust": {
                "secrets": [
                    { "label": "main", "events": null },
                    { "label": "sales", "events": ["SALE_*"] },
                ],
                "tokens": 2,
                "source_ips": ["203.0.113.0/24", "2001:db8::7"],
                "trusted_proxies": ["203.0.113.9"],
                "accepts_reserialized_bodies": true,
                "accepts_unverified": false,
            },
            "limits": {
                "max_body_bytes": 4096,
                "redelivery_memory": 7,
                "rejects_unhandled": true,
                "panics_abort": false,
            },
        })
    );
}

#[test]
fn a_description_is_written_as_text() {
    let place = |function| location(file!(), include_str!("description.rs"), function);
    let text = format!(
        r#"Events
  SALE_NEW (account): A customer bought something: one delivery for each line of the order.
    account::SaleNew, unified::Sale
    describe::description::ant ({})

To set up at systeme.io
  Settings > Webhooks: SALE_NEW
  rules with the action "Send webhook": none

Trusted by
  account webhooks: secret "main", secret "sales" for SALE_*
  automations: one of several tokens
  source addresses: 203.0.113.0/24, 2001:db8::7
  behind proxies: 203.0.113.9
  bodies may have been serialised again on the way

Limits
  bodies: 4096 bytes
  deliveries that are remembered: 7
  answer when no handler listens: 404
"#,
        place("ant")
    );
    assert_eq!(configured().to_string(), text);

    let description = Dispatcher::builder()
        .automation_token(TOKEN)
        .select(only(&["bee", "yak", "zebra"]))
        .build()
        .unwrap()
        .describe();
    let text = description.to_string();
    for line in [
        "  contact.community.joined: the catalogue does not have it",
        "  SALE_* reaches SALE_CANCELED, SALE_NEW",
        "  SALE_NEW is refused: nothing is configured to trust it by",
        &format!(
            "    describe::description::bee ({}), by SALE_*",
            place("bee")
        ),
        &format!(
            "    describe::description::zebra ({}), id \"tags.log\"",
            place("zebra")
        ),
        "  automations: token",
        "  account webhooks: none",
    ] {
        assert!(text.lines().any(|it| it == line), "{line}\n{text}");
    }
}

/// Tests are never compiled so.
#[test]
fn a_description_says_that_a_panic_ends_the_process() {
    let mut description = configured();
    let before = description.to_string();
    description.limits.as_mut().unwrap().panics_abort = true;
    let added = description.to_string().replace(&before, "");
    assert_eq!(
        added,
        "  a panic in a handler ends the process, because of `panic = \"abort\"`\n"
    );
}

#[test]
fn no_description_holds_a_secret_or_a_token() {
    let description = configured();
    let data = serde_json::to_string(&description).unwrap();
    for text in [description.to_string(), format!("{description:?}"), data] {
        for secret in [SECRET, "battery staple", TOKEN, "c8f2a4d0"] {
            assert!(!text.contains(secret), "{text}");
        }
    }
}

#[test]
fn the_catalogue_is_described_without_handlers() {
    let description = Description::of_catalogue();
    assert_eq!(description.events.len(), siohook::events().len());
    assert!(
        description
            .events
            .iter()
            .all(|event| event.handlers.is_empty())
    );
    let data = serde_json::to_value(&description).unwrap();
    assert_eq!(
        (&data["trust"], &data["limits"]),
        (&Value::Null, &Value::Null)
    );
}
