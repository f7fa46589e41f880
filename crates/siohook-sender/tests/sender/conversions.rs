use bytes::Bytes;

use super::*;

fn converted(request: siohook_sender::Request) -> http::Request<Bytes> {
    request.into()
}

#[test]
fn a_request_converts_into_an_http_request() {
    let tag = Sample::of("contact.tag.added").token("t");
    for (url, uri) in [
        ("/systeme", "/systeme?token=t"),
        ("/systeme?x=1", "/systeme?x=1&token=t"),
        (
            "https://example.com/systeme",
            "https://example.com/systeme?token=t",
        ),
        ("http://[::1]:3000", "http://[::1]:3000/?token=t"),
    ] {
        let request = tag.request(url).unwrap();
        let converted = converted(request.clone());
        assert_eq!(converted.method(), "POST");
        assert_eq!(*converted.uri(), *uri);
        assert_eq!(converted.body(), tag.body());
        let headers = converted.headers().iter();
        let headers: Vec<_> = headers
            .map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned()))
            .collect();
        assert_eq!(headers, request.headers());
    }
}

/// The conversion must not panic on a request that [`Sample::request`] accepts.
#[test]
fn every_request_can_be_converted() {
    let sale = || Sample::of("SALE_NEW");
    let characters = (0..=0x17f_u32).filter_map(char::from_u32);
    let mut count = 0;
    for c in characters {
        let urls = [
            format!("http://example.com/{c}"),
            format!("http://example.com/?{c}"),
            format!("http://example.com/{c}{c}?a={c}{c}"),
            format!("http://a{c}b/"),
            format!("http://{c}"),
            format!("http://example.com{c}80"),
            format!("http://[::1]{c}80"),
            format!("/{c}"),
            format!("/{c}{c}x?{c}"),
            format!("{c}/x"),
        ];
        let samples = [
            sale().header(&c.to_string(), "x"),
            sale().header(&format!("x{c}y"), "x"),
            sale().header("x", &c.to_string()),
            sale().header("x", &format!(" {c} ")),
            sale().header("host", &c.to_string()),
        ];
        let requests = urls.iter().map(|url| sale().request(url));
        let requests = requests.chain(samples.iter().map(|it| it.request("http://example.com/")));
        for request in requests.flatten() {
            let headers = request.headers().len();
            assert_eq!(converted(request).headers().len(), headers);
            count += 1;
        }
    }
    let long = format!("http://example.com/{}", "a".repeat(32 * 1024 - 19));
    assert_eq!(
        converted(sale().request(&long).unwrap()).uri().to_string(),
        long
    );
    assert!(count > 1000, "{count}");
}
