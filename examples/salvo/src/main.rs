//! Receives deliveries with salvo. Run it in the root of the repository, and send it a tag:
//! ```sh
//! SYSTEME_WEBHOOK_SECRET=s3cret SYSTEME_WEBHOOK_TOKEN=b7e1f3c9 cargo run -p example-salvo
//! curl '127.0.0.1:3000/systeme?token=b7e1f3c9' --json @fixtures/automation/contact.tag.added.json
//! ```

use std::{env, error::Error, time::Duration};

use salvo::{Request, Router, Server, fuse::FuseConfig, handler, http::ReqBody};
use salvo::{conn::tcp::TcpAcceptor, prelude::TowerServiceCompat};
use siohook::{Dispatcher, account, on_event, unified};
use tokio::{net::TcpListener, runtime::Handle, time::timeout};

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
        // A sender that hangs up does not stop a handler. The deadline does.
        .detach(move |task| {
            runtime.spawn(async move { timeout(Duration::from_secs(30), task).await });
        })
        .build()?;
    let service = TowerServiceCompat::<ReqBody, _, _, _>::compat(dispatcher.service());
    let router = Router::with_path("systeme").hoop(name_peer).goal(service);
    let address = env::args().nth(1).unwrap_or("127.0.0.1:3000".into());
    let listener = TcpListener::bind(address).await?;
    println!("listening on http://{}/systeme", listener.local_addr()?);
    let server = Server::new(TcpAcceptor::try_from(listener)?)
        .fuse_config(FuseConfig::strict())
        .max_connections(256);
    let handle = server.handle();
    ctrlc::set_handler(move || handle.stop_graceful(None))?; // SIGTERM as well
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
