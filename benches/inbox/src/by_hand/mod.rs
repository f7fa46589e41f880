//! An inbox written by hand for one program: the same tables, a thread that commits whatever is
//! waiting, and two functions. It has no retries, no recovery and no second process, and it catches
//! no panic.

mod group;
mod postgres;
mod sqlite;

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, mpsc};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use bytes::Bytes;
use sha2::{Digest as _, Sha256};
use siohook::account::{ContactTagAdded, SaleNew};
use siohook_benches::handwritten::Receiver;
use siohook_benches::{Request, SECRET, TOKEN};
use tokio::sync::mpsc::UnboundedSender;
use tokio::sync::oneshot;

use crate::database::Place;
use crate::{Result, handlers};

/// The functions that are called with each delivery.
const FUNCTIONS: [&str; 2] = ["shop.grant", "shop.log"];

/// The inbox. Dropping it ends its threads.
pub(crate) struct ByHand {
    receiver: Receiver,
    recorded: Arc<AtomicU64>,
    threads: Threads,
}

/// What a database has been opened with.
struct Settings {
    /// How many runs may be in progress.
    room: usize,
    /// How many commands are committed together.
    group: usize,
    /// Where deliveries are handed over.
    jobs: UnboundedSender<Vec<Job>>,
    /// How many runs are recorded as done.
    recorded: Arc<AtomicU64>,
}

type Written = std::result::Result<(), String>;

/// The threads that write, one or two.
struct Threads {
    accepts: mpsc::Sender<Command>,
    ends: mpsc::Sender<Command>,
    handles: Vec<JoinHandle<Written>>,
}

enum Command {
    Accept(Accept, oneshot::Sender<()>),
    Done(Run),
    Stop,
}

struct Accept {
    key: [u8; 38],
    event: String,
    meta: String,
    body: Bytes,
}

struct Run {
    delivery: i64,
    function: usize,
    attempt: i64,
}

/// Runs of one delivery.
struct Job {
    event: String,
    body: Bytes,
    runs: Vec<Run>,
}

impl ByHand {
    /// Opens the database. At most `room` runs are in progress, and at most `group` commands are
    /// committed together.
    pub(crate) fn open(place: &Place, room: usize, group: usize) -> Self {
        let (jobs, mut handed_over) = tokio::sync::mpsc::unbounded_channel::<Vec<Job>>();
        let recorded = Arc::new(AtomicU64::new(0));
        let settings = Settings {
            room,
            group,
            jobs,
            recorded: Arc::clone(&recorded),
        };
        let threads = match place {
            Place::File(path) => sqlite::open(path, settings),
            Place::Url(url) => postgres::open(url, settings),
        };
        let threads = threads.expect("the database can be opened");
        let done = threads.ends.clone();
        tokio::spawn(async move {
            while let Some(jobs) = handed_over.recv().await {
                for job in jobs {
                    tokio::spawn(job.run(done.clone()));
                }
            }
        });
        Self {
            receiver: Receiver::new(SECRET, TOKEN),
            recorded,
            threads,
        }
    }

    /// Verifies a delivery, and returns when it is stored.
    pub(crate) async fn accept(&self, request: &Request) {
        let (headers, body) = (&request.headers, &request.body);
        let signature = self.receiver.check_signature(headers, body);
        signature.expect("the delivery is signed");
        let header = |name| headers[name].to_str().expect("headers are ASCII");
        let (event, id) = (header("x-webhook-event"), header("x-webhook-message-id"));
        let accept = Accept {
            key: key(event, id, body),
            event: event.to_owned(),
            meta: format!(r#"{{"version":1,"message_id":"{id}"}}"#),
            body: body.clone(),
        };
        let (reply, stored) = oneshot::channel();
        let sent = self.threads.accepts.send(Command::Accept(accept, reply));
        sent.expect("the thread runs");
        stored.await.expect("the delivery is stored");
    }

    /// Waits until so many runs are recorded as done.
    pub(crate) async fn recorded(&self, runs: u64) {
        while self.recorded.load(Ordering::Relaxed) < runs {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    }
}

impl Drop for ByHand {
    fn drop(&mut self) {
        for commands in [&self.threads.accepts, &self.threads.ends] {
            let _ = commands.send(Command::Stop);
        }
        for handle in self.threads.handles.drain(..) {
            let ended = handle.join();
            assert!(matches!(ended, Ok(Ok(()))), "a thread failed: {ended:?}");
        }
    }
}

/// Starts a thread.
fn spawn(work: impl FnOnce() -> Result<()> + Send + 'static) -> JoinHandle<Written> {
    let thread = thread::Builder::new().name("by-hand".to_owned());
    let thread = thread.spawn(|| work().map_err(|error| error.to_string()));
    thread.expect("threads can be spawned")
}

/// The time of the message id, and a hash of what identifies a delivery.
fn key(event: &str, id: &str, body: &[u8]) -> [u8; 38] {
    let time = [&id[..8], &id[9..13]].concat();
    let time = u64::from_str_radix(&time, 16).expect("the id is a UUID");
    let hash = Sha256::new().chain_update(event).chain_update(id);
    let hash = hash.chain_update(Sha256::digest(body)).finalize();
    let mut key = [0; 38];
    key[..6].copy_from_slice(&time.to_be_bytes()[2..]);
    key[6..].copy_from_slice(&hash);
    key
}

impl Job {
    async fn run(self, done: mpsc::Sender<Command>) {
        let payload = Payload::parse(&self.event, &self.body);
        for run in self.runs {
            match &payload {
                Payload::Sale(sale) => handlers::saw_sale(sale),
                Payload::Tag(tag) => handlers::saw_tag(tag),
            }
            let _ = done.send(Command::Done(run));
        }
    }
}

/// The first runs of a delivery.
fn first_runs(delivery: i64) -> Vec<Run> {
    let run = |function| Run {
        delivery,
        function,
        attempt: 1,
    };
    (0..FUNCTIONS.len()).map(run).collect()
}

/// The number of a function.
fn function(name: &str) -> Result<usize> {
    let function = FUNCTIONS.iter().position(|function| *function == name);
    function.ok_or_else(|| format!("{name} is not a function").into())
}

enum Payload {
    Sale(Box<SaleNew>),
    Tag(ContactTagAdded),
}

impl Payload {
    fn parse(event: &str, body: &[u8]) -> Self {
        let text = std::str::from_utf8(body).expect("the body is UTF-8");
        let payload = match event {
            "SALE_NEW" => serde_json::from_str(text).map(|sale| Self::Sale(Box::new(sale))),
            _ => serde_json::from_str(text).map(Self::Tag),
        };
        payload.expect("the body is of this event")
    }
}
