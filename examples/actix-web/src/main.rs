//! Receives deliveries with actix-web. Run it in the root of the repository, and send it a tag:
//! ```sh
//! SYSTEME_WEBHOOK_SECRET=s3cret SYSTEME_WEBHOOK_TOKEN=b7e1f3c9 cargo run -p example-actix-web
//! curl '127.0.0.1:3000/systeme?token=b7e1f3c9' --json @fixtures/automation/contact.tag.added.json
//! ```

use std::{env, error::Error, time::Duration};

use actix_web::{App, HttpServer};
use siohook::{Dispatcher, account, on_event, unified};
use tokio::{runtime::Handle, time::timeout};

/// A signed account webhook: one for each line of an order.
#[on_event("SALE_NEW")]
async fn grant(sale: account::SaleNew) {
    println!("{:?}: line {}", sale.customer.email, sale.order_item.id);
}

#[on_event("contact.tag.added", "CONTACT_TAG_ADDED")]
async fn welcome(event: unified::TagAdded) {
    println!("{:?}: tag {:?}", event.contact.email, event.tag.name);
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let variable = |name| env::var(name).map_err(|error| format!("{name}: {error}"));
    let runtime = Handle::current();
    let dispatcher = Dispatcher::builder()
        .account_secret("main", variable("SYSTEME_WEBHOOK_SECRET")?)
        .automation_token(variable("SYSTEME_WEBHOOK_TOKEN")?)
        .on_report(|report| println!("{report}"))
        .on_reject(|rejection| println!("refused: {rejection}"))
        // Each worker of actix-web has a runtime of its own, which ends with it: not this one.
        .detach(move |task| {
            runtime.spawn(async move { timeout(Duration::from_secs(30), task).await });
        })
        .build()?;
    let systeme = dispatcher.clone();
    let address = env::args().nth(1).unwrap_or("127.0.0.1:3000".into());
    let server = HttpServer::new(move || {
        App::new().service(siohook_actix_web::resource("/systeme", &systeme))
    })
    // For heads. Bodies have the deadline of `siohook_actix_web`.
    .client_request_timeout(Duration::from_secs(10))
    // Of each worker.
    .max_connections(256)
    .bind_auto_h2c(address)?;
    println!("listening on http://{}/systeme", server.addrs()[0]);
    // Ctrl-C and SIGTERM end it.
    server.run().await?;
    dispatcher.idle().await;
    Ok(())
}
