//! One process accepts deliveries, and any number run handlers. `README.md` says how to start them.

use std::{env, error::Error};

use axum::{Router, http::StatusCode, routing::get};
use siohook::{Dispatcher, account, on_event};
use siohook_inbox::{Inbox, Run, SECOND};
use tokio::net::TcpListener;
use tokio::signal::ctrl_c;
use tokio::signal::unix::{SignalKind, signal};

#[on_event("SALE_NEW", id = "grant")]
async fn grant(sale: account::SaleNew, run: Run) {
    call("grant", &sale, &run).await;
}

#[on_event("SALE_NEW", id = "mail")]
async fn mail(sale: account::SaleNew, run: Run) {
    call("mail", &sale, &run).await;
}

/// Stands for a call of another service. Give it the key, so that it does nothing twice.
async fn call(what: &str, sale: &account::SaleNew, run: &Run) {
    tokio::time::sleep(SECOND / 5).await;
    let (line, key) = (sale.order_item.id, run.idempotency_key());
    println!("{what} line {line}, attempt {}, key {key}", run.attempt());
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let variable = |name| env::var(name).map_err(|error| format!("{name}: {error}"));
    let lease = variable("INBOX_LEASE_SECONDS").map_or(Ok(30), |seconds| seconds.parse());
    let lease = lease.map_err(|error| format!("INBOX_LEASE_SECONDS: {error}"))?;
    // Both need the handlers: one stores their runs, the other runs them.
    let dispatcher = Dispatcher::builder()
        .account_secret("main", variable("SYSTEME_WEBHOOK_SECRET")?)
        .on_reject(|rejection| eprintln!("refused: {rejection}"))
        .build()?;
    let inbox = Inbox::postgres(variable("DATABASE_URL")?)
        .lease(SECOND * lease)
        .running_at_most(8)
        .timeout(SECOND * 30)
        .on_dead(|letter| eprintln!("{letter}"))
        .open(&dispatcher)
        .await?;
    match env::args().nth(1).as_deref() {
        Some("accept") => accept(&inbox).await,
        Some("work") => work(&inbox).await,
        _ => Err("the argument is `accept` or `work`".into()),
    }
}

/// Stores deliveries, and never runs a handler.
async fn accept(inbox: &Inbox) -> Result<(), Box<dyn Error>> {
    let probed = inbox.clone();
    let health = async move || {
        probed.health().await.map_err(|error| {
            // It names the server, which is nobody else's business.
            eprintln!("not ready: {error}");
            StatusCode::SERVICE_UNAVAILABLE
        })
    };
    let app = Router::new()
        .route_service("/systeme", inbox.receiver().service())
        .route("/health", get(health));
    let address = env::args().nth(2).unwrap_or("127.0.0.1:3000".into());
    let listener = TcpListener::bind(address).await?;
    println!("listening on http://{}/systeme", listener.local_addr()?);
    let server = axum::serve(listener, app).with_graceful_shutdown(stopped());
    server.await?;
    inbox.drain(SECOND).await;
    Ok(())
}

/// Runs handlers, and receives nothing.
async fn work(inbox: &Inbox) -> Result<(), Box<dyn Error>> {
    let mut worker = tokio::spawn(inbox.clone().run());
    println!("working");
    tokio::select! {
        () = stopped() => {}
        // A bug in the inbox. The service manager starts the process again.
        ended = &mut worker => return Ok(ended??),
    }
    // What does not end in time runs again, in another process.
    let drained = inbox.drain(SECOND * 20).await;
    println!("{} ended, {} run again", drained.ended, drained.given_back);
    Ok(worker.await??)
}

/// Ctrl-C, or the SIGTERM of service managers and containers.
async fn stopped() {
    let mut terminate = signal(SignalKind::terminate()).expect("it is a signal");
    tokio::select! { _ = ctrl_c() => {}, _ = terminate.recv() => {} }
}
