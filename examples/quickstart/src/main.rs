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

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use siohook::testing::{SECRET, Sample, TOKEN, block_on};
use siohook::{
    BuildError, Delivery, Dispatcher, HandlerError, State, account, automation, on_event, unified,
};

/// What the handlers share.
type Sales = Arc<AtomicUsize>;

/// Sent by the action "Send webhook" of a rule or workflow.
#[on_event("contact.tag.added")]
async fn welcome(event: automation::TagAdded) {
    println!(
        "    welcome, {:?}: {:?}",
        event.contact.email, event.tag.name
    );
}

/// Sent, signed, by an account webhook: once for each line of an order (main product,
/// bump), so what is granted once is `order_item.id`.
#[on_event("SALE_NEW")]
async fn grant(sale: account::SaleNew, State(sales): State<Sales>) -> Result<(), HandlerError> {
    let count = sales.fetch_add(1, Ordering::Relaxed) + 1;
    let plan = &sale.price_plan;
    println!(
        "    sale {count}, line {}: {} {:?}",
        sale.order_item.id,
        plan.amount.decimal(&plan.currency),
        plan.currency
    );
    Ok(())
}

/// A cancellation has a type of its own, so it is never taken for a sale.
#[on_event("SALE_CANCELED")]
fn revoke(cancellation: account::SaleCanceled) {
    match cancellation.order_item {
        Some(line) => println!("    revoke line {}", line.id),
        None => println!("    look what {:?} cancelled", cancellation.customer.email),
    }
}

/// One handler for both mechanisms. A plain function will do if it does not block.
#[on_event("contact.optin.completed", "CONTACT_OPT_IN")]
fn subscribe(event: unified::OptIn) {
    println!("    opt-in of {:?}", event.contact.email);
}

/// Everything, names that nobody has published included.
#[on_event("*")]
async fn audit(delivery: &Delivery) {
    println!("    {} by {:?}", delivery.event(), delivery.trust());
}

fn main() -> Result<(), BuildError> {
    let dispatcher = Dispatcher::builder()
        // What the samples are sent with. A program that strangers can reach has its own.
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

    for sample in Sample::all() {
        println!("{}", sample.event());
        let reply = block_on(dispatcher.receive((&sample).into()));
        println!(
            "    {} {}",
            reply.status(),
            String::from_utf8_lossy(reply.body())
        );
    }
    Ok(())
}
