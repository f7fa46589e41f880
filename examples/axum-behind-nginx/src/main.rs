//! Receives deliveries with axum behind nginx, from the addresses that
//! `SYSTEME_SOURCE_IPS` allows: on 127.0.0.1:3000, or on the address given as an
//! argument, with nginx on 127.0.0.1:8080.
//!
//! Run both from the root of the repository:
//!
//! ```sh
//! mkdir -p target/nginx
//! nginx -p target/nginx -c "$PWD/examples/axum-behind-nginx/nginx.conf" &
//! SYSTEME_SOURCE_IPS=203.0.113.7 cargo run -p example-axum-behind-nginx
//! ```
//!
//! and send an automation to nginx from another terminal. This machine is a
//! trusted proxy, so `curl` can play one more, in front of nginx:
//!
//! ```sh
//! curl -i 'http://127.0.0.1:8080/systeme?token=b7e1f3c9' \
//!     -H 'X-Forwarded-For: 203.0.113.7' \
//!     --data-binary @fixtures/automation/contact.tag.added.json
//! ```
//!
//! With another address the reply is 403. The handlers are those of
//! `examples/shared`, where the configuration is, too. Ctrl-C stops the server
//! once every delivery in progress has ended.

use std::error::Error;
use std::net::SocketAddr;
use std::time::Duration;

use axum::Router;
use axum::extract::ConnectInfo;
// Names the crate of the handlers, so that they are linked.
use example_shared::{address, announce, builder};
use tokio::net::TcpListener;
use tokio::runtime::Handle;
use tokio::time::timeout;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let runtime = Handle::current();
    let dispatcher = builder()
        // nginx appends the address of the sender to `X-Forwarded-For`. Nobody
        // else is believed.
        .trusted_proxies(["127.0.0.1"])
        // nginx hangs up when the sender does, and stops no handler: the deadline does.
        .detach(move |task| {
            runtime.spawn(async move { timeout(Duration::from_secs(30), task).await });
        })
        .build()?;
    // The other end of the connection, which is nginx.
    let service = dispatcher.service().peer(|request| {
        let info = request.extensions.get::<ConnectInfo<SocketAddr>>()?;
        Some(info.0.ip())
    });
    // Deadlines and the limit on connections are nginx's.
    let app = Router::new().route_service("/systeme", service);

    let listener = TcpListener::bind(address()).await?;
    announce(&dispatcher, listener.local_addr()?);
    axum::serve(
        listener,
        app.into_make_service_with_connect_info::<SocketAddr>(),
    )
    .with_graceful_shutdown(async {
        // Without the signal there is nothing to wait for but the end.
        let _ = tokio::signal::ctrl_c().await;
    })
    .await?;
    dispatcher.idle().await;
    Ok(())
}
