//! The inspector: a page for this machine alone that shows what was recorded, and its API.

mod actions;
mod change;
mod deliveries;
mod detail;
mod filter;
mod group;
mod guard;
mod index;
mod pages;
mod payload;
mod problem;
mod server;
mod stream;
mod targets;
mod trigger;
mod watch;

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::{DefaultBodyLimit, State};
use axum::middleware::from_fn_with_state;
use axum::response::Json;
use axum::routing::{get, post};
use serde_json::{Value, json};
use tokio::net::TcpListener;

use self::guard::{Guard, Key};
use self::index::Index;
use self::problem::Problem;
use self::targets::Targets;
use crate::deliveries::target::shown;
use crate::store::{Entry, Store};
use crate::verify::Keys;
use crate::{Exit, Failure};
pub(crate) use change::{Change, Changes};

/// The usual port.
const PORT: u16 = 7465;

/// The longest body of a request: 1 MiB.
const LONGEST_BODY: usize = 1 << 20;

/// The place of the inspector, and the key to it.
pub(crate) struct Inspector {
    listener: TcpListener,
    address: SocketAddr,
    key: Key,
}

/// Whether an answer with these headers is one of an inspector.
pub(crate) fn is_answer(headers: &[(String, String)]) -> bool {
    guard::HEADERS.iter().all(|(own, value)| {
        let has =
            |(name, other): &(String, String)| name.eq_ignore_ascii_case(own) && other == value;
        headers.iter().any(has)
    })
}

/// What the inspector shows, and what it may do.
pub(crate) struct Subject {
    store: Arc<Store>,
    keys: Keys,
    index: Index,
    endpoint: String,
    targets: Targets,
    changes: Changes,
    timeout: Duration,
}

type Shared = State<Arc<Subject>>;

impl Inspector {
    /// Takes this address, or the usual one, or a free port if that is taken.
    pub(crate) async fn bind(given: Option<SocketAddr>) -> Result<Self, Failure> {
        let usual = SocketAddr::from((Ipv4Addr::LOCALHOST, PORT));
        match given {
            Some(address) => Self::at(address).await,
            None => match Self::at(usual).await {
                Err(_) => Self::at((Ipv4Addr::LOCALHOST, 0).into()).await,
                bound => bound,
            },
        }
    }

    async fn at(address: SocketAddr) -> Result<Self, Failure> {
        if !address.ip().is_loopback() {
            let message = format!("the inspector is for this machine alone, and {address} is not");
            return Err(Failure::usage(message).hint("`--inspector 127.0.0.1:7465`"));
        }
        let busy = |error| {
            let message = format!("the inspector can't listen at {address}: {error}");
            Failure::new(Exit::Here, "port_taken", message)
                .hint("`--inspector 127.0.0.1:0` takes a free port, `--no-inspector` none")
        };
        let listener = TcpListener::bind(address).await.map_err(busy)?;
        let address = listener.local_addr().map_err(busy)?;
        let key = Key::random();
        Ok(Self {
            listener,
            address,
            key,
        })
    }

    /// The address of the page without the key.
    pub(crate) fn origin(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The address of the page with the key, which stays out of requests: it is in the fragment.
    pub(crate) fn url(&self) -> String {
        format!("{}/#key={}", self.origin(), self.key.text())
    }

    /// The key for a file.
    pub(crate) fn key(&self) -> &str {
        self.key.text()
    }

    /// Serves until the future is dropped.
    pub(crate) async fn serve(self, subject: Subject) {
        let guard = Arc::new(Guard::new(self.address.port(), self.key));
        let subject = Arc::new(subject);
        let faces = pages::router()
            .nest("/api", api(Arc::clone(&subject)))
            .layer(from_fn_with_state(guard, guard::check));
        tokio::join!(server::serve(self.listener, faces), watch::watch(subject),);
    }
}

impl Subject {
    pub(crate) fn new(
        store: Arc<Store>,
        keys: Keys,
        endpoint: String,
        forward_to: Option<&str>,
        timeout: Duration,
        changes: Changes,
    ) -> Result<Self, Failure> {
        Ok(Self {
            index: Index::new(Arc::clone(&store), keys.explainer()),
            targets: Targets::new(forward_to, timeout)?,
            store,
            keys,
            endpoint,
            changes,
            timeout,
        })
    }

    /// The delivery with exactly this id.
    fn entry(&self, id: &str) -> Result<Entry, Problem> {
        let mut entries = self.store.contents()?.entries.into_iter();
        entries
            .find(|entry| entry.id == id)
            .ok_or_else(|| Problem::not_found("there is no such delivery"))
    }
}

fn api(subject: Arc<Subject>) -> Router {
    let one = get(detail::get).delete(actions::delete);
    Router::new()
        .route("/session", get(session))
        .route("/deliveries", get(deliveries::list))
        .route("/deliveries/{id}", one)
        .route("/deliveries/{id}/body", get(detail::body))
        .route("/deliveries/{id}/file", get(detail::file))
        .route("/deliveries/{id}/curl", get(detail::curl))
        .route("/deliveries/{id}/test", get(detail::test))
        .route("/deliveries/{id}/target", get(detail::target))
        .route("/deliveries/{id}/replay", post(actions::replay))
        .route("/targets", post(targets::add))
        .route("/events", get(trigger::events))
        .route("/events/{name}", get(trigger::members))
        .route("/trigger", post(trigger::send))
        .route("/stream", get(stream::get))
        .fallback(async || Problem::not_found("there is no such path"))
        .method_not_allowed_fallback(async || Problem::not_allowed())
        .layer(DefaultBodyLimit::max(LONGEST_BODY))
        .with_state(subject)
}

/// What the page has to know of this run.
async fn session(State(subject): Shared) -> Json<Value> {
    Json(json!({
        "endpoint": shown(subject.endpoint.as_bytes()),
        "targets": subject.targets.shown(),
        "has_secret": !subject.keys.secrets.is_empty(),
        "has_token": !subject.keys.tokens.is_empty(),
    }))
}

/// Runs what reads files or computes for long, and leaves the other requests alone.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Problem> + Send + 'static,
) -> Result<T, Problem> {
    let done = tokio::task::spawn_blocking(work).await;
    done.unwrap_or_else(|_| Err(Problem::internal()))
}

#[cfg(test)]
mod tests;
