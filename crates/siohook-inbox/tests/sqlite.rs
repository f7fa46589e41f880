//! An inbox in a file, with Tokio, and what can be read in the file.

mod support;

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use rusqlite::Connection;
use serde_json::{Value, json};
use siohook::testing::{SECRET, Sample, TOKEN, block_on};
use siohook::{Data, Dispatcher, DispatcherBuilder, HandlerError, ReplyOutcome, State, on_event};
use siohook_inbox::conformance::check;
use siohook_inbox::testing::Clock;
use siohook_inbox::{DAY, DeadReason, HOUR, Inbox, Retry, Run};
use tokio::runtime::{Handle, Runtime};
use tokio::time::{sleep, timeout};

/// How often handlers were started.
type Starts = Arc<AtomicUsize>;

/// Never ends in its first attempt.
#[on_event(unlisted("inbox.tests.stuck"), id = "tests.stuck")]
async fn stuck(run: Run, State(starts): State<Starts>) {
    starts.fetch_add(1, Ordering::Relaxed);
    if run.attempt() == 1 {
        std::future::pending::<()>().await;
    }
}

#[on_event(unlisted("inbox.tests.erased"), id = "tests.erased")]
async fn erased(run: Run) -> Result<(), HandlerError> {
    match run.attempt() {
        1 => Err(HandlerError::retry_after(
            DAY,
            "ada@example.com is not there",
        )),
        _ => Ok(()),
    }
}

#[on_event("SALE_*", id = "tests.pattern")]
async fn pattern(_: Data<Vec<u8>>) {}

#[on_event(unlisted("SALE_OF_TESTS"), id = "tests.name")]
async fn name(_: Data<Vec<u8>>) {}

fn builder() -> DispatcherBuilder {
    Dispatcher::builder()
        .account_secret("main", SECRET)
        .automation_token(TOKEN)
        .state(Starts::default())
        .select(|handler| handler.id().starts_with("tests."))
}

async fn accepts(inbox: &Inbox, sample: &Sample) {
    let reply = inbox.receiver().receive(sample.into()).await;
    assert_eq!(reply.outcome(), ReplyOutcome::Accepted);
}

/// How many runs are waiting, running, and dead.
async fn counts(inbox: &Inbox) -> (u64, u64, u64) {
    let stats = inbox.stats().await.unwrap();
    (stats.waiting(), stats.running(), stats.dead())
}

#[test]
fn the_promises_are_kept_with_handlers_on_an_executor() {
    let (folder, runtime) = (support::folder(), Runtime::new().unwrap());
    let handle = runtime.handle().clone();
    let subject = support::subject("sqlite, tokio", &folder).configure(move |builder| {
        let handle = handle.clone();
        builder.detach(move |task| drop(handle.spawn(task)))
    });
    let report = check(&subject);
    println!("{report}");
    assert!(report.is_ok(), "{report}");
    runtime.shutdown_background();
}

#[tokio::test(flavor = "multi_thread")]
async fn runs_of_an_executor_that_is_shut_down_are_tried_again_after_their_delay() {
    let folder = support::folder();
    let broken = Runtime::new().unwrap();
    let executor = Arc::new(Mutex::new(broken.handle().clone()));
    let (starts, handed_over) = (Starts::default(), Starts::default());
    let dispatcher = {
        let (executor, handed_over) = (Arc::clone(&executor), Arc::clone(&handed_over));
        Dispatcher::builder()
            .automation_token(TOKEN)
            .state(Arc::clone(&starts))
            .select(|handler| handler.id() == "tests.stuck")
            .detach(move |task| {
                handed_over.fetch_add(1, Ordering::Relaxed);
                drop(executor.lock().unwrap().spawn(task));
            })
            .build()
            .unwrap()
    };
    let inbox = support::sqlite(&folder)()
        .retry(Retry::every(Duration::from_millis(100)).attempts(1000))
        .open(&dispatcher)
        .await
        .unwrap();
    let worker = tokio::spawn(inbox.clone().run());
    accepts(&inbox, &Sample::automation("inbox.tests.stuck", json!({}))).await;
    while starts.load(Ordering::Relaxed) == 0 {
        sleep(Duration::from_millis(1)).await;
    }

    let shut_down = Instant::now();
    broken.shutdown_background();
    sleep(Duration::from_millis(500)).await;
    // Each delay is 50 ms at least.
    let most = 2 + shut_down.elapsed().as_millis() / 50;
    let handed_over = handed_over.load(Ordering::Relaxed);
    assert!(
        1 < handed_over && handed_over as u128 <= most,
        "{handed_over} > {most}"
    );
    assert_eq!(starts.load(Ordering::Relaxed), 1);

    *executor.lock().unwrap() = Handle::current();
    while counts(&inbox).await != (0, 0, 0) {
        sleep(Duration::from_millis(1)).await;
    }
    inbox.drain(Duration::from_secs(20)).await;
    worker.await.unwrap().unwrap();
    assert_eq!(counts(&inbox).await, (0, 0, 0));
    assert_eq!(starts.load(Ordering::Relaxed), 2);
}

#[tokio::test]
async fn after_keep_neither_body_nor_error_is_in_the_file() {
    if !support::is_shared() {
        return; // The test could not look into the file.
    }
    let (folder, clock) = (support::folder(), Clock::new());
    let path = folder.path().join("inbox.db");
    let dispatcher = builder().build().unwrap();
    let inbox = Inbox::sqlite(&path)
        .accept_volatile()
        .clock(&clock)
        .keep(DAY * 3)
        .open(&dispatcher)
        .await
        .unwrap();
    tokio::spawn(inbox.clone().run());
    let read = |sql: &str| {
        let file = Connection::open(&path).unwrap();
        file.query_row(sql, [], |row| row.get::<_, Option<String>>(0))
            .unwrap()
    };
    let body = || read("SELECT CAST(body AS TEXT) FROM siohook_delivery");
    let error = || read("SELECT error FROM siohook_run");

    let sample = Sample::automation("inbox.tests.erased", json!({ "email": "ada@example.com" }));
    accepts(&inbox, &sample).await;
    inbox.idle().await;
    assert_eq!(error().unwrap(), "ada@example.com is not there");
    for _ in 0..4 {
        assert_eq!(body().unwrap().as_bytes(), sample.body());
        clock.advance(DAY);
        inbox.idle().await;
    }
    assert_eq!(body(), None);
    assert_eq!(error(), None);
    // It is not in a page that was freed either.
    Connection::open(&path)
        .unwrap()
        .query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))
        .unwrap();
    let file = String::from_utf8_lossy(&std::fs::read(&path).unwrap()).into_owned();
    assert!(file.contains("inbox.tests.erased") && !file.contains("ada@"));
}

#[tokio::test]
async fn a_restored_backup_runs_again_what_ended_since() {
    if !support::is_shared() {
        return; // Nothing else could copy the file.
    }
    let (folder, clock, starts) = (support::folder(), Clock::new(), Starts::default());
    let (path, backup) = (folder.path().join("inbox.db"), folder.path().join("backup"));
    let dispatcher = Dispatcher::builder()
        .automation_token(TOKEN)
        .state(Arc::clone(&starts))
        .select(|handler| ["tests.stuck", "tests.erased"].contains(&handler.id()))
        .build()
        .unwrap();
    let open = async || {
        let builder = Inbox::sqlite(&path).accept_volatile().clock(&clock);
        builder.open(&dispatcher).await.unwrap()
    };
    let sample = |name: &str| Sample::automation(&format!("inbox.tests.{name}"), json!({}));
    let (waiting, running, later) = (
        sample("erased"),
        sample("stuck"),
        sample("erased").another(),
    );

    let inbox = open().await;
    let worker = tokio::spawn(inbox.clone().run());
    accepts(&inbox, &waiting).await;
    inbox.idle().await;
    accepts(&inbox, &running).await;
    while starts.load(Ordering::Relaxed) == 0 {
        sleep(Duration::from_millis(1)).await;
    }
    let copy = format!("VACUUM INTO '{}'", backup.display());
    Connection::open(&path)
        .unwrap()
        .execute_batch(&copy)
        .unwrap();

    inbox.drain(Duration::ZERO).await;
    worker.await.unwrap().unwrap();
    let inbox = open().await;
    tokio::spawn(inbox.clone().run());
    clock.advance(DAY);
    inbox.idle().await;
    assert_eq!(counts(&inbox).await, (0, 0, 0));
    assert_eq!(starts.load(Ordering::Relaxed), 2);
    accepts(&inbox, &later).await;
    drop(inbox.kill());

    for file in folder.path().read_dir().unwrap() {
        let file = file.unwrap().path();
        if file != backup {
            std::fs::remove_file(file).unwrap();
        }
    }
    std::fs::rename(&backup, &path).unwrap();
    let inbox = open().await;
    tokio::spawn(inbox.clone().run());
    inbox.idle().await;
    clock.advance(Duration::from_secs(4));
    inbox.idle().await;
    assert_eq!(counts(&inbox).await, (0, 0, 0));
    assert_eq!(starts.load(Ordering::Relaxed), 3);
    for known in [&waiting, &running] {
        let reply = inbox.receiver().receive(known.into()).await;
        assert_eq!(reply.outcome(), ReplyOutcome::AcceptedBefore);
    }
    accepts(&inbox, &later).await;
}

#[tokio::test]
async fn idle_waits_for_a_run_that_has_not_begun() {
    let (folder, clock) = (support::folder(), Clock::new());
    let builder = support::sqlite(&folder)().clock(&clock);
    let inbox = builder
        .open(&self::builder().build().unwrap())
        .await
        .unwrap();
    inbox.idle().await;
    accepts(&inbox, &Sample::automation("inbox.tests.erased", json!({}))).await;
    let waits = timeout(Duration::from_millis(100), inbox.idle()).await;
    assert!(waits.is_err());
    let worker = tokio::spawn(inbox.clone().run());
    inbox.idle().await;
    // It waits for its second attempt.
    assert_eq!(counts(&inbox).await, (1, 0, 0));
    worker.abort();
    inbox.idle().await;
    clock.advance(DAY);
    assert!(
        timeout(Duration::from_millis(100), inbox.idle())
            .await
            .is_err()
    );
    inbox.drain(Duration::ZERO).await;
    inbox.idle().await;
}

#[tokio::test]
async fn a_mismatch_of_a_pattern_on_an_unlisted_event_is_done() {
    let (folder, clock) = (support::folder(), Clock::new());
    let letters = Arc::new(Mutex::new(vec![]));
    let sent = Arc::clone(&letters);
    let inbox = support::sqlite(&folder)()
        .clock(&clock)
        .on_dead(move |letter| sent.lock().unwrap().push(letter.clone()))
        .open(&builder().build().unwrap())
        .await
        .unwrap();
    let worker = tokio::spawn(inbox.clone().run());
    let body: Value = json!({ "number": 1 });
    accepts(&inbox, &Sample::account("SALE_OF_TESTS", body)).await;
    inbox.idle().await;
    clock.advance(HOUR);
    inbox.drain(Duration::from_secs(20)).await;
    worker.await.unwrap().unwrap();
    assert_eq!(counts(&inbox).await, (0, 0, 1));
    let letters = letters.lock().unwrap();
    let dead: Vec<_> = letters
        .iter()
        .map(|it| (it.handler(), it.reason()))
        .collect();
    assert_eq!(dead, [("tests.name", DeadReason::Mismatch)]);
}

#[tokio::test]
async fn idle_is_told_after_the_hooks() {
    let (folder, letters) = (support::folder(), Arc::new(AtomicUsize::new(0)));
    let (reports, counted) = (Arc::clone(&letters), Arc::clone(&letters));
    let builder = builder().on_report(move |report| {
        let runs = report.handlers().len();
        reports.fetch_add(runs, Ordering::Relaxed);
    });
    let inbox = support::sqlite(&folder)()
        .retry(Retry::never())
        .on_dead(move |_| {
            counted.fetch_add(1000, Ordering::Relaxed);
        })
        .open(&builder.build().unwrap())
        .await
        .unwrap();
    tokio::spawn(inbox.clone().run());
    for round in 1..50 {
        let sample = Sample::automation("inbox.tests.erased", json!({ "round": round }));
        accepts(&inbox, &sample).await;
        inbox.idle().await;
        assert_eq!(letters.load(Ordering::Relaxed), round * 1001);
    }
    inbox.assert_dead("tests.erased");
}

#[tokio::test]
async fn the_shortest_memory_is_one_setting() {
    let folder = support::folder();
    let dispatcher = builder().build().unwrap();
    let builder = support::sqlite(&folder)().remember(DAY * 6);
    let inbox = builder.clone().open(&dispatcher).await;
    assert!(inbox.is_ok());
    let text = builder
        .keep(DAY * 7)
        .open(&dispatcher)
        .await
        .unwrap_err()
        .to_string();
    assert!(
        text.contains("`keep(604800s)` is longer than `remember(518400s)`"),
        "{text}"
    );
}

#[tokio::test]
async fn handlers_of_a_drained_inbox_are_no_orphans() {
    for builder in [Inbox::memory(), support::sqlite(&support::folder())()] {
        let inbox = builder
            .open(&self::builder().build().unwrap())
            .await
            .unwrap();
        inbox.drain(Duration::ZERO).await;
        let sample = Sample::automation("inbox.tests.erased", json!({}));
        accepts(&inbox, &sample).await;
        let stats = inbox.stats().await.unwrap();
        assert_eq!((stats.waiting(), stats.orphans()), (1, 0));
    }
}

#[tokio::test]
async fn memory_is_no_file() {
    let dispatcher = builder().build().unwrap();
    for path in [":memory:", ""] {
        let error = Inbox::sqlite(path).open(&dispatcher).await.unwrap_err();
        assert!(error.to_string().contains("name a file"), "{error}");
    }
}

/// A URL may hold a password.
#[test]
fn a_url_is_no_path_and_is_not_shown() {
    let dispatcher = Dispatcher::builder()
        .accept_unverified()
        .allow_no_handlers()
        .select(|_| false)
        .build()
        .unwrap();
    let builder = || Inbox::sqlite("postgres://shop:hunter2@db.example.com/shop");
    let opened = block_on(builder().open(&dispatcher)).unwrap_err();
    let operator = block_on(builder().operator()).unwrap_err();
    for text in [opened.to_string(), operator.to_string()] {
        assert!(text.contains("`Inbox::postgres`"), "{text}");
        assert!(!text.contains("hunter2"), "{text}");
    }
    let debug = format!("{:?}", builder());
    assert!(!debug.contains("hunter2"), "{debug}");
}
