//! The metrics, spans and warnings of an inbox, and what they must not show.

mod capture;
mod metrics;
mod recorder;
mod spans;

use std::sync::{Barrier, LazyLock, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use siohook::testing::{SECRET, Sample};
use siohook::{Dispatcher, HandlerError, on_event};
use siohook_inbox::testing::Clock;
use siohook_inbox::{Inbox, InboxBuilder, InboxError, Retry, Run, SECOND};
use tokio::task::JoinHandle;
use tracing::{Instrument as _, info_span};
use tracing_subscriber::layer::SubscriberExt as _;

use crate::capture::Capture;
use crate::recorder::Recorder;

/// An error that no metric and no span may show.
const PERSONAL: &str = "no mail to lea@example.com";

#[on_event("SALE_NEW", id = "greet")]
fn greet() {}

#[on_event("SALE_NEW", id = "fail_once")]
fn fail_once(run: Run) -> Result<(), HandlerError> {
    match run.attempt() {
        1 => Err(HandlerError::new(PERSONAL)),
        _ => Ok(()),
    }
}

#[on_event("SALE_NEW", id = "fail")]
fn fail() -> Result<(), HandlerError> {
    Err(HandlerError::new(PERSONAL))
}

#[on_event("SALE_NEW", id = "give_up")]
fn give_up() -> Result<(), HandlerError> {
    Err(HandlerError::permanent(PERSONAL))
}

#[on_event("SALE_NEW", id = "wait")]
async fn wait() {
    std::future::pending::<()>().await;
}

/// The handler `block` waits for it when it begins, and before it ends.
static BLOCK: Barrier = Barrier::new(2);

#[on_event("SALE_NEW", id = "block")]
fn block() {
    BLOCK.wait();
    BLOCK.wait();
}

/// What is recorded of one test. The inbox has a thread, so the recorders are those of the process
/// and the tests run one after the other.
struct Telemetry {
    recorder: Recorder,
    capture: Capture,
    _alone: MutexGuard<'static, ()>,
}

impl Telemetry {
    fn begin() -> Self {
        static ALONE: Mutex<()> = Mutex::new(());
        static INSTALLED: LazyLock<(Recorder, Capture)> = LazyLock::new(|| {
            let (recorder, capture) = (Recorder::default(), Capture::default());
            ::metrics::set_global_recorder(recorder.clone()).expect("it is the first");
            let subscriber = tracing_subscriber::registry().with(capture.clone());
            tracing::subscriber::set_global_default(subscriber).expect("it is the first");
            (recorder, capture)
        });
        let alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
        let (recorder, capture) = INSTALLED.clone();
        recorder.clear();
        capture.clear();
        Self {
            recorder,
            capture,
            _alone: alone,
        }
    }
}

/// A dispatcher with some of the handlers.
fn dispatcher(ids: &'static [&'static str]) -> Dispatcher {
    Dispatcher::builder()
        .account_secret("main", SECRET)
        .select(|handler| ids.contains(&handler.id()))
        .build()
        .unwrap()
}

/// An inbox that tries each handler twice, 15 to 30 seconds apart.
fn builder(clock: &Clock) -> InboxBuilder {
    Inbox::memory()
        .clock(clock)
        .retry(Retry::every(SECOND * 30).attempts(2))
}

/// Receives a sale, the same one each time, and returns the status of the reply.
async fn receive(inbox: &Inbox) -> u16 {
    static SALE: LazyLock<Sample> = LazyLock::new(|| Sample::of("SALE_NEW"));
    inbox.receiver().receive(SALE.clone().into()).await.status()
}

/// Runs handlers, from now on, inside a span of the program.
async fn run(inbox: &Inbox) -> JoinHandle<Result<(), InboxError>> {
    let working = tokio::spawn(inbox.clone().run().instrument(info_span!("worker")));
    tokio::task::yield_now().await;
    working
}

/// Lets `work` use an inbox whose handlers run.
fn with_inbox<F: Future<Output = ()>>(
    ids: &'static [&'static str],
    work: impl FnOnce(Inbox, Clock) -> F,
) {
    block_on(async {
        let clock = Clock::new();
        let inbox = builder(&clock).open(&dispatcher(ids)).await.unwrap();
        let working = run(&inbox).await;
        work(inbox.clone(), clock).await;
        inbox.drain(Duration::ZERO).await;
        let _ = working.await;
    });
}

fn block_on(work: impl Future<Output = ()>) {
    let runtime = tokio::runtime::Builder::new_current_thread().build();
    runtime.unwrap().block_on(work);
}
