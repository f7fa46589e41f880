//! A program of the newest version, and what its handlers did.

use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use rusqlite::Connection;
use serde_json::json;
use siohook::testing::{SECRET, Sample, TOKEN};
use siohook::{Delivery, Dispatcher, ReplyOutcome, State, account, automation, on_event};
use siohook_inbox::testing::Clock;
use siohook_inbox::{Inbox, InboxBuilder, InboxError, Run};
use tempfile::TempDir;
use tokio::task::JoinHandle;

use crate::{fixture, support};

/// A start of a handler: the stored key as hex digits, the id, and the attempt.
pub(crate) type Start = (String, String, u32);

#[derive(Clone, Default)]
pub(crate) struct Starts(Arc<Mutex<Vec<Start>>>);

impl Starts {
    fn add(&self, delivery: &Delivery, handler: &str, run: &Run) {
        let key = delivery.key().stored();
        let key = key.iter().map(|byte| format!("{byte:02x}")).collect();
        let start = (key, handler.to_owned(), run.attempt());
        self.0.lock().unwrap().push(start);
    }

    /// Returns all starts so far, sorted.
    pub(crate) fn get(&self) -> Vec<Start> {
        let mut starts = self.0.lock().unwrap().clone();
        starts.sort();
        starts
    }
}

#[on_event("SALE_NEW", id = "grant")]
async fn grant(_: account::SaleNew, it: &Delivery, run: Run, State(starts): State<Starts>) {
    starts.add(it, "grant", &run);
}

#[on_event("SALE_NEW", id = "mail")]
async fn mail(it: &Delivery, run: Run, State(starts): State<Starts>) {
    starts.add(it, "mail", &run);
}

#[on_event("contact.tag.added", id = "welcome")]
async fn welcome(_: automation::TagAdded, it: &Delivery, run: Run, State(starts): State<Starts>) {
    starts.add(it, "welcome", &run);
}

#[on_event("contact.tag.added", id = "retired")]
async fn retired(it: &Delivery, run: Run, State(starts): State<Starts>) {
    starts.add(it, "retired", &run);
}

/// A file in a folder, and the clock and handlers of all programs that open it.
pub(crate) struct Place {
    folder: TempDir,
    pub(crate) clock: Clock,
    pub(crate) starts: Starts,
}

impl Place {
    pub(crate) fn new() -> Self {
        Self {
            folder: support::folder(),
            clock: Clock::new(),
            starts: Starts::default(),
        }
    }

    /// A file of version 1 with runs in every state, whose last delivery has arrived just now.
    pub(crate) fn of_version_1() -> Self {
        let place = Self::new();
        fixture::create(&place.path());
        let age = place.now() - place.number("SELECT max(received_at) FROM siohook_delivery");
        for set in [
            "siohook_delivery SET received_at = received_at + ?1",
            "siohook_run SET due_at = due_at + ?1, ended_at = ended_at + ?1",
        ] {
            let updated = place.shell().execute(&format!("UPDATE {set}"), [age]);
            assert_ne!(updated.unwrap(), 0);
        }
        place
    }

    pub(crate) fn path(&self) -> PathBuf {
        self.folder.path().join("inbox.db")
    }

    /// The time of the clock in milliseconds since 1970.
    pub(crate) fn now(&self) -> i64 {
        let now = self.clock.now();
        now.unix_seconds() * 1000 + i64::from(now.subsec_nanos() / 1_000_000)
    }

    pub(crate) fn shell(&self) -> Connection {
        Connection::open(self.path()).unwrap()
    }

    pub(crate) fn number(&self, sql: &str) -> i64 {
        self.shell().query_row(sql, [], |row| row.get(0)).unwrap()
    }

    pub(crate) fn builder(&self) -> InboxBuilder {
        Inbox::sqlite(self.path())
            .accept_volatile()
            .clock(&self.clock)
    }

    pub(crate) async fn open(&self) -> Program {
        self.try_open(self.builder()).await.unwrap()
    }

    pub(crate) async fn try_open(&self, builder: InboxBuilder) -> Result<Program, InboxError> {
        let dispatcher = Dispatcher::builder()
            .account_secret("main", SECRET)
            .automation_token_as("tags", TOKEN)
            .select(|handler| HANDLERS.contains(&handler.id()))
            .state(self.starts.clone())
            .build()
            .unwrap();
        let inbox = builder.open(&dispatcher).await?;
        Ok(Program {
            receiver: inbox.receiver(),
            inbox,
            work: None,
        })
    }
}

const HANDLERS: [&str; 4] = ["grant", "mail", "welcome", "retired"];

/// A program that has the file open.
pub(crate) struct Program {
    pub(crate) inbox: Inbox,
    receiver: Dispatcher,
    work: Option<JoinHandle<Result<(), InboxError>>>,
}

impl Program {
    /// Runs handlers from now on.
    pub(crate) fn work(&mut self) {
        self.work = Some(tokio::spawn(self.inbox.clone().run()));
    }

    pub(crate) async fn receive(&self, sample: &Sample) -> ReplyOutcome {
        self.receiver.receive(sample.into()).await.outcome()
    }

    /// Sends the delivery of a stored row.
    pub(crate) async fn receive_again(&self, sent: &Sent) -> ReplyOutcome {
        let sample = match &sent.message_id {
            Some(id) => Sample::account(&sent.event, json!({})).with_message_id(id),
            None => Sample::automation(&sent.event, json!({})),
        };
        self.receive(&sample.with_body(sent.body.clone())).await
    }

    /// How many runs wait, are in progress, are behind another one, and are dead.
    pub(crate) async fn counts(&self) -> [u64; 4] {
        let stats = self.inbox.stats().await.unwrap();
        [
            stats.waiting(),
            stats.running(),
            stats.behind(),
            stats.dead(),
        ]
    }

    /// Ends the program as `kill -9` does.
    pub(crate) async fn kill(self) {
        drop(self.inbox.kill());
        if let Some(work) = self.work {
            work.abort();
            let _ = work.await;
        }
    }
}

/// What was sent of a delivery.
#[derive(Clone, Debug)]
pub(crate) struct Sent {
    pub(crate) event: String,
    pub(crate) message_id: Option<String>,
    pub(crate) body: Vec<u8>,
}
