//! Attempts are explained for a secret or a token.

use serde_json::{Value, json};
use siohook_sandbox::Sandbox;

use crate::http::{Answer, call};
use crate::{FAILED, OK, builder, get, post, sandbox};

/// The secret of the webhook, as it is after `sandbox` has started.
const SECRET: &str = "s3cret";

/// Fires an event, and returns the path of its message.
async fn fire(sandbox: &Sandbox, event: &str) -> String {
    let order = json!({"event": event, "wait": "10s"});
    let fired = post(sandbox, "/fire", order).await.json();
    format!("/messages/{}", fired["messages"][0].as_str().unwrap())
}

async fn damage(sandbox: &Sandbox, damage: Option<&str>) {
    let chaos = match damage {
        Some(damage) => json!({"account": {"damage": damage, "probability": 1}}),
        None => json!({}),
    };
    let path = "/sandbox/v1/chaos";
    let answer = call(sandbox.address(), "PUT", path, &chaos.to_string()).await;
    assert_eq!(answer.status, 200, "{answer:?}");
}

async fn explain(sandbox: &Sandbox, message: &str, given: Value) -> Answer {
    post(sandbox, &format!("{message}/explain"), given).await
}

#[track_caller]
fn step<'a>(explanation: &'a Value, name: &str) -> &'a Value {
    let mut steps = explanation["steps"].as_array().unwrap().iter();
    let step = steps.find(|step| step["step"] == name);
    step.unwrap_or_else(|| panic!("no {name}: {explanation}"))
}

#[tokio::test]
async fn the_secret_of_a_receiver_is_compared() {
    let (sandbox, _receiver) = sandbox(vec![OK]).await;
    let message = fire(&sandbox, "SALE_NEW").await;
    let right = explain(&sandbox, &message, json!({"secret": SECRET})).await;
    let right = right.json();
    assert_eq!(
        (&right["trusted"], &right["by"]),
        (&json!(true), &json!("secret"))
    );
    assert_eq!(step(&right, "secret")["sentence"], "fits the body");
    let quoted = explain(&sandbox, &message, json!({"secret": "'s3cret'"})).await;
    let quoted = quoted.json();
    assert_eq!(quoted["code"], "signature_wrong");
    assert_eq!(step(&quoted, "unquoted")["ok"], true);
    let none = explain(&sandbox, &message, json!({})).await.json();
    assert_eq!(none["code"], "not_configured");
}

#[tokio::test]
async fn the_token_of_a_receiver_is_compared() {
    let (sandbox, _receiver) = sandbox(vec![OK]).await;
    let message = fire(&sandbox, "contact.tag.added").await;
    for (token, code) in [("t0ken", Value::Null), ("t0ke", json!("token_wrong"))] {
        let said = explain(&sandbox, &message, json!({"token": token}))
            .await
            .json();
        assert_eq!(
            (&said["mechanism"], &said["code"]),
            (&json!("automation"), &code)
        );
    }
}

#[tokio::test]
async fn a_body_is_explained_as_it_arrived() {
    let (sandbox, _receiver) = sandbox(vec![OK]).await;
    damage(&sandbox, Some("reserialise")).await;
    let message = fire(&sandbox, "SALE_NEW").await;
    let said = explain(&sandbox, &message, json!({"secret": SECRET})).await;
    let said = said.json();
    let found = step(&said, "normalised");
    assert_eq!(found["ok"], true);
    assert!(found["offset"].is_u64(), "{found}");
}

#[tokio::test]
async fn an_attempt_is_chosen_and_compared_with_the_others() {
    let (sandbox, _receiver) = sandbox(vec![FAILED, OK]).await;
    damage(&sandbox, Some("body")).await;
    let message = fire(&sandbox, "SALE_NEW").await;
    damage(&sandbox, None).await;
    sandbox.advance_until_idle().await;
    let latest = explain(&sandbox, &message, json!({"secret": SECRET})).await;
    assert_eq!(latest.json()["trusted"], true);
    let first = json!({"secret": SECRET, "attempt": 1});
    let first = explain(&sandbox, &message, first).await.json();
    assert_eq!(first["code"], "signature_wrong");
    assert_eq!(step(&first, "other_body")["label"], "the body of attempt 2");
    let third = explain(&sandbox, &message, json!({"attempt": 3})).await;
    assert_eq!(third.status, 404);
    assert!(third.body.contains("there is no attempt 3: 2 were made"));
}

#[tokio::test]
async fn a_secret_that_is_typed_in_is_not_kept() {
    const TYPED: &str = "typed-in-secret";
    let folder = tempfile::tempdir().unwrap();
    let sandbox = builder().data(folder.path()).secret(SECRET);
    let sandbox = sandbox.to("http://127.0.0.1:9").start().await.unwrap();
    let message = fire(&sandbox, "SALE_NEW").await;
    for (given, status) in [
        (json!({"secret": TYPED, "token": TYPED}), 200),
        (json!({"secret": [TYPED]}), 422),
        (json!({"secret": {TYPED: 1}}), 422),
        (json!({"secret": TYPED, "attempt": "x"}), 422),
        (json!({"secret": TYPED, "attempt": 9}), 404),
    ] {
        let answer = explain(&sandbox, &message, given).await;
        assert_eq!(answer.status, status, "{answer:?}");
        assert!(!answer.body.contains(TYPED), "{answer:?}");
    }
    for path in ["/requests", "/state", "/messages", "/history", &message] {
        let answer = get(&sandbox, path).await;
        assert_eq!(answer.status, 200);
        assert!(!answer.body.contains(TYPED), "{path}");
    }
    sandbox.close().await.unwrap();
    let files = std::fs::read_dir(folder.path()).unwrap();
    let files = files.map(|file| std::fs::read(file.unwrap().path()).unwrap());
    let kept: Vec<u8> = files.flatten().collect();
    let has = |text: &str| kept.windows(text.len()).any(|it| it == text.as_bytes());
    assert!(has(SECRET) && !has(TYPED));
}
