//! Receives deliveries with tiny-http, at any path, and without an async runtime:
//! `cargo run -p example-tiny-http`. `examples/README.md` says how to send it something.

use std::{env, error::Error, io, sync::Arc, thread};

use siohook::{Dispatcher, Head, on_event, unified};
use tiny_http::{Header, Response, Server};

/// One for each line of an order, from an account webhook or an automation.
#[on_event("SALE_NEW", "customer.sale.completed")]
async fn grant(sale: unified::Sale) {
    println!("{:?}: line {}", sale.customer.email, sale.order_item.id);
}

fn main() -> Result<(), Box<dyn Error + Send + Sync>> {
    let variable = |name| env::var(name).map_err(|error| format!("{name}: {error}"));
    let dispatcher = Dispatcher::builder()
        .account_secret("main", variable("SYSTEME_WEBHOOK_SECRET")?)
        .automation_token(variable("SYSTEME_WEBHOOK_TOKEN")?)
        .on_report(|report| println!("{report}"))
        .on_reject(|rejection| println!("refused: {rejection}"))
        .build()?;
    // It has neither a deadline for reading nor a limit on connections, and allocates whatever
    // is announced of a body and was not read: let a proxy in front limit all three.
    let address = env::args().nth(1).unwrap_or("127.0.0.1:3000".into());
    let server = Arc::new(Server::http(address)?);
    println!("listening on http://{}/systeme", server.server_addr());
    let stopping = Arc::clone(&server);
    ctrlc::set_handler(move || stopping.unblock())?; // SIGTERM as well
    thread::scope(|requests| {
        for mut request in server.incoming_requests() {
            let dispatcher = &dispatcher;
            // A handler that waits blocks its own thread only.
            requests.spawn(move || {
                let query = request.url().split_once('?').map_or("", |(_, query)| query);
                let headers = request.headers().iter();
                let headers = headers.map(|it| (it.field.as_str(), it.value.as_str()));
                let head = Head::new(request.method().as_str()).query(query);
                let mut head = head.headers(headers);
                if let Some(peer) = request.remote_addr() {
                    head = head.peer(peer.ip());
                }
                let reply = dispatcher.receive_reader(head, || request.as_reader());
                let reply = pollster::block_on(reply);
                if request.body_length().is_none() && reply.status() != 413 {
                    // tiny_http takes chunks that were not read for the next request. Those of
                    // a body that is too long may never end.
                    let _ = io::copy(request.as_reader(), &mut io::sink());
                }
                let response = Response::from_data(reply.body());
                let mut response = response.with_status_code(reply.status());
                for (name, value) in reply.headers() {
                    response.add_header(Header::from_bytes(name, value).expect("it is valid"));
                }
                request.respond(response)
            });
        }
    });
    Ok(())
}
