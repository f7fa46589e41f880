//! Receives deliveries with ntex. Run it in the root of the repository, and send it a tag:
//! ```sh
//! SYSTEME_WEBHOOK_SECRET=s3cret SYSTEME_WEBHOOK_TOKEN=b7e1f3c9 cargo run -p example-ntex
//! curl '127.0.0.1:3000/systeme?token=b7e1f3c9' --json @fixtures/automation/contact.tag.added.json
//! ```

use std::{env, error::Error, net::TcpListener, time::Duration};

use futures_util::TryStreamExt;
use http::Request;
use http_body::Frame;
use http_body_util::StreamBody;
use ntex::http::{HttpServiceConfig, body::Body};
use ntex::web::types::{Payload, State};
use ntex::web::{App, HttpRequest, HttpResponse, HttpServer, resource};
use ntex::{SharedCfg, time::Seconds};
use siohook::{Dispatcher, DispatcherService, account, on_event, unified};
use tokio::{runtime::Handle, time::timeout};

/// A signed account webhook: one for each line of an order.
#[on_event("SALE_NEW")]
async fn grant(sale: account::SaleNew) {
    println!("{:?}: line {}", sale.customer.email, sale.order_item.id);
}

#[on_event("contact.tag.added", "CONTACT_TAG_ADDED")]
async fn welcome(event: unified::TagAdded) {
    println!("{:?}: tag {:?}", event.contact.email, event.tag.name);
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
    let service = dispatcher.service();
    let app = async move || {
        App::new()
            .state(service.clone())
            .service(resource("/systeme").to(systeme))
    };
    // A KiB of a body within 10 seconds, and all within 30. Heads have a deadline anyway.
    let http = HttpServiceConfig::new().set_payload_read_rate(Seconds(10), Seconds(30), 1024);
    let server = HttpServer::new(app).config(SharedCfg::new("systeme").add(http));
    // Ctrl-C and SIGTERM end it.
    server.maxconn(256).listen(listener)?.run().await?;
    dispatcher.idle().await;
    Ok(())
}

async fn systeme(
    service: State<DispatcherService>,
    request: HttpRequest,
    body: Payload,
) -> HttpResponse {
    let body = body.map_ok(Frame::data).map_err(|error| error.to_string());
    let mut incoming = Request::new(StreamBody::new(body));
    *incoming.method_mut() = request.method().clone();
    *incoming.uri_mut() = request.uri().clone();
    for (name, value) in request.headers() {
        incoming.headers_mut().append(name, value.into());
    }
    if let Some(peer) = request.peer_addr() {
        incoming.extensions_mut().insert(peer);
    }
    let (head, body) = service.receive(incoming).await.into_parts();
    // The answer to HEAD is empty, and ntex would write that its length is 0.
    let body = if body.is_empty() {
        Body::None
    } else {
        body.to_vec().into()
    };
    let mut response = HttpResponse::with_body(head.status, body);
    *response.headers_mut() = head.headers.into();
    response
}
