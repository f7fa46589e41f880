//! Texts of a handler's own code.

use std::error::Error;
use std::fmt;
use std::time::Duration;

use siohook::{
    Data, Delivery, DispatcherBuilder, FromDelivery, HandlerContext, HandlerError, Mismatch,
    on_event,
};

use crate::printed;
use crate::support::hostile::{Printed, check, values};
use crate::support::{self, finish, only, within};

#[derive(serde::Deserialize)]
struct HasText {
    contact: String,
}

fn text(delivery: &Delivery) -> String {
    delivery.data::<HasText>().unwrap().contact
}

#[derive(Debug)]
struct Link(String, Option<Box<Link>>);

impl fmt::Display for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Error for Link {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.1.as_deref().map(|link| link as _)
    }
}

#[on_event("*")]
fn fails(delivery: &Delivery) -> Result<(), String> {
    Err(text(delivery))
}

#[on_event("*")]
fn fails_for_good(delivery: &Delivery) -> Result<(), HandlerError> {
    Err(HandlerError::permanent(text(delivery)))
}

#[on_event("*")]
fn fails_for_now(delivery: &Delivery) -> Result<(), HandlerError> {
    Err(HandlerError::retry_after(Duration::MAX, text(delivery)))
}

#[on_event("*")]
fn fails_boxed(delivery: &Delivery) -> Result<(), Box<dyn Error + Send + Sync>> {
    Err(text(delivery).into())
}

#[on_event("*")]
fn fails_with_anyhow(delivery: &Delivery) -> anyhow::Result<()> {
    Err(anyhow::anyhow!(text(delivery)).context(text(delivery)))
}

#[on_event("*")]
fn fails_with_a_source(delivery: &Delivery) -> Result<(), Link> {
    let source = Link(text(delivery), None);
    Err(Link("granting access".to_owned(), Some(source.into())))
}

#[on_event("*")]
fn fails_with_sources(delivery: &Delivery) -> Result<(), Link> {
    let links = (0..100).fold(None, |source, at| {
        Some(Box::new(Link(format!("{at} {}", text(delivery)), source)))
    });
    Err(*links.unwrap())
}

#[on_event("*")]
fn panics(delivery: &Delivery) {
    std::panic::resume_unwind(Box::new(text(delivery)));
}

struct Careless;

impl<'a, E> FromDelivery<'a, E> for Careless {
    fn from_delivery(context: HandlerContext<'a>) -> Result<Self, Mismatch> {
        Err(Mismatch::new(text(context.delivery())))
    }
}

#[on_event("*")]
fn mismatches(_: Careless) {}

struct Talkative;

impl<'de> serde::Deserialize<'de> for Talkative {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;

        impl serde::de::Visitor<'_> for Visitor {
            type Value = Talkative;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&values().next().unwrap())
            }
        }

        deserializer.deserialize_map(Visitor)
    }
}

#[on_event("*")]
fn expects_much(_: Data<Talkative>) {}

const HANDLERS: [&str; 10] = [
    "fails",
    "fails_for_good",
    "fails_for_now",
    "fails_boxed",
    "fails_with_anyhow",
    "fails_with_a_source",
    "fails_with_sources",
    "panics",
    "mismatches",
    "expects_much",
];

fn builder() -> DispatcherBuilder {
    support::builder()
        .accept_unverified()
        .max_body_bytes(usize::MAX)
        .select(within(module_path!()))
}

/// A delivery with a text that handlers put into their errors.
fn with_text(text: &str) -> siohook::Incoming {
    let data = serde_json::json!({"contact": text});
    let body = serde_json::json!({"type": "contact.unheard.of", "data": data});
    support::automation(body.to_string())
}

#[test]
fn a_failure_shows_a_part_of_its_text() {
    for handler in HANDLERS {
        let dispatcher = builder()
            .select(move |info| support::function(info.name()) == handler)
            .build()
            .unwrap();
        for value in values() {
            let all = printed(&dispatcher, with_text(&value));
            check(&all, handler, 2048);
            assert!(all.iter().filter(|it| it.shows_some()).count() > 5);
            let delivery = dispatcher.verify(with_text(&value)).unwrap();
            let report = finish(dispatcher.dispatch(&delivery));
            let line = report.to_string();
            assert!(line.len() < 3000, "{handler}: {}", line.len());
            assert!(line.lines().count() == 2, "{handler}: {line}");
        }
    }
}

#[test]
fn a_report_of_many_failures_is_cut_at_16_kib() {
    let dispatcher = builder().build().unwrap();
    for value in values() {
        check(&printed(&dispatcher, with_text(&value)), "all", 2048);
        let delivery = dispatcher.verify(with_text(&value)).unwrap();
        let report = finish(dispatcher.dispatch(&delivery));
        let shown = report.to_string();
        assert!(shown.len() > 16 * 1024 - 10 && shown.ends_with('…'));
    }
}

#[test]
fn a_short_text_is_shown_as_a_whole() {
    let dispatcher = builder().select(only(&["fails_with_a_source"])).build();
    let dispatcher = dispatcher.unwrap();
    let delivery = dispatcher.verify(with_text("UNIQUE constraint failed\nforged: done"));
    let report = finish(dispatcher.dispatch(&delivery.unwrap()));
    let outcome = report.handlers()[0].outcome();
    assert_eq!(
        outcome.to_string(),
        r"failed: granting access: UNIQUE constraint failed\nforged: done"
    );
    assert_eq!(
        format!("{outcome:?}"),
        r#"Failed(HandlerError { error: Link("granting access", Some(Link("UNIQUE constraint failed\nforged: done", None))), advice: Retry })"#
    );
    check(&Printed::both("Outcome", outcome), "short", 0);
}
