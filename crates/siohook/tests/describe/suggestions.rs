//! The handler to paste where no handler listens. All of them compile:
//! `tests/ui/pass/suggested_handlers.rs` is made of them. To write it anew:
//!
//! ```sh
//! UPDATE=1 cargo test -p siohook --test describe suggestions
//! ```

use std::fmt::Write;

use siohook::{Dispatcher, DispatcherBuilder, Incoming, Report, on_event};

use crate::support::{self, TAG_ADDED, account, automation, envelope, finish, fixtures, within};

/// Names that come from outside, hostile ones included.
const UNLISTED: [&str; 12] = [
    "contact.community.joined",
    "SALE_REFUNDED",
    "123.456",
    "self",
    "fn",
    "...",
    "on_event",
    "é.ü",
    "a\");compile_error!(\"b",
    "a\\",
    "/}#![x]//`{}`'",
    "\u{202e}\u{1b}[31m\0",
];

#[on_event("contact.tag.added")]
fn listens() {}

fn builder() -> DispatcherBuilder {
    support::builder().select(within(module_path!()))
}

fn deaf() -> Dispatcher {
    builder()
        .allow_no_handlers()
        .select(|_| false)
        .build()
        .unwrap()
}

fn report(dispatcher: &Dispatcher, incoming: Incoming) -> Report {
    finish(dispatcher.dispatch(&dispatcher.verify(incoming).unwrap()))
}

/// By the mechanism of its spelling.
fn of_unlisted(name: &str) -> Option<String> {
    if name.contains('_') && name == name.to_uppercase() {
        return report(&deaf(), account(name, "{}")).suggestion();
    }
    let name = serde_json::to_string(name).unwrap();
    let body = envelope(name.trim_matches('"'), "{}");
    report(&deaf(), automation(body)).suggestion()
}

/// Only `*` would hear it.
#[test]
fn a_name_in_the_spelling_of_the_other_mechanism_has_no_handler_to_paste() {
    let unsigned = automation(envelope("SALE_REFUNDED", "{}"));
    assert_eq!(report(&deaf(), unsigned).suggestion(), None);
    let signed = account("contact.community.joined", "{}");
    assert_eq!(report(&deaf(), signed).suggestion(), None);
}

/// Of every event of the catalogue.
fn of_listed() -> Vec<(String, String)> {
    let fixtures = fixtures();
    let mut all = vec![];
    for event in siohook::events() {
        let incoming = match fixtures
            .iter()
            .find(|fixture| fixture.event == event.name())
        {
            Some(fixture) => fixture.incoming(),
            // Its body is unpublished.
            None => automation(envelope(event.name(), "{}")),
        };
        let suggestion = report(&deaf(), incoming).suggestion().unwrap();
        all.push((event.name().to_owned(), suggestion));
    }
    all
}

#[test]
fn the_handler_to_paste_is_typed() {
    for (name, suggestion) in of_listed() {
        let event = siohook::events()
            .iter()
            .find(|event| event.name() == name)
            .unwrap();
        let typed = format!(
            "(event: siohook::{}::{})",
            event.mechanism(),
            event.payload()
        );
        assert!(suggestion.contains(&typed), "{suggestion}");
        assert!(suggestion.contains(&format!("#[siohook::on_event(\"{name}\")]")));
    }
    assert_eq!(
        of_unlisted("contact.community.joined").unwrap(),
        "/// The fields that you need, named as in the body.\n\
         #[derive(serde::Deserialize)]\n\
         struct EventContactCommunityJoined {}\n\
         \n\
         #[siohook::on_event(unlisted(\"contact.community.joined\"))]\n\
         async fn on_contact_community_joined(siohook::Data(event): siohook::Data<EventContactCommunityJoined>) {\n    \
             let _ = event;\n\
         }\n"
    );
}

/// Each in a module of its own, as names from outside may make the same
/// identifier; those of the catalogue in one, as they must not.
#[test]
fn every_handler_to_paste_compiles() {
    let file = "tests/ui/pass/suggested_handlers.rs";
    let mut source = String::from("#![deny(warnings)]\n\n");
    let listed = of_listed();
    for (_, suggestion) in &listed {
        writeln!(source, "{suggestion}").unwrap();
    }
    let mut unlisted = 0;
    for name in UNLISTED {
        if let Some(suggestion) = of_unlisted(name) {
            unlisted += 1;
            writeln!(source, "mod unlisted_{unlisted} {{\n{suggestion}}}\n").unwrap();
        }
    }
    assert_eq!(
        (listed.len(), unlisted),
        (siohook::events().len(), UNLISTED.len())
    );
    let all = listed.len() + unlisted;
    write!(
        source,
        "fn main() {{\n    let dispatcher = siohook::Dispatcher::builder().accept_unverified().build().unwrap();\n    \
         assert_eq!(dispatcher.handlers().len(), {all});\n}}\n"
    )
    .unwrap();
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(file);
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&path, &source).unwrap();
    }
    let kept = std::fs::read_to_string(&path).unwrap();
    assert!(kept == source, "{file} differs: see the top of this test");
}

#[test]
fn a_text_that_is_no_name_has_none() {
    for name in ["*", "contact.*", "a b", "a\u{2003}b", &"a".repeat(101)] {
        assert_eq!(of_unlisted(name), None, "{name}");
    }
    assert!(of_unlisted(&"a".repeat(100)).is_some());
    assert!(of_unlisted(&"é".repeat(51)).is_none());
}

#[test]
fn who_listens_needs_none() {
    let dispatcher = builder().build().unwrap();
    let first = report(&dispatcher, automation(TAG_ADDED));
    let again = report(&dispatcher, automation(TAG_ADDED));
    let unhandled = report(
        &dispatcher,
        account("CONTACT_CREATED", r#"{"contact":{"id":1}}"#),
    );
    assert!(first.suggestion().is_none() && again.suggestion().is_none());
    assert!(unhandled.suggestion().is_some());
}

#[test]
fn an_attempt_is_told() {
    let dispatcher = deaf();
    let verify = |id: &str| {
        let incoming = account("CONTACT_CREATED", r#"{"contact":{"id":1}}"#);
        let incoming = incoming.header("X-Webhook-Delivery-Attempt-Id", id);
        dispatcher.verify(incoming).unwrap()
    };
    let id = "01a0e6f0-4f02-7a11-8c44-0d9b6a5e3f77";
    assert_eq!(verify(id).attempt_id(), Some(id));
    assert_eq!(verify("lea@example.com").attempt_id(), None);
    assert_eq!(verify(id).key(), verify("another").key());
    let automation = automation(TAG_ADDED).header("X-Webhook-Delivery-Attempt-Id", id);
    assert_eq!(dispatcher.verify(automation).unwrap().attempt_id(), None);
}
