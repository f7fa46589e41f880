use siohook::testing::{SECRET, TOKEN, sign};
use siohook::{IpAllowList, Trust};

use super::*;

fn refused(sample: &Sample) -> String {
    let report = send("audit", sample);
    report.rejection().unwrap().code().to_owned()
}

#[test]
fn samples_are_trusted_unless_a_test_says_otherwise() {
    let (dispatcher, _) = only("audit");
    let sale = block_on(dispatcher.send(&Sample::of("SALE_NEW")));
    assert_eq!(
        sale.report().delivery().trust(),
        Trust::Signed { secret: "testing" }
    );
    let tag = block_on(dispatcher.send(&Sample::of("contact.tag.added")));
    assert_eq!(tag.report().delivery().trust(), Trust::Token);
}

#[test]
fn what_is_not_trusted_is_refused() {
    let sale = || Sample::of("SALE_NEW");
    let tag = || Sample::of("contact.tag.added");
    for (sample, code) in [
        (sale().unsigned(), "signature_missing"),
        (sale().signed_with("of somebody else"), "signature_wrong"),
        (
            sale().header("X-Webhook-Signature", "zz"),
            "signature_malformed",
        ),
        (sale().without_header("X-Webhook-Event"), "event_missing"),
        (sale().corrupt(|body| body[20] ^= 1), "signature_wrong"),
        (sale().corrupt(|body| body.truncate(100)), "signature_wrong"),
        (
            sale().sealed().set("/pricePlan/amount", 1),
            "signature_wrong",
        ),
        (sale().claiming("CONTACT_CREATED"), "event_contradicted"),
        (tag().unsigned(), "token_missing"),
        (tag().token("guessed"), "token_wrong"),
        (tag().corrupt(|body| body.truncate(100)), "not_json"),
        (tag().claiming("SALE_NEW"), "event_contradicted"),
        (tag().with_body("[]"), "no_envelope"),
    ] {
        assert_eq!(refused(&sample), code, "{sample}");
        send("audit", &sample)
            .assert_refused(code)
            .assert_not_ran("audit");
    }
}

#[test]
fn a_body_is_signed_as_it_is_in_the_end_unless_it_was_sealed() {
    let sale = Sample::of("SALE_NEW").set("/pricePlan/amount", 1);
    assert!(
        sale.headers()
            .contains(&("x-webhook-signature".to_owned(), sign(SECRET, sale.body())))
    );
    let sealed = sale.clone().sealed();
    assert_eq!(sealed.headers(), sale.headers());
    // What is sealed once stays sealed.
    let changed = sealed
        .set("/pricePlan/amount", 2)
        .sealed()
        .set("/pricePlan/amount", 1);
    assert_eq!(changed.headers(), sale.headers());
    send("shop::grant", &changed).assert_done();
}

#[test]
fn a_sale_can_be_replayed_as_its_cancellation() {
    let replayed = Sample::of("SALE_NEW").claiming("SALE_CANCELED");
    send("revoke", &replayed).assert_done().assert_ran("revoke");
    let builder = TestDispatcher::builder()
        .configure(|builder| builder.account_secret_for("sales", "of sales", ["SALE_NEW"]));
    let dispatcher = builder.only("revoke").state(Seen::default()).build();
    let replayed = replayed.signed_with("of sales");
    block_on(dispatcher.send(&replayed)).assert_refused("event_not_covered");
}

#[test]
fn secrets_and_tokens_of_ones_own_are_used() {
    let builder = siohook::Dispatcher::builder()
        .account_secret("mine", "s")
        .automation_token("a/b &c=é");
    let dispatcher = TestDispatcher::from(builder.state(Seen::default()).build().unwrap());
    let sale = Sample::of("SALE_NEW");
    block_on(dispatcher.send(&sale)).assert_refused("signature_wrong");
    let report = block_on(dispatcher.send(&sale.signed_with("s")));
    assert_eq!(
        report.report().delivery().trust(),
        Trust::Signed { secret: "mine" }
    );
    let tag = Sample::of("contact.tag.added");
    assert_eq!(tag.query(), format!("token={TOKEN}"));
    block_on(dispatcher.send(&tag)).assert_refused("token_wrong");
    let tag = tag.token("a/b &c=é");
    assert_eq!(tag.query(), "token=a%2Fb%20%26c%3D%C3%A9");
    assert!(block_on(dispatcher.send(&tag)).rejection().is_none());
}

#[test]
fn what_the_other_mechanism_is_trusted_by_is_told() {
    assert_eq!(
        panic_of(|| Sample::of("contact.tag.added").signed_with("s")),
        "contact.tag.added is an automation, which is not signed: give `.token(…)`"
    );
    assert_eq!(
        panic_of(|| Sample::of("SALE_NEW").token("t")),
        "SALE_NEW is an account webhook, which is signed: give `.signed_with(…)`"
    );
}

#[test]
fn samples_come_from_systeme_io_unless_a_test_says_otherwise() {
    let builder = TestDispatcher::builder()
        .only("audit")
        .state(Seen::default())
        .configure(|builder| {
            builder
                .source_ips(IpAllowList::systeme_io())
                .trusted_proxies(["203.0.113.1"])
        });
    let dispatcher = builder.build();
    let sale = Sample::of("SALE_NEW");
    block_on(dispatcher.send(&sale)).assert_done();
    block_on(dispatcher.send(&sale.clone().peer([203, 0, 113, 9])))
        .assert_refused("address_not_allowed");
    let forwarded = sale
        .again()
        .peer([203, 0, 113, 1])
        .header("X-Forwarded-For", "185.236.142.2");
    block_on(dispatcher.send(&forwarded)).assert_done();
}
