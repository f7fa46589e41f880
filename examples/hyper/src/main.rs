//! Receives deliveries with hyper alone, at any path: `cargo run -p example-hyper`.
//! `examples/README.md` says how to send it something.

use std::{env, error::Error, sync::Arc, time::Duration};

use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::{conn::auto, graceful::GracefulShutdown};
use hyper_util::service::TowerToHyperService;
use siohook::{Dispatcher, on_event, unified};
use tokio::sync::{Notify, Semaphore};
use tokio::{net::TcpListener, runtime::Handle, time::timeout};
use tower_http::timeout::RequestBodyDeadline;

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
    let address = env::args().nth(1).unwrap_or("127.0.0.1:3000".into());
    let listener = TcpListener::bind(address).await?;
    println!("listening on http://{}/systeme", listener.local_addr()?);
    ctrlc::set_handler(|| STOP.notify_one())?; // SIGTERM as well
    let mut http = auto::Builder::new(TokioExecutor::new());
    http.http1().timer(TokioTimer::new());
    http.http1().header_read_timeout(Duration::from_secs(10));
    let (permits, connections) = (Arc::new(Semaphore::new(256)), GracefulShutdown::new());
    loop {
        let permit = permits.clone().acquire_owned();
        let (permit, next) = tokio::select! {
            next = async { (permit.await, listener.accept().await) } => next,
            () = STOP.notified() => break,
        };
        let Ok((stream, peer)) = next else { continue };
        let service = dispatcher.service().peer(move |_| Some(peer.ip()));
        let service = RequestBodyDeadline::new(service, Duration::from_secs(10));
        let service = TowerToHyperService::new(service);
        let connection = http.serve_connection(TokioIo::new(stream), service);
        let connection = connections.watch(connection.into_owned());
        tokio::spawn(async move { (connection.await, permit) });
    }
    connections.shutdown().await;
    dispatcher.idle().await;
    Ok(())
}
