//! The metrics and their labels, none of which a sender can add to.

use super::*;

#[test]
fn each_metric_is_described_with_its_kind_and_unit() {
    let telemetry = Telemetry::begin();
    with_inbox(&["greet"], async |_, _| ());
    let described = telemetry.recorder.seen().described.into_iter();
    let described = described.filter_map(|(name, (kind, unit))| {
        let name = name.strip_prefix("siohook.inbox.")?;
        Some(format!("{name}: {kind}, {}", unit.as_str()))
    });
    assert_eq!(
        described.collect::<Vec<_>>(),
        [
            "accepted: counter, count",
            "commit.duration: histogram, seconds",
            "dead: gauge, count",
            "group_size: histogram, count",
            "lease_lost: counter, count",
            "oldest_waiting: gauge, seconds",
            "orphans: gauge, count",
            "recovered: counter, count",
            "refused: counter, count",
            "run.duration: histogram, seconds",
            "running: gauge, count",
            "runs: counter, count",
            "unrecorded: gauge, count",
            "waiting: gauge, count",
        ]
    );
}

/// A series that starts with its first failure shows no increase.
#[test]
fn what_alerts_look_at_starts_at_0() {
    let telemetry = Telemetry::begin();
    with_inbox(&["greet"], async |_, _| ());
    let seen = telemetry.recorder.seen();
    let zeros = seen.counters.iter().filter_map(|(series, value)| {
        let series = series.strip_prefix("siohook.inbox.")?;
        (*value == 0).then_some(series)
    });
    assert_eq!(
        zeros.collect::<Vec<_>>(),
        [
            "lease_lost{}",
            "recovered{}",
            "refused{siohook.reason=overloaded}",
            "refused{siohook.reason=store}",
            "runs{siohook.handler.id=greet,siohook.outcome=crashed}",
            "runs{siohook.handler.id=greet,siohook.outcome=erased}",
            "runs{siohook.handler.id=greet,siohook.outcome=exhausted}",
            "runs{siohook.handler.id=greet,siohook.outcome=mismatch}",
            "runs{siohook.handler.id=greet,siohook.outcome=permanent}",
        ]
    );
    assert_eq!(seen.counted(), []);
    for gauge in [
        "dead",
        "oldest_waiting",
        "orphans",
        "running",
        "unrecorded",
        "waiting",
    ] {
        assert_eq!(seen.gauge(gauge), "0", "{gauge}");
    }
}

#[test]
fn deliveries_and_runs_are_counted() {
    let telemetry = Telemetry::begin();
    with_inbox(
        &["fail", "fail_once", "give_up", "greet"],
        async |inbox, clock| {
            assert_eq!(receive(&inbox).await, 200);
            assert_eq!(receive(&inbox).await, 200);
            inbox.idle().await;
            clock.advance(SECOND * 30);
            inbox.idle().await;
        },
    );
    let seen = telemetry.recorder.seen();
    assert_eq!(
        seen.counted(),
        [
            ("accepted{siohook.result=before}", 1),
            ("accepted{siohook.result=fresh}", 1),
            ("runs{siohook.handler.id=fail,siohook.outcome=exhausted}", 1),
            ("runs{siohook.handler.id=fail,siohook.outcome=failed}", 1),
            ("runs{siohook.handler.id=fail_once,siohook.outcome=done}", 1),
            (
                "runs{siohook.handler.id=fail_once,siohook.outcome=failed}",
                1
            ),
            (
                "runs{siohook.handler.id=give_up,siohook.outcome=permanent}",
                1
            ),
            ("runs{siohook.handler.id=greet,siohook.outcome=done}", 1),
        ]
    );
    // Two deliveries and six ends.
    let histogram = |series: &str| &seen.histograms[&format!("siohook.inbox.{series}")];
    let sizes = histogram("group_size{}");
    assert!((sizes.iter().sum::<f64>() - 8.0).abs() < f64::EPSILON);
    let commits = histogram("commit.duration{}");
    assert_eq!(commits.len(), sizes.len());
    assert!(commits.iter().all(|seconds| *seconds > 0.0));
    assert_eq!(histogram("run.duration{siohook.handler.id=fail}").len(), 2);
    assert_eq!(histogram("run.duration{siohook.handler.id=greet}").len(), 1);
}

#[test]
fn gauges_show_the_whole_store() {
    let telemetry = Telemetry::begin();
    with_inbox(&["fail", "give_up", "greet"], async |inbox, clock| {
        receive(&inbox).await;
        inbox.idle().await;
        clock.advance(SECOND * 10);
        inbox.idle().await;
        let seen = telemetry.recorder.seen();
        let gauges = ["waiting", "running", "dead", "orphans", "oldest_waiting"];
        assert_eq!(gauges.map(|it| seen.gauge(it)), ["1", "0", "1", "0", "10"]);
    });
}

#[test]
fn runs_of_a_process_that_was_killed_are_counted() {
    let telemetry = Telemetry::begin();
    block_on(async {
        let clock = Clock::new();
        let dispatcher = dispatcher(&["wait"]);
        let first = builder(&clock).crashes(1).open(&dispatcher).await.unwrap();
        let working = run(&first).await;
        receive(&first).await;
        let second = first.kill().open(&dispatcher).await.unwrap();
        working.abort();
        let working = run(&second).await;
        second.idle().await;
        second.assert_dead("wait");
        second.drain(Duration::ZERO).await;
        let _ = working.await;
    });
    let seen = telemetry.recorder.seen();
    for counted in [
        ("recovered{}", 1),
        ("runs{siohook.handler.id=wait,siohook.outcome=crashed}", 1),
    ] {
        assert!(seen.counted().contains(&counted), "{counted:?}");
    }
}

#[test]
fn a_delivery_that_cannot_be_stored_is_counted() {
    let telemetry = Telemetry::begin();
    with_inbox(&["greet"], async |inbox, _| {
        let _ = inbox.kill();
        assert_eq!(receive(&inbox).await, 503);
    });
    let seen = telemetry.recorder.seen();
    assert_eq!(seen.counted(), [("refused{siohook.reason=store}", 1)]);
}

/// A handler that blocks its thread is given back while it goes on.
#[test]
fn an_end_that_comes_too_late_is_counted() {
    let telemetry = Telemetry::begin();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .build();
    runtime.unwrap().block_on(async {
        let clock = Clock::new();
        let inbox = builder(&clock).open(&dispatcher(&["block"])).await.unwrap();
        let working = tokio::spawn(inbox.clone().run());
        receive(&inbox).await;
        BLOCK.wait();
        let drained = inbox.clone();
        let drained = tokio::spawn(async move { drained.drain(Duration::ZERO).await });
        while !drained.is_finished() {
            clock.advance(SECOND);
            tokio::task::yield_now().await;
        }
        assert_eq!(drained.await.unwrap().given_back, 1);
        BLOCK.wait();
        let _ = working.await;
        // The command after the end.
        inbox.stats().await.unwrap();
        inbox.idle().await;
    });
    let seen = telemetry.recorder.seen();
    assert!(seen.counted().contains(&("lease_lost{}", 1)));
    let warned = telemetry.capture.events(tracing::Level::WARN);
    let text = "block, delivery 1, attempt 1: ended after it was given back";
    assert!(warned.iter().any(|event| event.message.starts_with(text)));
}
