//! The resource in an actix-web application, without a socket.

use std::cell::Cell;
use std::net::SocketAddr;
use std::rc::Rc;
use std::time::Duration;

use actix_web::App;
use actix_web::body::to_bytes;
use actix_web::dev::{Payload, ServiceResponse};
use actix_web::http::Method;
use actix_web::http::header::{CONTENT_LENGTH, HeaderValue};
use actix_web::test::{TestRequest, call_service, init_service};
use actix_web::web::Bytes;
use futures_util::{StreamExt, stream};
use siohook::{Delivery, Dispatcher, DispatcherBuilder, IpAllowList, on_event};
use tokio::time::sleep;

const EVENT: &str = r#"{"type":"contact.met","data":null}"#;

#[on_event("*")]
async fn any(delivery: &Delivery) {
    assert_eq!(delivery.body().trim_ascii_start(), EVENT.as_bytes());
}

fn builder() -> DispatcherBuilder {
    Dispatcher::builder().automation_token("t")
}

fn post() -> TestRequest {
    TestRequest::post()
        .uri("/systeme?token=t")
        .set_payload(EVENT)
}

async fn call(builder: DispatcherBuilder, request: TestRequest) -> ServiceResponse {
    with_body(builder, request, None).await
}

async fn with_body(
    builder: DispatcherBuilder,
    request: TestRequest,
    body: Option<Payload>,
) -> ServiceResponse {
    let dispatcher = builder.build().unwrap();
    let resource = siohook_actix_web::resource("/systeme", &dispatcher);
    let app = init_service(App::new().service(resource)).await;
    let mut request = request.to_request();
    if let Some(body) = body {
        request = request.replace_payload(body).0;
    }
    call_service(&app, request).await
}

/// A body that never ends, and a counter of the ten-byte pieces that were read.
fn endless() -> (Payload, Rc<Cell<usize>>) {
    let read = Rc::new(Cell::new(0));
    let count = Rc::clone(&read);
    let pieces = stream::repeat_with(move || {
        count.set(count.get() + 1);
        Ok(Bytes::from_static(&[b' '; 10]))
    });
    let payload: Payload = Payload::Stream {
        payload: Box::pin(pieces),
    };
    (payload, read)
}

#[tokio::test]
async fn a_reply_is_a_response() {
    let response = call(builder(), post()).await;
    assert_eq!(response.status(), 200);
    assert_eq!(
        response.headers().get("content-type").unwrap(),
        "application/json"
    );
    let body = to_bytes(response.into_body()).await.unwrap();
    assert_eq!(body, r#"{"outcome":"done"}"#);
}

#[tokio::test]
async fn a_body_may_be_as_long_as_the_limit() {
    for (limit, expected) in [(EVENT.len(), 200), (EVENT.len() - 1, 413)] {
        let response = call(builder().max_body_bytes(limit), post()).await;
        assert_eq!(response.status(), expected);
    }
}

#[tokio::test]
async fn no_more_than_the_limit_is_read() {
    let (body, read) = endless();
    let response = with_body(builder().max_body_bytes(100), post(), Some(body)).await;
    assert_eq!(response.status(), 413);
    assert_eq!(read.get(), 11);
}

/// The deadline is for the whole body, not for each piece.
#[tokio::test(start_paused = true)]
async fn a_body_has_a_deadline() {
    for (seconds, expected) in [(29, 200), (31, 400)] {
        let pieces = stream::iter(1..=seconds).then(move |second| async move {
            sleep(Duration::from_secs(1)).await;
            Ok(Bytes::from(if second < seconds { " " } else { EVENT }))
        });
        let body: Payload = Payload::Stream {
            payload: Box::pin(pieces),
        };
        let response = with_body(builder(), post(), Some(body)).await;
        assert_eq!(response.status(), expected);
    }
}

#[tokio::test]
async fn a_body_with_a_too_long_content_length_is_not_read() {
    let (body, read) = endless();
    let request = post().insert_header((CONTENT_LENGTH, 101));
    let response = with_body(builder().max_body_bytes(100), request, Some(body)).await;
    assert_eq!(response.status(), 413);
    assert_eq!(read.get(), 0);
}

#[tokio::test]
async fn the_body_of_a_refused_head_is_not_read() {
    let forged = |name| post().insert_header((name, "forged"));
    for (request, expected) in [
        (post().uri("/systeme"), 401),
        (post().uri("/systeme?token=guess"), 401),
        (forged("x-webhook-event"), 401),
        (forged("x-webhook-signature"), 401),
    ] {
        let (body, read) = endless();
        let builder = builder().account_secret("main", "s");
        let response = with_body(builder, request, Some(body)).await;
        assert_eq!(response.status(), expected);
        assert_eq!(read.get(), 0);
    }
    let (body, read) = endless();
    let elsewhere = builder().source_ips(IpAllowList::new(["203.0.113.7"]));
    let response = with_body(elsewhere, post(), Some(body)).await;
    assert_eq!((response.status().as_u16(), read.get()), (403, 0));
}

#[tokio::test]
async fn the_body_of_another_method_is_not_read() {
    for method in [
        Method::GET,
        Method::PUT,
        Method::from_bytes(b"PURGE").unwrap(),
    ] {
        let (body, read) = endless();
        let response = with_body(builder(), post().method(method), Some(body)).await;
        assert_eq!(response.status(), 405);
        assert_eq!(response.headers().get("allow").unwrap(), "POST");
        assert_eq!(read.get(), 0);
    }
}

#[tokio::test]
async fn a_header_can_hold_any_bytes() {
    let value = || HeaderValue::from_bytes(b"\xff\xfe").unwrap();
    let response = call(builder(), post().insert_header(("x-anything", value()))).await;
    assert_eq!(response.status(), 200);
    let request = post().insert_header(("x-webhook-signature", value()));
    assert_eq!(call(builder(), request).await.status(), 401);
}

#[tokio::test]
async fn the_peer_is_the_other_end_of_the_connection() {
    let restricted = || builder().source_ips(IpAllowList::new(["203.0.113.7"]));
    let peer = SocketAddr::from(([203, 0, 113, 7], 4711));
    let response = call(restricted(), post().peer_addr(peer)).await;
    assert_eq!(response.status(), 200);
    let forged = post().insert_header(("x-forwarded-for", "203.0.113.7"));
    assert_eq!(call(restricted(), forged).await.status(), 403);
}

#[tokio::test]
async fn header_lines_keep_their_order() {
    let proxy = SocketAddr::from(([192, 0, 2, 1], 4711));
    for (first, last, expected) in [
        ("198.51.100.1", "203.0.113.7", 200),
        ("203.0.113.7", "198.51.100.1", 403),
    ] {
        let builder = builder()
            .source_ips(IpAllowList::new(["203.0.113.7"]))
            .trusted_proxies([proxy.ip()]);
        let request = post()
            .peer_addr(proxy)
            .append_header(("x-forwarded-for", first))
            .append_header(("x-forwarded-for", last));
        assert_eq!(call(builder, request).await.status(), expected);
    }
}
