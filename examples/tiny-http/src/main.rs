//! Receives deliveries with tiny-http, a server that blocks, and without any async
//! runtime, on 127.0.0.1:3000 or on the address given as an argument.
//!
//! Run it from the root of the repository:
//!
//! ```sh
//! cargo run -p example-tiny-http
//! ```
//!
//! and send it an automation from another terminal:
//!
//! ```sh
//! curl -i 'http://127.0.0.1:3000/systeme?token=b7e1f3c9' \
//!     --data-binary @fixtures/automation/contact.tag.added.json
//! ```
//!
//! The handlers are those of `examples/shared`, where the configuration is, too.
//!
//! tiny-http allocates what is announced of a body and was not read, however much
//! that is, and has neither a deadline for reading a request nor a limit on connections:
//! on the open internet it needs a proxy in front that limits all three.

use std::error::Error;
use std::io::{self, Read};
use std::thread;

// Names the crate of the handlers, so that they are linked.
use example_shared::{address, announce, builder};
use pollster::block_on;
use siohook::{Dispatcher, Head, Incoming};
use tiny_http::{Header, Request, Response, Server};

fn main() -> Result<(), Box<dyn Error + Send + Sync>> {
    let dispatcher = builder().build()?;
    let server = Server::http(address())?;
    let address = server.server_addr().to_ip();
    announce(&dispatcher, address.expect("it listens on TCP"));
    for request in server.incoming_requests() {
        let dispatcher = dispatcher.clone();
        // A handler that waits blocks its own thread only.
        thread::spawn(move || answer(&dispatcher, request));
    }
    Ok(())
}

fn answer(dispatcher: &Dispatcher, mut request: Request) -> io::Result<()> {
    let url = request.url().to_owned();
    let (path, query) = url.split_once('?').unwrap_or((&url, ""));
    if path != "/systeme" {
        return request.respond(Response::empty(404));
    }
    let head = head(&request, query);
    let reply = match dispatcher.check_head(&head) {
        Ok(()) => {
            let incoming = read(head, &mut request, dispatcher.max_body_bytes());
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
    let mut response = Response::from_data(reply.body()).with_status_code(reply.status());
    for (name, value) in reply.headers() {
        response.add_header(Header::from_bytes(name, value).expect("replies have valid headers"));
    }
    request.respond(response)
}

fn head(request: &Request, query: &str) -> Head {
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

/// Reads a body, but not past the limit.
fn read(head: Head, request: &mut Request, max_bytes: usize) -> Incoming {
    let announced = request.body_length();
    let mut body = vec![];
    let mut reader = request.as_reader().take(max_bytes as u64 + 1);
    match reader.read_to_end(&mut body) {
        Ok(length) if length > max_bytes => head.too_long(),
        Ok(length) if announced.is_none_or(|announced| announced == length) => head.with_body(body),
        _ => head.unreadable(),
    }
}
