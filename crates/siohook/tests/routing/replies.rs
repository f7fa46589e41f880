//! The replies to the sender: every row of the table of replies.

use std::pin::pin;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use siohook::{
    Data, Dispatcher, DispatcherBuilder, HandlerError, Head, Incoming, IpAllowList, Mismatched,
    Reply, State, Unhandled, on_event,
};
use tokio::sync::Notify;

use crate::support::{
    self, TAG_ADDED, TOKEN, account, automation, envelope, finish, fixture, only, poll, sign,
    within,
};

/// The text of an error, which no reply shows.
const CAUSE: &str = "database at 203.0.113.9 refused lea.martin@example.com";

#[on_event("contact.tag.added")]
fn succeeds() {}

#[on_event("contact.tag.added")]
fn fails() -> Result<(), &'static str> {
    Err(CAUSE)
}

#[on_event("contact.tag.added")]
fn fails_for_good() -> Result<(), HandlerError> {
    Err(HandlerError::permanent(CAUSE))
}

#[on_event("contact.tag.added")]
fn asks_for_time(State(delay): State<Duration>) -> Result<(), HandlerError> {
    Err(HandlerError::retry_after(delay, CAUSE))
}

#[on_event("contact.tag.added")]
fn asks_for_a_minute() -> Result<(), HandlerError> {
    Err(HandlerError::retry_after(Duration::from_secs(60), CAUSE))
}

#[on_event("contact.tag.added")]
fn panics() {
    panic!("{CAUSE}");
}

#[on_event("contact.tag.added")]
fn misfits(_: Data<u64>) {}

#[on_event("*")]
fn misfits_anywhere(_: Data<u64>) {}

#[on_event(unlisted("contact.community.joined"))]
fn misfits_unlisted(_: Data<u64>) {}

#[on_event("contact.tag.added")]
async fn waits(State(gate): State<Arc<Notify>>) {
    gate.notified().await;
}

fn builder() -> DispatcherBuilder {
    support::builder().select(within(module_path!()))
}

/// A builder that selects these handlers.
fn with(functions: &'static [&'static str]) -> DispatcherBuilder {
    builder()
        .select(only(functions))
        .allow_no_handlers()
        .state(Duration::from_millis(1500))
        .state(Arc::new(Notify::new()))
}

fn reply_to(dispatcher: &Dispatcher, incoming: Incoming) -> Reply {
    finish(dispatcher.receive(incoming))
}

fn reply_of(functions: &'static [&'static str]) -> Reply {
    reply_to(&with(functions).build().unwrap(), automation(TAG_ADDED))
}

/// Compares status, headers and body. `more` are the headers other than `content-type`.
#[track_caller]
fn assert_reply(reply: &Reply, status: u16, outcome: &str, more: &[(&str, &str)]) {
    let mut headers = vec![("content-type", "application/json")];
    headers.extend(more);
    assert_eq!(reply.status(), status);
    assert_eq!(reply.headers().collect::<Vec<_>>(), headers);
    let body = format!(r#"{{"outcome":"{outcome}"}}"#);
    assert_eq!(str::from_utf8(reply.body()), Ok(&*body));
    assert_eq!(reply.outcome().as_str(), outcome);
}

#[test]
fn success_is_200() {
    assert_reply(&reply_of(&["succeeds"]), 200, "done", &[]);
}

#[test]
fn an_unhandled_event_is_200() {
    assert_reply(&reply_of(&[]), 200, "unhandled", &[]);
    let unhandled = automation(envelope("contact.community.joined", "null"));
    let dispatcher = with(&["succeeds"]).build().unwrap();
    assert_reply(&reply_to(&dispatcher, unhandled), 200, "unhandled", &[]);
}

#[test]
fn an_unhandled_event_can_be_404() {
    let dispatcher = with(&[]).on_unhandled(Unhandled::Reject).build().unwrap();
    let reply = reply_to(&dispatcher, automation(TAG_ADDED));
    assert_reply(&reply, 404, "unhandled", &[]);
}

#[test]
fn a_delivery_that_was_done_before_is_200() {
    let dispatcher = with(&["succeeds"]).build().unwrap();
    reply_to(&dispatcher, automation(TAG_ADDED));
    let again = reply_to(&dispatcher, automation(TAG_ADDED));
    assert_reply(&again, 200, "done_before", &[]);
}

#[test]
fn a_permanent_failure_is_200() {
    let reply = reply_of(&["fails_for_good"]);
    assert_reply(&reply, 200, "failed_for_good", &[]);
    let reply = reply_of(&["fails_for_good", "succeeds"]);
    assert_reply(&reply, 200, "failed_for_good", &[]);
}

#[test]
fn a_failure_is_500() {
    assert_reply(&reply_of(&["fails"]), 500, "failed", &[]);
}

#[test]
fn a_panic_is_500() {
    assert_reply(&reply_of(&["panics"]), 500, "failed", &[]);
}

#[test]
fn a_failure_with_a_delay_is_503() {
    let later = [("retry-after", "2")];
    let reply = reply_of(&["asks_for_time"]);
    assert_reply(&reply, 503, "retry_later", &later);
}

#[test]
fn retry_after_is_rounded_up_to_whole_seconds() {
    for (delay, seconds) in [
        (Duration::ZERO, "0"),
        (Duration::from_nanos(1), "1"),
        (Duration::from_millis(999), "1"),
        (Duration::from_secs(1), "1"),
        (Duration::new(1, 1), "2"),
        (Duration::from_secs(86_400), "86400"),
        (Duration::MAX, "18446744073709551615"),
    ] {
        let dispatcher = builder()
            .select(only(&["asks_for_time"]))
            .state(delay)
            .build()
            .unwrap();
        let reply = reply_to(&dispatcher, automation(TAG_ADDED));
        assert_eq!(reply.header("Retry-After"), Some(seconds), "{delay:?}");
    }
}

#[test]
fn a_body_that_does_not_match_is_422() {
    assert_reply(&reply_of(&["misfits"]), 422, "mismatch", &[]);
    assert_reply(&reply_of(&["misfits_anywhere"]), 422, "mismatch", &[]);
}

#[test]
fn an_accepted_mismatch_is_200_and_final() {
    let reports = Arc::new(Mutex::new(vec![]));
    let seen = Arc::clone(&reports);
    let builder = with(&["misfits", "succeeds"])
        .on_mismatch(Mismatched::Accept)
        .on_report(move |report| seen.lock().unwrap().push(report.to_string()));
    let dispatcher = builder.build().unwrap();
    assert_reply(
        &reply_to(&dispatcher, automation(TAG_ADDED)),
        200,
        "mismatch",
        &[],
    );
    assert!(reports.lock().unwrap()[0].contains("not called: not a"));
    assert_reply(
        &reply_to(&dispatcher, automation(TAG_ADDED)),
        200,
        "done_before",
        &[],
    );
}

/// systeme.io may begin to send a name, and a handler of a pattern did not ask for it.
#[test]
fn a_mismatch_of_an_unlisted_name_is_422_only_if_a_handler_names_it() {
    let unlisted = || automation(envelope("contact.community.joined", "{}"));
    let dispatcher = with(&["misfits_anywhere"]).build().unwrap();
    assert_reply(&reply_to(&dispatcher, unlisted()), 200, "done", &[]);
    let dispatcher = with(&["misfits_unlisted"]).build().unwrap();
    assert_reply(&reply_to(&dispatcher, unlisted()), 422, "mismatch", &[]);
}

#[test]
fn an_outcome_that_asks_for_another_attempt_wins() {
    let done: &[(&str, &str)] = &[];
    let minute: &[(&str, &str)] = &[("retry-after", "60")];
    let rows: [(&'static [&'static str], u16, &str, &[(&str, &str)]); 12] = [
        (&["succeeds", "fails"], 500, "failed", done),
        (&["succeeds", "panics"], 500, "failed", done),
        (&["succeeds", "misfits"], 422, "mismatch", done),
        (&["fails", "fails_for_good"], 500, "failed", done),
        (&["fails", "misfits"], 500, "failed", done),
        (&["panics", "misfits"], 500, "failed", done),
        (&["panics", "fails_for_good"], 500, "failed", done),
        (&["misfits", "fails_for_good"], 422, "mismatch", done),
        (&["asks_for_a_minute", "fails"], 503, "retry_later", minute),
        (
            &["asks_for_a_minute", "misfits"],
            503,
            "retry_later",
            minute,
        ),
        (
            &["asks_for_a_minute", "panics", "succeeds"],
            503,
            "retry_later",
            minute,
        ),
        // The longer of two delays wins.
        (
            &["asks_for_time", "asks_for_a_minute"],
            503,
            "retry_later",
            minute,
        ),
    ];
    for (functions, status, outcome, headers) in rows {
        println!("{functions:?}");
        assert_reply(&reply_of(functions), status, outcome, headers);
    }
}

#[test]
fn a_delivery_in_progress_is_409() {
    let gate = Arc::new(Notify::new());
    let dispatcher = builder()
        .select(only(&["waits"]))
        .state(Arc::clone(&gate))
        .build()
        .unwrap();
    let mut first = pin!(dispatcher.receive(automation(TAG_ADDED)));
    assert!(poll(first.as_mut()).is_none());
    let second = reply_to(&dispatcher, automation(TAG_ADDED));
    assert_reply(&second, 409, "in_progress", &[]);
    gate.notify_one();
    assert_reply(&finish(first), 200, "done", &[]);
}

#[test]
fn a_request_that_is_not_a_delivery_is_400() {
    let dispatcher = with(&[]).build().unwrap();
    for body in [
        "",
        "{",
        "null",
        "[]",
        "{}",
        r#"{"type":"contact.tag.added"}"#,
        r#"{"data":{}}"#,
        r#"{"type":7,"data":{}}"#,
        r#"{"type":"","data":{}}"#,
        r#"{"type":"SALE_NEW","data":{}}"#,
    ] {
        println!("{body}");
        let reply = reply_to(&dispatcher, automation(body));
        assert_reply(&reply, 400, "bad_request", &[]);
    }
    for (event, body) in [
        ("SALE_NEW", &b"{"[..]),
        ("SALE_NEW", b"[]"),
        ("SALE_NEW", &fixture("account/CONTACT_CREATED")),
        ("contact.tag.added", &fixture("account/CONTACT_TAG_ADDED")),
    ] {
        let reply = reply_to(&dispatcher, account(event, body));
        assert_reply(&reply, 400, "bad_request", &[]);
    }
    let reply = reply_to(&dispatcher, Head::new("POST").unreadable());
    assert_reply(&reply, 400, "bad_request", &[]);
}

#[test]
fn a_delivery_that_is_not_trusted_is_401() {
    let body = fixture("account/SALE_NEW");
    let account = || Incoming::post(body.clone()).header("X-Webhook-Event", "SALE_NEW");
    let dispatcher = with(&[]).build().unwrap();
    for incoming in [
        account(),
        account().header("X-Webhook-Signature", sign("another", &body)),
        account().header("X-Webhook-Signature", "sha256=00"),
        Incoming::post(TAG_ADDED),
        Incoming::post(TAG_ADDED).query("token=another"),
    ] {
        let reply = reply_to(&dispatcher, incoming);
        assert_reply(&reply, 401, "unauthorized", &[]);
    }
}

#[test]
fn a_mechanism_that_is_not_configured_is_401() {
    let only_secret = Dispatcher::builder()
        .account_secret("main", support::SECRET)
        .allow_no_handlers()
        .select(|_| false)
        .build()
        .unwrap();
    let reply = reply_to(&only_secret, automation(TAG_ADDED));
    assert_reply(&reply, 401, "unauthorized", &[]);
    let only_token = Dispatcher::builder()
        .automation_token(TOKEN)
        .allow_no_handlers()
        .select(|_| false)
        .build()
        .unwrap();
    let sale = account("SALE_NEW", fixture("account/SALE_NEW"));
    assert_reply(&reply_to(&only_token, sale), 401, "unauthorized", &[]);
}

#[test]
fn a_source_that_is_not_allowed_is_403() {
    let dispatcher = with(&[])
        .source_ips(IpAllowList::systeme_io())
        .build()
        .unwrap();
    let elsewhere = automation(TAG_ADDED).peer([203, 0, 113, 9].into());
    assert_reply(&reply_to(&dispatcher, elsewhere), 403, "forbidden", &[]);
    let unknown = reply_to(&dispatcher, automation(TAG_ADDED));
    assert_reply(&unknown, 403, "forbidden", &[]);
    let allowed = automation(TAG_ADDED).peer([185, 236, 142, 3].into());
    assert_reply(&reply_to(&dispatcher, allowed), 200, "unhandled", &[]);
}

#[test]
fn another_method_is_405_with_allow_post() {
    let dispatcher = with(&["succeeds"]).build().unwrap();
    for method in ["GET", "HEAD", "PUT", "OPTIONS", "post", ""] {
        let reply = reply_to(&dispatcher, automation(TAG_ADDED).method(method));
        assert_reply(&reply, 405, "method_not_allowed", &[("allow", "POST")]);
    }
}

#[test]
fn a_body_over_the_limit_is_413() {
    let limited = |bytes| with(&["succeeds"]).max_body_bytes(bytes).build().unwrap();
    let reply = reply_to(&limited(TAG_ADDED.len()), automation(TAG_ADDED));
    assert_reply(&reply, 200, "done", &[]);
    let reply = reply_to(&limited(TAG_ADDED.len() - 1), automation(TAG_ADDED));
    assert_reply(&reply, 413, "too_large", &[]);
    let reply = reply_to(&limited(TAG_ADDED.len()), Head::new("POST").too_long());
    assert_reply(&reply, 413, "too_large", &[]);
}

#[test]
fn the_default_limit_is_one_mebibyte() {
    let dispatcher = with(&[]).build().unwrap();
    assert_eq!(dispatcher.max_body_bytes(), 1 << 20);
    let padded = |bytes: usize| format!("{TAG_ADDED}{}", " ".repeat(bytes - TAG_ADDED.len()));
    let status = |bytes| reply_to(&dispatcher, automation(padded(bytes))).status();
    assert_eq!((status(1 << 20), status((1 << 20) + 1)), (200, 413));
}

#[test]
fn headers_of_a_reply_are_found_in_any_case() {
    let reply = reply_to(
        &with(&[]).build().unwrap(),
        Incoming::post("").method("GET"),
    );
    for name in ["allow", "Allow", "ALLOW"] {
        assert_eq!(reply.header(name), Some("POST"));
    }
    assert_eq!(reply.header("retry-after"), None);
}

#[test]
fn the_report_of_a_permanent_failure_says_why() {
    let dispatcher = with(&["fails_for_good", "succeeds"]).build().unwrap();
    let delivery = dispatcher.verify(automation(TAG_ADDED)).unwrap();
    let report = finish(dispatcher.dispatch(&delivery));
    let failed = format!("failed for good: {CAUSE}");
    assert_eq!(
        support::outcomes(&report),
        [("fails_for_good", failed), ("succeeds", "done".to_owned())]
    );
    assert_reply(report.reply(), 200, "failed_for_good", &[]);
}
