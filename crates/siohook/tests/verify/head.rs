//! What the head of a request decides before its body is read.

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
fn a_head_is_refused_for_what_no_body_can_mend() {
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
            nobody().account_secret("main", SECRET),
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
fn an_unverified_head_is_accepted_where_that_is_configured() {
    let builder = || both().accept_unverified();
    assert_eq!(decided(builder(), &Head::new("POST")), Ok(()));
    assert_eq!(decided(builder(), &sales_head("zz")), Ok(()));
    assert_eq!(
        decided(builder(), &Head::new("GET")),
        Err(Reason::MethodNotAllowed)
    );
}

/// Whatever the head decides, `verify` decides as well.
#[test]
fn a_refused_head_makes_a_refused_request_and_each_is_told_once() {
    let told = Arc::new(Mutex::new(vec![]));
    let seen = Arc::clone(&told);
    let builder = both().on_reject(move |rejection| seen.lock().unwrap().push(rejection.reason()));
    let dispatcher = builder.build().unwrap();
    let head = || Head::new("POST").query("token=guessed");
    assert!(dispatcher.check_head(&head()).is_err());
    assert_eq!(*told.lock().unwrap(), [Reason::TokenWrong]);
    let refused = dispatcher.verify(head().with_body(TAG_ADDED)).unwrap_err();
    assert_eq!(refused.reason(), Reason::TokenWrong);
    assert_eq!(told.lock().unwrap().len(), 2);
}
