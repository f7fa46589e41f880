//! A shop that sells with systeme.io: `README.md` says how to run it.

mod config;
mod database;
mod handlers;
mod mail;
#[cfg(feature = "sandbox")]
mod sandbox;
#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::{env, fs};

use anyhow::{Context, Result, bail};
use axum::Router;
use axum::http::StatusCode;
use metrics_exporter_prometheus::PrometheusBuilder;
use siohook::{Dispatcher, DispatcherBuilder, ReplyOutcome};
use siohook_inbox::{HOUR, Inbox, InboxBuilder, Retry, SECOND};
use tokio::net::TcpListener;
use tokio::signal::ctrl_c;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::Mutex;
use tokio::time::sleep;
use tower::limit::GlobalConcurrencyLimitLayer;
use tower_http::timeout::RequestBodyDeadlineLayer;

use crate::config::Config;
use crate::database::Database;
use crate::mail::{Outbox, SharedMailer};

#[tokio::main]
async fn main() -> Result<()> {
    match env::args().nth(1).as_deref() {
        None => {
            tracing_subscriber::fmt().json().init();
            let config = Config::read(|name| env::var(name).ok())?;
            let listener = TcpListener::bind(config.address).await;
            serve(config, listener.context("SHOP_ADDRESS")?).await
        }
        #[cfg(feature = "sandbox")]
        Some("--sandbox") => sandbox::serve().await,
        Some(other) => bail!("this build has no argument `{other}`"),
    }
}

/// Serves until the process is asked to stop.
async fn serve(config: Config, listener: TcpListener) -> Result<()> {
    // On an address of its own, so that no proxy publishes it. Before the dispatcher is built,
    // so that counters start at 0.
    PrometheusBuilder::new()
        .with_recommended_naming(true)
        .set_buckets(&[0.005, 0.01, 0.05, 0.1, 0.5, 1.0, 5.0, 30.0])?
        .with_http_listener(config.metrics_address)
        .install()
        .context("SHOP_METRICS_ADDRESS")?;
    let database = Database::open(&config.database).await;
    let database = database.context("SHOP_DATABASE")?;
    fs::create_dir_all(&config.outbox).context("SHOP_OUTBOX")?;
    let mailer = Arc::new(Mutex::new(Outbox(config.outbox.clone())));
    let dispatcher = builder(&config, database.clone(), mailer).build()?;
    let mut inbox = settings(Inbox::sqlite(&config.inbox));
    if config.accepts_volatile {
        inbox = inbox.accept_volatile();
    }
    let inbox = inbox.open(&dispatcher).await.context("SHOP_INBOX")?;
    let app = router(&inbox, database.clone());
    let mut worker = tokio::spawn(inbox.clone().run());
    tracing::info!(address = %listener.local_addr()?, "listening");
    let server = axum::serve(listener, app).with_graceful_shutdown(stopped());
    tokio::select! {
        ended = server.into_future() => ended?,
        // A head that never ends would hold up the end of the server.
        () = async { stopped().await; sleep(SECOND * 10).await } => {}
        // A bug in the inbox. The service manager starts the shop again.
        ended = &mut worker => return Ok(ended??),
    }
    // What does not end in time runs again when the shop is started again.
    inbox.drain(SECOND * 30).await;
    worker.await??;
    database.0.close().await;
    Ok(())
}

fn builder(config: &Config, database: Database, mailer: SharedMailer) -> DispatcherBuilder {
    let builder = Dispatcher::builder()
        .account_secret("current", &config.secret)
        .state(database)
        .state(mailer)
        // The feature `tracing` logs everything except the texts of errors.
        .on_report(|report| match report.reply().outcome() {
            ReplyOutcome::Accepted
            | ReplyOutcome::AcceptedBefore
            | ReplyOutcome::Done
            | ReplyOutcome::Unhandled => {}
            _ => tracing::warn!("{report}"),
        });
    let builder = match &config.previous_secret {
        Some(secret) => builder.account_secret("previous", secret),
        None => builder,
    };
    match &config.token {
        Some(token) => builder.automation_token(token),
        None => builder,
    }
}

/// The same for the file of `main` and for the memory of tests.
fn settings(inbox: InboxBuilder) -> InboxBuilder {
    inbox
        // For six days, at last each hour: a sale may come five days after its cancellation.
        .retry(Retry::default().at_most(HOUR).attempts(200))
        .timeout(SECOND * 30)
        .on_dead(|letter| tracing::error!("{letter}"))
}

fn router(inbox: &Inbox, database: Database) -> Router {
    let receiver = inbox.receiver();
    let inbox = inbox.clone();
    let ready = async move || {
        let checked = check(&database, &inbox).await;
        checked.map_err(|error| (StatusCode::SERVICE_UNAVAILABLE, error.to_string()))
    };
    Router::new()
        .route_service("/systeme", receiver.service())
        .layer(RequestBodyDeadlineLayer::new(SECOND * 10))
        .layer(GlobalConcurrencyLimitLayer::new(256))
        .route("/ready", axum::routing::get(ready))
}

async fn check(database: &Database, inbox: &Inbox) -> Result<()> {
    database.check().await?;
    Ok(inbox.health().await?)
}

/// Ctrl-C, or the SIGTERM of service managers and containers.
async fn stopped() {
    let mut terminate = signal(SignalKind::terminate()).expect("it is a signal");
    tokio::select! { _ = ctrl_c() => {}, _ = terminate.recv() => {} }
}
