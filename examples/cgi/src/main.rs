//! Receives one delivery as a CGI program: `cargo build -p example-cgi`.
//! `examples/README.md` says how to send it something.

use std::{env, error::Error, io, io::Write};

use siohook::{Dispatcher, Head, on_event, unified};

/// One for each line of an order, from an account webhook or an automation. It prints to
/// standard error, because standard output is the response.
#[on_event("SALE_NEW", "customer.sale.completed")]
async fn grant(sale: unified::Sale) {
    eprintln!("{:?}: line {}", sale.customer.email, sale.order_item.id);
}

fn main() -> Result<(), Box<dyn Error>> {
    // Each request is a process without a memory of earlier deliveries, so a retry runs all
    // handlers again.
    let dispatcher = Dispatcher::builder()
        .account_secret("main", variable("SYSTEME_WEBHOOK_SECRET")?)
        .automation_token(variable("SYSTEME_WEBHOOK_TOKEN")?)
        .on_report(|report| eprintln!("{report}"))
        .on_reject(|rejection| eprintln!("refused: {rejection}"))
        .build()?;
    let reply = pollster::block_on(dispatcher.receive_reader(head()?, io::stdin));
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
    let length = variable("CONTENT_LENGTH").unwrap_or_default();
    let mut head = Head::new(variable("REQUEST_METHOD")?)
        .query(variable("QUERY_STRING").unwrap_or_default())
        .header("Content-Length", length)
        .headers(headers);
    if let Ok(peer) = variable("REMOTE_ADDR").unwrap_or_default().parse() {
        head = head.peer(peer);
    }
    Ok(head)
}
