//! Receives every event without a web framework.
//!
//! Run it from the root of the repository:
//!
//! ```sh
//! cargo run -p example-quickstart
//! ```
//!
//! It prints the table of handlers, then feeds the dispatcher every body of
//! `fixtures/`, signed where systeme.io signs, and prints what is answered. With
//! ` -- describe` behind it, it prints what it listens to instead: which events to
//! tick in systeme.io's settings, and what they are trusted by.

use std::error::Error;
use std::future::Future;
use std::path::{Path, PathBuf};
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll, Waker};

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use siohook::{
    Delivery, Dispatcher, HandlerError, Incoming, State, account, automation, on_event, unified,
};

const SECRET: &str = "correct horse battery staple";
const TOKEN: &str = "b7e1f3c9";

/// What the handlers share.
type Sales = Arc<AtomicUsize>;

/// Sent by the action "Send webhook" of a rule or workflow.
#[on_event("contact.tag.added")]
async fn welcome(event: automation::TagAdded) {
    println!("    welcome, {}: {}", event.contact.email, event.tag.name);
}

/// Sent, signed, by an account webhook. One line of an order is granted once.
#[on_event("SALE_NEW")]
async fn grant(sale: account::SaleNew, State(sales): State<Sales>) -> Result<(), HandlerError> {
    let count = sales.fetch_add(1, Ordering::Relaxed) + 1;
    let plan = &sale.price_plan;
    println!(
        "    sale {count}, line {}: {} {} in minor units",
        sale.order_item.id, plan.amount, plan.currency
    );
    Ok(())
}

/// A cancellation has a type of its own, so it is never taken for a sale.
#[on_event("SALE_CANCELED")]
fn revoke(cancellation: account::SaleCanceled) {
    println!("    revoke line {}", cancellation.order_item.id);
}

/// One handler for both mechanisms; a plain function is as good as an async one.
#[on_event("contact.optin.completed", "CONTACT_OPT_IN")]
fn subscribe(event: unified::OptIn) {
    println!("    opt-in of {}", event.contact.email);
}

/// Everything, names that nobody has published included.
#[on_event("*")]
async fn audit(delivery: &Delivery) {
    println!("    {} by {:?}", delivery.event(), delivery.trust());
}

fn main() -> Result<(), Box<dyn Error>> {
    let dispatcher = Dispatcher::builder()
        .account_secret("main", SECRET)
        .automation_token(TOKEN)
        .state(Sales::default())
        .on_reject(|rejection| eprintln!("    refused: {rejection}"))
        .build()?;
    if std::env::args().nth(1).as_deref() == Some("describe") {
        print!("{}", dispatcher.describe());
        return Ok(());
    }
    println!("{}\n", dispatcher.handlers());

    for path in fixtures()? {
        let body = std::fs::read(&path)?;
        let name = path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        println!("{name}");
        let incoming = if path
            .parent()
            .is_some_and(|folder| folder.ends_with("account"))
        {
            // `CONTACT_TAG_REMOVED.nested.json` is a variant of its event.
            let event = name.split('.').next().unwrap_or_default();
            let signature = sign(&body);
            Incoming::post(body)
                .header("X-Webhook-Event", event)
                .header("X-Webhook-Message-Id", format!("message-of-{name}"))
                .header("X-Webhook-Signature", signature)
        } else {
            Incoming::post(body).query(format!("token={TOKEN}"))
        };
        let reply = block_on(dispatcher.receive(incoming));
        println!(
            "    {} {}",
            reply.status(),
            String::from_utf8_lossy(reply.body())
        );
    }
    Ok(())
}

fn fixtures() -> Result<Vec<PathBuf>, Box<dyn Error>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures");
    let mut paths = vec![];
    for folder in ["automation", "account"] {
        for entry in std::fs::read_dir(root.join(folder))? {
            paths.push(entry?.path());
        }
    }
    paths.sort();
    Ok(paths)
}

/// What systeme.io does with the secret of an account webhook.
fn sign(body: &[u8]) -> String {
    let mac = Hmac::<Sha256>::new_from_slice(SECRET.as_bytes()).expect("a key has any length");
    let digest = mac.chain_update(body).finalize().into_bytes();
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// These handlers never wait, so any executor will do, even this one.
fn block_on<T>(future: impl Future<Output = T>) -> T {
    let mut future = pin!(future);
    loop {
        if let Poll::Ready(value) = future
            .as_mut()
            .poll(&mut Context::from_waker(Waker::noop()))
        {
            return value;
        }
    }
}
