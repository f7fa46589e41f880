//! Shows what operators see: spans and events as lines, then the metrics.
//!
//! Run it from the root of the repository:
//!
//! ```sh
//! cargo run -p example-observability
//! ```
//!
//! It sends itself a sale, the same sale again, one that is signed with another
//! secret, a tag that a handler stumbles over, and an event that nobody listens
//! to.

use std::error::Error;
use std::path::Path;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use hmac::{Hmac, KeyInit, Mac};
use metrics_exporter_prometheus::PrometheusBuilder;
use sha2::Sha256;
use siohook::{Dispatcher, Incoming, Reply, account, automation, on_event};
use tracing::Level;

const SECRET: &str = "correct horse battery staple";
const TOKEN: &str = "b7e1f3c9";

/// What it says appears within its own span.
#[on_event("SALE_NEW")]
async fn grant(sale: account::SaleNew) {
    tracing::info!(resources = sale.order_item.resources.len(), "granted");
}

/// The text of the error is in no span: it could be about a person.
#[on_event("contact.tag.added")]
async fn welcome(event: automation::TagAdded) -> Result<(), String> {
    Err(format!("no mail to {}", event.contact.email))
}

fn main() -> Result<(), Box<dyn Error>> {
    tracing_subscriber::fmt()
        .with_max_level(Level::DEBUG)
        .without_time()
        .with_ansi(false)
        .init();
    // Before the dispatcher is built, so that secrets are seen at 0.
    let metrics = PrometheusBuilder::new()
        .with_recommended_naming(true)
        .set_buckets(&[0.005, 0.01, 0.1, 1.0, 10.0])?
        .install_recorder()?;

    let dispatcher = Dispatcher::builder()
        .account_secret("2026-11", SECRET)
        .account_secret("2026-05", "of last spring")
        .automation_token(TOKEN)
        .build()?;

    let sale = body("account/SALE_NEW")?;
    let tag = body("automation/contact.tag.added")?;
    let visit = body("automation/contact.page.visited")?;
    send(&dispatcher, signed(SECRET, &sale));
    send(&dispatcher, signed(SECRET, &sale));
    send(&dispatcher, signed("of somebody else", &sale));
    send(&dispatcher, automation(tag));
    send(&dispatcher, automation(visit));

    println!("\n{}", metrics.render());
    Ok(())
}

fn body(fixture: &str) -> std::io::Result<Vec<u8>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures");
    std::fs::read(root.join(format!("{fixture}.json")))
}

fn automation(body: Vec<u8>) -> Incoming {
    Incoming::post(body).query(format!("token={TOKEN}"))
}

/// What systeme.io does with the secret of an account webhook.
fn signed(secret: &str, sale: &[u8]) -> Incoming {
    let mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).expect("a key has any length");
    let digest = mac.chain_update(sale).finalize().into_bytes();
    let signature: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    Incoming::post(sale.to_vec())
        .header("X-Webhook-Event", "SALE_NEW")
        .header(
            "X-Webhook-Message-Id",
            "01a0e6f0-4c11-7d20-9f3e-5b1c2a7d9e01",
        )
        .header("X-Webhook-Signature", signature)
}

/// These handlers never wait, so any executor will do, even this one.
fn send(dispatcher: &Dispatcher, incoming: Incoming) -> Reply {
    let mut received = pin!(dispatcher.receive(incoming));
    loop {
        let mut cx = Context::from_waker(Waker::noop());
        if let Poll::Ready(reply) = received.as_mut().poll(&mut cx) {
            return reply;
        }
    }
}
