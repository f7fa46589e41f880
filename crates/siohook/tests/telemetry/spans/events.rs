//! The event at the end of each span, and its level.

use super::*;

#[test]
fn failures_are_recorded_without_the_texts_of_their_errors() {
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
        ("mismatches", "mismatch", "mismatch", "422"),
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
            let mut ends = events.iter().filter(|logged| logged.span == Some(at));
            let end = ends.next_back().unwrap();
            let name = match span {
                "handler" => {
                    format!("telemetry::handlers::{function} ({})", place(function))
                }
                _ => "contact.tag.added".to_owned(),
            };
            assert_eq!(end.message, format!("{name}: {outcome}"));
            let level = match outcome {
                "retry_later" => Level::WARN,
                _ => Level::ERROR,
            };
            assert_eq!((end.level, end.target), (level, "siohook"));
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
fn a_successful_delivery_is_info_and_a_successful_handler_debug() {
    let levels = |capture: Capture| {
        receive(
            &capture,
            &["joined"],
            automation(envelope("contact.community.joined", "{}")),
        );
        let events = capture.events().into_iter();
        events
            .map(|logged| (logged.level, logged.message))
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

/// A filter by level removes the spans, which have the names.
#[test]
fn events_name_handler_and_delivery_without_their_spans() {
    let logged_up_to = |level, functions| {
        let capture = Capture::up_to(level);
        let dispatcher = dispatcher(functions);
        capture.during(|| poll(pin!(dispatcher.receive(automation(TAG_ADDED)))));
        assert!(capture.spans().is_empty());
        let logged = capture.events().into_iter();
        logged.map(|logged| logged.message).collect::<Vec<_>>()
    };
    assert_eq!(
        logged_up_to(Level::ERROR, &["count", "fails"]),
        [format!(
            "telemetry::handlers::fails ({}): failed",
            place("fails")
        )]
    );
    assert_eq!(
        logged_up_to(Level::ERROR, &["fails"]),
        [
            format!("telemetry::handlers::fails ({}): failed", place("fails")),
            "contact.tag.added: failed".to_owned()
        ]
    );
    assert_eq!(
        logged_up_to(Level::WARN, &["waits"]),
        [
            format!("telemetry::handlers::waits ({}): cancelled", place("waits")),
            "contact.tag.added: cancelled".to_owned()
        ]
    );
    let asks = [
        format!(
            "telemetry::handlers::fails_for_now ({}): retry_later",
            place("fails_for_now")
        ),
        "contact.tag.added: retry_later".to_owned(),
    ];
    assert_eq!(logged_up_to(Level::WARN, &["fails_for_now"]), asks);
    assert!(logged_up_to(Level::ERROR, &["fails_for_now"]).is_empty());
}
