//! Receives every event without a web framework.
//!
//! Run it from the root of the repository:
//!
//! ```sh
//! cargo run -p example-quickstart
//! ```
//!
//! It prints the table of handlers, sends the dispatcher every body of `fixtures/`, signed where
//! systeme.io signs, and prints each reply. Append `-- describe` to see the events it handles, the
//! systeme.io settings they need, and what it trusts.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use siohook::testing::{SECRET, Sample, TOKEN, block_on};
use siohook::{
    BuildError, Delivery, Dispatcher, HandlerError, State, account, automation, on_event, unified,
};

/// State that the handlers share: the number of sales.
type Sales = Arc<AtomicUsize>;

/// Sent by the action "Send webhook" of a rule or workflow.
#[on_event("contact.tag.added")]
async fn welcome(event: automation::TagAdded) {
    println!(
        "    welcome, {:?}: {:?}",
        event.contact.email, event.tag.name
    );
}

/// Sent, signed, by an account webhook: once for each line of an order (main product, bump), so
/// grant by `order_item.id`.
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

/// A cancellation has its own type, so it can't be mistaken for a sale.
#[on_event("SALE_CANCELED")]
fn revoke(cancellation: account::SaleCanceled) {
    match cancellation.order_item {
        Some(line) => println!("    revoke line {}", line.id),
        None => println!("    check what {:?} cancelled", cancellation.customer.email),
    }
}

/// One handler for both mechanisms. A plain function is fine if it does not block.
#[on_event("contact.optin.completed", "CONTACT_OPT_IN")]
fn subscribe(event: unified::OptIn) {
    println!("    opt-in of {:?}", event.contact.email);
}

/// Every event, including those that the catalogue does not list.
#[on_event("*")]
async fn audit(delivery: &Delivery) {
    println!("    {} by {:?}", delivery.event(), delivery.trust());
}

fn main() -> Result<(), BuildError> {
    let dispatcher = Dispatcher::builder()
        // The samples' own. A program that strangers can reach needs secrets of its own.
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
