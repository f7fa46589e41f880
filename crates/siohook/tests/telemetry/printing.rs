//! Values in spans, events and labels of metrics are short and harmless.

use crate::capture::Capture;
use crate::recorder::Recorder;
use crate::support::hostile::{Printed, check, values};
use crate::support::{SECRET, TAG_ADDED, TOKEN, account, automation, finish, signed_with};

const CONTACT: &str = r#"{"contact":{"id":1,"email":"lea@example.com"}}"#;

#[test]
fn spans_events_and_labels_show_a_part_of_a_value() {
    for value in values() {
        let (capture, recorder) = (Capture::new(), Recorder::default());
        let builder = siohook::Dispatcher::builder()
            .account_secret(&value, SECRET)
            .account_secret_for(&value, "of others", ["CONTACT_MERGED"])
            .automation_token_as(&value, TOKEN)
            .select(|_| false)
            .allow_no_handlers();
        let unlisted = serde_json::json!({"type": value, "data": {}}).to_string();
        recorder.during(|| {
            capture.during(|| {
                let dispatcher = builder.build().unwrap();
                for incoming in [
                    automation(TAG_ADDED),
                    automation(unlisted),
                    account(&value, CONTACT),
                    account("CONTACT_CREATED", CONTACT).header("sentry-trace", &value),
                    signed_with("of others", "CONTACT_CREATED", CONTACT),
                    signed_with(&format!("{SECRET}\n"), "CONTACT_CREATED", CONTACT),
                ] {
                    let ids = ["x-webhook-message-id", "x-webhook-delivery-attempt-id"];
                    let incoming = incoming.headers(ids.map(|name| (name, &*value)));
                    finish(dispatcher.receive(incoming));
                }
            });
        });
        let values = capture.values().into_iter();
        // A warning has several lines, because of the handler to paste.
        let values = values.map(|(name, value)| match name {
            "message" => Printed::lines(name, value),
            _ => Printed::line(name, value),
        });
        let labels = recorder.texts().into_iter();
        let labels = labels.map(|series| Printed::line("a metric", series));
        let (values, labels): (Vec<_>, Vec<_>) = (values.collect(), labels.collect());
        for printed in [&values, &labels] {
            assert!(printed.iter().filter(|it| it.shows_some()).count() >= 2);
            check(printed, "value", 200);
        }
    }
}
