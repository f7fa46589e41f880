//! Receives deliveries in AWS Lambda, behind a function URL or an HTTP API. With
//! [cargo-lambda](https://www.cargo-lambda.info), which plays AWS, in the root of the repository:
//! ```sh
//! export SYSTEME_WEBHOOK_SECRET=s3cret SYSTEME_WEBHOOK_TOKEN=b7e1f3c9
//! cargo lambda watch -p example-lambda
//! curl '127.0.0.1:9000/systeme?token=b7e1f3c9' --json @fixtures/automation/contact.tag.added.json
//! ```
//! Lambda stops the process between two requests, so handlers are not detached: all have
//! ended when it is answered. A new process has no memory of earlier deliveries.

use std::env;

use lambda_http::{Error, request::RequestContext};
use siohook::{Dispatcher, DispatcherService, account, on_event, unified};

/// A signed account webhook: one for each line of an order.
#[on_event("SALE_NEW")]
async fn grant(sale: account::SaleNew) {
    println!("{:?}: line {}", sale.customer.email, sale.order_item.id);
}

#[on_event("contact.tag.added", "CONTACT_TAG_ADDED")]
async fn welcome(event: unified::TagAdded) {
    println!("{:?}: tag {:?}", event.contact.email, event.tag.name);
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let variable = |name| env::var(name).map_err(|error| format!("{name}: {error}"));
    let dispatcher = Dispatcher::builder()
        .account_secret("main", variable("SYSTEME_WEBHOOK_SECRET")?)
        .automation_token(variable("SYSTEME_WEBHOOK_TOKEN")?)
        .on_report(|report| println!("{report}"))
        .on_reject(|rejection| println!("refused: {rejection}"))
        .build()?;
    lambda_http::run(service(&dispatcher)).await
}

fn service(dispatcher: &Dispatcher) -> DispatcherService {
    dispatcher
        .service()
        .peer(|request| match request.extensions.get()? {
            RequestContext::ApiGatewayV2(context) => context.http.source_ip.as_ref()?.parse().ok(),
            _ => None,
        })
}

#[cfg(test)]
mod tests;
