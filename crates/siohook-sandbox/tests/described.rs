//! What the sandbox says about itself.

mod http;

use http::call;
use serde_json::json;
use siohook_sandbox::{Sandbox, fidelity, openapi};

#[tokio::test]
async fn the_document_and_the_list_of_behaviours_are_served() {
    let sandbox = Sandbox::start().await.unwrap();
    let get = async |path: &str| {
        let answer = call(sandbox.address(), "GET", path, "").await;
        assert!(
            answer
                .head
                .contains("\r\ncontent-type: application/json\r\n")
        );
        assert_eq!(answer.status, 200);
        answer.json()
    };
    assert_eq!(get("/sandbox/v1/openapi.json").await, openapi());
    assert_eq!(get("/sandbox/v1/fidelity").await, json!(fidelity()));
}

#[tokio::test]
async fn a_liberty_of_the_api_is_logged() {
    let sandbox = Sandbox::start().await.unwrap();
    let address = sandbox.address();
    let body = r#"{"email":"ada@example.com"}"#;
    let contact = call(address, "POST", "/api/contacts", body).await.json();
    let path = format!("/api/contacts/{}/tags", contact["id"]);
    call(address, "POST", &path, r#"{"tagId":"9"}"#).await;

    let log = call(address, "GET", "/sandbox/v1/requests", "")
        .await
        .json();
    let notes = [&log["items"][0]["note"], &log["items"][1]["note"]];
    let note = "`tagId`: digits in a string, which systeme.io may refuse";
    assert_eq!(notes, [&json!(note), &json!(null)]);
}
