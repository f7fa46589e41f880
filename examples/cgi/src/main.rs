//! Receives one delivery as a CGI program: a request comes in variables of the environment and
//! on standard input, and the response goes to standard output. In the root of the repository:
//! ```sh
//! export SYSTEME_WEBHOOK_SECRET=s3cret SYSTEME_WEBHOOK_TOKEN=b7e1f3c9
//! REQUEST_METHOD=POST QUERY_STRING=token=b7e1f3c9 cargo run -p example-cgi \
//!     < fixtures/automation/contact.tag.added.json
//! ```
//! Each request is a process, so there is no memory of earlier deliveries: a retry runs all
//! handlers again. What they print must go to standard error.

use std::{env, error::Error, io, io::Write, str::FromStr};

use pollster::block_on;
use siohook::{Dispatcher, Head, account, on_event, unified};

/// A signed account webhook: one for each line of an order.
#[on_event("SALE_NEW")]
async fn grant(sale: account::SaleNew) {
    eprintln!("{:?}: line {}", sale.customer.email, sale.order_item.id);
}

#[on_event("contact.tag.added", "CONTACT_TAG_ADDED")]
async fn welcome(event: unified::TagAdded) {
    eprintln!("{:?}: tag {:?}", event.contact.email, event.tag.name);
}

fn main() -> Result<(), Box<dyn Error>> {
    let dispatcher = Dispatcher::builder()
        .account_secret("main", variable("SYSTEME_WEBHOOK_SECRET")?)
        .automation_token(variable("SYSTEME_WEBHOOK_TOKEN")?)
        .on_report(|report| eprintln!("{report}"))
        .on_reject(|rejection| eprintln!("refused: {rejection}"))
        .build()?;
    let head = head()?;
    let reply = match dispatcher.check_head(&head) {
        Ok(()) => {
            let incoming = head.read_body(io::stdin(), dispatcher.max_body_bytes());
            block_on(dispatcher.receive(incoming))
        }
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

fn variable(name: &str) -> Result<String, String> {
    env::var(name).map_err(|error| format!("{name}: {error}"))
}

fn head() -> Result<Head, String> {
    let headers = env::vars_os().filter_map(|(name, value)| {
        // A header `X-Webhook-Event` is the variable `HTTP_X_WEBHOOK_EVENT`.
        let name = name.to_str()?.strip_prefix("HTTP_")?.replace('_', "-");
        Some((name, value.into_encoded_bytes()))
    });
    let mut head = Head::new(variable("REQUEST_METHOD")?)
        .query(variable("QUERY_STRING").unwrap_or_default())
        .headers(headers);
    if let Some(address) = parsed("REMOTE_ADDR") {
        head = head.peer(address);
    }
    if let Some(length) = parsed("CONTENT_LENGTH") {
        head = head.announced_length(length);
    }
    Ok(head)
}

fn parsed<T: FromStr>(name: &str) -> Option<T> {
    env::var(name).ok()?.parse().ok()
}
