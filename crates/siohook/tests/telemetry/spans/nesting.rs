//! Parents of spans, and the spans in which events are emitted.

use super::*;

#[test]
fn events_of_handlers_are_in_their_own_spans() {
    let capture = Capture::new();
    receive(&capture, &["welcome", "count"], automation(TAG_ADDED));
    let spans = capture.spans();
    let logged = capture.events();
    let by = |function: &str| {
        let of =
            |span: Option<usize>| spans[span.unwrap()].get("code.function.name") == Some(function);
        let logged = logged
            .iter()
            .filter(|logged| logged.span.is_some_and(|span| of(Some(span))));
        logged
            .map(|logged| logged.message.as_str())
            .collect::<Vec<_>>()
    };
    assert_eq!(
        by("telemetry::handlers::welcome"),
        ["welcome", "and again", "telemetry::handlers::welcome: done"]
    );
    assert_eq!(
        by("telemetry::handlers::count"),
        ["count", "and again", "telemetry::handlers::count: done"]
    );
    // The handlers took turns.
    let order: Vec<_> = logged
        .iter()
        .map(|logged| logged.message.as_str())
        .collect();
    assert_eq!(order[..3], ["count", "welcome", "and again"]);
}

/// The subscriber checks that spans are exited in order.
#[test]
fn a_panic_exits_every_span() {
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
fn events_of_hooks_are_in_the_spans() {
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
        let logged = events
            .iter()
            .find(|logged| logged.message == message)
            .unwrap();
        assert_eq!(logged.span, Some(capture.span(span).0));
        assert!(capture.span(span).1.is_closed());
    }
}

#[test]
fn the_span_of_the_caller_is_the_parent() {
    let capture = Capture::new();
    let dispatcher = dispatcher(&["count"]);
    capture.during(|| {
        let _request = tracing::info_span!("request").entered();
        // `verify` and `dispatch` on their own.
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
