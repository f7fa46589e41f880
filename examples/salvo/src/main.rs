//! Receives deliveries with salvo, on 127.0.0.1:3000 or on the address given as an
//! argument.
//!
//! Run it from the root of the repository:
//!
//! ```sh
//! cargo run -p example-salvo
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
use salvo::conn::tcp::TcpAcceptor;
use salvo::fuse::FuseConfig;
use salvo::http::ReqBody;
use salvo::prelude::TowerServiceCompat;
use salvo::{Request, Router, Server, handler};
use tokio::net::TcpListener;
use tokio::runtime::Handle;
use tokio::time::timeout;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let runtime = Handle::current();
    let dispatcher = builder()
        // A sender that hangs up does not stop a handler halfway: the deadline does.
        .detach(move |task| {
            runtime.spawn(async move { timeout(Duration::from_secs(30), task).await });
        })
        .build()?;
    let service = TowerServiceCompat::<ReqBody, _, _, _>::compat(dispatcher.service());
    let router = Router::with_path("systeme").hoop(name_peer).goal(service);

    let listener = TcpListener::bind(address()).await?;
    announce(&dispatcher, listener.local_addr()?);
    let server = Server::new(TcpAcceptor::try_from(listener)?)
        .fuse_config(FuseConfig::strict())
        .max_connections(256);
    let handle = server.handle();
    tokio::spawn(async move {
        // Without the signal there is nothing to stop.
        if tokio::signal::ctrl_c().await.is_ok() {
            handle.stop_graceful(None);
        }
    });
    server.try_serve(router).await?;
    dispatcher.idle().await;
    Ok(())
}

/// A tower service sees no more of salvo's request than its extensions.
#[handler]
async fn name_peer(request: &mut Request) {
    if let Some(peer) = request.remote_addr().clone().into_std() {
        request.extensions_mut().insert(peer);
    }
}
