//! A program with an inbox: in this process or, by `process`, in another one.

use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use siohook::{Data, Dispatcher, HandlerError, Incoming, Reply, ReplyOutcome, State, on_event};
use siohook_inbox::{Inbox, InboxBuilder, InboxError, Run, Stats};
use tokio::runtime::Runtime;

const EVENT: &str = "fault.test";
const TOKEN: &str = "faults";

/// An inbox with its runtime.
pub(crate) struct Program {
    pub(crate) inbox: Inbox,
    pub(crate) receiver: Dispatcher,
    runtime: Runtime,
}

impl Program {
    /// Opens `inbox.db` of a folder with some of the handlers `a`, `b` and `c`.
    pub(crate) fn open(folder: &Path, handlers: &[&str]) -> Self {
        Self::try_open(folder, handlers, InboxBuilder::accept_volatile).unwrap()
    }

    pub(crate) fn try_open(
        folder: &Path,
        handlers: &[&str],
        configure: impl FnOnce(InboxBuilder) -> InboxBuilder,
    ) -> Result<Self, InboxError> {
        let builder = configure(Inbox::sqlite(folder.join("inbox.db")));
        Self::with(builder, folder, handlers)
    }

    /// Opens any store. The handlers write in the folder.
    pub(crate) fn with(
        builder: InboxBuilder,
        folder: &Path,
        handlers: &[&str],
    ) -> Result<Self, InboxError> {
        let runtime = Runtime::new().unwrap();
        let inbox = runtime.block_on(builder.open(&dispatcher(folder, handlers)))?;
        Ok(Self {
            receiver: inbox.receiver(),
            inbox,
            runtime,
        })
    }

    /// Starts to run handlers.
    pub(crate) fn work(&self) {
        self.runtime.spawn(self.inbox.clone().run());
    }

    /// Sends a numbered delivery.
    pub(crate) fn send(&self, n: u64) -> Reply {
        self.receive(incoming(n, 0))
    }

    /// Sends a delivery and asserts that it is stored.
    #[track_caller]
    pub(crate) fn accept(&self, n: u64) {
        let outcome = self.send(n).outcome();
        assert_eq!(outcome, ReplyOutcome::Accepted, "{:?}", self.health());
    }

    /// Sends a delivery, asserts that it is refused, and returns what the probe says.
    #[track_caller]
    pub(crate) fn refuse(&self, n: u64) -> String {
        self.refuse_timed(n).0
    }

    /// Does the same, and returns how long the sender waited.
    #[track_caller]
    pub(crate) fn refuse_timed(&self, n: u64) -> (String, Duration) {
        let sent = Instant::now();
        let reply = self.send(n);
        let took = sent.elapsed();
        assert_eq!(reply.outcome(), ReplyOutcome::NotStored);
        assert_eq!(reply.status(), 503);
        assert_eq!(reply.header("retry-after"), Some("10"));
        let health = self.health();
        let why = health.expect_err("the probe fails while deliveries are refused");
        (why, took)
    }

    /// Sends deliveries from `first` on until even a short one is refused, and returns its number.
    pub(crate) fn send_until_refused(&self, first: u64, length: usize) -> u64 {
        let mut n = first;
        for length in [length, 0] {
            while self.receive(incoming(n, length)).outcome() == ReplyOutcome::Accepted {
                n += 1;
            }
            // After a failure, nothing is tried for 50 milliseconds.
            std::thread::sleep(Duration::from_millis(100));
        }
        n
    }

    fn receive(&self, incoming: Incoming) -> Reply {
        self.runtime.block_on(self.receiver.receive(incoming))
    }

    pub(crate) fn health(&self) -> Result<(), String> {
        let health = self.runtime.block_on(self.inbox.health());
        health.map_err(|error| error.to_string())
    }

    pub(crate) fn stats(&self) -> Stats {
        self.runtime.block_on(self.inbox.stats()).unwrap()
    }

    pub(crate) fn drain(&self) {
        let patience = Duration::from_secs(5);
        self.runtime.block_on(self.inbox.drain(patience));
    }

    /// Waits until nothing waits or runs in the whole store.
    pub(crate) fn wait_until_idle(&self) {
        wait_until("all runs have ended", || {
            let stats = self.stats();
            stats.waiting() + stats.running() == 0
        });
    }
}

fn dispatcher(folder: &Path, handlers: &[&str]) -> Dispatcher {
    let handlers: Vec<_> = handlers.iter().map(|&id| id.to_owned()).collect();
    Dispatcher::builder()
        .automation_token(TOKEN)
        .select(move |handler| handlers.iter().any(|id| id == handler.id()))
        .state(Ledger(folder.to_owned()))
        .build()
        .unwrap()
}

pub(crate) fn incoming(n: u64, length: usize) -> Incoming {
    let data = serde_json::json!({ "n": n, "marker": marker(n), "filler": "x".repeat(length) });
    let body = serde_json::json!({ "type": EVENT, "data": data }).to_string();
    Incoming::post(body).query(format!("token={TOKEN}"))
}

/// A text that only the body of this delivery has.
pub(crate) fn marker(n: u64) -> String {
    format!("<delivery {n}>")
}

/// Calls `is_true` until it is.
#[track_caller]
pub(crate) fn wait_until(what: &str, mut is_true: impl FnMut() -> bool) {
    let started = Instant::now();
    while !is_true() {
        assert!(
            started.elapsed() < Duration::from_secs(30),
            "not yet: {what}"
        );
        std::thread::sleep(Duration::from_millis(10));
    }
}

/// Files in which the handlers of all processes write what they do.
#[derive(Clone)]
pub(crate) struct Ledger(pub(crate) PathBuf);

/// A line of a ledger.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Entry {
    pub(crate) handler: String,
    pub(crate) n: u64,
    pub(crate) attempt: u32,
    pub(crate) process: u32,
}

impl Ledger {
    fn write(&self, file: &str, handler: &str, n: u64, run: &Run) {
        let path = self.0.join(file);
        let mut file = OpenOptions::new()
            .append(true)
            .create(true)
            .open(path)
            .unwrap();
        let (attempt, process) = (run.attempt(), std::process::id());
        let line = format!("{handler} {n} {attempt} {process}\n");
        file.write_all(line.as_bytes()).unwrap();
    }

    pub(crate) fn started(&self) -> Vec<Entry> {
        self.read("started")
    }

    pub(crate) fn ended(&self) -> Vec<Entry> {
        self.read("ended")
    }

    fn read(&self, file: &str) -> Vec<Entry> {
        let lines = fs::read_to_string(self.0.join(file)).unwrap_or_default();
        let entry = |line: &str| {
            let words: Vec<_> = line.split(' ').collect();
            Entry {
                handler: words[0].to_owned(),
                n: words[1].parse().unwrap(),
                attempt: words[2].parse().unwrap(),
                process: words[3].parse().unwrap(),
            }
        };
        let mut entries: Vec<_> = lines.lines().map(entry).collect();
        entries.sort();
        entries
    }

    /// Makes handlers wait until [`release`](Self::release).
    pub(crate) fn hold(&self) {
        fs::write(self.0.join("hold"), "").unwrap();
    }

    pub(crate) fn release(&self) {
        fs::remove_file(self.0.join("hold")).unwrap();
    }

    async fn handle(&self, handler: &str, n: u64, run: &Run) -> Result<(), HandlerError> {
        self.write("started", handler, n, run);
        while self.0.join("hold").exists() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        self.write("ended", handler, n, run);
        if n >= LATER && run.attempt() == 1 {
            return Err(HandlerError::retry_after(Duration::from_secs(10), "later"));
        }
        Ok(())
    }
}

/// Deliveries from this number on fail at first.
pub(crate) const LATER: u64 = 1_000_000_000;

#[derive(serde::Deserialize)]
struct Numbered {
    n: u64,
}

macro_rules! handlers {
    ($($name:ident = $id:literal),*) => {$(
        #[on_event(unlisted("fault.test"), id = $id)]
        async fn $name(
            Data(it): Data<Numbered>,
            State(ledger): State<Ledger>,
            run: Run,
        ) -> Result<(), HandlerError> {
            ledger.handle($id, it.n, &run).await
        }
    )*};
}

handlers!(a = "a", b = "b", c = "c");

/// The numbers of the deliveries in a file, which no process has open.
pub(crate) fn stored(folder: &Path) -> Vec<u64> {
    let file = rusqlite::Connection::open(folder.join("inbox.db")).unwrap();
    let check: String = file
        .query_row("PRAGMA integrity_check", [], |row| row.get(0))
        .unwrap();
    assert_eq!(check, "ok");
    let sql = "SELECT json_extract(CAST(body AS TEXT), '$.data.n') FROM siohook_delivery";
    let mut numbers = file.prepare(sql).unwrap();
    let numbers = numbers.query_map([], |row| row.get::<_, i64>(0)).unwrap();
    let mut numbers: Vec<_> = numbers.map(|n| n.unwrap().unsigned_abs()).collect();
    numbers.sort_unstable();
    numbers
}

/// Whether several processes can open a file. An SQLite that loses commits of several processes
/// keeps it for one.
pub(crate) fn is_shared() -> bool {
    let folder = tempfile::tempdir().unwrap();
    let first = Program::open(folder.path(), &["a"]);
    let is_shared = rusqlite::Connection::open(folder.path().join("inbox.db"))
        .unwrap()
        .query_row("SELECT count(*) FROM siohook_worker", [], |_| Ok(()))
        .is_ok();
    drop(first);
    is_shared
}
