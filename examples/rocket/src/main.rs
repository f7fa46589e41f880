//! Receives deliveries with Rocket. Run it in the root of the repository, and send it a tag:
//! ```sh
//! SYSTEME_WEBHOOK_SECRET=s3cret SYSTEME_WEBHOOK_TOKEN=b7e1f3c9 cargo run -p example-rocket
//! curl '127.0.0.1:3000/systeme?token=b7e1f3c9' --json @fixtures/automation/contact.tag.added.json
//! ```

use std::{env, error::Error, net::SocketAddr, time::Duration};

use rocket::config::{Config, LogLevel};
use rocket::fairing::AdHoc;
use rocket::tokio::{runtime::Handle, time::timeout};
use siohook::{Dispatcher, account, on_event, unified};

/// A signed account webhook: one for each line of an order.
#[on_event("SALE_NEW")]
async fn grant(sale: account::SaleNew) {
    println!("{:?}: line {}", sale.customer.email, sale.order_item.id);
}

#[on_event("contact.tag.added", "CONTACT_TAG_ADDED")]
async fn welcome(event: unified::TagAdded) {
    println!("{:?}: tag {:?}", event.contact.email, event.tag.name);
}

#[rocket::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let variable = |name| env::var(name).map_err(|error| format!("{name}: {error}"));
    let runtime = Handle::current();
    let dispatcher = Dispatcher::builder()
        .account_secret("main", variable("SYSTEME_WEBHOOK_SECRET")?)
        .automation_token(variable("SYSTEME_WEBHOOK_TOKEN")?)
        .on_report(|report| println!("{report}"))
        .on_reject(|rejection| println!("refused: {rejection}"))
        // A shutdown does not stop a handler halfway. The deadline does.
        .detach(move |task| {
            runtime.spawn(async move { timeout(Duration::from_secs(30), task).await });
        })
        .build()?;
    let address = env::args().nth(1).unwrap_or("127.0.0.1:3000".into());
    let address: SocketAddr = address.parse()?;
    // Rocket has no deadline for reading a request and no limit on connections.
    let mut config = Config {
        address: address.ip(),
        port: address.port(),
        log_level: LogLevel::Critical,
        ..Config::default()
    };
    config.shutdown.grace = 40; // seconds, more than the deadline
    let listening = AdHoc::on_liftoff("listening", |rocket| {
        let address = SocketAddr::new(rocket.config().address, rocket.config().port);
        Box::pin(async move { println!("listening on http://{address}/systeme") })
    });
    let rocket = rocket::custom(config).attach(listening);
    let rocket = rocket.mount("/systeme", siohook_rocket::routes(&dispatcher));
    // Ctrl-C and SIGTERM end it.
    rocket.launch().await?;
    dispatcher.idle().await;
    Ok(())
}
