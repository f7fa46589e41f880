//! Chaos over HTTP, and calls to the public API.

use serde_json::{Value, json};
use siohook_sandbox::{Chaos, ChaosHit, Sandbox};

use crate::builder;
use crate::http::{Answer, call};

async fn control(sandbox: &Sandbox, method: &str, body: &str) -> Answer {
    call(sandbox.address(), method, "/sandbox/v1/chaos", body).await
}

#[tokio::test]
async fn calls_to_the_api_fail_and_are_slow() {
    let sandbox = builder("http://127.0.0.1:9").start().await.unwrap();
    let (tags, tag) = ("/api/tags", r#"{"name":"VIP"}"#);
    for status in [503, 429] {
        let chaos = json!({"api": {"status": status, "latency": "30ms"}});
        assert_eq!(
            control(&sandbox, "PUT", &chaos.to_string()).await.status,
            200
        );
        let answer = call(sandbox.address(), "POST", tags, tag).await;
        assert_eq!(answer.status, status);
        assert!(
            answer.head.contains("application/problem+json"),
            "{answer:?}"
        );
        assert_eq!(answer.head.contains("retry-after: 1"), status == 429);
        assert!(sandbox.state().tags.is_empty());
        let log = call(sandbox.address(), "GET", "/sandbox/v1/requests", "").await;
        let entry = &log.json()["items"][0];
        assert_eq!(entry["chaos"], json!(["latency", "status"]));
        assert!(entry["ms"].as_u64().unwrap() >= 30, "{entry}");
    }
    control(
        &sandbox,
        "PUT",
        r#"{"api": {"status": 500, "probability": 0.5}, "seed": 1}"#,
    )
    .await;
    let statuses = async || {
        let mut statuses = vec![];
        for _ in 0..30 {
            statuses.push(call(sandbox.address(), "GET", tags, "").await.status);
        }
        statuses
    };
    let first = statuses().await;
    assert!(first.contains(&200) && first.contains(&500), "{first:?}");
    control(
        &sandbox,
        "PUT",
        r#"{"api": {"status": 500, "probability": 0.5}, "seed": 1}"#,
    )
    .await;
    assert_eq!(statuses().await, first);
    assert_eq!(control(&sandbox, "DELETE", "").await.status, 204);
    assert_eq!(call(sandbox.address(), "POST", tags, tag).await.status, 201);
    let log = call(sandbox.address(), "GET", "/sandbox/v1/requests", "").await;
    assert_eq!(log.json()["items"][0]["chaos"], json!([]));
}

#[tokio::test]
async fn it_is_set_shown_and_turned_off() {
    let sandbox = builder("http://127.0.0.1:9").start().await.unwrap();
    let off = control(&sandbox, "GET", "").await.json();
    assert_eq!(off, serde_json::to_value(Chaos::default()).unwrap());
    let chaos = json!({
        "account": {
            "duplicate": 0.1, "delay": ["0s", "1m 30s"], "reorder": 4, "drop": 0.0,
            "damage": "reserialise", "probability": 0.2, "hang_up_after": "2s",
        },
        "automation": off["automation"],
        "api": {"status": 503, "probability": 0.1, "latency": "500ms"},
        "seed": 7,
    });
    let set = control(&sandbox, "PUT", &chaos.to_string()).await;
    assert_eq!((set.status, set.json()), (200, chaos.clone()));
    let read: Chaos = serde_json::from_value(chaos.clone()).unwrap();
    assert_eq!(serde_json::to_value(&read).unwrap(), chaos);
    for turn_off in ["reset", "put", "delete"] {
        control(&sandbox, "PUT", &chaos.to_string()).await;
        match turn_off {
            "reset" => _ = call(sandbox.address(), "POST", "/sandbox/v1/reset", "").await,
            "put" => _ = control(&sandbox, "PUT", "{}").await,
            _ => _ = control(&sandbox, "DELETE", "").await,
        }
        assert_eq!(control(&sandbox, "GET", "").await.json(), off, "{turn_off}");
    }
    for hit in ChaosHit::ALL {
        assert_eq!(serde_json::to_value(hit).unwrap(), hit.as_str());
        let read: ChaosHit = serde_json::from_value(json!(hit.as_str())).unwrap();
        assert_eq!(read, hit);
    }
}

#[tokio::test]
async fn what_is_wrong_is_named() {
    let sandbox = builder("http://127.0.0.1:9").start().await.unwrap();
    let off = control(&sandbox, "GET", "").await.json();
    for (chaos, at, error, near) in [
        (
            json!({"acount": {}}),
            Value::Null,
            "`acount` is unknown",
            Some("account"),
        ),
        (
            json!({"account": {"dupplicate": 1}}),
            json!("/account"),
            "`dupplicate` is unknown",
            Some("duplicate"),
        ),
        (
            json!({"api": {"latncy": "1s"}}),
            json!("/api"),
            "`latncy` is unknown",
            Some("latency"),
        ),
        (
            json!({"account": {"damage": "signatur"}}),
            json!("/account/damage"),
            "`signatur` is unknown",
            Some("signature"),
        ),
        (
            json!({"account": {"drop": 1.5}}),
            json!("/account/drop"),
            "write a number from 0 to 1",
            None,
        ),
        (
            json!({"automation": {"duplicate": -1}}),
            json!("/automation/duplicate"),
            "not a probability",
            None,
        ),
        (
            json!({"account": {"delay": ["5s", "1s"]}}),
            json!("/account/delay"),
            "the first duration is the shortest",
            None,
        ),
        (
            json!({"account": {"delay": ["5s"]}}),
            json!("/account/delay"),
            "",
            None,
        ),
        (
            json!({"account": {"delay": "5s"}}),
            json!("/account/delay"),
            "expected",
            None,
        ),
        (
            json!({"account": {"hang_up_after": "2"}}),
            json!("/account/hang_up_after"),
            "write one such as `500ms`",
            None,
        ),
        (
            json!({"account": {"hang_up_after": "-2s"}}),
            json!("/account/hang_up_after"),
            "is not a duration",
            None,
        ),
        (
            json!({"account": {"reorder": -4}}),
            json!("/account/reorder"),
            "expected",
            None,
        ),
        (
            json!({"api": {"status": 200}}),
            json!("/api/status"),
            "from 400 to 599",
            None,
        ),
        (json!({"seed": "7"}), json!("/seed"), "expected", None),
        (json!([]), Value::Null, "expected", None),
    ] {
        let answer = control(&sandbox, "PUT", &chaos.to_string()).await;
        assert_eq!(answer.status, 422, "{chaos}: {answer:?}");
        let fault = answer.json();
        let found = fault["at"].as_str().unwrap_or_default();
        assert!(
            found.starts_with(at.as_str().unwrap_or_default()),
            "{chaos}: {fault}"
        );
        assert!(
            fault["error"].as_str().unwrap().contains(error),
            "{chaos}: {fault}"
        );
        assert_eq!(fault["did_you_mean"].as_str(), near, "{chaos}: {fault}");
    }
    assert_eq!(control(&sandbox, "GET", "").await.json(), off);
}
