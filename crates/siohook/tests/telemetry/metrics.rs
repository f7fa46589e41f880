//! The metrics and their labels, none of which a sender can add to.
//!
//! They are a binary of their own, because these tests have no subscriber. `tracing` could
//! cache that a call site is disabled, and then record nothing in the tests of spans.

mod handlers;
mod recorder;
#[path = "../support/mod.rs"]
mod support;

use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::time::Duration;

use handlers::{Always, KEPT, builder, dispatcher};
use metrics::Unit;
use recorder::Recorder;
use siohook::{Dispatcher, Incoming, IpAllowList};
use support::{SECRET, TAG_ADDED, account, automation, envelope, finish, only, poll};

const CONTACT: &str = r#"{"contact":{"id":1,"email":"lea@example.com"}}"#;

/// The metrics that are recorded while a dispatcher of these handlers works.
fn recorded(functions: &'static [&'static str], work: impl FnOnce(&Dispatcher)) -> Recorder {
    let recorder = Recorder::default();
    recorder.during(|| work(&dispatcher(functions)));
    recorder
}

/// The series of a metric that counted something, and their values.
fn counted(recorder: &Recorder, metric: &str) -> Vec<(String, u64)> {
    let series = recorder.counters().into_iter();
    let of_metric = series.filter_map(|(series, value)| {
        let labels = series.strip_prefix(metric)?.strip_prefix('{')?;
        (value > 0).then(|| (labels.trim_end_matches('}').to_owned(), value))
    });
    of_metric.collect()
}

fn series(labels: &str, value: u64) -> (String, u64) {
    (labels.to_owned(), value)
}

#[test]
fn each_metric_is_described_with_its_unit() {
    let recorder = recorded(&["listens"], |_| ());
    let units = recorder.units();
    let units: Vec<_> = units.iter().map(|(name, unit)| (&**name, *unit)).collect();
    assert_eq!(
        units,
        [
            ("messaging.process.duration", Unit::Seconds),
            ("siohook.deliveries", Unit::Count),
            ("siohook.handler.duration", Unit::Seconds),
            ("siohook.redeliveries", Unit::Count),
            ("siohook.rejections", Unit::Count),
            ("siohook.trusted", Unit::Count),
            ("siohook.unread", Unit::Count),
        ]
    );
}

#[test]
fn members_that_cannot_be_read_are_counted_by_event() {
    let recorder = recorded(&["bought"], |dispatcher| {
        for total in ["1129.5", r#""17.00""#, "1129"] {
            let body = format!(
                r#"{{"customer":{{"id":1,"contactId":2,"email":"lea@example.com","clientIp":7}},
                "order":{{"id":3,"totalPrice":{total}}},"orderItem":{{"id":4}},
                "pricePlan":{{"id":5,"amount":6,"currency":"eur"}}}}"#
            );
            let reply = finish(dispatcher.receive(account("SALE_NEW", body)));
            assert_eq!(reply.status(), 200);
        }
    });
    assert_eq!(
        counted(&recorder, "siohook.unread"),
        [series("messaging.destination.name=SALE_NEW", 5)]
    );
}

#[test]
fn deliveries_are_counted_by_event_and_outcome() {
    let recorder = recorded(&["listens", "fails"], |dispatcher| {
        finish(dispatcher.receive(automation(TAG_ADDED)));
        finish(dispatcher.receive(account("CONTACT_CREATED", CONTACT)));
        finish(dispatcher.receive(account("CONTACT_OPT_IN", CONTACT)));
        finish(dispatcher.receive(Incoming::post("")));
    });
    assert_eq!(
        counted(&recorder, "siohook.deliveries"),
        [
            series(
                "messaging.destination.name=CONTACT_CREATED,siohook.outcome=done",
                1
            ),
            series(
                "messaging.destination.name=CONTACT_OPT_IN,siohook.outcome=unhandled",
                1
            ),
            series(
                "messaging.destination.name=contact.tag.added,siohook.outcome=failed",
                1
            ),
        ]
    );
    // Durations in seconds, with `error.type` for failures only.
    let histograms = recorder.histograms();
    let named = |destination: &str, rest: &str| {
        format!(
            "messaging.process.duration{{{rest}messaging.destination.name={destination},\
             messaging.operation.name=process,messaging.system=systeme_io}}"
        )
    };
    for series in [
        named("CONTACT_CREATED", ""),
        named("CONTACT_OPT_IN", ""),
        named("contact.tag.added", "error.type=failed,"),
    ] {
        let seconds = &histograms[&series];
        assert!(seconds.len() == 1 && seconds[0] > 0.0 && seconds[0] < 60.0);
    }
    assert_eq!(histograms.len(), 3 + 2);
}

#[test]
fn kept_deliveries_are_counted_by_outcome() {
    let not_stored = |event| {
        format!(
            "siohook.deliveries{{messaging.destination.name={event},siohook.outcome=not_stored}}"
        )
    };
    let recorder = recorded(&["bought", "listens"], |dispatcher| {
        for kept in KEPT {
            let receiver = dispatcher.keep_with(Always(kept));
            finish(receiver.receive(automation(TAG_ADDED)));
        }
    });
    let outcomes = ["accepted_before", "accepted", "not_stored"].map(|outcome| {
        let labels = "messaging.destination.name=contact.tag.added,siohook.outcome=";
        series(&format!("{labels}{outcome}"), 1)
    });
    assert_eq!(counted(&recorder, "siohook.deliveries"), outcomes);
    assert_eq!(
        counted(&recorder, "siohook.redeliveries"),
        [series("siohook.redelivery=accepted_before", 1)]
    );
    // Counters of a keeper's failures start at 0, and without a keeper there are none.
    assert_eq!(recorder.counters().get(&not_stored("SALE_NEW")), Some(&0));
    let without = recorded(&["bought"], |_| ());
    assert_eq!(without.counters().get(&not_stored("SALE_NEW")), None);
    assert!(
        recorder
            .histograms()
            .keys()
            .all(|it| !it.starts_with("siohook.handler"))
    );
}

/// A run is reported, but the delivery was counted when it was received.
#[test]
fn runs_are_not_counted_as_deliveries() {
    let reports = Arc::new(AtomicUsize::new(0));
    let reported = Arc::clone(&reports);
    let recorder = Recorder::default();
    recorder.during(|| {
        let builder = builder().select(only(&["count", "fails"]));
        let builder = builder.on_report(move |_| {
            reported.fetch_add(1, Relaxed);
        });
        let dispatcher = builder.build().unwrap();
        let delivery = dispatcher.verify(automation(TAG_ADDED)).unwrap();
        let listeners = dispatcher.listeners(&delivery);
        let ids = listeners.iter().map(|it| (it.id(), ()));
        finish(dispatcher.run(&delivery, ids, |_| ())).unwrap();
    });
    assert_eq!(reports.load(Relaxed), 2);
    assert_eq!(counted(&recorder, "siohook.deliveries"), []);
    let histograms = recorder.histograms().into_keys();
    let names: Vec<_> = histograms
        .map(|it| it.split('{').next().unwrap().to_owned())
        .collect();
    assert_eq!(names, ["siohook.handler.duration"; 2]);
}

#[test]
fn failures_of_events_with_a_handler_start_at_0() {
    let recorder = recorded(&["listens", "bought"], |_| ());
    let deliveries = recorder.counters().into_iter();
    let deliveries: Vec<_> = deliveries
        .filter(|(series, _)| series.starts_with("siohook.deliveries"))
        .collect();
    assert!(deliveries.iter().all(|(_, value)| *value == 0));
    let of = |event: &str| {
        let series = deliveries.iter().map(|(series, _)| series);
        let label = format!("{{messaging.destination.name={event},siohook.outcome=");
        let outcomes = series.filter_map(|series| series.split_once(&label));
        let outcomes = outcomes.map(|(_, outcome)| outcome.trim_end_matches('}').to_owned());
        outcomes.collect::<Vec<_>>()
    };
    let failures = [
        "cancelled",
        "failed_for_good",
        "failed",
        "mismatch",
        "retry_later",
    ];
    for event in ["SALE_NEW", "contact.community.joined"] {
        assert_eq!(of(event), failures, "{event}");
    }
    assert!(of("CONTACT_OPT_IN").is_empty());
}

#[test]
fn handlers_are_timed_by_function_and_outcome() {
    let all = &[
        "fails",
        "fails_for_good",
        "fails_for_now",
        "listens",
        "mismatches",
        "panics",
        "waits",
    ];
    let recorder = recorded(all, |dispatcher| {
        let mut received = Box::pin(dispatcher.receive(automation(TAG_ADDED)));
        assert!(poll(received.as_mut()).is_none());
        std::thread::sleep(Duration::from_millis(5));
        drop(received);
    });
    let histograms = recorder.histograms();
    let of_handlers = histograms.iter().filter_map(|(series, seconds)| {
        Some((series.strip_prefix("siohook.handler.duration")?, seconds))
    });
    let of_handlers: Vec<_> = of_handlers.collect();
    let names: Vec<_> = of_handlers.iter().map(|(series, _)| *series).collect();
    assert_eq!(
        names,
        [
            "{code.function.name=metrics::handlers::fails,siohook.outcome=failed}",
            "{code.function.name=metrics::handlers::fails_for_good,siohook.outcome=failed_for_good}",
            "{code.function.name=metrics::handlers::fails_for_now,siohook.outcome=retry_later}",
            "{code.function.name=metrics::handlers::listens,siohook.outcome=done}",
            "{code.function.name=metrics::handlers::mismatches,siohook.outcome=mismatch}",
            "{code.function.name=metrics::handlers::panics,siohook.outcome=panicked}",
            "{code.function.name=metrics::handlers::waits,siohook.outcome=cancelled}",
        ]
    );
    for (series, seconds) in of_handlers {
        assert!(seconds.len() == 1 && seconds[0] > 0.0, "{series}");
        assert!(seconds[0] >= 0.005 || !series.contains("cancelled"));
    }
    let cancelled = "messaging.destination.name=contact.tag.added,siohook.outcome=cancelled";
    assert_eq!(
        counted(&recorder, "siohook.deliveries"),
        [series(cancelled, 1)]
    );
}

#[test]
fn refusals_are_counted_by_code() {
    let recorder = recorded(&["listens"], |dispatcher| {
        for _ in 0..2 {
            dispatcher
                .verify(Incoming::post("").method("GET"))
                .unwrap_err();
        }
        finish(dispatcher.receive(Incoming::post("")));
    });
    assert_eq!(
        counted(&recorder, "siohook.rejections"),
        [
            series("error.type=method_not_allowed", 2),
            series("error.type=token_missing", 1)
        ]
    );
}

#[test]
fn redeliveries_are_counted_by_kind() {
    let recorder = recorded(&["listens", "fails"], |dispatcher| {
        for _ in 0..3 {
            finish(dispatcher.receive(automation(TAG_ADDED)));
        }
        for _ in 0..2 {
            finish(dispatcher.receive(account("CONTACT_CREATED", CONTACT)));
        }
    });
    let redeliveries = |recorder: &Recorder| counted(recorder, "siohook.redeliveries");
    assert_eq!(
        redeliveries(&recorder),
        [
            series("siohook.redelivery=done_before", 1),
            series("siohook.redelivery=resumed", 2)
        ]
    );
    let recorder = recorded(&["waits"], |dispatcher| {
        let mut first = pin!(dispatcher.receive(automation(TAG_ADDED)));
        assert!(poll(first.as_mut()).is_none());
        finish(dispatcher.receive(automation(TAG_ADDED)));
    });
    assert_eq!(
        redeliveries(&recorder),
        [series("siohook.redelivery=in_progress", 1)]
    );
}

/// A secret whose counter stays at 0 can be removed, so the counter has to be visible.
#[test]
fn the_matching_secret_is_counted_and_the_others_are_0() {
    let recorder = Recorder::default();
    recorder.during(|| {
        let dispatcher = builder()
            .select(only(&["listens"]))
            .account_secret("old", "tr0ub4dor&3")
            .build()
            .unwrap();
        let trusted = || counted(&recorder, "siohook.trusted");
        let of = |label: &str, value| {
            series(
                &format!("siohook.secret={label},siohook.trust=signed"),
                value,
            )
        };
        for label in ["main", "old"] {
            let (labels, _) = of(label, 0);
            assert_eq!(
                recorder.counters()[&format!("siohook.trusted{{{labels}}}")],
                0
            );
        }
        finish(dispatcher.receive(account("CONTACT_CREATED", CONTACT)));
        // `verify` alone counts it.
        dispatcher
            .verify(account("CONTACT_OPT_IN", CONTACT))
            .unwrap();
        finish(dispatcher.receive(automation(TAG_ADDED)));
        let token = series("siohook.trust=token", 1);
        assert_eq!(trusted(), [of("main", 2), token]);
    });
}

#[test]
fn other_kinds_of_trust_are_counted() {
    let recorder = Recorder::default();
    recorder.during(|| {
        let of_addresses = Dispatcher::builder()
            .account_secret("main", SECRET)
            .source_ips(IpAllowList::new(["203.0.113.7"]))
            .select(only(&["listens"]))
            .build()
            .unwrap();
        let incoming = || Incoming::post(TAG_ADDED).peer([203, 0, 113, 7].into());
        finish(of_addresses.receive(incoming()));
        let of_anything = Dispatcher::builder()
            .accept_unverified()
            .select(only(&["listens"]))
            .build()
            .unwrap();
        finish(of_anything.receive(incoming()));
    });
    for trust in ["source_ip", "unverified"] {
        let series = format!("siohook.trusted{{siohook.trust={trust}}}");
        assert_eq!(recorder.count(&series), 1);
    }
}

#[test]
fn unlisted_names_add_no_series() {
    let recorder = recorded(&["listens"], |dispatcher| {
        for name in 0..500 {
            let body = envelope(&format!("contact.unheard.{name}"), "{}");
            finish(dispatcher.receive(automation(body)));
            finish(dispatcher.receive(account(&format!("UNHEARD_{name}"), CONTACT)));
        }
        let body = envelope("contact.community.joined", "{}");
        finish(dispatcher.receive(automation(body)));
    });
    assert_eq!(
        counted(&recorder, "siohook.deliveries"),
        [
            series(
                "messaging.destination.name=_OTHER,siohook.outcome=unhandled",
                1000
            ),
            // A handler names it, so it can be a label.
            series(
                "messaging.destination.name=contact.community.joined,siohook.outcome=done",
                1
            ),
        ]
    );
    let counters = recorder.counters();
    let counted = counters.values().filter(|value| **value > 0);
    assert!(recorder.histograms().len() == 3 && counted.count() == 4);
}

#[test]
fn a_delivery_is_handled_without_a_recorder() {
    let dispatcher = dispatcher(&["listens"]);
    assert_eq!(
        finish(dispatcher.receive(automation(TAG_ADDED))).status(),
        200
    );
}
