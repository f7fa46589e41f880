use siohook::testing::{SECRET, sign};

use super::*;

#[test]
fn an_account_webhook_has_the_headers_that_were_captured() {
    let sale = Sample::of("SALE_NEW").with_message_id("m-1");
    let captured = include_str!("../../../../fixtures/account-headers.json");
    let captured: std::collections::BTreeMap<String, String> =
        serde_json::from_str(captured).unwrap();
    let headers = sale.headers();
    let mut names: Vec<_> = headers.iter().map(|(name, _)| name).collect();
    names.sort_unstable();
    assert_eq!(names, captured.keys().collect::<Vec<_>>());
    for (name, value) in headers {
        match &*name {
            "x-webhook-message-id" => assert_eq!(value, "m-1"),
            "x-webhook-signature" => assert_eq!(value, sign(SECRET, sale.body())),
            "x-webhook-delivery-attempt-id" => assert_eq!(value.len(), captured[&name].len()),
            _ => assert_eq!(value, captured[&name], "{name}"),
        }
    }
    let contact = Sample::of("CONTACT_CREATED").headers();
    assert!(contact.contains(&("x-webhook-schema-version".to_owned(), "1".to_owned())));
    assert!(contact.contains(&("x-webhook-event".to_owned(), "CONTACT_CREATED".to_owned())));
}

#[test]
fn headers_are_replaced_and_left_out_in_any_case() {
    let sale = Sample::of("SALE_NEW")
        .header("USER-Agent", "test")
        .without_header("Accept")
        .header("x-more", "1");
    let headers = sale.headers();
    let values = |name: &str| {
        headers
            .iter()
            .filter(|(own, _)| own.eq_ignore_ascii_case(name))
            .map(|(_, value)| &**value)
            .collect::<Vec<_>>()
    };
    assert_eq!(
        (values("user-agent"), values("accept"), values("x-more")),
        (vec!["test"], vec![], vec!["1"])
    );
    let tag = Sample::of("contact.tag.added");
    assert_eq!(tag.headers().len(), 2);
}

#[cfg(feature = "tower")]
#[tokio::test]
async fn a_sample_is_an_http_request() {
    use bytes::Bytes;
    use http_body_util::Full;
    use tower_service::Service;

    let (dispatcher, seen) = only("audit");
    for (sample, uri) in [
        (Sample::of("SALE_NEW"), "/systeme"),
        (Sample::of("contact.tag.added"), "/systeme?x=1"),
        (
            Sample::of("contact.tag.removed"),
            "https://example.com/systeme",
        ),
    ] {
        let request = sample.request(uri);
        assert_eq!(request.uri().path(), "/systeme");
        let request: http::Request<Full<Bytes>> = request.map(Full::from);
        let response = dispatcher
            .dispatcher()
            .service()
            .call(request)
            .await
            .unwrap();
        assert_eq!(response.status(), 200);
        assert_eq!(seen.take(), [sample.event().as_str()]);
    }
    let query = Sample::of("contact.tag.added")
        .token("t")
        .request("/systeme?x=1");
    assert_eq!(query.uri(), "/systeme?x=1&token=t");
    let text = panic_of(|| {
        Sample::of("SALE_NEW")
            .header("x", "a\nb")
            .request("/systeme")
    });
    assert!(
        text.contains("can't be a request to \"/systeme\""),
        "{text}"
    );
}
