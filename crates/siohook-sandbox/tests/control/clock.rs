//! The clock of the account.

use std::time::Duration;

use serde_json::json;

use crate::http::call;
use crate::{FAILED, OK, get, post, sandbox};

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
    let clock = get(&sandbox, "/clock").await.json();
    assert_eq!(clock["next_due"], "2026-01-01T00:00:04+00:00");
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
