//! Receives deliveries with ntex: `cargo run -p example-ntex`.
//! `examples/README.md` says how to send it something.

use std::{env, error::Error, net::TcpListener, time::Duration};

use ntex::web::{App, HttpRequest, HttpResponse, HttpServer, resource, types::Payload};
use ntex::{SharedCfg, http::HttpServiceConfig, time::Seconds};
use siohook::{Dispatcher, Head, on_event, unified};
use tokio::{runtime::Handle, time::timeout};

/// One for each line of an order, from an account webhook or an automation.
#[on_event("SALE_NEW", "customer.sale.completed")]
async fn grant(sale: unified::Sale) {
    println!("{:?}: line {}", sale.customer.email, sale.order_item.id);
}

#[ntex::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let variable = |name| env::var(name).map_err(|error| format!("{name}: {error}"));
    let runtime = Handle::current();
    let dispatcher = Dispatcher::builder()
        .account_secret("main", variable("SYSTEME_WEBHOOK_SECRET")?)
        .automation_token(variable("SYSTEME_WEBHOOK_TOKEN")?)
        .on_report(|report| println!("{report}"))
        .on_reject(|rejection| println!("refused: {rejection}"))
        // Each worker of ntex has a runtime of its own, which ends with it: not this one.
        .detach(move |task| {
            runtime.spawn(async move { timeout(Duration::from_secs(30), task).await });
        })
        .build()?;
    let address = env::args().nth(1).unwrap_or("127.0.0.1:3000".into());
    let listener = TcpListener::bind(address)?;
    println!("listening on http://{}/systeme", listener.local_addr()?);
    let systeme = dispatcher.clone();
    let app = async move || {
        let systeme = systeme.clone();
        let receive = async move |request: HttpRequest, mut body: Payload| {
            let head = Head::new(request.method()).query(request.query_string());
            let mut head = head.headers(request.headers());
            if let Some(peer) = request.peer_addr() {
                head = head.peer(peer.ip());
            }
            let reply = systeme.receive_chunks(head, async || body.recv().await);
            let (head, body) = http::Response::<_>::from(reply.await).into_parts();
            let mut response = HttpResponse::with_body(head.status, body.to_vec().into());
            *response.headers_mut() = head.headers.into();
            response
        };
        App::new().service(resource("/systeme").to(receive))
    };
    // A KiB of a body within 10 seconds, and all within 30. Heads have a deadline anyway.
    let http = HttpServiceConfig::new().set_payload_read_rate(Seconds(10), Seconds(30), 1024);
    let server = HttpServer::new(app).config(SharedCfg::new("systeme").add(http));
    // Ctrl-C and SIGTERM end it.
    server.maxconn(256).listen(listener)?.run().await?;
    dispatcher.idle().await;
    Ok(())
}
