use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use siohook::event::Event;
use siohook::testing::{Payload, sample};
use siohook::{Mechanism, account, automation, events, unified};

use super::*;

/// Each file of the folder, by its bytes.
fn files() -> BTreeSet<Vec<u8>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures");
    ["account", "automation"]
        .iter()
        .flat_map(|folder| fs::read_dir(root.join(folder)).unwrap())
        .map(|file| fs::read(file.unwrap().path()).unwrap())
        .collect()
}

#[test]
fn every_file_is_a_sample_and_every_sample_a_file() {
    let samples: BTreeSet<_> = Sample::all().iter().map(|it| it.body().to_vec()).collect();
    // A sale and its cancellation have the same body.
    assert_eq!(Sample::all().len(), samples.len() + 1);
    assert_eq!(samples, files());
}

#[test]
fn every_event_has_a_sample() {
    let mut sampled: Vec<_> = Sample::all()
        .iter()
        .map(|it| it.event().to_string())
        .collect();
    sampled.dedup();
    let listed: Vec<_> = events().iter().map(Event::name).collect();
    assert_eq!(sampled, listed);
    for event in events() {
        let sample = Sample::of(event.name());
        assert_eq!(sample.event(), event.name());
        assert_eq!(sample.mechanism(), event.mechanism());
    }
}

/// Type and name of an event have to fit, and each body its type.
macro_rules! typed {
    ($($mechanism:ident $payload:ident $name:literal [$($unified:ident)?] $rest:tt)*) => {
        #[test]
        fn every_payload_has_a_sample() {
            $(
                assert_eq!(<$mechanism::$payload as Payload>::EVENT, $name);
                let payload = sample::<$mechanism::$payload>();
                assert_eq!(payload, Sample::of($name).payload());
            )*
        }

        #[test]
        fn every_sample_can_be_edited_as_its_type() {
            for sample in Sample::all() {
                let body = sample.body().clone();
                let edited = match sample.event().as_str() {
                    $($name => sample.edit(|_: &mut $mechanism::$payload| {}),)*
                    name => unreachable!("{name}"),
                };
                assert_eq!(*edited.body(), body);
            }
        }
    };
}
siohook::__for_each_event!(typed);

#[test]
fn every_sample_is_trusted_as_it_comes() {
    let (dispatcher, seen) = only("audit");
    for sample in Sample::all() {
        let report = block_on(dispatcher.send(&sample));
        report.assert_done().assert_ran("audit");
        let delivery = report.report().delivery();
        assert_eq!(delivery.body(), sample.body());
        assert_eq!(delivery.message_id(), sample.message_id().as_deref());
        assert_eq!(delivery.occurred_at(), sample.occurred_at());
        assert_eq!(seen.take(), [sample.event().as_str()]);
    }
}

#[test]
fn events_have_the_forms_that_systeme_io_sends() {
    let usual = Sample::of("contact.optin.completed");
    let blog = Sample::form("contact.optin.completed", "page_model");
    assert!(
        usual
            .payload::<automation::OptInCompleted>()
            .funnel_step
            .is_some()
    );
    assert!(
        blog.payload::<automation::OptInCompleted>()
            .page_model
            .is_some()
    );
    let nested = Sample::form("CONTACT_TAG_REMOVED", "nested");
    assert!(nested.body().starts_with(br#"{"contact":{"contact":{"#));
    assert_eq!(
        nested.payload::<account::ContactTagRemoved>(),
        sample::<account::ContactTagRemoved>()
    );
    assert_eq!(
        panic_of(|| Sample::form("contact.optin.completed", "blog")),
        r#"`contact.optin.completed` has no form `blog`; it has ["funnel_step", "page_model"]"#
    );
}

#[test]
fn a_name_that_is_not_listed_is_told_the_nearest() {
    let text = panic_of(|| Sample::of("NEW_SALE"));
    assert!(
        text.starts_with(
            "the catalogue has no event `NEW_SALE`; did you mean `SALE_NEW`? (of a name"
        ),
        "{text}"
    );
    let text = panic_of(|| Sample::of("contact.community.joined"));
    assert!(
        text.contains("`contact.community.joined` (of a name"),
        "{text}"
    );
    assert!(text.contains("`Sample::automation(name, data)`"), "{text}");
}

#[test]
fn a_name_that_is_not_listed_takes_a_body_of_ones_own() {
    #[derive(serde::Serialize)]
    struct Completed {
        // In no order of the alphabet, and beyond ASCII.
        url: &'static str,
        course: &'static str,
    }
    let data = || Completed {
        url: "https://example.com/é",
        course: "Rust",
    };
    let automation = Sample::automation("contact.course.completed", data());
    assert_eq!(
        *automation.body(),
        r#"{"type":"contact.course.completed","data":{"url":"https:\/\/example.com\/\u00e9","course":"Rust"},"account":{"email":"owner@example.com"},"created_at":"2026-09-28T07:41:13+00:00"}"#
    );
    let account = Sample::account("COURSE_COMPLETED", data());
    assert_eq!(
        *account.body(),
        r#"{"url":"https:\/\/example.com\/\u00e9","course":"Rust"}"#
    );
    for sample in [automation, account] {
        let (dispatcher, seen) = only("audit");
        block_on(dispatcher.send(&sample)).assert_done();
        assert_eq!(seen.take(), [sample.event().as_str()]);
    }
}

#[test]
fn json_is_not_written_twice() {
    for run in [
        || Sample::automation("x", r#"{"id":1}"#),
        || Sample::account("X", "{}"),
    ] {
        let panic = std::panic::catch_unwind(run).unwrap_err();
        let text = panic.downcast_ref::<String>().map(String::as_str);
        let text = text
            .or_else(|| panic.downcast_ref::<&'static str>().copied())
            .unwrap();
        assert!(text.contains("a text that is JSON already"), "{text}");
    }
}

#[test]
fn typed_samples_call_handlers_directly() {
    let seen = Seen::default();
    handlers::tagged(sample(), siohook::State(seen.clone()));
    let sale: unified::Sale = sample::<account::SaleNew>().into();
    handlers::courses::grant(sale, siohook::State(seen.clone()));
    assert_eq!(
        seen.take(),
        ["MyAwesomeTag", "course for lea.martin@example.com"]
    );
}

#[test]
fn a_handler_that_takes_a_delivery_can_be_called_directly() {
    let seen = Seen::default();
    let sample = Sample::of("SALE_NEW");
    let delivery = sample.delivery();
    handlers::audit(&delivery, siohook::State(seen.clone()));
    assert_eq!(seen.take(), ["SALE_NEW"]);
    assert_eq!(delivery.message_id(), sample.message_id().as_deref());
    assert_eq!(delivery.mechanism(), Mechanism::Account);
    let text = panic_of(|| Sample::of("SALE_NEW").unsigned().delivery());
    assert!(text.contains("is refused: signature_missing: "), "{text}");
}
