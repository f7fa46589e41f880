//! A shop that sells with systeme.io: `README.md` says how to run it.

mod config;
mod database;
mod handlers;
mod mail;
#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::time::Duration;
use std::{env, fs};

use anyhow::{Context, Result};
use axum::Router;
use axum::http::StatusCode;
use metrics_exporter_prometheus::PrometheusBuilder;
use siohook::{Dispatcher, DispatcherBuilder, ReplyOutcome};
use tokio::runtime::Handle;
use tokio::signal::ctrl_c;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::Mutex;
use tokio::time::{sleep, timeout};
use tower::limit::GlobalConcurrencyLimitLayer;
use tower_http::timeout::RequestBodyDeadlineLayer;

use crate::config::Config;
use crate::database::Database;
use crate::mail::{Outbox, SharedMailer};

#[tokio::main]
async fn main() -> Result<()> {
    tracing_subscriber::fmt().json().init();
    let config = Config::read(|name| env::var(name).ok())?;
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
    let app = router(&dispatcher, database.clone());
    let listener = tokio::net::TcpListener::bind(config.address).await;
    let server = axum::serve(listener.context("SHOP_ADDRESS")?, app);
    tracing::info!(address = %config.address, "listening");
    tokio::select! {
        ended = server.with_graceful_shutdown(stopped()).into_future() => ended?,
        // A head that never ends would hold up the end of the server.
        () = async { stopped().await; sleep(Duration::from_secs(40)).await } => {}
    }
    dispatcher.idle().await;
    database.0.close().await;
    Ok(())
}

fn builder(config: &Config, database: Database, mailer: SharedMailer) -> DispatcherBuilder {
    let runtime = Handle::current();
    let builder = Dispatcher::builder()
        .account_secret("current", &config.secret)
        .state(database)
        .state(mailer)
        // The feature `tracing` logs everything except the texts of errors.
        .on_report(|report| match report.reply().outcome() {
            ReplyOutcome::Done | ReplyOutcome::DoneBefore | ReplyOutcome::Unhandled => {}
            _ => tracing::warn!("{report}"),
        })
        // A sender that hangs up does not stop a handler. The deadline does.
        .detach(move |task| {
            runtime.spawn(async move { timeout(Duration::from_secs(30), task).await });
        });
    match &config.previous_secret {
        Some(secret) => builder.account_secret("previous", secret),
        None => builder,
    }
}

fn router(dispatcher: &Dispatcher, database: Database) -> Router {
    let ready = async move || {
        let checked = database.check().await;
        checked.map_err(|error| (StatusCode::SERVICE_UNAVAILABLE, error.to_string()))
    };
    Router::new()
        .route_service("/systeme", dispatcher.service())
        .layer(RequestBodyDeadlineLayer::new(Duration::from_secs(10)))
        .layer(GlobalConcurrencyLimitLayer::new(256))
        .route("/ready", axum::routing::get(ready))
}

/// Ctrl-C, or the SIGTERM of service managers and containers.
async fn stopped() {
    let mut terminate = signal(SignalKind::terminate()).expect("it is a signal");
    tokio::select! { _ = ctrl_c() => {}, _ = terminate.recv() => {} }
}
