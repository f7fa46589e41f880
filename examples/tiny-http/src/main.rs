//! Receives deliveries with tiny-http, at any path, and without an async runtime. Run it in the
//! root of the repository, and send it a tag:
//! ```sh
//! SYSTEME_WEBHOOK_SECRET=s3cret SYSTEME_WEBHOOK_TOKEN=b7e1f3c9 cargo run -p example-tiny-http
//! curl '127.0.0.1:3000/systeme?token=b7e1f3c9' --json @fixtures/automation/contact.tag.added.json
//! ```

use std::{env, error::Error, io, sync::Arc, thread};

use pollster::block_on;
use siohook::{Dispatcher, Head, Reply, account, on_event, unified};
use tiny_http::{Header, Request, Response, Server};

/// A signed account webhook: one for each line of an order.
#[on_event("SALE_NEW")]
async fn grant(sale: account::SaleNew) {
    println!("{:?}: line {}", sale.customer.email, sale.order_item.id);
}

#[on_event("contact.tag.added", "CONTACT_TAG_ADDED")]
async fn welcome(event: unified::TagAdded) {
    println!("{:?}: tag {:?}", event.contact.email, event.tag.name);
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
                let head = head(&request);
                let reply = match dispatcher.check_head(&head) {
                    Ok(()) => {
                        let max_bytes = dispatcher.max_body_bytes();
                        let incoming = head.read_body(request.as_reader(), max_bytes);
                        block_on(dispatcher.receive(incoming))
                    }
                    Err(rejection) => {
                        if request.body_length().is_none() {
                            // tiny_http takes chunks that were not read for the next request.
                            io::copy(request.as_reader(), &mut io::sink())?;
                        }
                        rejection.reply()
                    }
                };
                respond(request, &reply)
            });
        }
    });
    Ok(())
}

fn head(request: &Request) -> Head {
    let query = request.url().split_once('?').map_or("", |(_, query)| query);
    let headers = request.headers().iter();
    let mut head = Head::new(request.method().as_str())
        .query(query)
        .headers(headers.map(|header| (header.field.as_str(), header.value.as_str())));
    if let Some(address) = request.remote_addr() {
        head = head.peer(address.ip());
    }
    if let Some(length) = request.body_length() {
        head = head.announced_length(length as u64);
    }
    head
}

fn respond(request: Request, reply: &Reply) -> io::Result<()> {
    let mut response = Response::from_data(reply.body()).with_status_code(reply.status());
    for (name, value) in reply.headers() {
        response.add_header(Header::from_bytes(name, value).expect("it is valid"));
    }
    request.respond(response)
}
