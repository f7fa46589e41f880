use siohook_sender::Request;

use super::*;

/// The request as text, with `\n` as line ends.
fn text(request: &Request) -> String {
    let wire = String::from_utf8(request.to_http1()).unwrap();
    let (head, body) = wire.split_once("\r\n\r\n").unwrap();
    assert_eq!(body.as_bytes(), *request.body());
    assert!(!head.replace("\r\n", "").contains(['\r', '\n']));
    wire.replace("\r\n", "\n")
}

#[test]
fn a_sale_has_the_bytes_that_systeme_io_sends() {
    let sale = Sample::of("SALE_NEW").with_fixed_ids();
    let request = sale.request("https://shop.example.com/systeme").unwrap();
    assert_eq!(
        text(&request),
        concat!(
            include_str!("sale.http"),
            include_str!("../../fixtures/account/SALE_NEW.json")
        )
    );
}

#[test]
fn an_automation_has_the_bytes_that_systeme_io_sends() {
    let tag = Sample::of("contact.tag.added").with_fixed_ids();
    let request = tag.request("http://127.0.0.1:3000/systeme?shop=7").unwrap();
    assert_eq!(
        text(&request),
        concat!(
            include_str!("tag_added.http"),
            include_str!("../../fixtures/automation/contact.tag.added.json")
        )
    );
}

#[test]
fn contacts_have_schema_version_1() {
    let contact = Sample::of("CONTACT_CREATED");
    assert_eq!(values(&contact, "x-webhook-schema-version"), ["1"]);
    assert_eq!(values(&contact, "x-webhook-event"), ["CONTACT_CREATED"]);
}

#[test]
fn headers_are_replaced_and_removed_in_any_case() {
    let sale = Sample::of("SALE_NEW")
        .header("USER-Agent", "test")
        .without_header("Accept")
        .header("x-more", "1");
    assert_eq!(values(&sale, "user-agent"), ["test"]);
    assert!(values(&sale, "accept").is_empty());
    assert_eq!(values(&sale, "x-more"), ["1"]);
    assert_eq!(Sample::of("contact.tag.added").headers().len(), 5);
}

#[test]
fn given_headers_keep_the_order_of_the_wire() {
    let names = |sample: &Sample| {
        let request = sample.request("/").unwrap();
        let names = request.headers().iter().map(|(name, _)| name.clone());
        names.collect::<Vec<_>>()
    };
    let sale = Sample::of("SALE_NEW");
    let own = names(&sale);
    let traced = sale
        .clone()
        .header("x-forwarded-for", "203.0.113.9")
        .header("baggage", "sentry-environment=production")
        .header(
            "Sentry-Trace",
            "0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331",
        );
    let expected = [
        &[
            "content-length",
            "accept-encoding",
            "Sentry-Trace",
            "baggage",
        ]
        .map(str::to_owned)[..],
        &own[2..],
        &["x-forwarded-for".to_owned()],
    ];
    assert_eq!(names(&traced), expected.concat());
    // A header that was removed can be set again, in its place.
    let again = sale
        .without_header("x-webhook-signature")
        .header("x-webhook-signature", "zz");
    assert_eq!(names(&again), own);
    let bare = again
        .without_header("host")
        .without_header("content-length");
    assert_eq!(names(&bare), own[1..own.len() - 1]);
}
