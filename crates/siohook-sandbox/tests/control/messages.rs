//! Messages are listed, sent again, removed and streamed.

use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;

use crate::http::call;
use crate::{FAILED, OK, get, post, sandbox};

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
    sandbox.close().await.unwrap();
    while let Ok(Some(_)) = lines.next_line().await {}
}

#[tokio::test]
async fn a_list_waits_for_what_comes_behind_a_message() {
    let (sandbox, _receiver) = sandbox(vec![OK]).await;
    let order = json!({"event": "SALE_NEW", "wait": "10s"});
    let first = post(&sandbox, "/fire", order.clone()).await.json();
    let path = format!(
        "/messages?after={}&wait=10s",
        first["messages"][0].as_str().unwrap()
    );
    let (list, second) = tokio::join!(get(&sandbox, &path), post(&sandbox, "/fire", order));
    assert_eq!(list.json()["items"][0]["id"], second.json()["messages"][0]);
}

#[tokio::test]
async fn messages_are_counted_by_their_status() {
    let (sandbox, _receiver) = sandbox(vec![FAILED, OK]).await;
    for event in ["SALE_NEW", "contact.tag.added"] {
        post(&sandbox, "/fire", json!({"event": event, "wait": "10s"})).await;
    }
    let counts = get(&sandbox, "/messages/count").await.json();
    let all = json!({"queued": 0, "delivering": 0, "waiting": 1, "delivered": 1, "exhausted": 0,
                     "cancelled": 0, "blocked": 0});
    assert_eq!(counts, all);
    let counts = get(&sandbox, "/messages/count?mechanism=automation").await;
    assert_eq!(counts.json()["waiting"], 0);
    assert_eq!(get(&sandbox, "/messages/count?limit=1").await.status, 422);
}
