//! The control API over HTTP.

mod http;
mod receiver;

use std::time::Duration;

use http::{Answer, call, call_with};
use receiver::Receiver;
use serde_json::{Value, json};
use siohook_sandbox::{Builder, Sandbox};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;

const OK: &str = "HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n";
const FAILED: &str = "HTTP/1.1 500 Error\r\ncontent-length: 0\r\n\r\n";

fn builder() -> Builder {
    Sandbox::builder()
        .manual_clock("2026-01-01T00:00:00Z")
        .seed(7)
}

/// A sandbox that sends everything to a receiver with these answers.
async fn sandbox(answers: Vec<&'static str>) -> (Sandbox, Receiver) {
    let receiver = Receiver::answering(answers).await;
    let sandbox = builder().to(receiver.url()).secret("s3cret").token("t0ken");
    (sandbox.start().await.unwrap(), receiver)
}

async fn post(sandbox: &Sandbox, path: &str, body: Value) -> Answer {
    let path = format!("/sandbox/v1{path}");
    call(sandbox.address(), "POST", &path, &body.to_string()).await
}

async fn get(sandbox: &Sandbox, path: &str) -> Answer {
    let path = format!("/sandbox/v1{path}");
    call(sandbox.address(), "GET", &path, "").await
}

#[tokio::test]
async fn an_event_is_fired_and_looked_at() {
    let (sandbox, receiver) = sandbox(vec![OK]).await;
    let fired = post(
        &sandbox,
        "/fire",
        json!({"event": "SALE_NEW", "contact": "ada@example.com",
               "set": {"/pricePlan/amount": 0}, "wait": "10s"}),
    )
    .await;
    assert_eq!(fired.status, 201, "{fired:?}");
    let fired = fired.json();
    let id = fired["messages"][0].as_str().unwrap();
    assert_eq!(fired["messages"].as_array().unwrap().len(), 1);

    let message = get(&sandbox, &format!("/messages/{id}")).await.json();
    assert_eq!(message["status"], "delivered");
    assert_eq!(message["mechanism"], "account");
    assert_eq!(message["attempts"][0]["status"], 200);
    let body: Value = serde_json::from_str(message["request"]["body"].as_str().unwrap()).unwrap();
    assert_eq!(body["customer"]["email"], "ada@example.com");
    assert_eq!(body["pricePlan"]["amount"], 0);

    let sent = get(&sandbox, &format!("/messages/{id}/attempts/1/request")).await;
    assert_eq!(sent.body, receiver.requests()[0]);
    let received = get(&sandbox, &format!("/messages/{id}/attempts/1/response")).await;
    // The phrase after the status is not kept.
    assert_eq!(received.body, OK.replace(" OK", ""));

    let list = get(
        &sandbox,
        "/messages?event=SALE_NEW&status=delivered,waiting&q=ada%40",
    )
    .await;
    assert_eq!(list.json()["items"][0]["id"], id);
    assert_eq!(list.json()["hasMore"], false);
    for none in [
        "event=SALE_CANCELED",
        "contact=jane@example.com",
        "rule=1",
        "q=nothing",
    ] {
        let list = get(&sandbox, &format!("/messages?{none}")).await.json();
        assert_eq!(list["items"], json!([]), "{none}");
    }
}

#[tokio::test]
async fn every_event_and_action_can_be_fired() {
    let (sandbox, _receiver) = sandbox(vec![OK]).await;
    let catalogue = get(&sandbox, "/catalogue").await.json();
    let events = catalogue["events"].as_array().unwrap().iter();
    for event in events.map(|event| event["name"].as_str().unwrap()) {
        for _ in 0..2 {
            let order = json!({"event": event, "wait": "10s"});
            let fired = post(&sandbox, "/fire", order).await.json();
            let count = usize::from(event != "subscription.payment.failed");
            let ids = fired["messages"].as_array().unwrap();
            assert_eq!(ids.len(), count, "{event}: {fired}");
            for id in ids.iter().map(|id| id.as_str().unwrap()) {
                let message = get(&sandbox, &format!("/messages/{id}")).await.json();
                assert_eq!(message["event"], event);
                assert_eq!(message["status"], "delivered", "{message}");
            }
        }
    }
    for action in catalogue["actions"].as_array().unwrap() {
        let order =
            json!({"event": action, "contact": format!("{action}@example.com").replace('"', "")});
        let fired = post(&sandbox, "/fire", order).await;
        assert_eq!(fired.status, 201, "{action}: {fired:?}");
    }
}

#[tokio::test]
async fn an_action_sends_what_follows() {
    let (sandbox, _receiver) = sandbox(vec![OK]).await;
    let order = json!({"event": "opt-in", "contact": "ada@example.com", "wait": "10s"});
    post(&sandbox, "/fire", order).await;
    let list = get(&sandbox, "/messages?order=asc").await.json();
    let events: Vec<_> = list["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| &one["event"])
        .collect();
    assert_eq!(
        events,
        [
            "CONTACT_CREATED",
            "CONTACT_OPT_IN",
            "contact.optin.completed"
        ]
    );

    let last = list["items"][2]["id"].as_str().unwrap();
    let before = get(&sandbox, &format!("/messages?after={last}&limit=1"))
        .await
        .json();
    assert_eq!(before["items"][0]["event"], "CONTACT_OPT_IN");
    assert_eq!(before["hasMore"], true);
}

#[tokio::test]
async fn an_event_that_no_one_gets_says_why() {
    let sandbox = builder().start().await.unwrap();
    let rule = r#"{"id": 3, "trigger": {"type": "contact.tag.added", "tag": 9},
                   "actions": [{"type": "webhook", "url": "http://localhost:9/"}]}"#;
    let rule = serde_json::from_str(rule).unwrap();
    sandbox.edit(|account| account.rules.insert(3, rule));
    let webhook = sandbox
        .webhook("main", "http://localhost:9/")
        .events(["SALE_NEW"]);
    let webhook = webhook.create().await.unwrap();

    let fired = post(&sandbox, "/fire", json!({"event": "contact.tag.added"}))
        .await
        .json();
    let why = "the tag is another one";
    assert_eq!(
        fired,
        json!({"messages": [], "skipped": [{"rule": 3, "why": why}]})
    );
    let fired = post(&sandbox, "/fire", json!({"event": "CONTACT_OPT_IN"}))
        .await
        .json();
    let why = "it has no enabled subscription to the event";
    assert_eq!(
        fired["skipped"],
        json!([{"webhook": webhook.id, "why": why}])
    );
}

#[tokio::test]
async fn a_dry_run_changes_nothing() {
    let (sandbox, receiver) = sandbox(vec![OK]).await;
    let before = sandbox.state();
    let order = json!({"event": "contact.tag.added", "with": {"tag": 1}, "dry_run": true});
    assert_eq!(post(&sandbox, "/fire", order).await.status, 422);
    let order = json!({"event": "contact.tag.added", "dry_run": true});
    let plan = post(&sandbox, "/fire", order).await;
    assert_eq!(plan.status, 200);
    let request = &plan.json()["requests"][0];
    assert_eq!(request["url"], format!("{}?token=t0ken", receiver.url()));
    assert_eq!(sandbox.state(), before);
    assert_eq!(receiver.connections(), 0);
}

#[tokio::test]
async fn an_event_goes_to_a_url_of_its_own() {
    let receiver = Receiver::answering(vec![OK]).await;
    let sandbox = builder()
        .secret("s3cret")
        .token("t 0")
        .start()
        .await
        .unwrap();
    for event in ["SALE_NEW", "contact.tag.added"] {
        let order = json!({"event": event, "to": receiver.url(), "at": "2025-12-31T23:59:59Z", "wait": "10s"});
        assert_eq!(post(&sandbox, "/fire", order).await.status, 201);
    }
    let body = r#"{"a":"\u00e9"}"#;
    let order =
        json!({"event": "COURSE_COMPLETED", "to": receiver.url(), "body": body, "wait": "10s"});
    assert_eq!(post(&sandbox, "/fire", order).await.status, 201);
    let [sale, tag, course] = &receiver.requests()[..] else {
        panic!("three requests");
    };
    assert!(sale.contains("x-webhook-signature"));
    assert!(sale.contains("x-webhook-event-timestamp: 2025-12-31T23:59:59+00:00"));
    assert!(tag.starts_with("POST /systeme?token=t%200 "));
    assert!(tag.ends_with(r#""created_at":"2025-12-31T23:59:59+00:00"}"#));
    assert!(course.ends_with(&format!("\r\n\r\n{body}")));
    let signature = siohook_sender::sign("s3cret", body.as_bytes());
    assert!(course.contains(&format!("x-webhook-signature: {signature}\r\n")));
}

#[tokio::test]
async fn what_is_wrong_is_named() {
    let (sandbox, _receiver) = sandbox(vec![OK]).await;
    for (order, at, error, near) in [
        (
            json!({"event": "NEW_SALE"}),
            "/event",
            "there is no event and no action `NEW_SALE`",
            Some("SALE_NEW"),
        ),
        (
            json!({"event": "optin"}),
            "/event",
            "there is no event and no action `optin`",
            Some("opt-in"),
        ),
        (
            json!({"event": "SALE_NEW", "set": {"/custmer/email": ""}}),
            "/set/~1custmer~1email",
            "there is no `/custmer`",
            Some("/customer/email"),
        ),
        (
            json!({"event": "SALE_NEW", "contact": "ada"}),
            "/contact",
            "`ada` is not an e-mail address",
            None,
        ),
        (
            json!({"event": "SALE_NEW", "contact": 99}),
            "/contact",
            "there is no contact 99",
            None,
        ),
        (
            json!({"event": "SALE_NEW", "with": {"price_plan": 99}}),
            "/with/price_plan",
            "there is no price plan 99",
            None,
        ),
        (
            json!({"event": "SALE_NEW", "with": {"coupon": "C1"}}),
            "/with",
            "there is no coupon C1",
            None,
        ),
        (
            json!({"event": "SALE_NEW", "to": "https://example.com"}),
            "/to",
            "add `--allow example.com`",
            None,
        ),
        (
            json!({"event": "SALE_NEW", "wait": "10"}),
            "/wait",
            "write one such as `10s`",
            None,
        ),
        (
            json!({"event": "SALE_NEW", "times": 0}),
            "/times",
            "from 1 to 10000",
            None,
        ),
        (
            json!({"event": "sale", "set": {"/a": 1}}),
            "/set",
            "`sale` is an action",
            None,
        ),
    ] {
        let answer = post(&sandbox, "/fire", order.clone()).await;
        assert_eq!(answer.status, 422, "{order}: {answer:?}");
        let fault = answer.json();
        assert_eq!(fault["at"], at, "{fault}");
        assert!(fault["error"].as_str().unwrap().contains(error), "{fault}");
        assert_eq!(fault["did_you_mean"].as_str(), near, "{fault}");
    }
    assert!(sandbox.state().contacts.is_empty());
    for (method, path, status, error) in [
        ("GET", "/nothing", 404, "there is no such path"),
        ("PUT", "/fire", 405, "see the header `Allow`"),
        (
            "GET",
            "/messages/x",
            404,
            "there is no message `x` any more",
        ),
        ("DELETE", "/messages/x", 404, "there is no message"),
        (
            "POST",
            "/messages/x/resend",
            404,
            "there is no such message",
        ),
        (
            "GET",
            "/messages?evnt=x",
            422,
            "there is no parameter `evnt`",
        ),
        (
            "GET",
            "/messages?status=deliverd",
            422,
            "there is no status `deliverd`",
        ),
        (
            "GET",
            "/messages?limit=0",
            422,
            "`0` is not a number from 1 to 1000",
        ),
        ("GET", "/messages?order=up", 422, "neither `asc` nor `desc`"),
        (
            "GET",
            "/messages?after=x",
            404,
            "there is no message `x` any more",
        ),
        (
            "GET",
            "/messages?mechanism=x",
            422,
            "neither `account` nor `automation`",
        ),
    ] {
        let answer = call(sandbox.address(), method, &format!("/sandbox/v1{path}"), "").await;
        assert_eq!(answer.status, status, "{method} {path} {answer:?}");
        let fault = answer.json();
        assert!(fault["error"].as_str().unwrap().contains(error), "{fault}");
    }
    let answer = call(sandbox.address(), "POST", "/sandbox/v1/fire", "{").await;
    assert_eq!(answer.status, 400);
}

#[tokio::test]
async fn the_clock_is_moved_and_set() {
    let (sandbox, receiver) = sandbox(vec![FAILED, FAILED, OK]).await;
    let clock = get(&sandbox, "/clock").await.json();
    let start = "2026-01-01T00:00:00+00:00";
    assert_eq!(
        clock,
        json!({"pace": "manual", "now": start, "next_due": null})
    );
    post(
        &sandbox,
        "/fire",
        json!({"event": "SALE_NEW", "wait": "10s"}),
    )
    .await;
    let advanced = post(&sandbox, "/clock/advance", json!({"seconds": 3})).await;
    assert_eq!(advanced.json()["now"], "2026-01-01T00:00:03+00:00");
    assert_eq!(receiver.connections(), 1);
    let advanced = post(&sandbox, "/clock/advance", json!({"until": "idle"})).await;
    assert_eq!(advanced.json()["now"], "2026-01-01T00:00:20+00:00");
    sandbox.messages().one().await.assert_delivered(3);

    let body = json!({"pace": "x60", "now": start}).to_string();
    let set = call(sandbox.address(), "PUT", "/sandbox/v1/clock", &body).await;
    assert_eq!(set.json()["pace"], "x60");
    let refused = post(&sandbox, "/clock/advance", json!({"seconds": 1})).await;
    assert_eq!(refused.status, 409, "{refused:?}");
    for wrong in [
        json!({}),
        json!({"seconds": 1, "until": "idle"}),
        json!({"seconds": -1}),
    ] {
        assert_eq!(post(&sandbox, "/clock/advance", wrong).await.status, 422);
    }
}

#[tokio::test]
async fn delays_of_workflows_end_by_the_clock() {
    let (sandbox, receiver) = sandbox(vec![OK]).await;
    let workflow = format!(
        r#"{{"id": 9, "name": "W", "active": true, "triggers": [{{"type": "contact.tag.added"}}],
            "steps": [{{"type": "delay", "seconds": 60}},
                      {{"type": "webhook", "url": "{}"}}]}}"#,
        receiver.url()
    );
    let workflow = serde_json::from_str(&workflow).unwrap();
    sandbox.edit(|account| account.workflows.insert(9, workflow));
    sandbox
        .contact("ada@example.com")
        .gets_tag("VIP")
        .await
        .unwrap();
    assert_eq!(sandbox.messages().event("contact.tag.added").all().len(), 1);
    assert_eq!(
        get(&sandbox, "/clock").await.json()["next_due"],
        "2026-01-01T00:01:00+00:00"
    );
    sandbox.advance(Duration::from_secs(59)).await.unwrap();
    assert_eq!(
        get(&sandbox, "/messages?workflow=9").await.json()["items"],
        json!([])
    );
    sandbox.advance(Duration::from_secs(1)).await.unwrap();
    let list = get(&sandbox, "/messages?workflow=9").await.json();
    assert_eq!(list["items"][0]["status"], "delivered");
    assert_eq!(list["items"][0]["occurred_at"], "2026-01-01T00:01:00+00:00");
}

#[tokio::test]
async fn a_message_is_sent_again_and_removed() {
    let (sandbox, receiver) = sandbox(vec![OK]).await;
    let fired = post(
        &sandbox,
        "/fire",
        json!({"event": "SALE_NEW", "wait": "10s"}),
    )
    .await
    .json();
    let id = fired["messages"][0].as_str().unwrap();
    let path = format!("/messages/{id}/resend");
    let again = post(&sandbox, &path, json!({"wait": "10s"})).await.json();
    assert_eq!(again["id"], id);
    let new = post(&sandbox, &path, json!({"as_new": true, "wait": "10s"}))
        .await
        .json();
    assert_ne!(new["id"], id);
    assert_eq!(receiver.connections(), 3);

    let address = sandbox.address();
    let path = format!("/sandbox/v1/messages/{id}");
    assert_eq!(call(address, "DELETE", &path, "").await.status, 204);
    assert_eq!(call(address, "GET", &path, "").await.status, 404);
    assert_eq!(
        call(address, "DELETE", "/sandbox/v1/messages", "")
            .await
            .status,
        204
    );
    assert!(sandbox.messages().all().is_empty());
}

#[tokio::test]
async fn the_state_is_exported_imported_and_reset() {
    let (sandbox, _receiver) = sandbox(vec![OK]).await;
    sandbox
        .contact("ada@example.com")
        .gets_tag("VIP")
        .await
        .unwrap();
    let exported = get(&sandbox, "/state").await.body;

    let other = builder().start().await.unwrap();
    let imported = call(other.address(), "PUT", "/sandbox/v1/state", &exported).await;
    assert_eq!(imported.status, 204, "{imported:?}");
    assert_eq!(other.state(), sandbox.state());

    let reset = post(&sandbox, "/reset", json!({"keep": ["tags"]})).await;
    assert_eq!(reset.status, 204);
    let state = sandbox.state();
    assert_eq!((state.contacts.len(), state.tags.len()), (0, 1));
    // The receiver of the start is set up again.
    assert_eq!((state.webhooks.len(), state.rules.len()), (1, 10));
    assert!(sandbox.messages().all().is_empty());
    let wrong = post(&sandbox, "/reset", json!({"keep": ["tag"]})).await;
    assert_eq!(
        (wrong.status, &wrong.json()["did_you_mean"]),
        (422, &json!("tags"))
    );
}

#[tokio::test]
async fn calls_to_the_api_send_and_are_logged() {
    let (sandbox, _receiver) = sandbox(vec![OK]).await;
    let body = r#"{"email":"ada@example.com","firstName":"Ada"}"#;
    let created = call(sandbox.address(), "POST", "/api/contacts?a=1", body).await;
    assert_eq!(created.status, 201);
    sandbox
        .messages()
        .event("CONTACT_CREATED")
        .one()
        .await
        .assert_delivered(1);
    call(sandbox.address(), "GET", "/api/contacts", "").await;

    let log = get(&sandbox, "/requests?limit=1").await.json();
    assert_eq!(
        (&log["items"][0]["path"], &log["hasMore"]),
        (&json!("/api/contacts"), &json!(true))
    );
    let log = get(&sandbox, "/requests?after=2").await.json();
    let first = &log["items"][0];
    assert_eq!(first["path"], "/api/contacts?a=1");
    assert_eq!(first["request_body"], body);
    assert_eq!(first["response_body"], created.body);
    assert_eq!(first["ignored"], json!(["firstName"]));
}

#[tokio::test]
async fn a_deleted_webhook_gets_no_retry() {
    let (sandbox, _receiver) = sandbox(vec![FAILED]).await;
    post(
        &sandbox,
        "/fire",
        json!({"event": "SALE_NEW", "wait": "10s"}),
    )
    .await;
    let webhook = sandbox.state().webhooks.into_keys().next().unwrap();
    let path = format!("/api/webhooks/{webhook}");
    assert_eq!(
        call(sandbox.address(), "DELETE", &path, "").await.status,
        204
    );
    let message = sandbox.messages().one().await;
    assert_eq!(message.status, siohook_sandbox::Status::Cancelled);
}

#[tokio::test]
async fn a_list_can_wait_for_messages() {
    let (sandbox, _receiver) = sandbox(vec![OK]).await;
    let waiting = get(
        &sandbox,
        "/messages?event=SALE_NEW&status=delivered&count=2&wait=10s",
    );
    let firing = async {
        for _ in 0..2 {
            post(&sandbox, "/fire", json!({"event": "SALE_NEW"})).await;
        }
    };
    let (list, ()) = tokio::join!(waiting, firing);
    assert_eq!(list.json()["items"].as_array().unwrap().len(), 2);
    let none = get(&sandbox, "/messages?event=SALE_CANCELED&wait=20ms")
        .await
        .json();
    assert_eq!(none["items"], json!([]));
}

#[tokio::test]
async fn a_stream_tells_what_happens() {
    let (sandbox, _receiver) = sandbox(vec![OK]).await;
    let mut stream = TcpStream::connect(sandbox.address()).await.unwrap();
    let request = format!(
        "GET /sandbox/v1/stream?after=0 HTTP/1.1\r\nhost: {}\r\n\r\n",
        sandbox.address()
    );
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut lines = BufReader::new(stream).lines();
    post(&sandbox, "/fire", json!({"event": "SALE_NEW"})).await;
    let mut kinds = vec![];
    let mut id = 0;
    while !kinds.contains(&json!("attempt")) {
        let line = lines.next_line().await.unwrap().unwrap();
        // Other lines are those of HTTP.
        if let Ok(event) = serde_json::from_str::<Value>(&line)
            && event.is_object()
        {
            assert_eq!(event["id"].as_u64().unwrap(), id + 1);
            id += 1;
            kinds.push(event["type"].clone());
        }
    }
    assert!(kinds.contains(&json!("state")));
    assert!(kinds.contains(&json!("message")));
    // A sandbox that stops ends the stream.
    sandbox.close().await;
    while let Ok(Some(_)) = lines.next_line().await {}
}

#[tokio::test]
async fn foreign_pages_are_refused_by_each_face() {
    let sandbox = builder().host("sandbox.example.com").start().await.unwrap();
    let address = sandbox.address();
    let status = async |path: &str, headers: &str| {
        let request =
            format!("GET {path} HTTP/1.1\r\nconnection: close\r\nx-api-key: k\r\n{headers}\r\n");
        http::send(address, request.as_bytes()).await.status
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
