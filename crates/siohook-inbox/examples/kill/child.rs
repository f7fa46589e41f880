//! The processes that are killed, and the one that finishes what they left.

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use siohook::{Dispatcher, Incoming, Reply, ReplyOutcome};
use siohook_inbox::{Inbox, InboxBuilder};
use tokio::time::sleep;

use crate::Result;
use crate::database::inbox;
use crate::handlers::{EVENT, Log, Numbered};

const TOKEN: &str = "kill-loop";
/// Deliveries that are on their way at a time.
const PRODUCERS: u64 = 16;

/// Accepts and handles deliveries, numbered from `first` on, until the process is killed.
#[tokio::main]
pub(crate) async fn produce(place: &str, folder: &Path, first: u64) -> Result<()> {
    // A check of the file would take as long as the process lives.
    let inbox = open(inbox(place).skip_check(), folder).await?;
    let path = folder.join("acknowledged");
    let acknowledged = Log::append(&path)?;
    // A sender that did not hear the answer of an earlier process tries again.
    for line in fs::read_to_string(path)?.lines().rev().take(20) {
        if let Some(n) = line.trim_end().strip_suffix(" accepted") {
            send_copy(&inbox.receiver(), n.parse()?, &acknowledged).await;
        }
    }
    for producer in 0..PRODUCERS {
        let (receiver, acknowledged) = (inbox.receiver(), acknowledged.clone());
        tokio::spawn(async move {
            for n in (first + producer..).step_by(16) {
                let reply = send(&receiver, n).await;
                acknowledged.line(&format!("{n} {}", reply.outcome()));
                if n.is_multiple_of(7) && reply.status() == 200 {
                    send_copy(&receiver, n, &acknowledged).await;
                }
            }
        });
    }
    inbox.run().await?;
    Ok(())
}

/// How long a server may take to restart on a busy machine.
const RESTART: Duration = Duration::from_secs(20);
/// How long what is left may take. A run that was killed several times waits for minutes.
const PATIENCE: Duration = Duration::from_secs(15 * 60);

/// Handles what is left.
#[tokio::main]
pub(crate) async fn finish(place: &str, folder: &Path) -> Result<()> {
    let inbox = open(inbox(place), folder).await?;
    let worker = tokio::spawn(inbox.clone().run());
    let started = Instant::now();
    loop {
        if started.elapsed() > PATIENCE {
            return Err("there are runs that don't end".into());
        }
        let stats = inbox.stats().await?;
        if stats.waiting() + stats.running() == 0 {
            break;
        }
        sleep(Duration::from_millis(20)).await;
    }
    inbox.drain(Duration::from_secs(5)).await;
    worker.await??;
    Ok(())
}

async fn open(inbox: InboxBuilder, folder: &Path) -> Result<Inbox> {
    let log = Log::append(&folder.join("started"))?;
    let dispatcher = Dispatcher::builder()
        .automation_token(TOKEN)
        .state(log)
        .build()?;
    let (inbox, started) = (inbox.crashes(50), Instant::now());
    loop {
        match inbox.clone().open(&dispatcher).await {
            // The server may restart.
            Err(_) if started.elapsed() < RESTART => sleep(Duration::from_millis(20)).await,
            opened => return Ok(opened?),
        }
    }
}

async fn send(receiver: &Dispatcher, n: u64) -> Reply {
    let body = serde_json::json!({ "type": EVENT, "data": Numbered::new(n) }).to_string();
    let query = format!("token={TOKEN}");
    receiver.receive(Incoming::post(body).query(query)).await
}

/// Sends a delivery again that was stored.
async fn send_copy(receiver: &Dispatcher, n: u64, acknowledged: &Log) {
    let word = match send(receiver, n).await.outcome() {
        ReplyOutcome::AcceptedBefore => "copy".to_owned(),
        ReplyOutcome::NotStored => "not_stored".to_owned(),
        outcome => format!("again_{outcome}"),
    };
    acknowledged.line(&format!("{n} {word}"));
}
