//! What the tests share: a sender, and a way to poll without a runtime.

#![allow(dead_code, reason = "each test uses a part of it")]

use std::fs;
use std::path::{Path, PathBuf};
use std::pin::{Pin, pin};
use std::task::{Context, Poll, Waker};

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use siohook::{Dispatcher, DispatcherBuilder, HandlerInfo, Incoming, Mechanism, Outcome, Report};

pub(crate) const SECRET: &str = "correct horse battery staple";
pub(crate) const TOKEN: &str = "b7e1f3c9";

/// The body of an automation that is not among the fixtures.
pub(crate) const TAG_ADDED: &str = r#"{"type":"contact.tag.added","data":{"tag":{"id":7,"name":"vip"},"contact":{"id":1,"email":"lea.martin@example.com","fields":[]}},"account":{"email":"owner@example.com"},"created_at":"2026-09-28T07:41:13+00:00"}"#;

/// A builder that trusts [`account`] and [`automation`].
pub(crate) fn builder() -> DispatcherBuilder {
    Dispatcher::builder()
        .account_secret("main", SECRET)
        .automation_token(TOKEN)
}

/// Selects handlers by the names of their functions.
pub(crate) fn only(
    functions: &'static [&'static str],
) -> impl Fn(&HandlerInfo) -> bool + Send + Sync {
    move |handler| functions.contains(&function(handler.name()))
}

/// The last segment of a path.
pub(crate) fn function(path: &str) -> &str {
    path.rsplit("::").next().unwrap()
}

/// What systeme.io does with the secret of an account webhook.
pub(crate) fn sign(secret: &str, body: impl AsRef<[u8]>) -> String {
    let mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
    let digest = mac.chain_update(body).finalize().into_bytes();
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A signed account webhook.
pub(crate) fn account(event: &str, body: impl AsRef<[u8]>) -> Incoming {
    signed_with(SECRET, event, body)
}

pub(crate) fn signed_with(secret: &str, event: &str, body: impl AsRef<[u8]>) -> Incoming {
    let body = body.as_ref();
    Incoming::post(body.to_vec())
        .header("X-Webhook-Event", event)
        .header("X-Webhook-Signature", sign(secret, body))
}

/// An automation whose URL has the token.
pub(crate) fn automation(body: impl AsRef<[u8]>) -> Incoming {
    Incoming::post(body.as_ref().to_vec()).query(format!("token={TOKEN}"))
}

/// The body of an automation.
pub(crate) fn envelope(event: &str, data: &str) -> String {
    format!(r#"{{"type":"{event}","data":{data}}}"#)
}

/// A file of `fixtures/`, as it is on the wire: `account/SALE_NEW`.
pub(crate) fn fixture(name: &str) -> Vec<u8> {
    fs::read(folder().join(format!("{name}.json"))).unwrap()
}

pub(crate) struct Fixture {
    /// `CONTACT_TAG_REMOVED.nested.json`
    pub(crate) file: String,
    pub(crate) event: String,
    pub(crate) mechanism: Mechanism,
    pub(crate) body: Vec<u8>,
}

impl Fixture {
    pub(crate) fn incoming(&self) -> Incoming {
        match self.mechanism {
            Mechanism::Automation => automation(&self.body),
            Mechanism::Account => account(&self.event, &self.body),
        }
    }
}

/// All bodies of `fixtures/`, sorted.
pub(crate) fn fixtures() -> Vec<Fixture> {
    let mut fixtures: Vec<_> = fixtures_of("account", Mechanism::Account).collect();
    fixtures.extend(fixtures_of("automation", Mechanism::Automation));
    fixtures.sort_by(|one, other| one.file.cmp(&other.file));
    assert!(fixtures.len() >= 19, "{}", fixtures.len());
    fixtures
}

pub(crate) fn account_fixtures() -> Vec<Fixture> {
    fixtures_of("account", Mechanism::Account).collect()
}

fn fixtures_of(name: &str, mechanism: Mechanism) -> impl Iterator<Item = Fixture> {
    let files = fs::read_dir(folder().join(name)).unwrap();
    files.map(move |file| {
        let path = file.unwrap().path();
        let file = path.file_name().unwrap().to_str().unwrap().to_owned();
        Fixture {
            event: event_of(&file).to_owned(),
            file,
            mechanism,
            body: fs::read(path).unwrap(),
        }
    })
}

/// The event that a file is named after: the longest name of the catalogue that
/// it begins with.
fn event_of(file: &str) -> &'static str {
    siohook::events()
        .iter()
        .map(siohook::event::Event::name)
        .filter(|name| file.starts_with(name))
        .max_by_key(|name| name.len())
        .unwrap_or_else(|| panic!("{file} is named after no event"))
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures")
}

/// `file:line:column` of a function in the source of a test.
pub(crate) fn location(file: &str, source: &str, function: &str) -> String {
    let wanted = format!("fn {function}(");
    let (line, column) = (1..)
        .zip(source.lines())
        .find_map(|(at, line): (u32, _)| Some((at, line.find(&wanted)?)))
        .unwrap();
    format!("{file}:{line}:{}", column + "fn ".len() + 1)
}

/// Each handler's function and outcome, in the order of the report.
pub(crate) fn outcomes(report: &Report) -> Vec<(&'static str, String)> {
    let handlers = report.handlers().iter();
    handlers
        .map(|handler| (function(handler.name()), handler.outcome().to_string()))
        .collect()
}

pub(crate) fn outcome<'a>(report: &'a Report, name: &str) -> &'a Outcome {
    let mut handlers = report.handlers().iter();
    let handler = handlers.find(|handler| function(handler.name()) == name);
    handler.unwrap().outcome()
}

/// Polls once, and returns what is ready.
pub(crate) fn poll<F: Future + ?Sized>(future: Pin<&mut F>) -> Option<F::Output> {
    match future.poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(output) => Some(output),
        Poll::Pending => None,
    }
}

/// Polls to the end, and panics where a runtime would wait for ever.
pub(crate) fn finish<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    (0..1000)
        .find_map(|_| poll(future.as_mut()))
        .expect("nothing that it waits for ever happens")
}
