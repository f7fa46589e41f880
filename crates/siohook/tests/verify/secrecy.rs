//! No text of siohook shows a secret or a value of a body, for all bodies and all refusals.

use std::fmt::{Debug, Display};
use std::sync::{Arc, Mutex};

use siohook::{Data, Delivery, DispatcherBuilder, IpAllowList, on_event};

use crate::support::leaks::{self, OTHER_SECRET, SPOILS};
use crate::support::{SECRET, TAG_ADDED, TOKEN, automation, finish, fixtures, sign, within};

#[on_event("*")]
fn succeeds(_: &Delivery) {}

/// serde's own error would repeat the value.
#[on_event("*")]
fn mismatches(_: Data<Vec<u8>>) {}

#[derive(Debug, serde::Deserialize)]
#[serde(untagged)]
#[expect(dead_code, reason = "it is never constructed")]
enum Nothing {
    This { contact: u8 },
    That { customer: bool },
}

#[on_event("*")]
fn mismatches_inside(_: Data<Nothing>) {}

#[derive(Debug, serde::Deserialize)]
#[expect(dead_code, reason = "it is never constructed")]
struct HasEmail {
    #[serde(alias = "customer")]
    contact: Numbered,
}

#[derive(Debug, serde::Deserialize)]
#[expect(dead_code, reason = "it is never constructed")]
struct Numbered {
    email: u64,
}

#[on_event("*")]
fn mismatches_at_the_email(_: Data<HasEmail>) {}

fn texts(value: &(impl Debug + Display)) -> Vec<String> {
    vec![
        value.to_string(),
        format!("{value:?}"),
        format!("{value:#?}"),
    ]
}

fn debug(value: &impl Debug) -> Vec<String> {
    vec![format!("{value:?}"), format!("{value:#?}")]
}

#[track_caller]
fn assert_silent(texts: &[String], body: &[u8]) {
    let mut forbidden = leaks::forbidden(body);
    // A delivery shows its time, and a duration may contain the digits of a short number.
    forbidden.retain(|secret| secret.len() > 5 && !secret.ends_with("+00:00"));
    for text in texts {
        let leak = leaks::leak(&forbidden, text);
        assert!(leak.is_none(), "{leak:?} is in {text}");
    }
}

fn builder() -> DispatcherBuilder {
    leaks::builder().select(within(module_path!()))
}

#[test]
fn deliveries_and_reports_show_no_secret() {
    let reports = Arc::new(Mutex::new(vec![]));
    let seen = Arc::clone(&reports);
    let dispatcher = builder()
        .on_report(move |report| seen.lock().unwrap().extend(texts(report)))
        .build()
        .unwrap();
    for fixture in fixtures() {
        let incoming = fixture
            .incoming()
            .header("X-Webhook-Message-Id", "m-1")
            .peer([203, 0, 113, 9].into());
        let body = &fixture.body;
        assert_silent(&debug(&incoming), body);
        let delivery = dispatcher.verify(incoming).unwrap();
        assert_silent(&debug(&delivery), body);
        assert_silent(&texts(delivery.key()), body);
        let record = delivery.to_record();
        assert_silent(&debug(&record), body);
        assert_silent(&[serde_json::to_string(&record).unwrap()], body);
        let report = finish(dispatcher.dispatch(&delivery));
        assert_eq!(report.reply().status(), 422);
        assert_silent(&texts(&report), body);
        for handler in report.handlers() {
            assert_silent(&texts(handler), body);
            assert_silent(&texts(handler.outcome()), body);
        }
        assert_silent(&debug(report.reply()), body);
        let reported = std::mem::take(&mut *reports.lock().unwrap());
        assert_eq!(reported.len(), 3);
        assert_silent(&reported, body);
    }
}

#[test]
fn refusals_show_no_secret() {
    let rejections = Arc::new(Mutex::new(vec![]));
    let seen = Arc::clone(&rejections);
    let dispatcher = builder()
        .on_reject(move |rejection| seen.lock().unwrap().extend(texts(rejection)))
        .build()
        .unwrap();
    for fixture in fixtures() {
        for spoil in SPOILS {
            let incoming = spoil(&fixture.body, &fixture.event);
            assert_silent(&debug(&incoming), &fixture.body);
            let rejection = dispatcher.verify(incoming).unwrap_err();
            assert_silent(&texts(&rejection), &fixture.body);
            assert_silent(&debug(&rejection.reply()), &fixture.body);
        }
        let seen = std::mem::take(&mut *rejections.lock().unwrap());
        assert_eq!(seen.len(), 3 * SPOILS.len());
        assert_silent(&seen, &fixture.body);
    }
}

/// The address may be that of a person.
#[test]
fn refusals_of_an_address_show_no_address() {
    let dispatcher = builder()
        .source_ips(IpAllowList::systeme_io())
        .trusted_proxies(["10.0.0.1"])
        .build()
        .unwrap();
    for (peer, forwarded) in [
        ([203, 0, 113, 9], "203.0.113.8"),
        ([10, 0, 0, 1], "203.0.113.8"),
        ([10, 0, 0, 1], "203.0.113.8 lea@example.com"),
    ] {
        let incoming = automation(TAG_ADDED)
            .peer(peer.into())
            .header("X-Forwarded-For", forwarded);
        let rejection = dispatcher.verify(incoming).unwrap_err();
        assert_eq!(rejection.status(), 403);
        for text in texts(&rejection) {
            assert!(!text.contains("203.0") && !text.contains("lea@"), "{text}");
        }
    }
}

#[test]
fn dispatchers_and_builders_show_no_secret() {
    let body = TAG_ADDED.as_bytes();
    assert_silent(&debug(&builder()), body);
    let dispatcher = builder().build().unwrap();
    assert_silent(&texts(&dispatcher), body);
    assert_silent(&debug(dispatcher.handlers()), body);
    let error = builder()
        .account_secret("spaced", format!("{OTHER_SECRET} "))
        .automation_token(format!("{TOKEN} "))
        .build()
        .unwrap_err();
    assert_eq!(error.problems().len(), 2);
    assert_silent(&texts(&error), body);
    error
        .problems()
        .iter()
        .for_each(|problem| assert_silent(&texts(problem), body));
}

/// A reader of the log must not learn a signature.
#[test]
fn a_key_shows_a_fingerprint_only() {
    let dispatcher = builder().build().unwrap();
    for fixture in fixtures() {
        let delivery = dispatcher.verify(fixture.incoming()).unwrap();
        let shown = delivery.key().to_string();
        let hex = shown.rsplit(':').next().unwrap();
        assert!(
            shown.starts_with(&format!("{}:", fixture.mechanism)),
            "{shown}"
        );
        assert_eq!(hex.len(), 32);
        assert!(!sign(SECRET, &fixture.body).contains(hex));
    }
}
