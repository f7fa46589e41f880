//! Three handlers: one that succeeds, one that fails twice, and one that fails for good.

use std::fs::{File, OpenOptions};
use std::io::Write as _;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use siohook::{Data, HandlerError, State, on_event};
use siohook_inbox::Run;

pub(crate) const EVENT: &str = "kill.loop";
pub(crate) const HANDLERS: [&str; 3] = ["steady", "flaky", "strict"];

/// The data of a delivery: its number, and something to make it long.
#[derive(Serialize, Deserialize, PartialEq)]
pub(crate) struct Numbered {
    n: u64,
    filler: String,
}

impl Numbered {
    pub(crate) fn new(n: u64) -> Self {
        let length = usize::try_from(n % 1500).unwrap_or_default();
        let filler = "x".repeat(length);
        Self { n, filler }
    }
}

/// A file of lines that many tasks append to.
#[derive(Clone)]
pub(crate) struct Log(Arc<Mutex<File>>);

impl Log {
    pub(crate) fn append(path: &Path) -> std::io::Result<Self> {
        let file = OpenOptions::new().append(true).create(true).open(path)?;
        Ok(Self(Arc::new(Mutex::new(file))))
    }

    /// Writes a line at once. A kill cuts a write between two pages of memory, so all lines have one
    /// length, of which a page has a whole number.
    pub(crate) fn line(&self, line: &str) {
        let line = format!("{line:63}\n");
        assert_eq!(line.len(), 64);
        self.0.lock().unwrap().write_all(line.as_bytes()).unwrap();
    }
}

async fn start(log: &Log, numbered: &Numbered, handler: &str, run: &Run) {
    let (n, attempt) = (numbered.n, run.attempt());
    // What is not as it was sent is the start of a run that was not stored.
    let is_whole = *numbered == Numbered::new(n);
    let handler = if is_whole { handler } else { "broken" };
    log.line(&format!("{n} {handler} {attempt}"));
    if n.is_multiple_of(5) {
        tokio::time::sleep(Duration::from_millis(n % 8)).await;
    }
}

/// How many attempts a handler needs for a delivery.
pub(crate) fn attempts(n: u64, handler: &str) -> u32 {
    if handler == "flaky" && n.is_multiple_of(3) {
        3
    } else {
        1
    }
}

/// Whether a handler decides that a delivery ends dead.
pub(crate) fn ends_dead(n: u64, handler: &str) -> bool {
    handler == "strict" && n.is_multiple_of(17)
}

#[on_event(unlisted("kill.loop"), id = "steady")]
async fn steady(Data(numbered): Data<Numbered>, State(log): State<Log>, run: Run) {
    start(&log, &numbered, "steady", &run).await;
}

#[on_event(unlisted("kill.loop"), id = "flaky")]
async fn flaky(
    Data(numbered): Data<Numbered>,
    State(log): State<Log>,
    run: Run,
) -> Result<(), HandlerError> {
    start(&log, &numbered, "flaky", &run).await;
    if run.attempt() < attempts(numbered.n, "flaky") {
        let delay = Duration::from_millis(5 + numbered.n % 20);
        return Err(HandlerError::retry_after(delay, "not yet"));
    }
    Ok(())
}

#[on_event(unlisted("kill.loop"), id = "strict")]
async fn strict(
    Data(numbered): Data<Numbered>,
    State(log): State<Log>,
    run: Run,
) -> Result<(), HandlerError> {
    start(&log, &numbered, "strict", &run).await;
    if ends_dead(numbered.n, "strict") {
        return Err(HandlerError::permanent("divisible by 17"));
    }
    Ok(())
}
