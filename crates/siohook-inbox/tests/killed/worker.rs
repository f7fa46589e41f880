//! A program that accepts and works meanwhile.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use serde_json::json;
use siohook::testing::{TOKEN, block_on};
use siohook::{Dispatcher, Incoming, ReplyOutcome, State, on_event};
use siohook_inbox::{Inbox, SECOND};
use tokio::runtime::Runtime;

use crate::store::Store;

/// Runs that were started.
#[derive(Default)]
pub(crate) struct Starts {
    live: AtomicU64,
    filled: AtomicU64,
}

#[on_event(unlisted("killed.live"), id = "killed.live")]
fn live(State(starts): State<Arc<Starts>>) {
    starts.live.fetch_add(1, Ordering::Relaxed);
}

#[on_event(unlisted("killed.filled"), id = "killed.filled")]
fn filled(State(starts): State<Arc<Starts>>) {
    starts.filled.fetch_add(1, Ordering::Relaxed);
}

pub(crate) fn dispatcher(starts: &Arc<Starts>) -> Dispatcher {
    Dispatcher::builder()
        .automation_token(TOKEN)
        .select(|handler| handler.id().starts_with("killed."))
        .state(Arc::clone(starts))
        .build()
        .unwrap()
}

/// A delivery of a contact.
pub(crate) fn incoming(event: &str, email: &str, number: u64) -> Incoming {
    let data = json!({ "contact": { "email": email }, "number": number });
    let body = json!({ "type": event, "data": data }).to_string();
    Incoming::post(body).query(format!("who=lea&token={TOKEN}"))
}

pub(crate) struct Worker {
    inbox: Inbox,
    runtime: Runtime,
    starts: Arc<Starts>,
    is_over: Arc<AtomicBool>,
    sender: JoinHandle<u64>,
}

impl Worker {
    /// Works on a store, and accepts one delivery after the other.
    pub(crate) fn start(store: &Store) -> Self {
        let (runtime, starts) = (Runtime::new().unwrap(), Arc::default());
        let dispatcher = dispatcher(&starts);
        let opening = store.builder().open(&dispatcher);
        let inbox = runtime.block_on(opening).unwrap();
        runtime.spawn(inbox.clone().run());
        let is_over = Arc::new(AtomicBool::new(false));
        let (receiver, ends) = (inbox.receiver(), Arc::clone(&is_over));
        let receive = move |number| {
            let live = incoming("killed.live", "mia@example.com", number);
            let reply = block_on(receiver.receive(live));
            assert_eq!(reply.outcome(), ReplyOutcome::Accepted);
        };
        // All connections are made.
        receive(0);
        let send_all = move || {
            let mut sent = 1;
            while !ends.load(Ordering::Relaxed) {
                receive(sent);
                sent += 1;
                thread::sleep(Duration::from_millis(2));
            }
            sent
        };
        Self {
            inbox,
            runtime,
            starts,
            is_over,
            sender: thread::spawn(send_all),
        }
    }

    /// Waits until all that was accepted has run once, and so many others.
    pub(crate) fn finish(self, filled: u64) {
        self.is_over.store(true, Ordering::Relaxed);
        let sent = self.sender.join().unwrap();
        let started = || {
            let starts = &self.starts;
            let load = |of: &AtomicU64| of.load(Ordering::Relaxed);
            (load(&starts.live), load(&starts.filled))
        };
        let since = Instant::now();
        while started() != (sent, filled) && since.elapsed() < Duration::from_secs(60) {
            thread::sleep(Duration::from_millis(10));
        }
        self.runtime.block_on(self.inbox.drain(SECOND));
        assert_eq!(started(), (sent, filled), "each runs once");
    }
}
