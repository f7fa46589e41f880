//! What keeps others out. Each rule has a test.

use std::io::{Read as _, Write as _};
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use siohook_sender::Sample;

use super::receiver::Receiver;
use super::world::{SECRET, TOKEN, World};
use crate::Exit;
use crate::inspector::guard::HEADERS;
use crate::inspector::server::{CONNECTIONS, LONGEST_HEAD, TIMEOUT};
use crate::inspector::{Inspector, LONGEST_BODY};

const NOWHERE: &str = "http://127.0.0.1:1/";
const TIME: &str = "2026-11-26T11:02:13.482913Z";

async fn world() -> World {
    World::new(NOWHERE, None).await
}

#[tokio::test]
async fn rule_1_it_listens_on_this_machine_alone() {
    for address in ["0.0.0.0:0", "203.0.113.1:0", "[::]:0", "[2001:db8::1]:0"] {
        let address: SocketAddr = address.parse().unwrap();
        let failure = Inspector::bind(Some(address)).await.err().unwrap();
        assert_eq!(failure.exit, Exit::Usage, "{address}");
    }
    let free = Some("127.0.0.1:0".parse().unwrap());
    let first = Inspector::bind(free).await.unwrap();
    let busy = Inspector::bind(Some(first.address)).await.err().unwrap();
    assert_eq!((busy.exit, busy.code), (Exit::Here, "port_taken"));
    // The usual port may be taken by another run.
    let (one, two) = (
        Inspector::bind(None).await.unwrap(),
        Inspector::bind(None).await.unwrap(),
    );
    assert_ne!(one.origin(), two.origin());
}

#[tokio::test(flavor = "multi_thread")]
async fn rule_2_the_host_is_exactly_its_own() {
    let world = world().await;
    let (port, bearer) = (world.port, world.bearer());
    for path in ["/", "/ui/main.js", "/api/session"] {
        for host in ["127.0.0.1", "[::1]", "localhost"] {
            let answer = world.bare(
                &format!("GET {path}"),
                &[&format!("host: {host}:{port}"), &bearer],
            );
            assert_eq!(answer.status, 200, "{host} {path}");
        }
        let other = port ^ 1;
        for host in [
            "example.com".to_owned(),
            "127.0.0.1".to_owned(),
            format!("127.0.0.1:{other}"),
            format!("127.0.0.1:{port}0"),
            format!("127.0.0.1:{port}.example.com"),
            format!("127.0.0.1.example.com:{port}"),
            format!("localhost.example.com:{port}"),
            format!("example.localhost:{port}"),
            format!("xlocalhost:{port}"),
            format!("localhost.:{port}"),
            format!("LOCALHOST:{port}"),
            format!("user@localhost:{port}"),
            format!("0.0.0.0:{port}"),
            String::new(),
        ] {
            let answer = world.bare(&format!("GET {path}"), &[&format!("host: {host}"), &bearer]);
            assert_eq!(answer.status, 421, "{host:?} {path}");
        }
        let line = format!("GET {path}");
        assert_eq!(world.bare(&line, &[&bearer]).status, 421, "no host {path}");
        let two = [&*world.host(), "host: example.com", &bearer];
        assert_eq!(world.bare(&line, &two).status, 421, "two hosts {path}");
        let whole = format!("GET http://example.com{path}");
        assert_eq!(
            world.bare(&whole, &[&world.host(), &bearer]).status,
            421,
            "{whole}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn rule_3_the_api_needs_the_key_of_this_run() {
    let world = world().await;
    let other = self::world().await;
    assert_eq!(world.key.len(), 32);
    assert!(world.key.bytes().all(|digit| digit.is_ascii_hexdigit()));
    assert_ne!(world.key, other.key);
    let host = world.host();
    let key = &world.key;
    let paths = [
        ("GET", "/session"),
        ("GET", "/deliveries"),
        ("GET", "/deliveries/k3f9qa"),
        ("GET", "/deliveries/k3f9qa/body"),
        ("GET", "/deliveries/k3f9qa/file"),
        ("GET", "/deliveries/k3f9qa/curl"),
        ("GET", "/deliveries/k3f9qa/test"),
        ("GET", "/deliveries/k3f9qa/target"),
        ("POST", "/deliveries/k3f9qa/replay"),
        ("DELETE", "/deliveries/k3f9qa"),
        ("POST", "/targets"),
        ("GET", "/events"),
        ("GET", "/events/SALE_NEW"),
        ("POST", "/trigger"),
        ("GET", "/stream"),
        ("GET", "/no-such-path"),
    ];
    for (method, path) in paths {
        for authorization in [
            String::new(),
            "authorization: Bearer ".to_owned(),
            format!("authorization: Bearer {}", other.key),
            format!("authorization: Bearer {}", &key[..31]),
            format!("authorization: Bearer {key}0"),
            format!("authorization: Basic {key}"),
            format!("authorization: {key}"),
            format!("cookie: key={key}"),
        ] {
            let mut headers = vec![
                &*host,
                "content-type: application/json",
                "content-length: 0",
            ];
            headers.extend(Some(&*authorization).filter(|line| !line.is_empty()));
            let answer = world.bare(&format!("{method} /api{path}?key={key}"), &headers);
            assert_eq!(answer.status, 401, "{method} {path} {authorization}");
            assert!(!answer.text().contains(key));
        }
    }
    // The page has no key in it, and sets no cookie.
    for path in ["/", "/ui/main.js"] {
        let answer = world.bare(&format!("GET {path}"), &[&host]);
        assert_eq!(answer.status, 200);
        assert!(!answer.text().contains(key) && !answer.head.contains("set-cookie"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn rule_4_what_changes_something_is_json_of_the_same_origin() {
    let world = world().await;
    let entry = world.record(&Sample::of("SALE_NEW"), TIME);
    let (host, bearer) = (world.host(), world.bearer());
    let lines = [
        "POST /api/trigger".to_owned(),
        "POST /api/targets".to_owned(),
        format!("POST /api/deliveries/{}/replay", entry.id),
        format!("DELETE /api/deliveries/{}", entry.id),
    ];
    for line in &lines {
        for media_type in [
            "",
            "content-type: text/plain",
            "content-type: application/x-www-form-urlencoded",
            "content-type: text/plain; application/json",
        ] {
            let mut headers = vec![&*host, &*bearer, "content-length: 0"];
            headers.extend(Some(media_type).filter(|line| !line.is_empty()));
            assert_eq!(
                world.bare(line, &headers).status,
                415,
                "{line} {media_type}"
            );
        }
        for site in ["cross-site", "same-site", "none", ""] {
            let site = format!("sec-fetch-site: {site}");
            let json = "content-type: application/json";
            let headers = [&*host, &*bearer, json, &*site, "content-length: 0"];
            assert_eq!(world.bare(line, &headers).status, 403, "{line} {site}");
        }
    }
    assert_eq!(world.store.contents().unwrap().entries, [entry]);
    // Another site may ask whether it may ask, and is not told.
    for line in ["OPTIONS /api/trigger", "GET /api/session", "GET /"] {
        let asked = "access-control-request-method: POST";
        let answer = world.bare(line, &[&host, "origin: http://example.com", asked]);
        assert!(
            !answer.head.contains("access-control"),
            "{line} {}",
            answer.head
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn rule_5_every_answer_has_the_headers() {
    let world = world().await;
    let entry = world.record(&Sample::of("SALE_NEW"), TIME);
    let host = world.host();
    let answers = [
        (200, world.bare("GET /", &[&host])),
        (200, world.bare("GET /ui/shared/style.css", &[&host])),
        (404, world.bare("GET /ui/no-such.js", &[&host])),
        (404, world.bare("GET /no-such-path", &[&host])),
        (405, world.bare("POST /", &[&host])),
        (421, world.bare("GET /", &["host: example.com"])),
        (401, world.bare("GET /api/session", &[&host])),
        (200, world.get("/session")),
        (200, world.get("/deliveries")),
        (404, world.get("/no-such-path")),
        (405, world.send("PUT", "/session", "{}")),
        (200, world.get(&format!("/deliveries/{}/body", entry.id))),
    ];
    for (status, answer) in &answers {
        assert_eq!(answer.status, *status, "{}", answer.head);
        for (name, value) in HEADERS {
            let line = format!("\r\n{name}: {}", value.to_ascii_lowercase());
            assert_eq!(
                answer.head.matches(&line).count(),
                1,
                "{name} in {}",
                answer.head
            );
        }
    }
    let policy = HEADERS[0].1;
    for part in [
        "default-src 'none'",
        "trusted-types 'none'",
        "frame-ancestors 'none'",
    ] {
        assert!(policy.split("; ").any(|one| one == part), "{part}");
    }
    // What came from outside is saved, and never shown by the browser itself.
    for part in ["body", "file", "curl", "test", "target"] {
        let answer = world.get(&format!("/deliveries/{}/{part}", entry.id));
        assert!(
            answer
                .head
                .contains("content-type: application/octet-stream"),
            "{part}"
        );
        assert!(
            answer.head.contains("content-disposition: attachment"),
            "{part}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn rule_6_a_replay_goes_where_the_user_said() {
    let (own, typed) = (Receiver::accepting(), Receiver::accepting());
    let world = World::new(NOWHERE, Some(&own.url)).await;
    let entry = world.record(&Sample::of("SALE_NEW").signed_with(SECRET), TIME);
    let replay = format!("/deliveries/{}/replay", entry.id);
    for body in [
        format!(r#"{{"as":"same","to":"{}"}}"#, typed.url),
        format!(r#"{{"as":"same","target":"{}"}}"#, typed.url),
        r#"{"as":"same","target":1}"#.to_owned(),
    ] {
        assert_eq!(world.send("POST", &replay, &body).status, 422, "{body}");
    }
    let url = format!(r#""url":"{}""#, typed.url);
    for body in [
        format!("{{{url}}}"),
        format!(r#"{{{url},"confirmed":false}}"#),
    ] {
        assert_eq!(world.send("POST", "/targets", &body).status, 422, "{body}");
        assert_eq!(
            world
                .send("POST", &replay, r#"{"as":"same","target":1}"#)
                .status,
            422
        );
    }
    assert!(typed.next_request().is_none() && own.next_request().is_none());
    assert_eq!(world.send("POST", &replay, r#"{"as":"same"}"#).status, 200);
    own.request();
    let body = format!(r#"{{{url},"confirmed":true}}"#);
    assert_eq!(
        world.send("POST", "/targets", &body).json()["targets"][1],
        typed.url
    );
    assert_eq!(
        world
            .send("POST", &replay, r#"{"as":"same","target":1}"#)
            .status,
        200
    );
    typed.request();
    assert!(own.next_request().is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn rule_7_heads_bodies_and_connections_are_limited() {
    let world = world().await;
    let long = format!("x: {}", "a".repeat(LONGEST_HEAD));
    assert_eq!(world.bare("GET /", &[&world.host(), &long]).status, 431);
    let body = format!("\"{}\"", "a".repeat(LONGEST_BODY));
    assert_eq!(world.send("POST", "/trigger", &body).status, 413);

    let request = format!("GET / HTTP/1.1\r\n{}\r\n\r\n", world.host());
    let mut open: Vec<_> = (0..CONNECTIONS).map(|_| world.connect()).collect();
    for stream in &mut open {
        stream.write_all(request.as_bytes()).unwrap();
        assert_eq!(stream.read(&mut [0]).unwrap(), 1);
    }
    let mut waiting = world.connect();
    waiting.write_all(request.as_bytes()).unwrap();
    waiting
        .set_read_timeout(Some(Duration::from_millis(300)))
        .unwrap();
    waiting
        .read(&mut [0])
        .expect_err("all connections are in use");
    open.pop();
    waiting
        .set_read_timeout(Some(Duration::from_secs(30)))
        .unwrap();
    assert_eq!(waiting.read(&mut [0]).unwrap(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn rule_7_a_head_comes_in_time() {
    let world = world().await;
    let start = Instant::now();
    let mut slow = world.connect();
    slow.write_all(b"GET / HTTP/1.1\r\n").unwrap();
    let mut answer = vec![];
    let _ = slow.read_to_end(&mut answer);
    assert!(!answer.starts_with(b"HTTP/1.1 200"));
    let took = start.elapsed();
    assert!(took >= TIMEOUT && took < TIMEOUT * 2, "{took:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn no_answer_has_a_secret_or_a_token() {
    let receiver = Receiver::accepting();
    let to = format!("{}?token={TOKEN}", receiver.url);
    let world = World::new(NOWHERE, Some(&to)).await;
    let automation = Sample::of("contact.tag.added").token(TOKEN);
    let ids = [Sample::of("SALE_NEW").signed_with(SECRET), automation]
        .map(|one| world.record(&one, TIME).id);
    for id in &ids {
        let replayed = world.send(
            "POST",
            &format!("/deliveries/{id}/replay"),
            r#"{"as":"same"}"#,
        );
        assert_eq!(replayed.status, 200, "{}", replayed.text());
        assert!(!replayed.text().contains(TOKEN));
    }
    let mut paths = vec!["/session".to_owned(), "/deliveries".to_owned()];
    paths.extend(ids.iter().map(|id| format!("/deliveries/{id}")));
    for path in paths {
        let answer = world.get(&path);
        assert_eq!(answer.status, 200, "{path}");
        for secret in [SECRET, TOKEN] {
            assert!(!answer.text().contains(secret), "{path}: {}", answer.text());
        }
    }
    // It is shown when the user asks for it.
    let target = world.get(&format!("/deliveries/{}/target", ids[1]));
    assert_eq!(target.text(), format!("/systeme?token={TOKEN}"));
}
