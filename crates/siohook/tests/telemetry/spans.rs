//! The spans of deliveries, handlers and refusals, and the events in them.

use std::pin::pin;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use siohook::{DetachedTask, Dispatcher, Incoming};
use tracing::Level;

use crate::capture::{Capture, Span};
use crate::handlers::{builder, dispatcher, place};
use crate::support::{
    self, SECRET, TAG_ADDED, account, automation, envelope, finish, fixture, only, poll,
    signed_with,
};

fn receive(capture: &Capture, functions: &'static [&'static str], incoming: Incoming) -> u16 {
    let dispatcher = dispatcher(functions);
    capture.during(|| finish(dispatcher.receive(incoming)).status())
}

#[test]
fn a_delivery_has_its_span() {
    let capture = Capture::new();
    let incoming = signed_with(SECRET, "SALE_NEW", fixture("account/SALE_NEW"))
        .header(
            "X-Webhook-Message-Id",
            "01a0e6f0-4c11-7d20-9f3e-5b1c2a7d9e01",
        )
        .header(
            "X-Webhook-Delivery-Attempt-Id",
            "01a0e6f0-4f02-7a11-8c44-0d9b6a5e3f77",
        )
        .header(
            "Sentry-Trace",
            "771a43a4192642f0b136d5159a501700-00e6f15b45c36b12-1",
        );
    assert_eq!(receive(&capture, &["sold"], incoming), 200);
    let (_, span) = capture.span("delivery");
    assert_eq!(
        span.shown(),
        [
            "http.response.status_code=200",
            "messaging.destination.name=SALE_NEW",
            "messaging.message.body.size=1461",
            "messaging.message.id=01a0e6f0-4c11-7d20-9f3e-5b1c2a7d9e01",
            "messaging.operation.name=process",
            "messaging.operation.type=process",
            "messaging.system=systeme_io",
            "otel.kind=consumer",
            "otel.name=process SALE_NEW",
            "siohook.attempt.id=01a0e6f0-4f02-7a11-8c44-0d9b6a5e3f77",
            "siohook.handlers=1",
            "siohook.mechanism=account",
            "siohook.outcome=done",
            "siohook.secret=main",
            "siohook.sender.span_id=00e6f15b45c36b12",
            "siohook.sender.trace_id=771a43a4192642f0b136d5159a501700",
            "siohook.trust=signed",
        ]
    );
    assert!(span.elapsed() > 0.0);
    assert_eq!((span.level, span.target), (Level::INFO, "siohook"));
    // A sampler decides by what is there at first.
    for sampled in [
        "messaging.destination.name",
        "messaging.system",
        "otel.kind",
    ] {
        assert!(span.at_first.contains(&sampled));
    }
    assert!(span.is_closed());
}

#[test]
fn a_handler_has_its_span_within() {
    let capture = Capture::new();
    assert_eq!(receive(&capture, &["count"], automation(TAG_ADDED)), 200);
    let (delivery, _) = capture.span("delivery");
    let (_, span) = capture.span("handler");
    let location = place("count");
    let mut location = location.rsplitn(3, ':');
    let mut next = || location.next().unwrap();
    let (column, line, file) = (next(), next(), next());
    assert_eq!(
        span.shown(),
        [
            &format!("code.column.number={column}"),
            &format!("code.file.path={file}"),
            "code.function.name=telemetry::handlers::count",
            &format!("code.line.number={line}"),
            "otel.name=telemetry::handlers::count",
            "siohook.handler.event=contact.tag.added",
            "siohook.handler.id=shop.count",
            "siohook.outcome=done",
        ]
    );
    assert_eq!(span.parent, Some(delivery));
    assert!(span.elapsed() > 0.0 && span.is_closed());
}

#[test]
fn an_automation_has_no_ids_and_no_secret() {
    let capture = Capture::new();
    // `baggage` may hold anything; of it only the trace is taken.
    let baggage = "user=lea, sentry-trace_id=771A43A4192642F0B136D5159A501700";
    let incoming = automation(TAG_ADDED)
        .header("baggage", baggage)
        .header("sentry-trace", "garbage");
    receive(&capture, &["count"], incoming);
    let (_, span) = capture.span("delivery");
    for absent in [
        "messaging.message.id",
        "siohook.attempt.id",
        "siohook.secret",
        "siohook.sender.span_id",
        "siohook.redelivery",
        "error.type",
        "otel.status_code",
    ] {
        assert_eq!(span.get(absent), None, "{absent}");
    }
    assert_eq!(span.get("siohook.trust"), Some("token"));
    assert_eq!(span.get("siohook.mechanism"), Some("automation"));
    let trace = span.get("siohook.sender.trace_id");
    assert_eq!(trace, Some("771a43a4192642f0b136d5159a501700"));
}

#[test]
fn what_handlers_say_is_in_their_own_spans() {
    let capture = Capture::new();
    receive(&capture, &["welcome", "count"], automation(TAG_ADDED));
    let spans = capture.spans();
    let said = capture.events();
    let by = |function: &str| {
        let of =
            |span: Option<usize>| spans[span.unwrap()].get("code.function.name") == Some(function);
        let said = said
            .iter()
            .filter(|said| said.span.is_some_and(|span| of(Some(span))));
        said.map(|said| said.message.as_str()).collect::<Vec<_>>()
    };
    assert_eq!(
        by("telemetry::handlers::welcome"),
        ["welcome", "and again", "telemetry::handlers::welcome: done"]
    );
    assert_eq!(
        by("telemetry::handlers::count"),
        ["count", "and again", "telemetry::handlers::count: done"]
    );
    // They took turns.
    let order: Vec<_> = said.iter().map(|said| said.message.as_str()).collect();
    assert_eq!(order[..3], ["count", "welcome", "and again"]);
}

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

/// The capture itself would not have it otherwise: spans are left in the order
/// in which they were entered.
#[test]
fn a_panic_leaves_every_span() {
    let capture = Capture::new();
    receive(
        &capture,
        &["count", "panics", "welcome"],
        automation(TAG_ADDED),
    );
    let spans = capture.spans();
    assert_eq!(spans.len(), 5);
    assert!(spans.iter().all(Span::is_closed));
    capture.during(|| tracing::info!("afterwards"));
    assert_eq!(capture.events().last().unwrap().span, None);
    let outcomes: Vec<_> = spans
        .iter()
        .filter(|span| span.name == "handler")
        .map(|span| span.get("siohook.outcome").unwrap())
        .collect();
    assert_eq!(outcomes, ["done", "panicked", "done"]);
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

#[test]
fn a_refusal_has_its_span_and_the_code() {
    let capture = Capture::new();
    let incoming = signed_with("unknown", "SALE_NEW", fixture("account/SALE_NEW"));
    assert_eq!(receive(&capture, &["sold"], incoming), 401);
    let (at, span) = capture.span("refusal");
    assert_eq!(
        span.shown(),
        [
            "error.type=signature_wrong",
            "http.response.status_code=401",
            "messaging.operation.name=process",
            "messaging.operation.type=process",
            "messaging.system=systeme_io",
            "otel.kind=consumer",
            "otel.name=process",
            "otel.status_code=ERROR",
            "siohook.mechanism=account",
            "siohook.outcome=unauthorized",
        ]
    );
    assert_eq!(span.level, Level::WARN);
    assert!(span.is_closed());
    let said = capture.events().remove(0);
    assert_eq!((said.level, said.span), (Level::WARN, Some(at)));
    assert!(
        said.message
            .starts_with("refused: account: the signature fits none")
    );
    assert_eq!(capture.spans().len(), 1);
}

#[test]
fn hooks_speak_within_the_spans() {
    let capture = Capture::new();
    let dispatcher = builder()
        .select(only(&["count"]))
        .on_report(|_| tracing::info!("report"))
        .on_reject(|_| tracing::info!("reject"))
        .build()
        .unwrap();
    capture.during(|| {
        finish(dispatcher.receive(automation(TAG_ADDED)));
        finish(dispatcher.receive(Incoming::post("")));
    });
    for (message, span) in [("report", "delivery"), ("reject", "refusal")] {
        let events = capture.events();
        let said = events.iter().find(|said| said.message == message).unwrap();
        assert_eq!(said.span, Some(capture.span(span).0));
        assert!(capture.span(span).1.is_closed());
    }
}

#[test]
fn the_caller_is_the_parent() {
    let capture = Capture::new();
    let dispatcher = dispatcher(&["count"]);
    capture.during(|| {
        let _request = tracing::info_span!("request").entered();
        // Each half by itself.
        let delivery = dispatcher.verify(automation(TAG_ADDED)).unwrap();
        finish(dispatcher.dispatch(&delivery));
        dispatcher.verify(Incoming::post("")).unwrap_err();
    });
    let (request, _) = capture.span("request");
    for span in ["delivery", "refusal"] {
        assert_eq!(capture.span(span).1.parent, Some(request));
    }
    let (delivery, _) = capture.span("delivery");
    assert_eq!(capture.span("handler").1.parent, Some(delivery));
}

#[test]
fn another_attempt_is_told_as_one() {
    let capture = Capture::new();
    let dispatcher = dispatcher(&["count", "fails"]);
    let of_two =
        |function: &'static [&'static str]| builder().select(only(function)).build().unwrap();
    capture.during(|| {
        // One of two is left, then nothing.
        for _ in 0..2 {
            finish(dispatcher.receive(automation(TAG_ADDED)));
        }
        let done = of_two(&["count"]);
        for _ in 0..2 {
            finish(done.receive(automation(TAG_ADDED)));
        }
        let waiting = of_two(&["waits"]);
        let mut first = pin!(waiting.receive(automation(TAG_ADDED)));
        assert!(poll(first.as_mut()).is_none());
        assert_eq!(finish(waiting.receive(automation(TAG_ADDED))).status(), 409);
    });
    let spans = capture.spans();
    let deliveries: Vec<_> = spans
        .iter()
        .filter(|span| span.name == "delivery")
        .map(|span| {
            let get = |field| span.get(field).unwrap_or_default();
            (
                get("siohook.redelivery"),
                get("siohook.outcome"),
                get("siohook.handlers"),
            )
        })
        .collect();
    assert_eq!(
        deliveries,
        [
            ("", "failed", "2"),
            ("resumed", "failed", "2"),
            ("", "done", "1"),
            ("done_before", "done_before", "1"),
            ("", "cancelled", ""),
            ("in_progress", "in_progress", "0"),
        ]
    );
    // A handler that was done before has no span: it was not called.
    let handlers = spans.iter().filter(|span| span.name == "handler");
    assert_eq!(handlers.count(), 2 + 1 + 1 + 1);
}

#[test]
fn a_delivery_that_is_dropped_was_cancelled() {
    let capture = Capture::new();
    let dispatcher = dispatcher(&["count", "waits"]);
    capture.during(|| {
        let mut future = Box::pin(dispatcher.receive(automation(TAG_ADDED)));
        (0..3).for_each(|_| assert!(poll(future.as_mut()).is_none()));
        assert!(!capture.span("delivery").1.is_closed());
        thread::sleep(Duration::from_millis(5));
        drop(future);
    });
    let spans = capture.spans();
    let outcomes: Vec<_> = spans
        .iter()
        .map(|span| (span.name, span.get("siohook.outcome").unwrap()))
        .collect();
    assert_eq!(
        outcomes,
        [
            ("delivery", "cancelled"),
            ("handler", "done"),
            ("handler", "cancelled")
        ]
    );
    assert!(spans.iter().all(Span::is_closed));
    assert_eq!(spans[0].get("error.type"), Some("cancelled"));
    assert!(spans[0].elapsed() >= 0.005 && spans[2].elapsed() >= 0.005);
    assert!(spans[1].elapsed() < spans[2].elapsed());
    // What is dropped with a handler speaks in its span.
    let events = capture.events();
    let dropped = events
        .iter()
        .find(|said| said.message == "dropped")
        .unwrap();
    assert_eq!(dropped.span, Some(2));
    let ends = events
        .iter()
        .filter(|said| said.message.contains("cancelled"));
    assert!(ends.clone().all(|said| said.level == Level::WARN));
    assert_eq!(ends.count(), 2);
}

/// Tasks that an executor was given.
type Given = Arc<Mutex<Vec<DetachedTask>>>;

fn detached(functions: &'static [&'static str]) -> (Dispatcher, Given) {
    let given = Given::default();
    let queue = Arc::clone(&given);
    let dispatcher = builder()
        .select(only(functions))
        .detach(move |work| queue.lock().unwrap().push(work))
        .build()
        .unwrap();
    (dispatcher, given)
}

#[test]
fn the_span_follows_detached_work_onto_its_thread() {
    let capture = Capture::new();
    let (dispatcher, given) = detached(&["count"]);
    capture.during(|| {
        let _request = tracing::info_span!("request").entered();
        // The sender hangs up.
        assert!(poll(pin!(dispatcher.receive(automation(TAG_ADDED)))).is_none());
    });
    thread::sleep(Duration::from_millis(5));
    let work = given.lock().unwrap().pop().unwrap();
    let elsewhere = capture.clone();
    thread::spawn(move || elsewhere.during(|| finish(work)))
        .join()
        .unwrap();
    let (request, _) = capture.span("request");
    let (delivery, span) = capture.span("delivery");
    assert_eq!(span.parent, Some(request));
    assert_eq!(span.get("siohook.outcome"), Some("done"));
    // From the request on, waiting for the executor included.
    let since_the_request = span.elapsed();
    assert!(span.is_closed());
    let (handler, span) = capture.span("handler");
    assert_eq!(span.parent, Some(delivery));
    assert!(span.elapsed() + 0.005 <= since_the_request);
    assert_eq!(capture.events()[0].message, "count");
    assert_eq!(capture.events()[0].span, Some(handler));
}

#[test]
fn work_that_an_executor_drops_was_cancelled() {
    let capture = Capture::new();
    let (dispatcher, given) = detached(&["count"]);
    let status = capture.during(|| {
        let mut received = pin!(dispatcher.receive(automation(TAG_ADDED)));
        assert!(poll(received.as_mut()).is_none());
        given.lock().unwrap().clear();
        finish(received).status()
    });
    assert_eq!(status, 500);
    let (_, span) = capture.span("delivery");
    assert_eq!(span.get("siohook.outcome"), Some("cancelled"));
    assert!(span.is_closed());
    finish(dispatcher.idle());
}

/// Names come from outside, and so do ids.
#[test]
fn names_that_nobody_published_are_told_safely() {
    let shown = |name: &str| {
        let capture = Capture::new();
        let incoming = account(name, r#"{"contact":{"id":1,"email":"lea@example.com"}}"#)
            .header("x-webhook-message-id", "lea@example.com")
            .header("x-webhook-delivery-attempt-id", "lea\x1b[31m");
        receive(&capture, &["joined"], incoming);
        let (_, span) = capture.span("delivery");
        for id in ["messaging.message.id", "siohook.attempt.id"] {
            assert_eq!(span.get(id), None);
        }
        let get = |field| span.get(field).unwrap().to_owned();
        (get("otel.name"), get("messaging.destination.name"))
    };
    let pair = |name: &str, destination: &str| (name.to_owned(), destination.to_owned());
    // A handler names it, so it is one of few.
    let known = "contact.community.joined";
    assert_eq!(
        shown(known),
        pair("process contact.community.joined", known)
    );
    assert_eq!(shown("CONTACT_MERGED"), pair("process", "CONTACT_MERGED"));
    let escaped = "A\\u{1b}[31m\\u{202e}\\u{e9}";
    assert_eq!(shown("A\x1b[31m\u{202e}é"), pair("process", escaped));
    let (_, long) = shown(&"é".repeat(1000));
    assert_eq!(long, format!("{}…", "\\u{e9}".repeat(100)));
}
