//! Receivers with TLS.

mod receiver;

use std::convert::Infallible;
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::server::conn::http2;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use receiver::Receiver;
use rustls::ServerConfig;
use rustls::pki_types::PrivateKeyDer;
use siohook_events::Mechanism;
use siohook_sandbox::{AllowList, Client, Outcome};
use siohook_sender::{Request, Sample};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio_rustls::TlsAcceptor;

type Seen = Arc<Mutex<Vec<String>>>;

/// A receiver of `shop.test` that offers these protocols. Returns its certificate, and what it
/// has seen.
async fn receiver(protocols: &[&str]) -> (Receiver, Vec<u8>, Seen) {
    let pair = rcgen::generate_simple_self_signed(["shop.test".to_owned()]).unwrap();
    let certificate = pair.cert.der().to_vec();
    let key = PrivateKeyDer::try_from(pair.signing_key.serialize_der()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![pair.cert.der().clone()], key)
        .unwrap();
    config.alpn_protocols = protocols
        .iter()
        .map(|name| name.as_bytes().to_vec())
        .collect();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let seen = Seen::default();
    let log = Arc::clone(&seen);
    let receiver = Receiver::behaving(move |_, stream| {
        let (acceptor, log) = (acceptor.clone(), Arc::clone(&log));
        Box::pin(async move {
            // A client that does not trust the certificate hangs up.
            let Ok(mut stream) = acceptor.accept(stream).await else {
                return;
            };
            if stream.get_ref().1.alpn_protocol() == Some(b"h2") {
                return serve_http2(stream, log).await;
            }
            let mut request = vec![0; 17];
            stream.read_exact(&mut request).await.unwrap();
            log.lock()
                .unwrap()
                .push(String::from_utf8(request).unwrap());
            stream
                .write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
                .await
                .unwrap();
            std::future::pending::<()>().await;
        })
    })
    .await;
    (receiver, certificate, seen)
}

async fn serve_http2(stream: tokio_rustls::server::TlsStream<tokio::net::TcpStream>, log: Seen) {
    let service = service_fn(move |request: http::Request<hyper::body::Incoming>| {
        let log = Arc::clone(&log);
        async move {
            let mut lines = vec![format!("{:?} {}", request.version(), request.uri())];
            let headers = request.headers().iter();
            lines.extend(
                headers.map(|(name, value)| format!("{name}: {}", value.to_str().unwrap())),
            );
            let body = request.into_body().collect().await.unwrap().to_bytes();
            lines.push(String::from_utf8(body.to_vec()).unwrap());
            log.lock().unwrap().extend(lines);
            let answer = http::Response::builder().status(503).header("x-odd", "a");
            Ok::<_, Infallible>(answer.body(Full::new(Bytes::from("later"))).unwrap())
        }
    });
    // The client hangs up after the answer.
    let _ = http2::Builder::new(TokioExecutor::new())
        .serve_connection(TokioIo::new(stream), service)
        .await;
}

fn client(certificate: Vec<u8>) -> Client {
    Client::new(AllowList::new())
        .host("shop.test", [[127, 0, 0, 1]])
        .trust(certificate)
}

fn request(sample: &Sample, receiver: &Receiver) -> Request {
    let port = receiver.address.port();
    sample
        .request(&format!("https://shop.test:{port}/systeme"))
        .unwrap()
}

#[tokio::test]
async fn account_webhooks_are_http2() {
    let (receiver, certificate, seen) = receiver(&["h2", "http/1.1"]).await;
    let request = request(&Sample::of("SALE_NEW"), &receiver);
    let answer = client(certificate).send(&request, Mechanism::Account).await;
    assert_eq!(
        (answer.outcome, answer.status),
        (Outcome::Status, Some(503)),
        "{answer:?}"
    );
    assert_eq!(&*answer.body, b"later");
    assert!(
        answer
            .headers
            .contains(&("x-odd".to_owned(), "a".to_owned()))
    );

    let mut expected = vec![format!("HTTP/2.0 {}", request.url())];
    let headers = request.headers().iter().filter(|(name, _)| name != "host");
    expected.extend(headers.map(|(name, value)| format!("{name}: {value}")));
    expected.push(String::from_utf8(request.body().to_vec()).unwrap());
    assert_eq!(*seen.lock().unwrap(), expected);
}

#[tokio::test]
async fn automations_are_http1() {
    let (receiver, certificate, seen) = receiver(&["h2", "http/1.1"]).await;
    let request = request(&Sample::of("contact.tag.added"), &receiver);
    let answer = client(certificate)
        .send(&request, Mechanism::Automation)
        .await;
    assert_eq!(
        (answer.outcome, answer.status),
        (Outcome::Status, Some(200)),
        "{answer:?}"
    );
    assert_eq!(*seen.lock().unwrap(), ["POST /systeme?tok"]);
}

#[tokio::test]
async fn account_webhooks_to_a_receiver_without_http2_are_http1() {
    let (receiver, certificate, seen) = receiver(&[]).await;
    let request = request(&Sample::of("SALE_NEW"), &receiver);
    let answer = client(certificate).send(&request, Mechanism::Account).await;
    assert_eq!(
        (answer.outcome, answer.status),
        (Outcome::Status, Some(200)),
        "{answer:?}"
    );
    assert_eq!(*seen.lock().unwrap(), ["POST /systeme HTT"]);
}

#[tokio::test]
async fn insecure_receivers_get_nothing() {
    let (untrusted, _, seen) = receiver(&["h2"]).await;
    let (_, other, _) = receiver(&[]).await;
    let plain = Receiver::behaving(|_, mut stream| {
        Box::pin(async move {
            let answer = b"HTTP/1.1 400 Bad Request\r\n\r\n";
            stream.write_all(answer).await.unwrap();
            std::future::pending::<()>().await;
        })
    })
    .await;
    let closing = Receiver::behaving(|_, stream| Box::pin(async move { drop(stream) })).await;
    for receiver in [&untrusted, &plain, &closing] {
        let request = request(&Sample::of("SALE_NEW"), receiver);
        let answer = client(other.clone())
            .send(&request, Mechanism::Account)
            .await;
        assert_eq!(
            (answer.outcome, answer.status),
            (Outcome::Tls, None),
            "{answer:?}"
        );
        assert!(answer.error.is_some());
    }
    assert!(seen.lock().unwrap().is_empty());

    // The certificate is that of another name.
    let (receiver, certificate, _) = receiver(&[]).await;
    let url = format!("https://localhost:{}/", receiver.address.port());
    let request = Sample::of("SALE_NEW").request(&url).unwrap();
    let answer = client(certificate).send(&request, Mechanism::Account).await;
    assert_eq!(answer.outcome, Outcome::Tls);
}
