//! The suggested handler of an unhandled event. `tests/valid-handlers` holds all of them,
//! which proves that they compile. To write that file again:
//!
//! ```sh
//! UPDATE=1 cargo test -p siohook --test describe suggestions
//! ```

use std::fmt::Write;

use siohook::{Dispatcher, DispatcherBuilder, Incoming, Report, on_event};

use crate::support::{self, TAG_ADDED, account, automation, envelope, finish, fixtures, within};

/// Unlisted names, some of them hostile.
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

fn without_handlers() -> Dispatcher {
    builder()
        .allow_no_handlers()
        .select(|_| false)
        .build()
        .unwrap()
}

fn report(dispatcher: &Dispatcher, incoming: Incoming) -> Report {
    finish(dispatcher.dispatch(&dispatcher.verify(incoming).unwrap()))
}

/// The suggestion for a name that is sent by the mechanism of its spelling.
fn of_unlisted(name: &str) -> Option<String> {
    if name.contains('_') && name == name.to_uppercase() {
        return report(&without_handlers(), account(name, "{}")).suggestion();
    }
    let name = serde_json::to_string(name).unwrap();
    let body = envelope(name.trim_matches('"'), "{}");
    report(&without_handlers(), automation(body)).suggestion()
}

/// Only a handler of `*` would be called.
#[test]
fn a_name_in_the_spelling_of_the_other_mechanism_has_no_suggestion() {
    let unsigned = automation(envelope("SALE_REFUNDED", "{}"));
    assert_eq!(report(&without_handlers(), unsigned).suggestion(), None);
    let signed = account("contact.community.joined", "{}");
    assert_eq!(report(&without_handlers(), signed).suggestion(), None);
}

/// The name and suggestion of every event of the catalogue.
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
        let suggestion = report(&without_handlers(), incoming).suggestion().unwrap();
        all.push((event.name().to_owned(), suggestion));
    }
    all
}

#[test]
fn a_suggestion_has_the_type_of_the_payload() {
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

/// Two unlisted names may give the same identifier, so each is in a module of its own. Two names
/// of the catalogue must not, so all of them are in one.
#[test]
fn the_file_of_suggestions_is_up_to_date() {
    let file = "../../tests/valid-handlers/tests/suggested_handlers.rs";
    let mut source = String::from(
        "//! The handlers that reports suggest.\n\n\
         #![cfg_attr(rustfmt, rustfmt_skip)]\n#![deny(warnings)]\n\n",
    );
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
        "#[test]\nfn each_suggestion_compiles() {{\n    let dispatcher = siohook::Dispatcher::builder().accept_unverified().build().unwrap();\n    \
         assert_eq!(dispatcher.handlers().len(), {all});\n}}\n"
    )
    .unwrap();
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(file);
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&path, &source).unwrap();
    }
    let kept = std::fs::read_to_string(&path).unwrap();
    assert!(kept == source, "{file} differs: see the top of this file");
}

#[test]
fn a_text_that_is_not_a_name_has_no_suggestion() {
    for name in ["*", "contact.*", "a b", "a\u{2003}b", &"a".repeat(101)] {
        assert_eq!(of_unlisted(name), None, "{name}");
    }
    assert!(of_unlisted(&"a".repeat(100)).is_some());
    assert!(of_unlisted(&"é".repeat(51)).is_none());
}

#[test]
fn a_handled_event_has_no_suggestion() {
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
fn a_delivery_has_the_id_of_its_attempt() {
    let dispatcher = without_handlers();
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
