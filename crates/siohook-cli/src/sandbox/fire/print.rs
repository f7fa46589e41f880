//! Requests that were not sent, to be read or sent by other programs.

mod curl;

use clap::ValueEnum;
use serde::Deserialize;
use serde_json::Value;

use super::skipped::Skipped;
use crate::{Failure, output};

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Form {
    /// A command for a shell
    Curl,
    /// The bytes on the wire
    Http,
    /// Method, URL, headers and body
    Json,
}

/// Answer of the sandbox.
#[derive(Deserialize)]
pub(super) struct Planned {
    pub(super) requests: Vec<Value>,
    pub(super) skipped: Vec<Skipped>,
}

#[derive(Debug, Deserialize)]
struct Request {
    method: String,
    url: String,
    headers: Vec<(String, String)>,
    body: String,
}

/// Writes requests. `###` separates those of the form `http`, as in files of that name.
pub(super) fn write(form: Form, requests: &[Value]) -> Result<(), Failure> {
    for (index, value) in requests.iter().enumerate() {
        if form == Form::Json {
            output::json("request", value)?;
            continue;
        }
        let request = Request::deserialize(value).map_err(|error| {
            let message = format!("the sandbox gave a request that can't be read: {error}");
            Failure::new(crate::Exit::Unreached, "not_a_sandbox", message)
        })?;
        if form == Form::Curl {
            output::bytes(curl::command(&request).as_bytes())?;
        } else {
            let separator = if index == 0 { "" } else { "\n\n###\n\n" };
            output::bytes(separator.as_bytes())?;
            output::bytes(&request.to_http1())?;
        }
    }
    Ok(())
}

impl Request {
    /// Path and query.
    fn target(&self) -> &str {
        let after_scheme = self
            .url
            .split_once("://")
            .map_or(&*self.url, |(_, rest)| rest);
        after_scheme
            .find('/')
            .map_or("/", |path| &after_scheme[path..])
    }

    fn to_http1(&self) -> Vec<u8> {
        let mut text = format!("{} {} HTTP/1.1\r\n", self.method, self.target());
        for (name, value) in &self.headers {
            text.extend([name, ": ", value, "\r\n"]);
        }
        text.extend(["\r\n", &*self.body]);
        text.into_bytes()
    }
}
