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

use std::env::{self, VarError};
use std::error::Error;
use std::io::{self, Read, Write};
use std::str::FromStr;

// Names the crate of the handlers, so that they are linked.
use example_shared::builder;
use pollster::block_on;
use siohook::{Head, Incoming};

fn main() -> Result<(), Box<dyn Error>> {
    let dispatcher = builder().build()?;
    let head = head()?;
    let reply = match dispatcher.check_head(&head) {
        Ok(()) => block_on(dispatcher.receive(read(head, dispatcher.max_body_bytes()))),
        Err(rejection) => rejection.reply(),
    };
    let mut response = io::stdout().lock();
    write!(response, "Status: {}\r\n", reply.status())?;
    for (name, value) in reply.headers() {
        write!(response, "{name}: {value}\r\n")?;
    }
    response.write_all(b"\r\n")?;
    response.write_all(reply.body())?;
    Ok(())
}

fn head() -> Result<Head, VarError> {
    let headers = env::vars_os().filter_map(|(name, value)| {
        // A header `X-Webhook-Event` is the variable `HTTP_X_WEBHOOK_EVENT`.
        let name = name.to_str()?.strip_prefix("HTTP_")?.replace('_', "-");
        Some((name, value.into_encoded_bytes()))
    });
    let mut head = Head::new(env::var("REQUEST_METHOD")?)
        .query(env::var("QUERY_STRING").unwrap_or_default())
        .headers(headers);
    if let Some(address) = parsed("REMOTE_ADDR") {
        head = head.peer(address);
    }
    if let Some(length) = parsed("CONTENT_LENGTH") {
        head = head.announced_length(length);
    }
    Ok(head)
}

fn parsed<T: FromStr>(variable: &str) -> Option<T> {
    env::var(variable).ok()?.parse().ok()
}

/// Reads a body, but not past the limit. A web server that does not know its length ends
/// the input.
fn read(head: Head, max_bytes: usize) -> Incoming {
    let announced = parsed::<u64>("CONTENT_LENGTH");
    let longest = max_bytes as u64 + 1;
    let mut body = vec![];
    let mut input = io::stdin().take(announced.unwrap_or(longest).min(longest));
    match input.read_to_end(&mut body) {
        Ok(length) if length > max_bytes => head.too_long(),
        Ok(length) if announced.is_none_or(|announced| announced == length as u64) => {
            head.with_body(body)
        }
        _ => head.unreadable(),
    }
}
