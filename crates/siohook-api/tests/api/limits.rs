use std::time::{Duration, Instant};

use siohook_api::{Client, ErrorKind, NewContact};
use siohook_sandbox::{ApiChaos, Chaos, Sandbox};

use crate::safety::{server, server_with};
use crate::{KEY, World, url_of};

#[tokio::test]
async fn the_rate_limit_is_waited_for() {
    let sandbox = Sandbox::builder().rate_limit(2, 2).start().await.unwrap();
    let client = Client::builder(KEY).url(url_of(&sandbox)).build().unwrap();
    let start = Instant::now();
    for number in 0..4 {
        let contact = NewContact::new(format!("c{number}@example.com"));
        client.create_contact(&contact).await.unwrap();
    }
    assert!(start.elapsed() >= Duration::from_secs(1));
    // Each was created once.
    assert_eq!(sandbox.state().contacts.len(), 4);
    let contacts = client.contacts().page_size(10).all().await.unwrap();
    assert_eq!(contacts.len(), 4);
}

#[tokio::test]
async fn a_wait_that_is_too_long_is_an_error() {
    let sandbox = Sandbox::builder()
        .rate_limit(1, 3600)
        .start()
        .await
        .unwrap();
    for longest in [0, 60] {
        let longest = Duration::from_secs(longest);
        let client = Client::builder(KEY).url(url_of(&sandbox)).max_wait(longest);
        let client = client.build().unwrap();
        // One is let through.
        let _ = client.webhooks().await;
        let start = Instant::now();
        let error = client.webhooks().await.unwrap_err();
        assert_eq!(
            (error.kind(), error.status()),
            (ErrorKind::RateLimited, Some(429))
        );
        let wait = error.retry_after().unwrap();
        assert!(
            wait > Duration::from_secs(3000) && wait <= Duration::from_secs(3600),
            "{wait:?}"
        );
        assert!(start.elapsed() < Duration::from_secs(30));
    }
}

/// Servers that name no time, zero, or more than a number holds can't make a client ask without an
/// end or wait for ever.
#[tokio::test]
async fn odd_waits_are_bounded() {
    for header in ["", "retry-after: 0\r\n", "retry-after: soon\r\n"] {
        let (url, log) = server_with(429, header, "{}").await;
        let client = Client::builder(KEY)
            .url(url)
            .max_wait(Duration::from_secs(2));
        let error = client.build().unwrap().webhooks().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::RateLimited);
        assert_eq!(
            log.lock().unwrap().len(),
            3,
            "at once, and after each second"
        );
    }
    let header = "retry-after: 18446744073709551615\r\n";
    let (url, log) = server_with(429, header, "{}").await;
    let client = Client::builder(KEY).url(url).build().unwrap();
    let error = client.webhooks().await.unwrap_err();
    assert_eq!(error.retry_after(), Some(Duration::from_secs(u64::MAX)));
    assert_eq!(log.lock().unwrap().len(), 1);
}

#[tokio::test]
async fn a_failure_and_a_slow_answer_are_errors() {
    let World { sandbox, .. } = World::new().await;
    let client = Client::builder(KEY)
        .url(url_of(&sandbox))
        .timeout(Duration::from_millis(300));
    let client = client.build().unwrap();
    let chaos = |api| {
        sandbox.chaos(Chaos {
            api,
            ..Chaos::default()
        });
    };
    for (status, kind) in [
        (500, ErrorKind::Server),
        (503, ErrorKind::Server),
        (403, ErrorKind::Forbidden),
        (400, ErrorKind::Refused),
        (415, ErrorKind::Refused),
    ] {
        chaos(ApiChaos {
            status: Some(status),
            ..ApiChaos::default()
        });
        let error = client.webhooks().await.unwrap_err();
        assert_eq!(
            (error.kind(), error.status()),
            (kind, Some(status)),
            "{error}"
        );
    }
    chaos(ApiChaos {
        latency: Some(Duration::from_secs(20)),
        ..ApiChaos::default()
    });
    let error = client.webhooks().await.unwrap_err();
    assert_eq!((error.kind(), error.status()), (ErrorKind::Timeout, None));
    assert_eq!(
        error.to_string(),
        format!(
            "GET /webhooks: no answer of {} within 300ms",
            url_of(&sandbox)
        )
    );
}

#[tokio::test]
async fn an_answer_without_an_end_is_an_error() {
    let (url, _) = server(200, &" ".repeat(16 * 1024 * 1024 + 1)).await;
    let client = Client::builder(KEY).url(url).build().unwrap();
    let error = client.webhooks().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unexpected);
    assert!(
        error.to_string().ends_with("more than 16777216 bytes"),
        "{error}"
    );
}

#[tokio::test]
async fn an_answer_of_something_else_is_an_error() {
    for (status, body, kind, text) in [
        (
            200,
            "<html>",
            ErrorKind::Unexpected,
            "GET /webhooks: the answer is not one of the API: ",
        ),
        (
            200,
            "{}",
            ErrorKind::Unexpected,
            "GET /webhooks: the answer is not one of the API: missing field `items`",
        ),
        (
            301,
            "",
            ErrorKind::Unexpected,
            "GET /webhooks: 301: Moved Permanently",
        ),
        (
            502,
            "<html>\u{1b}[2J",
            ErrorKind::Server,
            "GET /webhooks: 502: Bad Gateway",
        ),
        (
            404,
            r#"{"detail":"a\u001b[2Jb\nc"}"#,
            ErrorKind::NotFound,
            r"GET /webhooks: 404: a\u{1b}[2Jb\nc",
        ),
    ] {
        let (url, _) = server(status, body).await;
        let client = Client::builder(KEY).url(url).build().unwrap();
        let error = client.webhooks().await.unwrap_err();
        assert_eq!(error.kind(), kind, "{error}");
        assert!(error.to_string().starts_with(text), "{error}");
    }
}
