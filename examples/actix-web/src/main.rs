//! Receives deliveries with actix-web, on 127.0.0.1:3000 or on the address given
//! as an argument.
//!
//! Run it from the root of the repository:
//!
//! ```sh
//! cargo run -p example-actix-web
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

use actix_web::{App, HttpServer};
// Names the crate of the handlers, so that they are linked.
use example_shared::{address, announce, builder};
use tokio::runtime::Handle;
use tokio::time::timeout;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    // Each worker of actix-web has a runtime of its own, which ends with it.
    let runtime = Handle::current();
    let dispatcher = builder()
        // A sender that hangs up does not stop a handler halfway: the deadline does.
        .detach(move |task| {
            runtime.spawn(async move { timeout(Duration::from_secs(30), task).await });
        })
        .build()?;
    let systeme = dispatcher.clone();
    let server = HttpServer::new(move || {
        App::new().service(siohook_actix_web::resource("/systeme", &systeme))
    })
    // For heads. Bodies have the deadline of `siohook_actix_web`.
    .client_request_timeout(Duration::from_secs(10))
    // Of each worker.
    .max_connections(256)
    .bind_auto_h2c(address())?;
    announce(&dispatcher, server.addrs()[0]);
    server.run().await?;
    dispatcher.idle().await;
    Ok(())
}
