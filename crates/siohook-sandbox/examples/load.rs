//! Measures a sandbox: time to start, messages a second, and memory.
//!
//! ```sh
//! cargo run --release -p siohook-sandbox --example load
//! ```
//!
//! Memory and lists are those of 10,000 contacts and 100,000 messages. The first figure of
//! `SALE_NEW` is the account without messages, because each sale makes an order.
//! `CONTACT_CREATED` leaves the account as it is, so its figure is that of the messages.
//!
//! The receiver is in the same process, and answers 200 at once. The raw limit beside it sends the
//! same request as often over sockets of its own, four at a time as the sandbox does.

use std::error::Error;
use std::net::SocketAddr;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, Instant};
use std::{env, fs};

use siohook_sandbox::{Sandbox, Status};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

const MESSAGES: usize = 20_000;
const CONTACTS: usize = 10_000;
const HELD: usize = 100_000;
const ANSWER: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-length: 18\r\n\r\n{\"outcome\":\"done\"}";

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let receiver = receiver().await?;
    let url = format!("http://{receiver}/systeme");
    let arguments: Vec<_> = env::args().skip(1).collect();
    match &*arguments {
        [kept, folder] if kept == "kept" => return keep(Path::new(folder), &url).await,
        [again, folder] if again == "again" => return start_again(Path::new(folder)).await,
        [event, rest @ ..] => return hold(event, rest.is_empty(), &url).await,
        [] => {}
    }
    let start = Instant::now();
    let sandbox = Sandbox::start().await?;
    println!("start: {:.1?}", start.elapsed());
    drop(sandbox);

    // Memory that a sandbox has freed stays with its process, so each has one of its own.
    let folder = tempfile::tempdir()?;
    let path = folder.path().to_str().ok_or("the path is a text")?;
    for arguments in [
        &["SALE_NEW", "unsent"][..],
        &["SALE_NEW"],
        &["CONTACT_CREATED"],
        &["kept", path],
        &["again", path],
    ] {
        let status = Command::new(env::current_exe()?).args(arguments).status()?;
        assert!(status.success(), "{arguments:?}");
    }

    let mut best: f64 = 0.0;
    for _ in 0..3 {
        let sandbox = Sandbox::builder().keep(MESSAGES).start().await?;
        let webhook = sandbox.webhook("main", &url).create().await?;
        sandbox.fire("SALE_NEW").send().await?;
        settle(&sandbox, 1).await;
        let message = sandbox.messages().webhook(&webhook.id).one().await;
        let request = message.request().ok_or("it was sent")?.to_http1();
        let sent = Instant::now();
        for _ in 0..MESSAGES {
            sandbox.fire("SALE_NEW").send().await?;
        }
        settle(&sandbox, MESSAGES).await;
        let rate = per_second(sent.elapsed());
        let raw = per_second(raw(receiver, Arc::from(request)).await?);
        println!(
            "{rate:.0} messages a second, raw {raw:.0}: {:.2}",
            rate / raw
        );
        best = best.max(rate);
    }
    println!("best: {best:.0} messages a second");
    Ok(())
}

/// Measures a sandbox with many contacts, for each of which an event is fired. Without a webhook,
/// there is no message.
async fn hold(event: &str, has_webhook: bool, url: &str) -> Result<(), Box<dyn Error>> {
    let before = resident();
    let sandbox = Sandbox::builder().keep(HELD).start().await?;
    if has_webhook {
        sandbox.webhook("main", url).create().await?;
    }
    for number in 0..HELD {
        let email = format!("contact{}@example.com", number % CONTACTS);
        sandbox.fire(event).contact(&email).send().await?;
    }
    let count = if has_webhook { HELD } else { 0 };
    settle(&sandbox, count).await;
    let held = resident().saturating_sub(before) / 1_000_000;
    println!("memory with {CONTACTS} contacts, {HELD} {event}, {count} messages: {held} MB");
    if has_webhook {
        let list = Instant::now();
        assert_eq!(sandbox.messages().event(event).all().len(), count);
        println!("list of them: {:.1?}", list.elapsed());
        let search = Instant::now();
        let answer = get(sandbox.address(), "/sandbox/v1/messages?q=nowhere").await?;
        assert!(answer.ends_with(b"{\"items\":[],\"hasMore\":false}"));
        println!("text search in them: {:.1?}", search.elapsed());
    }
    Ok(())
}

/// Measures a sandbox that keeps its messages in a folder.
async fn keep(folder: &Path, url: &str) -> Result<(), Box<dyn Error>> {
    let sandbox = Sandbox::builder().keep(HELD).data(folder).start().await?;
    sandbox.webhook("main", url).create().await?;
    let sent = Instant::now();
    for _ in 0..HELD {
        sandbox.fire("CONTACT_CREATED").send().await?;
    }
    println!("{HELD} messages into a folder: {:.1?}", sent.elapsed());
    settle(&sandbox, HELD).await;
    println!("and delivered: {:.1?}", sent.elapsed());
    sandbox.close().await?;
    let bytes = fs::metadata(folder.join("messages.jsonl"))?.len();
    println!("file of them: {} MB", bytes / 1_000_000);
    Ok(())
}

/// Measures the start of a sandbox in such a folder.
async fn start_again(folder: &Path) -> Result<(), Box<dyn Error>> {
    let (before, start) = (resident(), Instant::now());
    let sandbox = Sandbox::builder().keep(HELD).data(folder).start().await?;
    println!("start with them: {:.1?}", start.elapsed());
    assert_eq!(sandbox.messages().all().len(), HELD);
    let held = resident().saturating_sub(before) / 1_000_000;
    println!("memory then: {held} MB");
    Ok(())
}

async fn get(address: SocketAddr, path: &str) -> std::io::Result<Vec<u8>> {
    let mut stream = TcpStream::connect(address).await?;
    let request = format!("GET {path} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await?;
    let mut answer = vec![];
    stream.read_to_end(&mut answer).await?;
    Ok(answer)
}

fn per_second(took: Duration) -> f64 {
    f64::from(u32::try_from(MESSAGES).unwrap_or(u32::MAX)) / took.as_secs_f64()
}

/// Waits until this number of messages are delivered.
async fn settle(sandbox: &Sandbox, count: usize) {
    loop {
        let messages = sandbox.messages().status(Status::Delivered).all();
        if messages.len() >= count {
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// A receiver that reads a request and answers, then closes.
async fn receiver() -> std::io::Result<SocketAddr> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            tokio::spawn(async move {
                let mut request = vec![0; 16 << 10];
                let _ = stream.read(&mut request).await;
                let _ = stream.write_all(ANSWER).await;
            });
        }
    });
    Ok(address)
}

async fn raw(receiver: SocketAddr, request: Arc<[u8]>) -> std::io::Result<Duration> {
    let start = Instant::now();
    let mut workers = JoinSet::new();
    for _ in 0..4 {
        let request = Arc::clone(&request);
        workers.spawn(async move {
            for _ in 0..MESSAGES / 4 {
                let mut stream = TcpStream::connect(receiver).await?;
                stream.write_all(&request).await?;
                stream.read_to_end(&mut vec![]).await?;
            }
            std::io::Result::Ok(())
        });
    }
    while let Some(worker) = workers.join_next().await {
        worker??;
    }
    Ok(start.elapsed())
}

/// Resident memory of this process, in bytes.
fn resident() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kib = line.and_then(|line| line.trim().strip_suffix(" kB")?.parse().ok());
    kib.unwrap_or(0_u64) * 1024
}
