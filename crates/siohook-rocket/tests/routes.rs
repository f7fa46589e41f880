//! The routes in a Rocket application, without a socket.

use std::net::SocketAddr;

use rocket::http::{Header, Method};
use rocket::local::blocking::Client;
use siohook::{Delivery, Dispatcher, DispatcherBuilder, IpAllowList, on_event};

const EVENT: &str = r#"{"type":"contact.met","data":null}"#;

#[on_event("*")]
async fn any(delivery: &Delivery) {
    assert_eq!(&**delivery.body(), EVENT.as_bytes());
}

fn builder() -> DispatcherBuilder {
    Dispatcher::builder().automation_token("t")
}

fn client(builder: DispatcherBuilder) -> Client {
    let routes = siohook_rocket::routes(&builder.build().unwrap());
    Client::untracked(rocket::build().mount("/systeme", routes)).unwrap()
}

/// The status of a `POST` from this address with these headers.
fn status(
    builder: DispatcherBuilder,
    peer: [u8; 4],
    headers: &[(&'static str, &'static str)],
) -> u16 {
    let client = client(builder);
    let mut request = client.post("/systeme?token=t").body(EVENT);
    request.set_remote(SocketAddr::from((peer, 4711)));
    for &(name, value) in headers {
        request.add_header(Header::new(name, value));
    }
    request.dispatch().status().code
}

#[test]
fn a_reply_is_a_response() {
    let client = client(builder());
    let response = client.post("/systeme?token=t").body(EVENT).dispatch();
    assert_eq!(response.status().code, 200);
    let content_type = response.headers().get("content-type");
    assert_eq!(content_type.collect::<Vec<_>>(), ["application/json"]);
    assert_eq!(response.into_string().unwrap(), r#"{"outcome":"done"}"#);
}

#[test]
fn a_body_may_be_as_long_as_the_limit() {
    for (limit, expected) in [(EVENT.len(), 200), (EVENT.len() - 1, 413)] {
        let builder = builder().max_body_bytes(limit);
        assert_eq!(status(builder, [203, 0, 113, 7], &[]), expected);
    }
}

#[test]
fn a_body_with_a_too_long_content_length_is_refused() {
    let length = [("content-length", "1048577")];
    assert_eq!(status(builder(), [203, 0, 113, 7], &length), 413);
}

/// The refusal of a head comes before that of a long body.
#[test]
fn the_head_is_checked_before_the_body() {
    let builder = || builder().account_secret("main", "s").max_body_bytes(1);
    for name in ["x-webhook-event", "x-webhook-signature"] {
        assert_eq!(
            status(builder(), [203, 0, 113, 7], &[(name, "forged")]),
            401
        );
    }
    let restricted = builder().source_ips(IpAllowList::new(["203.0.113.7"]));
    assert_eq!(status(restricted, [198, 51, 100, 1], &[]), 403);
}

#[test]
fn other_methods_are_refused() {
    use Method::{Connect, Delete, Get, Head, Options, Patch, Put, Trace};
    let client = client(builder());
    for method in [Connect, Delete, Get, Head, Options, Patch, Put, Trace] {
        let response = client.req(method, "/systeme?token=t").dispatch();
        assert_eq!(response.status().code, 405);
        assert_eq!(response.headers().get_one("allow"), Some("POST"));
    }
}

#[test]
fn the_peer_is_the_other_end_of_the_connection() {
    let restricted = || builder().source_ips(IpAllowList::new(["203.0.113.7"]));
    assert_eq!(status(restricted(), [203, 0, 113, 7], &[]), 200);
    let forged = [
        ("x-real-ip", "203.0.113.7"),
        ("x-forwarded-for", "203.0.113.7"),
    ];
    assert_eq!(status(restricted(), [198, 51, 100, 1], &forged), 403);
}

#[test]
fn header_lines_keep_their_order() {
    for (first, last, expected) in [
        ("198.51.100.1", "203.0.113.7", 200),
        ("203.0.113.7", "198.51.100.1", 403),
    ] {
        let builder = builder()
            .source_ips(IpAllowList::new(["203.0.113.7"]))
            .trusted_proxies(["192.0.2.1"]);
        let lines = [("x-forwarded-for", first), ("x-forwarded-for", last)];
        assert_eq!(status(builder, [192, 0, 2, 1], &lines), expected);
    }
}
