//! The attributes of the spans of a delivery, a handler and a refusal.

use super::*;

#[test]
fn a_delivery_has_a_span() {
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
    // A sampler sees the attributes from the start only.
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
fn a_handler_has_a_span_inside_that_of_the_delivery() {
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
    // `baggage` may hold anything, and only the trace is read.
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
fn a_refusal_has_a_span_with_its_code() {
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
    let logged = capture.events().remove(0);
    assert_eq!((logged.level, logged.span), (Level::WARN, Some(at)));
    assert!(
        logged
            .message
            .starts_with("refused: account: the signature fits none")
    );
    assert_eq!(capture.spans().len(), 1);
}

/// The dispatcher has no `on_reject`.
#[test]
fn a_refusal_is_diagnosed_for_a_subscriber_that_shows_it() {
    let forged = || signed_with("unknown", "SALE_NEW", fixture("account/SALE_NEW"));
    for (most, is_diagnosed) in [
        (Level::TRACE, true),
        (Level::WARN, true),
        (Level::ERROR, false),
    ] {
        let dispatcher = dispatcher(&["sold"]);
        let verify = || dispatcher.verify(forged()).unwrap_err().to_string();
        let text = Capture::up_to(most).during(verify);
        assert_eq!(text.contains("another secret"), is_diagnosed, "{most}");
    }
}

/// The sender chooses names and ids.
#[test]
fn unlisted_names_and_odd_ids_are_shown_safely() {
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
    // A handler names it, so it can be a label.
    let known = "contact.community.joined";
    assert_eq!(
        shown(known),
        pair("process contact.community.joined", known)
    );
    assert_eq!(shown("CONTACT_MERGED"), pair("process", "CONTACT_MERGED"));
    let escaped = "A\\u{1b}[31m\\u{202e}é";
    assert_eq!(shown("A\x1b[31m\u{202e}é"), pair("process", escaped));
    let (_, long) = shown(&"é".repeat(1000));
    assert_eq!(long, format!("{}…", "é".repeat(98)));
}
