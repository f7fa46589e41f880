//! Receives deliveries with warp: `cargo run -p example-warp`.
//! `examples/README.md` says how to send it something.

use std::{env, error::Error, net::SocketAddr, time::Duration};

use futures_util::TryStreamExt;
use http_body_util::StreamBody;
use siohook::{Dispatcher, on_event, unified};
use tokio::{net::TcpListener, runtime::Handle, sync::Notify, time::timeout};
use tower_http::timeout::DeadlineBody;
use warp::{Filter, http::Request, hyper::body::Frame};

/// One for each line of an order, from an account webhook or an automation.
#[on_event("SALE_NEW", "customer.sale.completed")]
async fn grant(sale: unified::Sale) {
    println!("{:?}: line {}", sale.customer.email, sale.order_item.id);
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    static STOP: Notify = Notify::const_new();
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
    let receive = move |method, query, headers, peer: Option<SocketAddr>, body| {
        let body = StreamBody::new(TryStreamExt::map_ok(body, Frame::data));
        let mut request = Request::new(DeadlineBody::new(Duration::from_secs(10), body));
        *request.method_mut() = method;
        *request.uri_mut() = format!("/?{query}").parse().expect("it was a query");
        *request.headers_mut() = headers;
        let service = systeme.service().peer(move |_| Some(peer?.ip()));
        service.receive(request)
    };
    // warp has no deadline for heads and no limit on connections.
    let systeme = warp::path!("systeme")
        .and(warp::method())
        .and(warp::query::raw().or(warp::any().map(String::new)).unify())
        .and(warp::header::headers_cloned())
        .and(warp::addr::remote())
        .and(warp::body::stream())
        .then(receive);
    let address = env::args().nth(1).unwrap_or("127.0.0.1:3000".into());
    let listener = TcpListener::bind(address).await?;
    println!("listening on http://{}/systeme", listener.local_addr()?);
    ctrlc::set_handler(|| STOP.notify_one())?; // SIGTERM as well
    let server = warp::serve(systeme).incoming(listener);
    server.graceful(STOP.notified()).run().await;
    dispatcher.idle().await;
    Ok(())
}
