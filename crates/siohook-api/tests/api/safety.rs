//! The key is never shown, and goes only where it should.

use std::sync::{Arc, Mutex};

use siohook_api::{Client, ErrorKind, NewWebhook, WebhookEdit};
use siohook_sandbox::Sandbox;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

use crate::{KEY, World, url_of};

/// The heads of requests.
pub(crate) type Log = Arc<Mutex<Vec<String>>>;

/// A server that gives each request the same answer. Returns its URL.
pub(crate) async fn server(status: u16, body: &str) -> (String, Log) {
    server_with(status, "", body).await
}

/// A server whose answers have these headers.
pub(crate) async fn server_with(status: u16, headers: &str, body: &str) -> (String, Log) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/api", listener.local_addr().unwrap());
    let length = body.len();
    let answer = format!(
        "HTTP/1.1 {status} x\r\n{headers}connection: close\r\ncontent-length: {length}\r\n\r\n{body}"
    );
    let log = Log::default();
    let seen = Arc::clone(&log);
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut request = vec![];
            while !request.ends_with(b"\r\n\r\n")
                && stream
                    .read_buf(&mut request)
                    .await
                    .is_ok_and(|read| read > 0)
            {}
            seen.lock()
                .unwrap()
                .push(String::from_utf8(request).unwrap());
            // The client may have gone.
            let _ = stream.write_all(answer.as_bytes()).await;
        }
    });
    (url, log)
}

#[tokio::test]
async fn the_key_goes_out_and_is_never_shown() {
    // A server that repeats the key in all its texts.
    let body = format!(
        r#"{{"detail":"{KEY} is wrong","violations":[{{"propertyPath":"{KEY}","message":"{KEY}","code":"{KEY}"}}]}}"#
    );
    let item = format!(r#"{{"items":["{KEY}"],"hasMore":false}}"#);
    for (status, body) in [(401, &body), (422, &body), (200, &item)] {
        let (url, log) = server(status, body).await;
        let client = Client::builder(KEY).url(url).build().unwrap();
        let error = client.webhooks().await.unwrap_err();
        let head = log.lock().unwrap().concat();
        assert!(head.contains(&format!("x-api-key: {KEY}\r\n")), "{head}");
        assert!(head.starts_with("GET /api/webhooks HTTP/1.1\r\n"), "{head}");
        let texts = format!(
            "{error} {error:?} {} {:?} {client:?} {:?} {:?}",
            error.detail(),
            error.violations(),
            client.webhooks().await,
            client.tags(),
        );
        assert!(!texts.contains(KEY), "{texts}");
    }
    assert!(!format!("{:?}", Client::builder(KEY)).contains(KEY));
}

#[tokio::test]
async fn secrets_of_webhooks_are_never_shown() {
    let new = NewWebhook::new("shop", "https://shop.example.com", "s3cret");
    let edit = WebhookEdit::new().secret("s3cret");
    assert!(!format!("{new:?} {edit:?}").contains("s3cret"));
}

#[tokio::test]
async fn a_wrong_key_is_refused() {
    let World { sandbox, .. } = World::new().await;
    let client = Client::builder("another")
        .url(url_of(&sandbox))
        .build()
        .unwrap();
    let error = client.webhooks().await.unwrap_err();
    assert_eq!(
        (error.kind(), error.status()),
        (ErrorKind::Unauthorized, Some(401))
    );
    assert_eq!(error.to_string(), "GET /webhooks: 401: Invalid API Key.");
    for key in ["", "a\nb", "a\0"] {
        let error = Client::new(key).unwrap_err();
        assert!(error.to_string().contains("API key"), "{error}");
    }
}

#[tokio::test]
async fn the_key_goes_without_tls_to_this_machine_only() {
    let build = |url: &str| Client::builder(KEY).url(url).build();
    for url in [
        "http://localhost:1/api",
        "http://127.0.0.1/api/",
        "http://[::1]:7400",
        "http://api.localhost",
    ] {
        assert!(build(url).is_ok(), "{url}");
    }
    for url in [
        "http://api.systeme.io/api",
        "http://10.0.0.1/api",
        "http://localhost.example.com",
    ] {
        let error = build(url).unwrap_err().to_string();
        assert!(error.contains("without TLS"), "{error}");
        assert!(Client::builder(KEY).url(url).allow_http().build().is_ok());
    }
    for url in [
        "",
        "api.systeme.io",
        "ftp://localhost",
        "http://a:b@localhost",
        "https://x/?y=1",
        "/api",
    ] {
        let error = build(url).unwrap_err().to_string();
        assert!(error.contains("https://api.systeme.io/api"), "{error}");
    }
}

#[tokio::test]
async fn a_server_that_is_not_there_is_named() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/api", listener.local_addr().unwrap());
    drop(listener);
    let client = Client::builder(KEY).url(&*url).build().unwrap();
    let error = client.tag(1.into()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unreached);
    let start = format!("GET /tags/1: no answer of {url}: ");
    assert!(error.to_string().starts_with(&start), "{error}");
    assert!(error.to_string().contains("refused"), "{error}");
}

#[tokio::test]
async fn certificates_are_checked() {
    let pair = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let (certificate, key) = (pair.cert.pem(), pair.signing_key.serialize_pem());
    let sandbox = Sandbox::builder().api_key(KEY).tls(certificate, key);
    let sandbox = sandbox.start().await.unwrap();
    let url = format!("https://localhost:{}/api", sandbox.address().port());
    let client = Client::builder(KEY).url(&*url);
    let trusting = client.trust(pair.cert.der().to_vec()).build().unwrap();
    trusting.create_tag("Reader").await.unwrap();
    assert_eq!(sandbox.state().tags.len(), 1);

    let client = Client::builder(KEY).url(&*url).build().unwrap();
    let error = client.create_tag("Other").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unreached);
    assert!(error.to_string().contains("certificate"), "{error}");
    let url = url.replace("localhost", "127.0.0.1");
    let client = Client::builder(KEY)
        .url(url)
        .trust(pair.cert.der().to_vec());
    let error = client
        .build()
        .unwrap()
        .create_tag("Other")
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unreached);
    assert_eq!(sandbox.state().tags.len(), 1);
}
