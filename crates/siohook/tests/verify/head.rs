//! Requests that are refused by their head, before the body is read.

use siohook::Reason;

use super::*;

fn sales_head(signature: &str) -> Head {
    Head::new("POST")
        .header("X-Webhook-Event", "SALE_NEW")
        .header("X-Webhook-Signature", signature)
}

fn decided(builder: DispatcherBuilder, head: &Head) -> Result<(), Reason> {
    let checked = builder.build().unwrap().check_head(head);
    checked.map_err(|rejection| rejection.reason())
}

fn from_here(builder: DispatcherBuilder) -> DispatcherBuilder {
    builder.source_ips(IpAllowList::new(["203.0.113.7"]))
}

#[test]
fn a_head_is_refused_if_no_body_could_make_it_valid() {
    let token = format!("token={TOKEN}");
    let automation = || Head::new("POST").query(&token);
    let here = "203.0.113.7".parse().unwrap();
    let elsewhere = "203.0.113.8".parse().unwrap();
    let hex = "0a".repeat(32);
    for (builder, head, decision) in [
        (both(), automation(), Ok(())),
        (both(), sales_head(&hex), Ok(())),
        (both(), Head::new("PUT"), Err(Reason::MethodNotAllowed)),
        (
            both().max_body_bytes(100),
            automation().announced_length(100),
            Ok(()),
        ),
        (
            both().max_body_bytes(100),
            automation().announced_length(101),
            Err(Reason::BodyTooLarge),
        ),
        (
            both().max_body_bytes(100),
            automation().header("Content-Length", " 100"),
            Ok(()),
        ),
        (
            both().max_body_bytes(100),
            automation().header("Content-Length", "101"),
            Err(Reason::BodyTooLarge),
        ),
        (
            both().max_body_bytes(100),
            automation().header("content-length", [0xff]),
            Ok(()),
        ),
        (both(), Head::new("POST"), Err(Reason::TokenMissing)),
        (
            both(),
            Head::new("POST").query("token=guessed"),
            Err(Reason::TokenWrong),
        ),
        (
            both(),
            Head::new("POST").header("X-Webhook-Event", "SALE_NEW"),
            Err(Reason::SignatureMissing),
        ),
        (both(), sales_head("zz"), Err(Reason::SignatureMalformed)),
        (
            no_trust().account_secret("main", SECRET),
            automation(),
            Err(Reason::NotConfigured),
        ),
        (from_here(both()), automation(), Err(Reason::AddressUnknown)),
        (from_here(both()), automation().peer(here), Ok(())),
        (
            from_here(both()),
            automation().peer(elsewhere),
            Err(Reason::AddressNotAllowed),
        ),
    ] {
        assert_eq!(decided(builder, &head), decision, "{head:?}");
    }
}

#[test]
fn accept_unverified_accepts_an_untrusted_head() {
    let builder = || both().accept_unverified();
    assert_eq!(decided(builder(), &Head::new("POST")), Ok(()));
    assert_eq!(decided(builder(), &sales_head("zz")), Ok(()));
    assert_eq!(
        decided(builder(), &Head::new("GET")),
        Err(Reason::MethodNotAllowed)
    );
}

#[test]
fn verify_refuses_what_check_head_refuses_and_each_calls_on_reject_once() {
    let reported = Arc::new(Mutex::new(vec![]));
    let seen = Arc::clone(&reported);
    let builder = both().on_reject(move |rejection| seen.lock().unwrap().push(rejection.reason()));
    let dispatcher = builder.build().unwrap();
    let head = || Head::new("POST").query("token=guessed");
    assert!(dispatcher.check_head(&head()).is_err());
    assert_eq!(*reported.lock().unwrap(), [Reason::TokenWrong]);
    let refused = dispatcher.verify(head().with_body(TAG_ADDED)).unwrap_err();
    assert_eq!(refused.reason(), Reason::TokenWrong);
    assert_eq!(reported.lock().unwrap().len(), 2);
}
