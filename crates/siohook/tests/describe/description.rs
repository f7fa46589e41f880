//! A description as data and as text.

use serde_json::{Value, json};
use siohook::describe::Description;
use siohook::describe::{Event, Handler};
use siohook::{
    Dispatcher, DispatcherBuilder, IpAllowList, Mechanism, ReplyOutcome, Unhandled, on_event,
    unified,
};

use crate::support::{self, SECRET, TOKEN, function, location, only, within};

// Not sorted, so that a list in the order of the source fails.

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

/// All handlers except the one of `*`.
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
fn events_with_a_handler_are_listed() {
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
fn the_catalogue_describes_an_event() {
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
fn a_pattern_lists_the_events_that_it_matches() {
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
fn events_matched_only_by_a_star_need_no_setup() {
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
fn events_without_trust_are_refused() {
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
    // The spelling of an unlisted name says which mechanism sends it.
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
    // Events matched only by `*` are not listed.
    let all = Dispatcher::builder()
        .automation_token(TOKEN)
        .select(only(&["mule"]));
    assert_eq!(all.build().unwrap().describe().refused(), [""; 0]);
    assert_eq!(Description::of_catalogue().refused(), [""; 0]);
}

/// The description of a dispatcher on which everything is configured.
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
                    "has_id": false,
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
  accepts bodies that were parsed and serialised again on the way

Without an `id`, so the path of the function is the id
  describe::description::ant

Limits
  bodies: 4096 bytes
  remembered deliveries: 7
  reply when no handler listens: 404
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
        "  describe::description::bee",
        "  describe::description::yak",
        "  contact.community.joined: the catalogue does not have it",
        "  SALE_* reaches SALE_CANCELED, SALE_NEW",
        "  SALE_NEW is refused: no secret, token or source address is configured for it",
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
    assert!(
        !text.contains("\n  describe::description::zebra\n"),
        "{text}"
    );
}

#[test]
fn handlers_without_an_id_are_named_once() {
    let named = |functions: &'static [_]| {
        let description = builder()
            .select(only(functions))
            .build()
            .unwrap()
            .describe();
        description.without_id()
    };
    let [ant, bee, mule] = ["ant", "bee", "mule"].map(|it| format!("describe::description::{it}"));
    assert_eq!(
        named(&["zebra", "mule", "bee", "ant"]),
        [&*ant, &bee, &mule]
    );
    // No event of the description reaches the handler of `*`.
    assert_eq!(named(&["mule"]), [&*mule]);
    assert_eq!(named(&["zebra"]), [""; 0]);
    assert_eq!(Description::of_catalogue().without_id(), [""; 0]);
    let text = builder()
        .select(only(&["zebra"]))
        .build()
        .unwrap()
        .describe()
        .to_string();
    assert!(!text.contains("Without"), "{text}");
}

/// Tests are never compiled with `panic = "abort"`, so the field is set by hand.
#[test]
fn the_text_says_that_a_panic_ends_the_process() {
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
fn a_description_shows_no_secret_or_token() {
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
