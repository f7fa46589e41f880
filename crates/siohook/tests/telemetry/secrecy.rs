//! No span, event or metric shows a value of a body, for all bodies, outcomes and refusals.

use std::pin::pin;
use std::time::Duration;

use serde_json::{Value, json};
use siohook::{
    Delivery, Dispatcher, DispatcherBuilder, FromDelivery, HandlerContext, HandlerError, Incoming,
    IpAllowList, Mechanism, Mismatch, on_event,
};

use crate::capture::Capture;
use crate::recorder::Recorder;
use crate::support::leaks::{self, SPOILS};
use crate::support::{account, automation, finish, fixtures, only, poll, within};

/// The whole body, as a careless error message.
fn all_of(delivery: &Delivery) -> String {
    String::from_utf8_lossy(delivery.body()).into_owned()
}

#[on_event("*")]
fn succeeds(_: &Delivery) {}

#[on_event("*")]
fn fails(delivery: &Delivery) -> Result<(), String> {
    Err(all_of(delivery))
}

#[on_event("*")]
fn fails_for_good(delivery: &Delivery) -> Result<(), HandlerError> {
    Err(HandlerError::permanent(all_of(delivery)))
}

#[on_event("*")]
fn fails_for_now(delivery: &Delivery) -> Result<(), HandlerError> {
    Err(HandlerError::retry_after(
        Duration::from_secs(1),
        all_of(delivery),
    ))
}

#[on_event("*")]
fn panics(delivery: &Delivery) {
    std::panic::resume_unwind(Box::new(all_of(delivery)));
}

#[on_event("*")]
async fn waits(_: &Delivery) {
    std::future::pending::<()>().await;
}

struct Careless;

impl<'a, E> FromDelivery<'a, E> for Careless {
    fn from_delivery(context: HandlerContext<'a>) -> Result<Self, Mismatch> {
        Err(Mismatch::new(all_of(context.delivery())))
    }
}

#[on_event("*")]
fn mismatches(_: Careless) {}

#[on_event("*")]
fn leaks_in_a_message(delivery: &Delivery) {
    tracing::info!("{}", all_of(delivery));
}

#[on_event("*")]
fn leaks_in_a_field(delivery: &Delivery) {
    let _span = tracing::info_span!("sale", body = all_of(delivery)).entered();
}

#[on_event("*")]
fn leaks_a_number(delivery: &Delivery) {
    let body: Value = serde_json::from_slice(delivery.body()).unwrap();
    let (_, numbers) = leaks::leaves(&body);
    tracing::info!(number = numbers[0].parse::<i64>().unwrap());
}

#[on_event("*")]
fn leaks_in_a_label(delivery: &Delivery) {
    metrics::counter!("sales", "body" => all_of(delivery)).increment(1);
}

const HANDLERS: [&[&str]; 8] = [
    &["succeeds"],
    &["fails"],
    &["fails_for_good"],
    &["fails_for_now"],
    &["panics"],
    &["mismatches"],
    &["waits"],
    &[],
];

/// A body, its event, and the texts that must not be shown.
struct Sent {
    mechanism: Mechanism,
    event: String,
    body: Vec<u8>,
    forbidden: Vec<String>,
}

/// All fixtures, as they are, with a unique value in each place, and with these values under
/// an unlisted name.
fn deliveries() -> Vec<Sent> {
    let mut all = vec![];
    for fixture in fixtures() {
        let value: Value = serde_json::from_slice(&fixture.body).unwrap();
        let mut marked = value.clone();
        mark(&mut marked, &mut 0);
        if fixture.mechanism == Mechanism::Automation {
            marked["type"] = value["type"].clone();
        }
        let mut send = |event: &str, body: Vec<u8>| {
            let mut forbidden = leaks::forbidden(&body);
            forbidden.extend(["203.0.113.", "2001:db8"].map(str::to_owned));
            all.push(Sent {
                mechanism: fixture.mechanism,
                event: event.to_owned(),
                body,
                forbidden,
            });
        };
        send(&fixture.event, fixture.body.clone());
        send(&fixture.event, marked.to_string().into());
        let unlisted = match fixture.mechanism {
            Mechanism::Automation => "contact.unheard.of",
            _ => "UNHEARD_OF",
        };
        if fixture.mechanism == Mechanism::Automation {
            marked["type"] = json!(unlisted);
        }
        send(unlisted, marked.to_string().into());
    }
    all
}

/// Replaces every text and number by a unique one. Times stay times.
fn mark(value: &mut Value, count: &mut u64) {
    *count += 1;
    match value {
        Value::Array(values) => values.iter_mut().for_each(|it| mark(it, count)),
        Value::Object(map) => map.values_mut().for_each(|it| mark(it, count)),
        Value::Number(_) => *value = json!(7_000_000_000 + *count),
        Value::String(text) if text.ends_with("+00:00") => {
            *value = json!(format!(
                "2021-10-05T08:{:02}:{:02}+00:00",
                *count / 60,
                *count % 60
            ));
        }
        Value::String(text) if text.parse::<u64>().is_ok() => {
            *value = json!((8_000_000_000 + *count).to_string());
        }
        Value::String(_) => *value = json!(format!("lea.{count}@example.com")),
        Value::Null | Value::Bool(_) => {}
    }
}

impl Sent {
    /// The request, with personal data in its headers.
    fn incoming(&self) -> Incoming {
        let incoming = match self.mechanism {
            Mechanism::Automation => automation(&self.body),
            _ => account(&self.event, &self.body),
        };
        incoming
            .peer([203, 0, 113, 9].into())
            .header("X-Forwarded-For", "2001:db8::7")
            .header("X-Webhook-Message-Id", "lea@example.com")
            .header("X-Webhook-Delivery-Attempt-Id", "lea@example.com")
            .header("sentry-trace", "lea@example.com")
            .header(
                "baggage",
                format!("user=lea@example.com,sentry-trace_id={}", "5".repeat(32)),
            )
    }

    /// The recorded values that hold a forbidden text.
    fn found_in(&self, capture: &Capture, recorder: &Recorder) -> Vec<String> {
        let values = capture.values();
        let labels = recorder.texts().into_iter();
        let labels = labels.map(|series| ("a metric", series));
        // A duration may have any digits.
        let values = values
            .into_iter()
            .filter(|(name, _)| *name != "siohook.elapsed");
        let all = values.chain(labels);
        let leaking = all.filter(|(_, value)| leaks::leak(&self.forbidden, value).is_some());
        leaking
            .map(|(name, value)| format!("{name}: {value}"))
            .collect()
    }
}

fn builder() -> DispatcherBuilder {
    leaks::builder()
        .select(within(module_path!()))
        .allow_no_handlers()
}

/// Records all spans, events and metrics while a dispatcher works.
fn recorded(builder: DispatcherBuilder, work: impl FnOnce(&Dispatcher)) -> (Capture, Recorder) {
    let (capture, recorder) = (Capture::new(), Recorder::default());
    recorder.during(|| capture.during(|| work(&builder.build().unwrap())));
    (capture, recorder)
}

#[test]
fn deliveries_show_no_value() {
    for sent in deliveries() {
        for handlers in HANDLERS {
            let (capture, recorder) = recorded(builder().select(only(handlers)), |dispatcher| {
                // The second one is a redelivery, or a copy in progress.
                let mut first = pin!(dispatcher.receive(sent.incoming()));
                poll(first.as_mut());
                let second = dispatcher.verify(sent.incoming()).unwrap();
                poll(pin!(dispatcher.dispatch(&second)));
            });
            let found = sent.found_in(&capture, &recorder);
            assert!(found.is_empty(), "{}, {handlers:?}: {found:#?}", sent.event);
            // Something was recorded.
            assert_eq!(
                capture
                    .spans()
                    .iter()
                    .filter(|span| span.name == "delivery")
                    .count(),
                2
            );
            assert!(!recorder.texts().is_empty());
        }
    }
}

#[test]
fn refusals_show_no_value() {
    for sent in deliveries() {
        let (capture, recorder) = recorded(builder(), |dispatcher| {
            for spoil in SPOILS {
                let incoming = spoil(&sent.body, &sent.event).peer([203, 0, 113, 9].into());
                dispatcher.verify(incoming).unwrap_err();
            }
        });
        let found = sent.found_in(&capture, &recorder);
        assert!(found.is_empty(), "{}: {found:#?}", sent.event);
        assert_eq!(capture.spans().len(), SPOILS.len());
        let (capture, recorder) = recorded(
            builder()
                .source_ips(IpAllowList::systeme_io())
                .trusted_proxies(["203.0.113.9"]),
            |dispatcher| {
                assert_eq!(finish(dispatcher.receive(sent.incoming())).status(), 403);
            },
        );
        let found = sent.found_in(&capture, &recorder);
        assert!(found.is_empty(), "{}: {found:#?}", sent.event);
        assert_eq!(capture.spans().len(), 1);
    }
}

/// Shows that the tests above can fail.
#[test]
fn a_value_that_a_handler_leaks_is_found() {
    let places: [(&[&str], &str); 4] = [
        (&["leaks_in_a_message"], "message"),
        (&["leaks_in_a_field"], "body"),
        (&["leaks_a_number"], "number"),
        (&["leaks_in_a_label"], "a metric"),
    ];
    for sent in deliveries() {
        let body: Value = serde_json::from_slice(&sent.body).unwrap();
        let (_, numbers) = leaks::leaves(&body);
        // The body of one event is unpublished, and its fixture has no number.
        let possible = |(_, place): &(_, &str)| *place != "number" || !numbers.is_empty();
        for (handlers, place) in places.into_iter().filter(possible) {
            let (capture, recorder) = recorded(builder().select(only(handlers)), |dispatcher| {
                finish(dispatcher.receive(sent.incoming()));
            });
            let found = sent.found_in(&capture, &recorder);
            assert_eq!(found.len(), 1, "{handlers:?}: {found:#?}");
            assert!(found[0].starts_with(place), "{found:#?}");
        }
    }
}
