//! Spans of deliveries that are retried, dropped, or end on another thread.

use super::*;

#[test]
fn the_span_of_a_redelivery_says_so() {
    let capture = Capture::new();
    let dispatcher = dispatcher(&["count", "fails"]);
    let of_two =
        |function: &'static [&'static str]| builder().select(only(function)).build().unwrap();
    capture.during(|| {
        // One of two handlers is left to run, then none.
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
            ("", "cancelled", "1"),
            ("in_progress", "in_progress", "0"),
        ]
    );
    // A handler that was done before is not called, so it has no span.
    let handlers = spans.iter().filter(|span| span.name == "handler");
    assert_eq!(handlers.count(), 2 + 1 + 1 + 1);
}

#[test]
fn a_dropped_delivery_ends_as_cancelled() {
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
    // Values of a dropped handler are dropped in its span.
    let events = capture.events();
    let dropped = events
        .iter()
        .find(|logged| logged.message == "dropped")
        .unwrap();
    assert_eq!(dropped.span, Some(2));
    let ends = events
        .iter()
        .filter(|logged| logged.message.contains("cancelled"));
    assert!(ends.clone().all(|logged| logged.level == Level::WARN));
    assert_eq!(ends.count(), 2);
}

/// The tasks that an executor got.
type Tasks = Arc<Mutex<Vec<DetachedTask>>>;

fn detached(functions: &'static [&'static str]) -> (Dispatcher, Tasks) {
    let tasks = Tasks::default();
    let queue = Arc::clone(&tasks);
    let dispatcher = builder()
        .select(only(functions))
        .detach(move |work| queue.lock().unwrap().push(work))
        .build()
        .unwrap();
    (dispatcher, tasks)
}

#[test]
fn the_span_follows_detached_work_onto_its_thread() {
    let capture = Capture::new();
    let (dispatcher, tasks) = detached(&["count"]);
    capture.during(|| {
        let _request = tracing::info_span!("request").entered();
        // The sender hangs up.
        assert!(poll(pin!(dispatcher.receive(automation(TAG_ADDED)))).is_none());
    });
    thread::sleep(Duration::from_millis(5));
    let work = tasks.lock().unwrap().pop().unwrap();
    let elsewhere = capture.clone();
    thread::spawn(move || elsewhere.during(|| finish(work)))
        .join()
        .unwrap();
    let (request, _) = capture.span("request");
    let (delivery, span) = capture.span("delivery");
    assert_eq!(span.parent, Some(request));
    assert_eq!(span.get("siohook.outcome"), Some("done"));
    // It begins with the request and includes the time that the task waits.
    let since_the_request = span.elapsed();
    assert!(span.is_closed());
    let (handler, span) = capture.span("handler");
    assert_eq!(span.parent, Some(delivery));
    assert!(span.elapsed() + 0.005 <= since_the_request);
    assert_eq!(capture.events()[0].message, "count");
    assert_eq!(capture.events()[0].span, Some(handler));
}

#[test]
fn a_task_that_the_executor_drops_ends_as_cancelled() {
    let capture = Capture::new();
    let (dispatcher, tasks) = detached(&["count"]);
    let status = capture.during(|| {
        let mut received = pin!(dispatcher.receive(automation(TAG_ADDED)));
        assert!(poll(received.as_mut()).is_none());
        tasks.lock().unwrap().clear();
        finish(received).status()
    });
    assert_eq!(status, 503);
    let (_, span) = capture.span("delivery");
    assert_eq!(span.get("siohook.outcome"), Some("cancelled"));
    assert!(span.is_closed());
    finish(dispatcher.idle());
}

#[test]
fn the_span_of_a_kept_delivery_says_what_became_of_it() {
    let capture = Capture::new();
    let dispatcher = dispatcher(&["count"]);
    capture.during(|| {
        for kept in KEPT {
            let receiver = dispatcher.keep_with(Always(kept));
            finish(receiver.receive(automation(TAG_ADDED)));
        }
    });
    let ends = capture.spans().into_iter().map(|span| {
        assert_eq!(span.get("siohook.handlers"), Some("0"));
        ["siohook.outcome", "siohook.redelivery", "error.type"]
            .map(|field| span.get(field).unwrap_or_default().to_owned())
    });
    assert_eq!(
        ends.collect::<Vec<_>>(),
        [
            ["accepted", "", ""],
            ["accepted_before", "accepted_before", ""],
            ["not_stored", "", "not_stored"],
        ]
    );
    let events = capture
        .events()
        .into_iter()
        .map(|it| (it.level, it.message));
    assert_eq!(
        events.collect::<Vec<_>>(),
        [
            (Level::INFO, "contact.tag.added: accepted".to_owned()),
            (Level::INFO, "contact.tag.added: accepted_before".to_owned()),
            (Level::ERROR, "contact.tag.added: not_stored".to_owned()),
        ]
    );
}

/// The spans of a run are children of the caller's span, because the delivery has ended.
#[test]
fn the_spans_of_a_run_belong_to_the_caller() {
    let capture = Capture::new();
    let dispatcher = dispatcher(&["count", "waits"]);
    let ids: Vec<_> = dispatcher
        .handlers()
        .iter()
        .map(|it| (it.id(), ()))
        .collect();
    capture.during(|| {
        let delivery = dispatcher.verify(automation(TAG_ADDED)).unwrap();
        let caller = tracing::info_span!("caller");
        let run = dispatcher.run(&delivery, ids, |_| ());
        let mut run = Box::pin(tracing::Instrument::instrument(run, caller));
        (0..3).for_each(|_| assert!(poll(run.as_mut()).is_none()));
    });
    let spans = capture.spans();
    let names: Vec<_> = spans.iter().map(|it| (it.name, it.parent)).collect();
    assert_eq!(names[0].0, "caller");
    let parent = names[1].1;
    assert_eq!(names[1..], [("handler", parent), ("handler", parent)]);
    assert!(parent.is_some() && spans.iter().all(Span::is_closed));
    let outcomes: Vec<_> = spans[1..]
        .iter()
        .map(|it| it.get("siohook.outcome"))
        .collect();
    assert_eq!(outcomes, [Some("done"), Some("cancelled")]);
}
