use siohook_events::{Event, account, automation, events};
use siohook_sender::{Payload, sample};

use super::*;

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

/// Tests for each pair of payload type and event name.
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
siohook_events::__for_each_event!(typed);

#[test]
fn events_have_the_variants_that_systeme_io_sends() {
    let usual = Sample::of("contact.optin.completed");
    let blog = Sample::variant("contact.optin.completed", "page_model");
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
    let nested = Sample::variant("CONTACT_TAG_REMOVED", "nested");
    assert!(nested.body().starts_with(br#"{"contact":{"contact":{"#));
    assert_eq!(
        nested.payload::<account::ContactTagRemoved>(),
        sample::<account::ContactTagRemoved>()
    );
    let unnamed = Sample::variant("CONTACT_TAG_REMOVED", "");
    assert_eq!(unnamed.body(), Sample::of("CONTACT_TAG_REMOVED").body());
    assert_eq!(
        panic_of(|| Sample::variant("contact.optin.completed", "blog")),
        "`contact.optin.completed` has no variant `blog`; it has `funnel_step`, `page_model`"
    );
    assert_eq!(
        panic_of(|| Sample::variant("SALE_NEW", "nested")),
        "`SALE_NEW` has no variant `nested`; it has none"
    );
    let text = panic_of(|| Sample::variant("NEW_SALE", "nested"));
    assert!(
        text.starts_with("the catalogue has no event `NEW_SALE`"),
        "{text}"
    );
}

#[test]
fn the_error_of_an_unlisted_name_suggests_the_nearest_one() {
    let text = panic_of(|| Sample::of("NEW_SALE"));
    assert!(
        text.starts_with(
            "the catalogue has no event `NEW_SALE`; did you mean `SALE_NEW`? (for a name"
        ),
        "{text}"
    );
    let text = panic_of(|| Sample::of("contact.community.joined"));
    assert!(
        text.contains("`contact.community.joined` (for a name"),
        "{text}"
    );
    assert!(text.contains("`Sample::automation(name, data)`"), "{text}");
}

#[test]
fn an_unlisted_event_takes_any_body() {
    #[derive(serde::Serialize)]
    struct Completed {
        // The members are not sorted, and one is not ASCII.
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
}

#[test]
fn a_payload_that_was_encoded_already_is_refused() {
    let texts = [
        panic_of(|| Sample::automation("x", r#"{"id":1}"#)),
        panic_of(|| Sample::account("X", "{}")),
    ];
    for text in texts {
        assert!(text.contains("a string that holds JSON already"), "{text}");
    }
}

#[test]
fn display_and_debug_show_event_message_id_and_attempt() {
    let sale = Sample::of("SALE_NEW").with_message_id("m-1").attempt(2);
    assert_eq!(sale.to_string(), "SALE_NEW m-1, attempt 2");
    let tag = Sample::of("contact.tag.added");
    assert_eq!(format!("{tag:?}"), "Sample(contact.tag.added)");
}
