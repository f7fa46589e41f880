//! Receives deliveries with warp. Run it in the root of the repository, and send it a tag:
//! ```sh
//! SYSTEME_WEBHOOK_SECRET=s3cret SYSTEME_WEBHOOK_TOKEN=b7e1f3c9 cargo run -p example-warp
//! curl '127.0.0.1:3000/systeme?token=b7e1f3c9' --json @fixtures/automation/contact.tag.added.json
//! ```

use std::{env, error::Error, net::SocketAddr, time::Duration};

use futures_util::TryStreamExt;
use http_body_util::StreamBody;
use siohook::{Dispatcher, account, on_event, unified};
use tokio::{net::TcpListener, runtime::Handle, time::timeout};
use tower_http::timeout::DeadlineBody;
use warp::{Filter, http::Request, hyper::body::Frame};

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
    let systeme = dispatcher.clone();
    // warp has no deadline for heads and no limit on connections.
    let systeme = warp::path!("systeme")
        .and(warp::method())
        .and(warp::query::raw().or(warp::any().map(String::new)).unify())
        .and(warp::header::headers_cloned())
        .and(warp::addr::remote())
        .and(warp::body::stream())
        .then(
            move |method, query, headers, peer: Option<SocketAddr>, body| {
                let body = StreamBody::new(TryStreamExt::map_ok(body, Frame::data));
                let mut request = Request::new(DeadlineBody::new(Duration::from_secs(10), body));
                *request.method_mut() = method;
                *request.uri_mut() = format!("/?{query}").parse().expect("it was a query");
                *request.headers_mut() = headers;
                let service = systeme.service().peer(move |_| Some(peer?.ip()));
                service.receive(request)
            },
        );

    let address = env::args().nth(1).unwrap_or("127.0.0.1:3000".into());
    let listener = TcpListener::bind(address).await?;
    println!("listening on http://{}/systeme", listener.local_addr()?);
    let stop = tokio_util::sync::CancellationToken::new();
    let stopping = stop.clone();
    ctrlc::set_handler(move || stopping.cancel())?; // SIGTERM as well
    let server = warp::serve(systeme)
        .incoming(listener)
        .graceful(stop.cancelled_owned());
    server.run().await;
    dispatcher.idle().await;
    Ok(())
}
