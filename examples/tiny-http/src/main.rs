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
//! that is: on the open internet it needs a proxy in front that limits bodies.

use std::error::Error;
use std::io::{self, Read};
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Wake};
use std::thread::{self, Thread};

// Names the crate of the handlers, so that they are linked.
use example_shared::{address, announce, builder};
use siohook::{Dispatcher, Incoming};
use tiny_http::{Header, Method, Request, Response, Server};

fn main() -> Result<(), Box<dyn Error + Send + Sync>> {
    let dispatcher = builder().build()?;
    let server = Server::http(address())?;
    let address = server.server_addr().to_ip();
    announce(&dispatcher, address.expect("it listens on TCP"));
    for request in server.incoming_requests() {
        let dispatcher = dispatcher.clone();
        // A handler that waits keeps its thread, and nobody else's.
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
    let incoming = if *request.method() == Method::Post {
        read(&mut request, dispatcher.max_body_bytes())
    } else {
        Incoming::post("")
    };
    let headers = request.headers().iter();
    let incoming = incoming
        .headers(headers.map(|header| (header.field.as_str(), header.value.as_str())))
        .method(request.method().as_str())
        .query(query);
    let incoming = match request.remote_addr() {
        Some(address) => incoming.peer(address.ip()),
        None => incoming,
    };

    let reply = block_on(dispatcher.receive(incoming));
    let mut response = Response::from_data(reply.body()).with_status_code(reply.status());
    for (name, value) in reply.headers() {
        response.add_header(Header::from_bytes(name, value).expect("replies have valid headers"));
    }
    request.respond(response)
}

/// Reads a body as far as it may be long, and not at all if it says that it is
/// longer.
fn read(request: &mut Request, max_bytes: usize) -> Incoming {
    let announced = request.body_length();
    if announced.is_some_and(|length| length > max_bytes) {
        return Head::new("POST").too_long();
    }
    let mut body = vec![];
    let mut reader = request.as_reader().take(max_bytes as u64 + 1);
    match reader.read_to_end(&mut body) {
        Ok(length) if length > max_bytes => Head::new("POST").too_long(),
        Ok(length) if announced.is_none_or(|announced| announced == length) => Incoming::post(body),
        _ => Head::new("POST").unreadable(),
    }
}

/// Runs a future to its end on this thread, which sleeps while it waits.
fn block_on<T>(future: impl Future<Output = T>) -> T {
    let waker = Arc::new(Unpark(thread::current())).into();
    let mut context = Context::from_waker(&waker);
    let mut future = pin!(future);
    loop {
        match future.as_mut().poll(&mut context) {
            Poll::Ready(value) => return value,
            Poll::Pending => thread::park(),
        }
    }
}

struct Unpark(Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}
