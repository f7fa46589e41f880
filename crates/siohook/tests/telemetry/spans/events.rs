//! The event at the end of each span, and its level.

use super::*;

/// Outcome, error type and status of the handler, then of the delivery.
#[test]
fn failures_are_told_without_their_texts() {
    for (function, handler, delivery, status) in [
        ("fails", "failed", "failed", "500"),
        ("panics", "panicked", "failed", "500"),
        ("fails_for_now", "retry_later", "retry_later", "503"),
        (
            "fails_for_good",
            "failed_for_good",
            "failed_for_good",
            "200",
        ),
        ("misfits", "mismatch", "mismatch", "422"),
    ] {
        let capture = Capture::new();
        let dispatcher = builder()
            .select(move |handler| support::function(handler.name()) == function)
            .build()
            .unwrap();
        capture.during(|| finish(dispatcher.receive(automation(TAG_ADDED))));
        for (span, outcome) in [("handler", handler), ("delivery", delivery)] {
            let (at, shown) = capture.span(span);
            assert_eq!(shown.get("siohook.outcome"), Some(outcome), "{function}");
            assert_eq!(shown.get("error.type"), Some(outcome));
            assert_eq!(shown.get("otel.status_code"), Some("ERROR"));
            let events = capture.events();
            let mut ends = events.iter().filter(|said| said.span == Some(at));
            let end = ends.next_back().unwrap();
            let name = match span {
                "handler" => {
                    format!("telemetry::handlers::{function} ({})", place(function))
                }
                _ => "contact.tag.added".to_owned(),
            };
            assert_eq!(end.message, format!("{name}: {outcome}"));
            assert_eq!((end.level, end.target), (Level::ERROR, "siohook"));
            assert!(shown.is_closed());
        }
        let (_, shown) = capture.span("delivery");
        assert_eq!(shown.get("http.response.status_code"), Some(status));
        for (field, value) in capture.values() {
            for text in ["database", "paper", "course", "full"] {
                assert!(!value.contains(text), "{field}={value}");
            }
        }
    }
}

#[test]
fn successes_are_info_and_those_of_handlers_debug() {
    let levels = |capture: Capture| {
        receive(
            &capture,
            &["joined"],
            automation(envelope("contact.community.joined", "{}")),
        );
        let events = capture.events().into_iter();
        events
            .map(|said| (said.level, said.message))
            .collect::<Vec<_>>()
    };
    let (handler, delivery) = (
        (Level::DEBUG, "telemetry::handlers::joined: done".to_owned()),
        (Level::INFO, "contact.community.joined: done".to_owned()),
    );
    assert_eq!(levels(Capture::new()), [handler, delivery.clone()]);
    assert_eq!(levels(Capture::up_to(Level::INFO)), [delivery]);
    let quiet = Capture::up_to(Level::WARN);
    assert!(levels(quiet.clone()).is_empty() && quiet.spans().is_empty());
}

/// A filter takes the spans away, and with them all that would say of what.
#[test]
fn what_went_wrong_is_named_without_its_spans() {
    let said_up_to = |level, functions| {
        let capture = Capture::up_to(level);
        let dispatcher = dispatcher(functions);
        capture.during(|| poll(pin!(dispatcher.receive(automation(TAG_ADDED)))));
        assert!(capture.spans().is_empty());
        let said = capture.events().into_iter();
        said.map(|said| said.message).collect::<Vec<_>>()
    };
    assert_eq!(
        said_up_to(Level::ERROR, &["count", "fails"]),
        [format!(
            "telemetry::handlers::fails ({}): failed",
            place("fails")
        )]
    );
    assert_eq!(
        said_up_to(Level::ERROR, &["fails"]),
        [
            format!("telemetry::handlers::fails ({}): failed", place("fails")),
            "contact.tag.added: failed".to_owned()
        ]
    );
    assert_eq!(
        said_up_to(Level::WARN, &["waits"]),
        [
            format!("telemetry::handlers::waits ({}): cancelled", place("waits")),
            "contact.tag.added: cancelled".to_owned()
        ]
    );
}
