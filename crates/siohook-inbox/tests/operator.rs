//! An operator's program, as it is written from the documentation.

#[allow(dead_code, reason = "other tests use the rest")]
mod support;

use std::error::Error;
use std::time::{Duration, Instant, SystemTime};

use serde_json::json;
use siohook::testing::{SECRET, Sample, TOKEN, block_on};
use siohook::{Dispatcher, HandlerError, HandlerInfo, Timestamp, on_event};
use siohook_inbox::{DeliverySummary, Inbox, InboxError, MINUTE, Operator, State};

#[on_event("SALE_NEW", id = "operator.grant")]
fn grant() -> Result<(), HandlerError> {
    Err(HandlerError::permanent("the school is closed"))
}

fn dispatcher() -> Dispatcher {
    Dispatcher::builder()
        .account_secret("main", SECRET)
        .automation_token(TOKEN)
        .select(|handler: &HandlerInfo| handler.id().starts_with("operator."))
        .build()
        .unwrap()
}

/// Accepts sales, whose runs are dead afterwards.
async fn accept(inbox: &Inbox, sales: usize) {
    for number in 0..sales {
        let sale = Sample::of("SALE_NEW").with_message_id(&format!("m-{number}"));
        let reply = inbox.receiver().receive((&sale).into()).await;
        assert_eq!(reply.body(), br#"{"outcome":"accepted"}"#);
    }
    inbox.idle().await;
}

/// Every call there is.
async fn operate(inbox: &Operator, t: Timestamp) -> Result<(), InboxError> {
    let waiting = inbox
        .deliveries()
        .state(State::Waiting)
        .event("SALE_*")
        .since(t);
    assert_eq!(waiting.list(100).await?.len(), 0);
    let all = inbox
        .deliveries()
        .before(SystemTime::now() + MINUTE)
        .handler("operator.grant");
    assert_eq!(all.list(100).await?.len(), 3);
    let id = all_ids(inbox).await?[0];
    assert_eq!(inbox.stats().await?.dead(), 3);
    let letters = inbox.dead().delivery(id).event("SALE_*").list(100).await?;
    assert_eq!(letters.len(), 1);
    let grants = || inbox.dead().handler("operator.grant").since(t);
    assert_eq!(grants().list(100).await?.len(), 3);
    assert_eq!(grants().dry_run().retry().await?, 3);
    let retried = grants().spread(MINUTE * 10).at_most(1).retry().await?;
    assert_eq!(retried, 1);
    assert_eq!(inbox.dead().before(t).purge().await?, 0);
    assert_eq!(inbox.purge_done(t).await?, 0);
    assert_eq!(inbox.replay(id).handlers(["audit"]).await?, 1);
    assert_eq!(inbox.replay(id).again().await?, 0);
    let stored = inbox.delivery(id).await?;
    assert_eq!(stored.delivery().unwrap().event(), "SALE_NEW");
    assert_eq!(stored.runs().len(), 2);
    assert_eq!(inbox.rename_handler("audit", "operator.audit").await?, 1);
    assert!(
        inbox
            .orphans()
            .await?
            .iter()
            .any(|it| it.id() == "operator.audit")
    );
    let erased = inbox.erase_contact("nobody@example.com").await?;
    assert_eq!((erased.deliveries, erased.runs_stopped), (0, 0));
    Ok(())
}

async fn all_ids(inbox: &Operator) -> Result<Vec<i64>, InboxError> {
    let all = inbox.deliveries().list(100).await?;
    Ok(all.iter().map(DeliverySummary::id).collect())
}

fn long_ago() -> Timestamp {
    "2020-01-01T00:00:00Z".parse().unwrap()
}

#[tokio::test]
async fn every_call_of_an_operator() -> Result<(), Box<dyn Error>> {
    let folder = support::folder();
    let file = Inbox::sqlite(folder.path().join("inbox.db")).accept_volatile();
    for builder in [Inbox::memory(), file] {
        let inbox = builder.clone().open(&dispatcher()).await?;
        let worker = tokio::spawn(inbox.clone().run());
        accept(&inbox, 3).await;
        inbox.drain(Duration::ZERO).await;
        worker.await??;
        drop(inbox);
        operate(&builder.operator().await?, long_ago()).await?;
    }
    Ok(())
}

#[tokio::test]
async fn an_inbox_has_the_calls_of_its_operator() -> Result<(), Box<dyn Error>> {
    let folder = support::folder();
    let file = Inbox::sqlite(folder.path().join("inbox.db")).accept_volatile();
    for builder in [Inbox::memory(), file] {
        let inbox = builder.open(&dispatcher()).await?;
        let worker = tokio::spawn(inbox.clone().run());
        accept(&inbox, 3).await;
        drop(worker);
        operate(&inbox, long_ago()).await?;
    }
    Ok(())
}

#[tokio::test]
async fn a_backup_is_an_inbox() -> Result<(), Box<dyn Error>> {
    let folder = support::folder();
    let path = |name: &str| folder.path().join(name);
    let file = |name: &str| Inbox::sqlite(path(name)).accept_volatile();
    let inbox = file("inbox.db").open(&dispatcher()).await?;
    accept_waiting(&inbox, 2).await;
    drop(inbox);
    let operator = file("inbox.db").operator().await?;
    operator.backup(path("copy.db")).await?;
    let again = operator.backup(path("copy.db")).await.unwrap_err();
    assert!(again.to_string().contains("exists already"), "{again}");
    drop(operator);
    let copy = file("copy.db").open(&dispatcher()).await?;
    assert_eq!(copy.stats().await?.waiting(), 2);
    let memory = Inbox::memory().operator().await?;
    let none = memory.backup(path("memory.db")).await.unwrap_err();
    assert!(matches!(none, InboxError::Request(_)), "{none}");
    Ok(())
}

async fn accept_waiting(inbox: &Inbox, sales: usize) {
    for number in 0..sales {
        let sale = Sample::of("SALE_NEW").with_message_id(&format!("m-{number}"));
        inbox.receiver().receive((&sale).into()).await;
    }
}

/// Without a runtime, with what the errors of users look like.
#[test]
fn a_store_that_is_not_there_is_an_error_that_says_what_to_do() {
    let folder = support::folder();
    let path = folder.path().join("missing.db");
    let error = block_on(Inbox::sqlite(&path).operator()).unwrap_err();
    let text = error.to_string();
    assert!(
        text.contains("missing.db` does not exist: set the path"),
        "{text}"
    );
    assert!(!path.exists());
}

/// Bodies for which the program's function panics are not taken for read.
#[tokio::test]
async fn what_can_not_be_read_is_counted() -> Result<(), Box<dyn Error>> {
    let builder = Inbox::memory().personal(|delivery| {
        assert!(delivery.query("odd").is_none(), "an odd one");
        delivery.query("to").map(std::borrow::Cow::into_owned)
    });
    let dispatcher = Dispatcher::builder()
        .automation_token(TOKEN)
        .select(|_| false)
        .allow_no_handlers()
        .build()?;
    let inbox = builder.keep_unhandled().open(&dispatcher).await?;
    for query in ["odd=1", "to=Lea%40example.com", "to=ada%40example.com"] {
        let sample = Sample::automation("operator.tests", json!({}));
        let incoming = siohook::Incoming::from(&sample).query(format!("token={TOKEN}&{query}"));
        inbox.receiver().receive(incoming).await;
    }
    let erased = inbox.erase_contact("lea@example.com").await?;
    assert_eq!((erased.deliveries, erased.unreadable), (1, 1));
    let bodies = inbox.deliveries().list(9).await?;
    assert_eq!(
        bodies
            .iter()
            .map(DeliverySummary::has_body)
            .collect::<Vec<_>>(),
        [true, false, true]
    );
    let erased = inbox.delivery(2).await?;
    assert!(erased.delivery().is_none());
    Ok(())
}

/// A program that holds the lock hinders changes, and no list.
#[tokio::test]
async fn lists_do_not_wait_for_writers() -> Result<(), Box<dyn Error>> {
    if !support::is_shared() {
        return Ok(());
    }
    let folder = support::folder();
    let path = folder.path().join("inbox.db");
    let inbox = Inbox::sqlite(&path)
        .accept_volatile()
        .open(&dispatcher())
        .await?;
    accept_waiting(&inbox, 2).await;
    assert_eq!(all_ids(&inbox).await?, [2, 1]);
    let shell = rusqlite::Connection::open(&path)?;
    shell.execute_batch("BEGIN IMMEDIATE")?;
    let started = Instant::now();
    assert_eq!(all_ids(&inbox).await?, [2, 1]);
    inbox.backup(folder.path().join("copy.db")).await?;
    assert!(started.elapsed() < Duration::from_secs(2));
    shell.execute_batch("ROLLBACK")?;
    // And the other way round.
    shell.execute_batch("BEGIN; SELECT * FROM siohook_delivery")?;
    let sale = Sample::of("SALE_NEW").with_message_id("m-9");
    let reply = inbox.receiver().receive((&sale).into()).await;
    assert_eq!(reply.body(), br#"{"outcome":"accepted"}"#);
    assert_eq!(inbox.dead().retry().await?, 0);
    Ok(())
}

/// A call whose future is dropped ends, and the thread serves the next one.
#[tokio::test]
async fn a_call_that_is_dropped_goes_on() -> Result<(), Box<dyn Error>> {
    let builder = Inbox::memory();
    let inbox = builder.clone().open(&dispatcher()).await?;
    let worker = tokio::spawn(inbox.clone().run());
    accept(&inbox, 3).await;
    drop(worker);
    let operator = builder.operator().await?;
    let mut purge = Box::pin(operator.dead().purge());
    let begun = std::future::poll_fn(|context| {
        let _ = purge.as_mut().poll(context);
        std::task::Poll::Ready(())
    });
    begun.await;
    drop(purge);
    assert_eq!(operator.stats().await?.dead(), 0);
    Ok(())
}

fn is_shared_between_threads<T: Clone + Send + Sync + 'static>() {}
fn can_be_spawned<T: Send>(_: T) {}

#[test]
fn operators_and_their_calls_are_sent_between_threads() {
    is_shared_between_threads::<Operator>();
    let operator = block_on(Inbox::memory().operator()).unwrap();
    can_be_spawned(operator.dead().retry());
    can_be_spawned(operator.deliveries().list(1));
    can_be_spawned(operator.replay(1).handlers(["a"]).into_future());
    can_be_spawned(operator.replay(1).again());
    can_be_spawned(operator.erase_contact("lea@example.com"));
    can_be_spawned(operator.purge_done(SystemTime::now()));
    can_be_spawned(operator.backup("copy.db"));
    can_be_spawned(Inbox::memory().operator());
}
