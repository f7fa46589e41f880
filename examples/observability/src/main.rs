//! Prints spans and events as lines, then the metrics.
//!
//! Run it from the root of the repository:
//!
//! ```sh
//! cargo run -p example-observability
//! ```
//!
//! It sends itself a sale, the same sale again, a sale signed with another secret, a tag whose
//! handler fails, and an event without a handler.

use std::error::Error;

use metrics_exporter_prometheus::PrometheusBuilder;
use siohook::testing::{SECRET, Sample, TOKEN, block_on};
use siohook::{Dispatcher, account, automation, on_event};
use tracing::Level;

/// Its log events are inside its span.
#[on_event("SALE_NEW")]
async fn grant(sale: account::SaleNew) {
    tracing::info!(resources = sale.order_item.resources.len(), "granted");
}

/// The text of its error is not in a span, because it could be about a person.
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
    // Before the dispatcher is built, so that counters start at 0.
    let metrics = PrometheusBuilder::new()
        .with_recommended_naming(true)
        .set_buckets(&[0.005, 0.01, 0.1, 1.0, 10.0])?
        .install_recorder()?;

    let dispatcher = Dispatcher::builder()
        .account_secret("2026-11", SECRET)
        .account_secret("2026-05", "of last spring")
        .automation_token(TOKEN)
        .build()?;

    let sale = Sample::of("SALE_NEW").with_fixed_ids();
    for sample in [
        sale.clone(),
        sale.clone(),
        sale.signed_with("of somebody else"),
        Sample::of("contact.tag.added"),
        Sample::of("contact.page.visited"),
    ] {
        block_on(dispatcher.receive(sample.into()));
    }

    println!("\n{}", metrics.render());
    Ok(())
}
