//! A sender and ways to poll without a runtime, which the tests share.

#![allow(dead_code, reason = "each test uses only some of it")]

pub(crate) mod hostile;
pub(crate) mod leaks;

use std::fs;
use std::path::Path;
use std::pin::{Pin, pin};
use std::task::{Context, Poll, Waker};

use siohook::{Dispatcher, DispatcherBuilder, HandlerInfo, Incoming, Mechanism, Outcome, Report};
use siohook_sender::Sample;

pub(crate) use siohook_sender::{SECRET, TOKEN, sign};

/// The body of an automation. It is not one of the fixtures.
pub(crate) const TAG_ADDED: &str = r#"{"type":"contact.tag.added","data":{"tag":{"id":7,"name":"vip"},"contact":{"id":1,"email":"lea.martin@example.com","fields":[]}},"account":{"email":"owner@example.com"},"created_at":"2026-09-28T07:41:13+00:00"}"#;

/// A builder that trusts [`account`] and [`automation`].
pub(crate) fn builder() -> DispatcherBuilder {
    Dispatcher::builder()
        .account_secret("main", SECRET)
        .automation_token(TOKEN)
}

/// Selects the handlers with these function names.
pub(crate) fn only(
    functions: &'static [&'static str],
) -> impl Fn(&HandlerInfo) -> bool + Send + Sync {
    move |handler| functions.contains(&function(handler.name()))
}

/// Selects the handlers of one module. A test binary links those of all its modules.
pub(crate) fn within(module: &'static str) -> impl Fn(&HandlerInfo) -> bool + Send + Sync {
    move |handler| {
        let path = handler.name().strip_prefix(module);
        path.is_some_and(|path| path.starts_with("::"))
    }
}

/// The last segment of a path.
pub(crate) fn function(path: &str) -> &str {
    path.rsplit("::").next().unwrap()
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

/// The bytes of a file of `fixtures/`, such as `account/SALE_NEW`.
pub(crate) fn fixture(name: &str) -> Vec<u8> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures");
    fs::read(folder.join(format!("{name}.json"))).unwrap()
}

/// The bytes of a file of `fixtures/odd/`, such as `SALE_NEW.with_contact.json`.
pub(crate) fn odd(file: &str) -> Vec<u8> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/odd");
    fs::read(folder.join(file)).unwrap()
}

pub(crate) struct Fixture {
    /// The name of the file, such as `CONTACT_TAG_REMOVED.nested`.
    pub(crate) file: String,
    pub(crate) event: String,
    pub(crate) mechanism: Mechanism,
    pub(crate) body: Vec<u8>,
}

impl Fixture {
    pub(crate) fn incoming(&self) -> Incoming {
        match self.mechanism {
            Mechanism::Automation => automation(&self.body),
            _ => account(&self.event, &self.body),
        }
    }
}

/// All fixtures, in the order of the catalogue.
pub(crate) fn fixtures() -> Vec<Fixture> {
    let variants = siohook::events().iter().flat_map(|event| {
        let variants = event.variants();
        variants.map(move |variant| (event, variant))
    });
    variants
        .map(|(event, variant)| Fixture {
            file: format!("{}.{variant}", event.name())
                .trim_end_matches('.')
                .to_owned(),
            event: event.name().to_owned(),
            mechanism: event.mechanism(),
            body: Sample::variant(event.name(), variant).body().to_vec(),
        })
        .collect()
}

pub(crate) fn account_fixtures() -> Vec<Fixture> {
    let mut fixtures = fixtures();
    fixtures.retain(|fixture| fixture.mechanism == Mechanism::Account);
    fixtures
}

/// The `file:line:column` of a function in the source of a test.
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

/// Makes the expected value of [`outcomes`].
pub(crate) fn expected<const N: usize>(
    outcomes: [(&'static str, &str); N],
) -> Vec<(&'static str, String)> {
    outcomes
        .map(|(name, outcome)| (name, outcome.to_owned()))
        .into()
}

pub(crate) fn outcome<'a>(report: &'a Report, name: &str) -> &'a Outcome {
    let mut handlers = report.handlers().iter();
    let handler = handlers.find(|handler| function(handler.name()) == name);
    handler.unwrap().outcome()
}

/// Polls once. Returns the output if it is ready.
pub(crate) fn poll<F: Future + ?Sized>(future: Pin<&mut F>) -> Option<F::Output> {
    match future.poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(output) => Some(output),
        Poll::Pending => None,
    }
}

/// Polls to the end. Panics where a runtime would wait for ever.
pub(crate) fn finish<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    (0..1000)
        .find_map(|_| poll(future.as_mut()))
        .expect("the future never ends")
}
