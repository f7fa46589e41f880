use siohook::{IpAllowList, Trust};

use super::*;

fn refused(sample: &Sample) -> String {
    let report = send("audit", sample);
    report.rejection().unwrap().code().to_owned()
}

#[test]
fn samples_are_trusted_by_default() {
    let (dispatcher, _) = only("audit");
    let sale = block_on(dispatcher.send(&Sample::of("SALE_NEW")));
    assert_eq!(
        sale.report().delivery().trust(),
        Trust::Signed { secret: "testing" }
    );
    let tag = block_on(dispatcher.send(&Sample::of("contact.tag.added")));
    assert_eq!(
        tag.report().delivery().trust(),
        Trust::Token { label: None }
    );
}

#[test]
fn changed_samples_are_refused() {
    let sale = || Sample::of("SALE_NEW");
    let tag = || Sample::of("contact.tag.added");
    for (sample, reason) in [
        (sale().unsigned(), Reason::SignatureMissing),
        (sale().signed_with("battery staple"), Reason::SignatureWrong),
        (
            sale().header("X-Webhook-Signature", "zz"),
            Reason::SignatureMalformed,
        ),
        (
            sale().without_header("X-Webhook-Event"),
            Reason::EventMissing,
        ),
        (
            sale().tampered(|body| body[20] ^= 1),
            Reason::SignatureWrong,
        ),
        (
            sale().tampered(|body| body.truncate(100)),
            Reason::SignatureWrong,
        ),
        (
            sale().signed_as_is().set("/pricePlan/amount", 1),
            Reason::SignatureWrong,
        ),
        (
            sale().with_event_header("CONTACT_CREATED"),
            Reason::EventContradicted,
        ),
        (tag().unsigned(), Reason::TokenMissing),
        (tag().token("guessed"), Reason::TokenWrong),
        (tag().tampered(|body| body.truncate(100)), Reason::NotJson),
        (
            tag().with_event_header("SALE_NEW"),
            Reason::EventContradicted,
        ),
        (tag().with_body("[]"), Reason::NoEnvelope),
    ] {
        assert_eq!(refused(&sample), reason.as_str(), "{sample}");
        send("audit", &sample)
            .assert_refused(reason)
            .assert_not_ran("audit");
    }
}

#[test]
fn a_signature_matches_again_when_the_body_is_restored() {
    let sale = Sample::of("SALE_NEW").set("/pricePlan/amount", 1);
    let changed = sale.signed_as_is().set("/pricePlan/amount", 2);
    assert_eq!(refused(&changed), "signature_wrong");
    let changed = changed.signed_as_is().set("/pricePlan/amount", 1);
    send("shop::grant", &changed).assert_done();
}

#[test]
fn a_sale_can_be_replayed_as_its_cancellation() {
    let replayed = Sample::of("SALE_NEW").with_event_header("SALE_CANCELED");
    send("revoke", &replayed).assert_done().assert_ran("revoke");
    let builder = TestDispatcher::builder()
        .configure(|builder| builder.account_secret_for("sales", "correct horse", ["SALE_NEW"]));
    let dispatcher = builder.only("revoke").state(Seen::default()).build();
    let replayed = replayed.signed_with("correct horse");
    block_on(dispatcher.send(&replayed)).assert_refused(Reason::EventNotCovered);
}

#[test]
fn samples_can_use_other_secrets_and_tokens() {
    let builder = siohook::Dispatcher::builder()
        .account_secret("mine", "s")
        .automation_token("a/b &c=é");
    let dispatcher = TestDispatcher::from(builder.state(Seen::default()).build().unwrap());
    let sale = Sample::of("SALE_NEW");
    block_on(dispatcher.send(&sale)).assert_refused(Reason::SignatureWrong);
    let report = block_on(dispatcher.send(&sale.signed_with("s")));
    assert_eq!(
        report.report().delivery().trust(),
        Trust::Signed { secret: "mine" }
    );
    let tag = Sample::of("contact.tag.added");
    block_on(dispatcher.send(&tag)).assert_refused(Reason::TokenWrong);
    let tag = tag.token("a/b &c=é");
    assert!(block_on(dispatcher.send(&tag)).rejection().is_none());
}

#[test]
fn samples_come_from_an_address_of_systeme_io_by_default() {
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
        .assert_refused(Reason::AddressNotAllowed);
    let forwarded = sale
        .another()
        .peer([203, 0, 113, 1])
        .header("X-Forwarded-For", "185.236.142.2");
    block_on(dispatcher.send(&forwarded)).assert_done();
}
