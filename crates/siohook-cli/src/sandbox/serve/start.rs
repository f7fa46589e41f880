//! From the arguments to a sandbox that listens.

use std::fs;
use std::io;
use std::path::Path;

use siohook_events::Shown;
use siohook_sandbox::state::State;
use siohook_sandbox::{Builder, Chaos, Sandbox, StartError};

use super::args::Serve;
use crate::config::Config;
use crate::secret::{Reader, Secret, Shared};
use crate::{Exit, Failure, Output};

/// Where the secret and the token come from. `None` if they are made up.
pub(super) struct Sources {
    pub(super) secret: Option<String>,
    pub(super) token: Option<String>,
}

/// Starts a sandbox as the user wants it.
pub(super) async fn start(
    serve: &Serve,
    output: Output,
    config: &Config,
) -> Result<(Sandbox, Sources), Failure> {
    let mut reader = Reader::new(output);
    let secret = reader.first(Shared::Secret, serve.secret.as_deref(), config)?;
    let token = reader.first(Shared::Token, serve.token.as_deref(), config)?;
    let mut builder = settings(serve)?;
    for source in &serve.api_key {
        builder = builder.api_key(&reader.read("--api-key", source)?.value);
    }
    if let Some(Secret { value, .. }) = &secret {
        builder = builder.secret(value);
    }
    if let Some(Secret { value, .. }) = &token {
        builder = builder.token(value);
    }
    let sandbox = builder.start().await.map_err(|error| failure(&error))?;
    let source = |secret: Option<Secret>| secret.map(|secret| secret.source);
    let (secret, token) = (source(secret), source(token));
    Ok((sandbox, Sources { secret, token }))
}

/// Everything but secrets.
fn settings(serve: &Serve) -> Result<Builder, Failure> {
    let mut builder = Sandbox::builder()
        .listen(serve.listen)
        .clock(serve.clock)
        .retries(serve.retries.clone())
        .automation_retries(serve.automation_retries.clone())
        .timeout(serve.timeout)
        .success(serve.success.clone())
        .disable_below(serve.disable_below)
        .keep(serve.keep);
    for host in &serve.allow {
        builder = builder.allow(host);
    }
    if let Some(host) = &serve.host {
        builder = builder.host(host);
    }
    if let Some(url) = &serve.to {
        builder = builder.to(url);
    }
    if let Some(directory) = &serve.data {
        builder = builder.data(directory);
    }
    if let Some(path) = &serve.load {
        let state = State::read_file(path)
            .map_err(|error| Failure::new(Exit::Here, "state_file", error.to_string()))?;
        builder = builder.state(state);
    }
    if let Some(seed) = serve.seed {
        builder = builder.seed(seed);
    }
    if let Some(now) = serve.now {
        builder = builder.now(now);
    }
    if let Some(address) = serve.forwarded_for {
        builder = builder.forwarded_for(address);
    }
    if let Some(limit) = serve.rate_limit {
        builder = builder.rate_limit(limit.requests, limit.seconds);
    }
    if let Some(given) = &serve.chaos {
        builder = builder.chaos(chaos(given)?);
    }
    if let (Some(cert), Some(key)) = (&serve.tls_cert, &serve.tls_key) {
        builder = builder.tls(read(cert)?, read(key)?);
    }
    if serve.expose {
        builder = builder.expose();
    }
    if serve.strict_limits {
        builder = builder.strict_limits();
    }
    if serve.sentry_headers {
        builder = builder.sentry_headers();
    }
    Ok(builder)
}

fn read(path: &Path) -> Result<Vec<u8>, Failure> {
    fs::read(path).map_err(|error| Failure::file(Shown::text(path.display()), &error))
}

/// Chaos as JSON, which begins with a brace, or from a file.
fn chaos(given: &str) -> Result<Chaos, Failure> {
    if given.trim_start().starts_with('{') {
        let wrong = |error| Failure::usage(format!("--chaos: {error}"));
        return serde_json::from_str(given).map_err(wrong);
    }
    let json = read(Path::new(given))?;
    serde_json::from_slice(&json).map_err(|error| {
        let file = Shown::text(given);
        Failure::new(Exit::Here, "file", format!("{file}: {error}"))
    })
}

fn failure(error: &StartError) -> Failure {
    let of = |exit, code| Failure::new(exit, code, error.to_string());
    match error {
        StartError::Listen { address, error } if error.kind() == io::ErrorKind::AddrInUse => {
            Failure::port_taken(*address)
        }
        StartError::Listen { .. } => of(Exit::Here, "listen"),
        StartError::State(_) => of(Exit::Here, "state_file"),
        StartError::Tls(_) => of(Exit::Here, "certificate"),
        _ => of(Exit::Usage, "usage"),
    }
}
