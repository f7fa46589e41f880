//! Receives deliveries with axum, on 127.0.0.1:3000 or on the address given as
//! an argument.
//!
//! Run it from the root of the repository:
//!
//! ```sh
//! cargo run -p example-axum
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
use std::net::SocketAddr;
use std::time::Duration;

use axum::Router;
use axum::extract::ConnectInfo;
// Names the crate of the handlers, so that they are linked.
use example_shared::{address, announce, builder};
use tokio::net::TcpListener;
use tokio::runtime::Handle;
use tokio::time::{sleep, timeout};
use tower::limit::GlobalConcurrencyLimitLayer;
use tower_http::timeout::RequestBodyDeadlineLayer;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let runtime = Handle::current();
    let dispatcher = builder()
        // A sender that hangs up does not stop a handler halfway: the deadline does.
        .detach(move |task| {
            runtime.spawn(async move { timeout(Duration::from_secs(30), task).await });
        })
        .build()?;
    let service = dispatcher.service().peer(|request| {
        let info = request.extensions.get::<ConnectInfo<SocketAddr>>()?;
        Some(info.0.ip())
    });
    // `axum::serve` has no deadline for heads and no limit on connections: hyper has.
    let app = Router::new()
        .route_service("/systeme", service)
        .layer(RequestBodyDeadlineLayer::new(Duration::from_secs(10)))
        .layer(GlobalConcurrencyLimitLayer::new(256))
        .into_make_service_with_connect_info::<SocketAddr>();

    let listener = TcpListener::bind(address()).await?;
    announce(&dispatcher, listener.local_addr()?);
    let server = axum::serve(listener, app).with_graceful_shutdown(stopped());
    tokio::select! {
        ended = server.into_future() => ended?,
        // A head that never ends would hold up the end of the server.
        () = async { stopped().await; sleep(Duration::from_secs(40)).await } => {}
    }
    dispatcher.idle().await;
    Ok(())
}

async fn stopped() {
    // Without the signal there is nothing to wait for but the end.
    let _ = tokio::signal::ctrl_c().await;
}
