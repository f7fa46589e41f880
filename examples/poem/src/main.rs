//! Receives deliveries with poem, on 127.0.0.1:3000 or on the address given as an
//! argument.
//!
//! Run it from the root of the repository:
//!
//! ```sh
//! cargo run -p example-poem
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
use poem::endpoint::TowerCompatExt;
use poem::listener::TcpAcceptor;
use poem::{EndpointExt, Request, Route, Server};
use tokio::net::TcpListener;
use tokio::runtime::Handle;
use tokio::time::timeout;
use tower_http::timeout::RequestBodyDeadline;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let runtime = Handle::current();
    let dispatcher = builder()
        // A sender that hangs up does not stop a handler halfway: the deadline does.
        .detach(move |task| {
            runtime.spawn(async move { timeout(Duration::from_secs(30), task).await });
        })
        .build()?;
    // poem has no deadline for heads and no limit on connections.
    let systeme = RequestBodyDeadline::new(dispatcher.service(), Duration::from_secs(10));
    let app = Route::new().at("/systeme", systeme.compat().before(name_peer));

    let listener = TcpListener::bind(address()).await?;
    announce(&dispatcher, listener.local_addr()?);
    let stop = async {
        // Without the signal there is nothing to wait for but the end.
        let _ = tokio::signal::ctrl_c().await;
    };
    Server::new_with_acceptor(TcpAcceptor::from_tokio(listener)?)
        // A head that never ends would hold up the end of the server.
        .run_with_graceful_shutdown(app, stop, Some(Duration::from_secs(40)))
        .await?;
    dispatcher.idle().await;
    Ok(())
}

/// A tower service sees no more of poem's request than its extensions.
async fn name_peer(mut request: Request) -> poem::Result<Request> {
    if let Some(peer) = request.remote_addr().as_socket_addr().copied() {
        request.extensions_mut().insert(peer);
    }
    Ok(request)
}
