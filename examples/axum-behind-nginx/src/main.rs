//! Receives deliveries with axum behind nginx, which has the deadlines and limits. Run it in the
//! root of the repository. It trusts this machine as a proxy, so `curl` may name a sender:
//! ```sh
//! mkdir -p target/nginx && nginx -p target/nginx -c "$PWD/examples/axum-behind-nginx/nginx.conf" &
//! export SYSTEME_WEBHOOK_SECRET=s3cret SYSTEME_WEBHOOK_TOKEN=b7e1f3c9
//! SYSTEME_SOURCE_IPS=203.0.113.7 cargo run -p example-axum-behind-nginx
//! curl '127.0.0.1:8080/systeme?token=b7e1f3c9' -H 'X-Forwarded-For: 203.0.113.7' \
//!     --json @fixtures/automation/contact.tag.added.json
//! ```

use std::{env, error::Error, net::SocketAddr, time::Duration};

use axum::{Router, extract::ConnectInfo};
use siohook::{Dispatcher, IpAllowList, account, on_event, unified};
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
        .trusted_proxies(["127.0.0.1"]) // nginx appends the sender to `X-Forwarded-For`
        // For those of systeme.io: `IpAllowList::systeme_io()`.
        .source_ips(IpAllowList::new(variable("SYSTEME_SOURCE_IPS")?.split(',')))
        // A sender that hangs up does not stop a handler. The deadline does.
        .detach(move |task| {
            runtime.spawn(async move { timeout(Duration::from_secs(30), task).await });
        })
        .build()?;
    let service = dispatcher
        .service()
        .peer(|request| Some(request.extensions.get::<ConnectInfo<SocketAddr>>()?.0.ip()));
    let app = Router::new().route_service("/systeme", service);
    let app = app.into_make_service_with_connect_info::<SocketAddr>();
    let address = env::args().nth(1).unwrap_or("127.0.0.1:3000".into());
    let listener = TcpListener::bind(address).await?;
    println!("listening on http://{}/systeme", listener.local_addr()?);
    let stop = tokio_util::sync::CancellationToken::new();
    let stopping = stop.clone();
    ctrlc::set_handler(move || stopping.cancel())?; // SIGTERM as well
    let server = axum::serve(listener, app).with_graceful_shutdown(stop.cancelled_owned());
    server.await?;
    dispatcher.idle().await;
    Ok(())
}
