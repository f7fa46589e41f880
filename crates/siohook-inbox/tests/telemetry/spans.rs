//! The spans of runs, and the events.

use siohook_inbox::{DAY, HOUR};
use tracing::Level;

use super::*;

#[test]
fn the_runs_of_a_delivery_have_a_span_that_follows_from_the_request() {
    let telemetry = Telemetry::begin();
    with_inbox(&["greet", "give_up"], async |inbox, _| {
        receive(&inbox).await;
        inbox.idle().await;
    });
    let [request] = &telemetry.capture.spans("delivery")[..] else {
        panic!("one request");
    };
    let [runs] = &telemetry.capture.spans("run")[..] else {
        panic!("two runs that start together");
    };
    assert_eq!((runs.parent, &runs.follows[..]), (None, &[request.id][..]));
    assert!(runs.is_closed && request.is_closed);
    assert_eq!(
        runs.shown(),
        [
            "error.type=permanent",
            "messaging.destination.name=SALE_NEW",
            "messaging.operation.name=process",
            "messaging.operation.type=process",
            "messaging.system=systeme_io",
            "otel.kind=consumer",
            "otel.name=process SALE_NEW",
            "otel.status_code=ERROR",
            "siohook.handlers=2",
            "siohook.inbox.attempt=1",
            "siohook.inbox.delivery=1",
        ]
    );
    let handlers = telemetry.capture.spans("handler");
    assert_eq!(handlers.len(), 2);
    assert!(handlers.iter().all(|it| it.parent == Some(runs.id)));
}

#[test]
fn a_run_that_is_tried_again_has_a_span_of_its_own() {
    let telemetry = Telemetry::begin();
    with_inbox(&["fail_once", "greet"], async |inbox, clock| {
        receive(&inbox).await;
        inbox.idle().await;
        clock.advance(SECOND * 30);
        inbox.idle().await;
    });
    let [_, second] = &telemetry.capture.spans("run")[..] else {
        panic!("two starts");
    };
    assert_eq!((second.parent, &second.follows[..]), (None, &[][..]));
    let shown = second.shown();
    for field in [
        "siohook.handlers=1",
        "siohook.handler.id=fail_once",
        "siohook.inbox.attempt=2",
        "siohook.inbox.delivery=1",
    ] {
        assert!(shown.iter().any(|it| it == field), "{field}");
    }
    assert!(shown.iter().all(|it| !it.contains("ERROR")));
}

/// The events of the inbox about runs. Those of handlers are the core's.
fn about_runs(telemetry: &Telemetry) -> Vec<(Level, String)> {
    let events = telemetry.capture.events(Level::TRACE).into_iter();
    let runs = telemetry.capture.spans("run");
    let in_runs = events.filter(|event| runs.iter().any(|run| event.span == Some(run.id)));
    in_runs.map(|event| (event.level, event.message)).collect()
}

#[test]
fn each_run_ends_with_an_event() {
    let telemetry = Telemetry::begin();
    with_inbox(&["fail"], async |inbox, clock| {
        receive(&inbox).await;
        inbox.idle().await;
        clock.advance(SECOND * 30);
        inbox.idle().await;
    });
    let event = |level, message: &str| (level, message.to_owned());
    assert_eq!(
        about_runs(&telemetry),
        [
            event(
                Level::WARN,
                "fail, delivery 1, attempt 1: failed, is tried again"
            ),
            event(
                Level::ERROR,
                "fail, delivery 1, attempt 2: exhausted, is dead"
            ),
        ]
    );
    let telemetry = {
        drop(telemetry);
        Telemetry::begin()
    };
    with_inbox(&["greet", "wait"], async |inbox, _| {
        receive(&inbox).await;
        while telemetry.capture.spans("handler").len() < 2 {
            tokio::task::yield_now().await;
        }
    });
    assert_eq!(
        about_runs(&telemetry),
        [
            event(Level::DEBUG, "greet, delivery 1, attempt 1: done"),
            event(Level::INFO, "wait, delivery 1, attempt 1: given_back"),
        ]
    );
}

#[test]
fn what_went_wrong_with_the_store_or_a_process_is_a_warning() {
    let telemetry = Telemetry::begin();
    let warned = |text: &str| {
        let events = telemetry.capture.events(Level::WARN).into_iter();
        let texts = events.map(|event| event.message).collect::<Vec<_>>();
        assert!(texts.iter().any(|it| it.contains(text)), "{texts:?}");
    };
    block_on(async {
        let clock = Clock::new();
        let first = builder(&clock).open(&dispatcher(&["wait"])).await.unwrap();
        let working = run(&first).await;
        receive(&first).await;
        let killed = first.kill();
        receive(&first).await;
        warned("a delivery could not be stored");
        warned(": the inbox has ended");
        working.abort();
        let second = killed.clone().open(&dispatcher(&["wait"])).await.unwrap();
        let working = run(&second).await;
        second.idle().await;
        warned("a process ended while handlers ran; runs taken back: 1");
        second.drain(Duration::ZERO).await;
        let _ = working.await;
        drop(second);
        let _third = killed.open(&dispatcher(&["greet"])).await.unwrap();
        warned("waiting runs whose handlers no process links: 1");
    });
}

#[test]
fn dead_letters_that_expire_are_warned_of_once_a_day() {
    let telemetry = Telemetry::begin();
    let warned = |expected: &[&str]| {
        let events = telemetry.capture.events(Level::WARN).into_iter();
        let texts = events.map(|event| event.message);
        let texts: Vec<_> = texts.filter(|it| it.contains("within a day")).collect();
        let start = "deliveries with dead letters whose bodies are erased within a day: ";
        let counts: Vec<_> = texts.iter().map(|text| &text[start.len()..][..1]).collect();
        assert_eq!(counts, expected, "{texts:?}");
        assert!(texts.iter().all(|text| text.contains("retry or purge")));
    };
    with_inbox(&["give_up"], async |inbox, clock| {
        let wait = async |time| {
            inbox.idle().await;
            clock.advance(time);
            inbox.idle().await;
        };
        receive(&inbox).await;
        wait(HOUR * 20).await;
        let second = Sample::of("SALE_NEW").with_message_id("second");
        inbox.receiver().receive(second.into()).await;
        wait(HOUR * (29 * 24 - 21)).await;
        warned(&[]);
        wait(HOUR * 2).await;
        warned(&["1"]);
        // Both are within a day now.
        wait(HOUR * 21).await;
        warned(&["1"]);
        // The first one has expired.
        wait(HOUR * 3).await;
        warned(&["1", "1"]);
        wait(DAY).await;
        warned(&["1", "1"]);
    });
}

#[test]
fn no_text_of_an_error_and_no_value_of_a_body_is_recorded() {
    let telemetry = Telemetry::begin();
    with_inbox(&["fail", "fail_once", "give_up"], async |inbox, clock| {
        receive(&inbox).await;
        inbox.idle().await;
        clock.advance(SECOND * 30);
        inbox.idle().await;
    });
    let texts = telemetry.capture.texts();
    assert!(texts.len() > 30);
    for text in texts {
        assert!(!text.contains('@') && !text.contains("mail"), "{text}");
    }
}
