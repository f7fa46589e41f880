use bytes::Bytes;
use http_body_util::Full;
use tower_service::Service;

use super::*;

#[tokio::test]
async fn a_sample_is_an_http_request() {
    let (dispatcher, seen) = only("audit");
    for (sample, url) in [
        (Sample::of("SALE_NEW"), "/systeme"),
        (Sample::of("contact.tag.added"), "/systeme?x=1"),
        (
            Sample::of("contact.tag.removed"),
            "https://example.com/systeme",
        ),
    ] {
        let request: http::Request<Bytes> = sample.request(url).unwrap().into();
        assert_eq!(request.uri().path(), "/systeme");
        let request: http::Request<Full<Bytes>> = request.map(Full::from);
        let mut service = dispatcher.dispatcher().service();
        let response = service.call(request).await.unwrap();
        assert_eq!(response.status(), 200);
        assert_eq!(seen.take(), [sample.event().as_str()]);
    }
}
