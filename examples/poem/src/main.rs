//! Receives deliveries with poem. Run it in the root of the repository, and send it a tag:
//! ```sh
//! SYSTEME_WEBHOOK_SECRET=s3cret SYSTEME_WEBHOOK_TOKEN=b7e1f3c9 cargo run -p example-poem
//! curl '127.0.0.1:3000/systeme?token=b7e1f3c9' --json @fixtures/automation/contact.tag.added.json
//! ```

use std::{env, error::Error, time::Duration};

use poem::{EndpointExt, Request, Route, Server, endpoint::TowerCompatExt, listener::TcpAcceptor};
use siohook::{Dispatcher, account, on_event, unified};
use tokio::{net::TcpListener, runtime::Handle, time::timeout};
use tower_http::timeout::RequestBodyDeadline;

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
    // poem has no deadline for heads and no limit on connections.
    let systeme = RequestBodyDeadline::new(dispatcher.service(), Duration::from_secs(10));
    let systeme = systeme.compat().before(|mut request: Request| async {
        if let Some(peer) = request.remote_addr().as_socket_addr().copied() {
            request.extensions_mut().insert(peer);
        }
        Ok(request)
    });
    let app = Route::new().at("/systeme", systeme);
    let address = env::args().nth(1).unwrap_or("127.0.0.1:3000".into());
    let listener = TcpListener::bind(address).await?;
    println!("listening on http://{}/systeme", listener.local_addr()?);
    let stop = tokio_util::sync::CancellationToken::new();
    let stopping = stop.clone();
    ctrlc::set_handler(move || stopping.cancel())?; // SIGTERM as well
    Server::new_with_acceptor(TcpAcceptor::from_tokio(listener)?)
        // A head that never ends does not hold up the end.
        .run_with_graceful_shutdown(app, stop.cancelled_owned(), Some(Duration::from_secs(40)))
        .await?;
    dispatcher.idle().await;
    Ok(())
}
