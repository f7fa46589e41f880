//! What rules and workflows did, and what they wait for.

use serde_json::json;

use crate::{builder, get, post};

#[tokio::test]
async fn actions_and_delays_are_listed() {
    let sandbox = builder().start().await.unwrap();
    let workflow = json!({
        "name": "Welcome",
        "triggers": [{"type": "contact.tag.added"}],
        "steps": [
            {"type": "webhook", "url": "http://localhost:9/first"},
            {"type": "delay", "seconds": 60},
            {"type": "webhook", "url": "http://localhost:9/second"},
        ],
    });
    let workflow = post(&sandbox, "/workflows", workflow).await.json();
    let contact = post(&sandbox, "/contacts", json!({"email": "ada@example.com"}))
        .await
        .json();
    let order = json!({"event": "tag-added", "contact": contact["id"]});
    post(&sandbox, "/fire", order).await;

    let first = json!({
        "at": "2026-01-01T00:00:00+00:00",
        "contact": contact["id"],
        "by": {"workflow": workflow["id"]},
        "action": {"type": "webhook", "url": "http://localhost:9/first"},
    });
    let waits = json!({
        "until": "2026-01-01T00:01:00+00:00",
        "workflow": workflow["id"],
        "contact": contact["id"],
    });
    let history = get(&sandbox, "/history").await.json();
    let expected = json!({"items": [first], "hasMore": false, "waiting": [waits]});
    assert_eq!(history, expected);

    post(&sandbox, "/clock/advance", json!({"seconds": 60})).await;
    let history = get(&sandbox, "/history?limit=1").await.json();
    let second = &history["items"][0]["action"]["url"];
    assert_eq!(second, "http://localhost:9/second");
    assert_eq!(
        (&history["hasMore"], &history["waiting"]),
        (&json!(true), &json!([]))
    );
    assert_eq!(get(&sandbox, "/history?after=1").await.status, 422);
}
