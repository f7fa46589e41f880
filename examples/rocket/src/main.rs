//! Receives deliveries with Rocket, on 127.0.0.1:3000 or on the address given as
//! an argument.
//!
//! Run it from the root of the repository:
//!
//! ```sh
//! cargo run -p example-rocket
//! ```
//!
//! and send it an automation from another terminal:
//!
//! ```sh
//! curl -i 'http://127.0.0.1:3000/systeme?token=b7e1f3c9' \
//!     --data-binary @fixtures/automation/contact.tag.added.json
//! ```
//!
//! The handlers are those of `examples/shared`, where the configuration is, too.
//! Ctrl-C stops the server once every delivery in progress has ended.

use std::error::Error;
use std::time::Duration;

// Names the crate of the handlers, so that they are linked.
use example_shared::{address, announce, builder};
use rocket::config::{Config, LogLevel};
use rocket::fairing::AdHoc;
use rocket::tokio::runtime::Handle;
use rocket::tokio::time::timeout;

#[rocket::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let runtime = Handle::current();
    let dispatcher = builder()
        // A shutdown does not stop a handler halfway: the deadline does.
        .detach(move |task| {
            runtime.spawn(async move { timeout(Duration::from_secs(30), task).await });
        })
        .build()?;
    // Rocket has no deadline for reading a request and no limit on connections.
    let config = Config {
        address: address().ip(),
        port: address().port(),
        log_level: LogLevel::Critical,
        ..Config::default()
    };
    let announced = dispatcher.clone();
    rocket::custom(config)
        .mount("/systeme", siohook_rocket::routes(&dispatcher))
        .attach(AdHoc::on_liftoff("announce", |rocket| {
            Box::pin(async move {
                let config = rocket.config();
                announce(&announced, (config.address, config.port).into());
            })
        }))
        .launch()
        .await?;
    dispatcher.idle().await;
    Ok(())
}
