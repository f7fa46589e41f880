//! Receives one delivery as a CGI program: a request comes in variables of the
//! environment and on standard input, and the response goes to standard output.
//!
//! Run it from the root of the repository, as a web server would:
//!
//! ```sh
//! body=fixtures/automation/contact.tag.added.json
//! REQUEST_METHOD=POST QUERY_STRING='token=b7e1f3c9' CONTENT_LENGTH=$(wc -c < $body) \
//!     cargo run -p example-cgi < $body
//! ```
//!
//! or build it, put it into the directory of CGI programs of a web server, and
//! send it an automation:
//!
//! ```sh
//! curl -i 'http://127.0.0.1:3000/cgi-bin/example-cgi?token=b7e1f3c9' \
//!     --data-binary @fixtures/automation/contact.tag.added.json
//! ```
//!
//! The handlers are those of `examples/shared`, where the configuration is, too.
//! Each request is a process, so there is no memory of earlier deliveries: one
//! that is sent again runs all its handlers again. What handlers print must go to
//! standard error.

use std::env;
use std::error::Error;
use std::io::{self, Read, Write};
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Wake};
use std::thread::{self, Thread};

// Names the crate of the handlers, so that they are linked.
use example_shared::builder;
use siohook::Incoming;

fn main() -> Result<(), Box<dyn Error>> {
    let dispatcher = builder().build()?;
    let method = env::var("REQUEST_METHOD")?;
    let body = if method == "POST" {
        read(dispatcher.max_body_bytes())
    } else {
        Incoming::post("")
    };
    let headers = env::vars_os().filter_map(|(name, value)| {
        // A header `X-Webhook-Event` is the variable `HTTP_X_WEBHOOK_EVENT`.
        let name = name.to_str()?.strip_prefix("HTTP_")?.replace('_', "-");
        Some((name, value.into_encoded_bytes()))
    });
    let incoming = body
        .headers(headers)
        .method(method)
        .query(env::var("QUERY_STRING").unwrap_or_default());
    let peer = env::var("REMOTE_ADDR").ok();
    let incoming = match peer.and_then(|address| address.parse().ok()) {
        Some(address) => incoming.peer(address),
        None => incoming,
    };

    let reply = block_on(dispatcher.receive(incoming));
    let mut response = io::stdout().lock();
    write!(response, "Status: {}\r\n", reply.status())?;
    for (name, value) in reply.headers() {
        write!(response, "{name}: {value}\r\n")?;
    }
    response.write_all(b"\r\n")?;
    response.write_all(reply.body())?;
    Ok(())
}

/// Reads a body as far as it may be long. A web server that does not know its
/// length ends the input.
fn read(max_bytes: usize) -> Incoming {
    let announced = env::var("CONTENT_LENGTH").ok();
    let announced = announced.and_then(|length| length.parse::<u64>().ok());
    let longest = max_bytes as u64 + 1;
    let mut body = vec![];
    let mut input = io::stdin().take(announced.unwrap_or(longest).min(longest));
    match input.read_to_end(&mut body) {
        Ok(length) if length > max_bytes => Head::new("POST").too_long(),
        Ok(length) if announced.is_none_or(|announced| announced == length as u64) => {
            Incoming::post(body)
        }
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
