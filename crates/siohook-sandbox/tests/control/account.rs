//! The state, and systeme.io's API.

use serde_json::{Value, json};

use crate::http::call;
use crate::receiver::Receiver;
use crate::{OK, builder, get, post, sandbox};

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
async fn an_automation_is_made_and_runs() {
    let receiver = Receiver::answering(vec![OK]).await;
    let sandbox = builder().start().await.unwrap();
    let funnel = post(&sandbox, "/funnels", json!({"name": "F"})).await;
    assert_eq!(funnel.status, 201);
    assert_eq!(funnel.json(), json!({"id": 1, "name": "F", "steps": []}));
    let step = json!({"name": "Squeeze page", "type": "squeeze"});
    let step = post(&sandbox, "/funnels/1/steps", step).await.json();
    let tag = post(&sandbox, "/tags", json!({"name": "Lead"}))
        .await
        .json();
    let rule = json!({
        "step": step["id"],
        "trigger": {"type": "contact.optin.completed"},
        "actions": [{"type": "webhook", "url": receiver.url()},
                    {"type": "add_tag", "tag": tag["id"]}],
    });
    assert_eq!(post(&sandbox, "/rules", rule).await.status, 201);
    let wrong = json!({"trigger": {"type": "contact.optin.completd"}, "actions": []});
    let wrong = post(&sandbox, "/rules", wrong).await;
    assert_eq!(wrong.status, 422);
    assert_eq!(wrong.json()["at"], "/trigger/type");
    assert_eq!(wrong.json()["did_you_mean"], "contact.optin.completed");

    sandbox
        .contact("ada@example.com")
        .opts_in("Squeeze page")
        .await
        .unwrap();
    let message = sandbox
        .messages()
        .event("contact.optin.completed")
        .one()
        .await;
    message.assert_delivered(1);
    let contact = sandbox.contact("ada@example.com").get().unwrap();
    assert_eq!(contact.tags.len(), 1);

    let path = format!("/rules/{}", message_rule(&sandbox).await);
    assert_eq!(get(&sandbox, &path).await.json()["step"], step["id"]);
}

async fn message_rule(sandbox: &siohook_sandbox::Sandbox) -> Value {
    get(sandbox, "/messages").await.json()["items"][0]["rule"].clone()
}

#[tokio::test]
async fn the_settings_of_the_start_are_shown_without_secrets() {
    let sandbox = builder()
        .to("http://localhost:9/systeme?token=own")
        .secret("s3cret")
        .token("t0ken")
        .api_key("k3y")
        .retries("1s,5m".parse().unwrap())
        .rate_limit(100, 60)
        .allow("example.com");
    let answer = get(&sandbox.start().await.unwrap(), "/settings").await;
    for hidden in ["s3cret", "t0ken", "k3y", "own"] {
        assert!(!answer.body.contains(hidden), "{}", answer.body);
    }
    let shown = answer.json();
    assert_eq!(
        shown["gaps"],
        json!({"account": [1.0, 300.0], "automation": []})
    );
    let flags = &shown["flags"];
    for (flag, value) in [
        ("clock", json!("manual")),
        ("seed", json!(7)),
        ("to", json!("http://localhost:9/systeme")),
        ("retries", json!("1s,5m")),
        ("automation_retries", json!("none")),
        ("rate_limit", json!("100/60")),
        ("allow", json!(["example.com"])),
        ("data", json!(null)),
    ] {
        assert_eq!(flags[flag], value, "{flag}");
    }
}
