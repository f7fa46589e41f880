//! Calls to the control API of a sandbox.

mod base;
mod problem;

use std::fmt;
use std::time::Duration;

use clap::Args;
use http_body_util::{BodyExt as _, Full};
use hyper::body::Bytes;
use hyper::client::conn::http1::{self, SendRequest};
use hyper::{Method, Request, StatusCode, header};
use hyper_util::rt::TokioIo;
use serde::Serialize;
use serde::de::DeserializeOwned;
use siohook_events::Shown;
use tokio::net::TcpStream;
use tokio::time::timeout;

use self::base::Base;
use crate::{Exit, Failure, Output};
pub(crate) use problem::{NOT_FOUND, NOT_NOW};

/// The most time for an answer to which nothing has to happen first.
const PATIENCE: Duration = Duration::from_secs(30);

#[derive(Args, Debug)]
#[command(next_help_heading = "Everywhere")]
pub(crate) struct Connection {
    /// Where the sandbox is
    #[arg(
        long,
        env = "SIOHOOK_SANDBOX_URL",
        default_value = "http://127.0.0.1:7400"
    )]
    url: Base,
}

/// A connection to a sandbox, which is made at the first call.
#[derive(Debug)]
pub(crate) struct Client {
    base: Base,
    output: Output,
    connection: Option<SendRequest<Full<Bytes>>>,
}

impl Client {
    pub(crate) fn new(connection: Connection, output: Output) -> Self {
        Self {
            base: connection.url,
            output,
            connection: None,
        }
    }

    pub(crate) async fn get<T: DeserializeOwned>(&mut self, path: &str) -> Result<T, Failure> {
        self.get_within(Duration::ZERO, path).await
    }

    /// Gets what the sandbox waits for up to this time.
    pub(crate) async fn get_within<T: DeserializeOwned>(
        &mut self,
        wait: Duration,
        path: &str,
    ) -> Result<T, Failure> {
        let body = self.call(Method::GET, path, Bytes::new(), wait).await?;
        self.parse(&body)
    }

    /// Gets a body as it is.
    pub(crate) async fn bytes(&mut self, path: &str) -> Result<Bytes, Failure> {
        self.call(Method::GET, path, Bytes::new(), Duration::ZERO)
            .await
    }

    /// Posts an object. The sandbox may wait up to this time before it answers.
    pub(crate) async fn post<T: DeserializeOwned>(
        &mut self,
        wait: Duration,
        path: &str,
        body: &impl Serialize,
    ) -> Result<T, Failure> {
        let answer = self.send(wait, path, body).await?;
        self.parse(&answer)
    }

    /// Posts an object, for an answer without a body.
    pub(crate) async fn send(
        &mut self,
        wait: Duration,
        path: &str,
        body: &impl Serialize,
    ) -> Result<Bytes, Failure> {
        let body = serde_json::to_vec(body).map_err(|error| Failure::usage(error.to_string()))?;
        self.call(Method::POST, path, body.into(), wait).await
    }

    pub(crate) async fn put(&mut self, path: &str, body: Bytes) -> Result<Bytes, Failure> {
        self.call(Method::PUT, path, body, Duration::ZERO).await
    }

    async fn call(
        &mut self,
        method: Method,
        path: &str,
        body: Bytes,
        wait: Duration,
    ) -> Result<Bytes, Failure> {
        let patience = PATIENCE.saturating_add(wait);
        let (status, body) = timeout(patience, self.exchange(method, path, body))
            .await
            .map_err(|_| {
                let seconds = patience.as_secs();
                self.silent(format_args!("no answer within {seconds} s"))
            })??;
        if status.is_success() {
            return Ok(body);
        }
        Err(problem::read(status, &body).unwrap_or_else(|| self.stranger(status)))
    }

    async fn exchange(
        &mut self,
        method: Method,
        path: &str,
        body: Bytes,
    ) -> Result<(StatusCode, Bytes), Failure> {
        let path = format!("/sandbox/v1{path}");
        self.output
            .details(format_args!("{method} {}{path}", self.base));
        let mut request = Request::builder()
            .method(method)
            .uri(path)
            .header(header::HOST, self.base.authority());
        if !body.is_empty() {
            request = request.header(header::CONTENT_TYPE, "application/json");
        }
        let request = request
            .body(Full::new(body))
            .map_err(|error| Failure::usage(error.to_string()))?;
        let mut connection = self.connect().await?;
        let answer = connection.send_request(request).await;
        let answer = answer.map_err(|error| self.silent(error))?;
        let status = answer.status();
        let body = answer.into_body().collect().await;
        let body = body.map_err(|error| self.silent(error))?.to_bytes();
        self.connection = Some(connection);
        Ok((status, body))
    }

    /// Takes the connection of the last call if it is still open.
    async fn connect(&mut self) -> Result<SendRequest<Full<Bytes>>, Failure> {
        if let Some(mut connection) = self.connection.take()
            && connection.ready().await.is_ok()
        {
            return Ok(connection);
        }
        let stream = TcpStream::connect(self.base.address()).await;
        let stream = stream.map_err(|error| {
            let message = format!("there is no sandbox at {}: {error}", self.base);
            let hint = "start one: siohook sandbox --to URL\n\
                        or write where it is: --url, or SIOHOOK_SANDBOX_URL";
            Failure::new(Exit::Unreached, "no_sandbox", message).hint(hint)
        })?;
        let (sender, connection) = http1::handshake(TokioIo::new(stream))
            .await
            .map_err(|error| self.silent(error))?;
        // Its error is that of the call.
        tokio::spawn(connection);
        Ok(sender)
    }

    fn parse<T: DeserializeOwned>(&self, body: &[u8]) -> Result<T, Failure> {
        serde_json::from_slice(body).map_err(|error| self.stranger(error))
    }

    /// Something else than a sandbox listens there, or one of another version.
    fn stranger(&self, why: impl fmt::Display) -> Failure {
        let message = format!("what answers at {} is not a sandbox: {why}", self.base);
        Failure::new(Exit::Unreached, "not_a_sandbox", message)
            .hint("is it of the same version as this program?")
    }

    fn silent(&self, why: impl fmt::Display) -> Failure {
        let why = Shown::text(why);
        let message = format!("the sandbox at {} does not answer: {why}", self.base);
        Failure::new(Exit::Unreached, "sandbox_silent", message)
    }
}
