//! Requests that are refused, and where the sandbox listens.

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::builder;
use crate::http::{call, call_with};

#[tokio::test]
async fn foreign_pages_are_refused_by_each_face() {
    let sandbox = builder().host("sandbox.example.com").start().await.unwrap();
    let address = sandbox.address();
    let status = async |path: &str, headers: &str| {
        let request =
            format!("GET {path} HTTP/1.1\r\nconnection: close\r\nx-api-key: k\r\n{headers}\r\n");
        crate::http::send(address, request.as_bytes()).await.status
    };
    for path in ["/", "/api/tags", "/sandbox/v1/health", "/nothing"] {
        let found = if path == "/nothing" { 404 } else { 200 };
        for own in ["127.0.0.1:7400", "localhost", "sandbox.example.com"] {
            assert_eq!(status(path, &format!("host: {own}\r\n")).await, found);
            let origin = format!("host: {own}\r\norigin: http://{own}\r\n");
            assert_eq!(status(path, &origin).await, found);
        }
        assert_eq!(status(path, "host: example.com\r\n").await, 421);
        assert_eq!(
            status(path, "host: localhost\r\norigin: https://example.com\r\n").await,
            403
        );
        assert_eq!(
            status(path, "host: localhost\r\nsec-fetch-site: cross-site\r\n").await,
            403
        );
    }
    let real = "host: api.systeme.io\r\n";
    assert_eq!(status("/api/tags", real).await, 200);
    assert_eq!(status("/sandbox/v1/state", real).await, 421);
}

#[tokio::test]
async fn long_heads_and_bodies_are_refused() {
    let sandbox = builder().start().await.unwrap();
    let header = format!("x-long: {}\r\n", "x".repeat(400_000));
    let answer = call_with(sandbox.address(), "GET", "/api/tags", &header, "").await;
    assert_eq!(answer.status, 431);
    let many: String = (0..200)
        .map(|number| format!("x-{number}: x\r\n"))
        .collect();
    let answer = call_with(sandbox.address(), "GET", "/api/tags", &many, "").await;
    assert_eq!(answer.status, 431);
    let long = "x".repeat((1 << 20) + 1);
    let answer = call(sandbox.address(), "POST", "/api/tags", &long).await;
    assert_eq!(answer.status, 413);
    assert!(answer.head.contains("application/problem+json"));
}

#[tokio::test]
async fn slow_requests_are_refused_after_ten_seconds() {
    let sandbox = builder().start().await.unwrap();
    let address = sandbox.address();
    let host = format!("host: {address}\r\nx-api-key: k\r\n");
    let head = format!("GET /api/tags HTTP/1.1\r\n{host}");
    let body = format!("{head}content-length: 9\r\n\r\n{{");
    let fire = body.replace("GET /api/tags", "POST /sandbox/v1/fire");
    let send = |request: String| async move {
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = [0; 64];
        let length = stream.read(&mut answer).await.unwrap();
        String::from_utf8_lossy(&answer[..length]).into_owned()
    };
    let answers = tokio::join!(send(head), send(body), send(fire));
    for answer in [answers.0, answers.1, answers.2] {
        assert!(
            answer.starts_with("HTTP/1.1 408 Request Timeout\r\n"),
            "{answer}"
        );
    }
}

#[tokio::test]
async fn a_sandbox_can_speak_tls() {
    let names = vec!["api.systeme.io".to_owned()];
    let pair = rcgen::generate_simple_self_signed(names).unwrap();
    let (certificate, key) = (pair.cert.pem(), pair.signing_key.serialize_pem());
    let sandbox = builder()
        .tls(certificate.clone(), key.clone())
        .start()
        .await
        .unwrap();
    assert!(sandbox.url().starts_with("https://127.0.0.1:"));

    let mut roots = rustls::RootCertStore::empty();
    roots.add(pair.cert.der().clone()).unwrap();
    let provider = std::sync::Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let connector = tokio_rustls::TlsConnector::from(std::sync::Arc::new(config));
    let stream = TcpStream::connect(sandbox.address()).await.unwrap();
    let name = "api.systeme.io".try_into().unwrap();
    let mut stream = connector.connect(name, stream).await.unwrap();
    let request = b"GET /api/tags HTTP/1.1\r\nhost: api.systeme.io\r\nx-api-key: k\r\nconnection: close\r\n\r\n";
    stream.write_all(request).await.unwrap();
    let mut answer = String::new();
    // The server may close without a farewell of TLS.
    let _ = stream.read_to_string(&mut answer).await;
    assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");

    let plain = call(sandbox.address(), "GET", "/sandbox/v1/health", "").await;
    assert_eq!(plain.json()["url"], sandbox.url());

    for (certificate, key, error) in [
        ("", &*key, "it has no line `-----BEGIN CERTIFICATE-----`"),
        (&*certificate, "", "the key of the certificate is not PEM"),
        (
            &*certificate,
            &*rcgen::KeyPair::generate().unwrap().serialize_pem(),
            "do not match",
        ),
    ] {
        let refused = builder().tls(certificate, key).start().await.unwrap_err();
        assert!(refused.to_string().contains(error), "{refused}");
    }
}

#[tokio::test]
async fn an_address_of_the_network_has_to_be_meant() {
    let any = ([0, 0, 0, 0], 0);
    let refused = builder().listen(any).start().await.unwrap_err();
    assert!(refused.to_string().contains("add `--expose`"), "{refused}");
    let sandbox = builder().listen(any).expose().start().await.unwrap();
    assert!(sandbox.url().starts_with("http://127.0.0.1:"));
    let taken = builder()
        .listen(sandbox.address())
        .expose()
        .start()
        .await
        .unwrap_err();
    assert!(
        taken.to_string().contains("another program listens at"),
        "{taken}"
    );

    let to = builder().to(sandbox.url()).start().await.unwrap();
    let ids = to.fire("SALE_NEW").to(to.url()).send().await;
    assert!(
        ids.unwrap_err()
            .to_string()
            .contains("this is the sandbox itself")
    );
    let foreign = builder()
        .to("https://example.com/")
        .start()
        .await
        .unwrap_err();
    assert!(
        foreign.to_string().contains("add `--allow example.com`"),
        "{foreign}"
    );
}
