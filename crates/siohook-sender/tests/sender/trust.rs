use siohook_sender::headers::SIGNATURE;
use siohook_sender::{SECRET, TOKEN, sign};

use super::*;

#[test]
fn the_signature_equals_that_of_openssl() {
    // printf {} | openssl dgst -sha256 -hmac 'correct horse battery staple'
    let hex = "ea0a7029e49045b7f35eb49cfd742be15bbc7cb767208ecfe1fab26bda5cdbe8";
    assert_eq!(sign(SECRET, "{}"), hex);
}

#[test]
fn the_final_body_is_signed_unless_it_was_signed_before() {
    let sale = Sample::of("SALE_NEW").set("/pricePlan/amount", 1);
    assert_eq!(values(&sale, SIGNATURE), [sign(SECRET, sale.body())]);
    let signed = sale.clone().signed_as_is();
    assert_eq!(signed.headers(), sale.headers());
    // The second call does not sign again.
    let changed = signed
        .set("/pricePlan/amount", 2)
        .signed_as_is()
        .set("/pricePlan/amount", 1);
    assert_eq!(changed.headers(), sale.headers());
    assert_eq!(changed.body(), sale.body());
}

#[test]
fn tampering_keeps_the_signature() {
    let sale = Sample::of("SALE_NEW");
    let cut = sale.clone().tampered(|body| body.truncate(100));
    assert_eq!(*cut.body(), sale.body()[..100]);
    assert_eq!(cut.headers(), sale.headers());
}

#[test]
fn another_event_header_keeps_the_signature() {
    let sale = Sample::of("SALE_NEW");
    let replayed = sale.clone().with_event_header("SALE_CANCELED");
    assert_eq!(values(&replayed, SIGNATURE), values(&sale, SIGNATURE));
    assert_eq!(values(&replayed, "x-webhook-event"), ["SALE_CANCELED"]);
    let tag = Sample::of("contact.tag.added").with_event_header("contact.tag.removed");
    assert!(body(&tag).starts_with(r#"{"type":"contact.tag.removed","data":{"tag""#));
}

#[test]
fn other_secrets_and_tokens_are_used() {
    let sale = Sample::of("SALE_NEW");
    let signed = sale.clone().signed_with("s");
    assert_eq!(values(&signed, SIGNATURE), [sign("s", sale.body())]);
    let tag = Sample::of("contact.tag.added");
    assert_eq!(tag.query(), format!("token={TOKEN}"));
    assert_eq!(
        tag.token("a/b &c=é~").query(),
        "token=a%2Fb%20%26c%3D%C3%A9~"
    );
}

#[test]
fn an_unsigned_sample_has_neither_signature_nor_token() {
    let sale = Sample::of("SALE_NEW").unsigned();
    assert!(values(&sale, SIGNATURE).is_empty());
    assert_eq!(sale.query(), "");
    assert_eq!(Sample::of("contact.tag.added").unsigned().query(), "");
}

#[test]
fn the_error_names_the_method_of_the_other_mechanism() {
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
fn samples_come_from_an_address_of_systeme_io_by_default() {
    let sale = Sample::of("SALE_NEW");
    assert_eq!(sale.peer_address().to_string(), "185.236.142.1");
    let sale = sale.peer([203, 0, 113, 9]);
    assert_eq!(sale.peer_address().to_string(), "203.0.113.9");
}
