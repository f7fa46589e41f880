//! Events and actions that are fired.

use serde_json::{Value, json};
use siohook_sender::sign;

use crate::receiver::Receiver;
use crate::{OK, builder, get, post, sandbox};

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
    let answered = get(&sandbox, &format!("/messages/{id}/attempts/1/response")).await;
    assert_eq!(answered.body, OK);

    // Texts in the body, the URL, the event and the id.
    for text in ["ada%40", "/SYSTEME", "sale_new", id] {
        let query = format!("event=SALE_NEW&status=delivered,waiting&q={text}");
        let list = get(&sandbox, &format!("/messages?{query}")).await.json();
        assert_eq!(list["items"][0]["id"], id, "{text}");
        assert_eq!(list["hasMore"], false);
    }
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

    let newest = list["items"][2]["id"].as_str().unwrap();
    let before = get(&sandbox, &format!("/messages?after={newest}&limit=1"))
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
async fn a_seed_makes_the_same_messages() {
    let receiver = Receiver::answering(vec![OK]).await;
    let messages = async || {
        let sandbox = builder().to(receiver.url()).start().await.unwrap();
        for event in [
            "sale",
            "tag-added",
            "opt-in",
            "SALE_NEW",
            "contact.page.visited",
        ] {
            post(&sandbox, "/fire", json!({"event": event, "wait": "10s"})).await;
        }
        let mut list = get(&sandbox, "/messages?order=asc").await.json();
        // The real time of an attempt is not the account's.
        for message in list["items"].as_array_mut().unwrap() {
            message["attempts"][0]["ms"] = Value::Null;
        }
        list
    };
    let (one, other) = (messages().await, messages().await);
    assert_eq!(one["items"].as_array().unwrap().len(), 9);
    assert_eq!(one, other);
}

#[tokio::test]
async fn messages_arrive_in_their_order() {
    for _ in 0..5 {
        let (sandbox, receiver) = sandbox(vec![OK]).await;
        let order = json!({"event": "opt-in", "contact": "ada@example.com", "wait": "10s"});
        post(&sandbox, "/fire", order).await;
        let requests = receiver.requests();
        let events = [
            "CONTACT_CREATED",
            "CONTACT_OPT_IN",
            "contact.optin.completed",
        ];
        for (request, event) in requests.iter().zip(events) {
            assert!(request.contains(event), "{request}");
        }
    }
}

#[tokio::test]
async fn an_action_that_changes_nothing_says_why() {
    let (sandbox, _receiver) = sandbox(vec![OK]).await;
    for (action, why) in [
        ("tag-removed", "the contact does not have the tag"),
        ("tag-added", ""),
        ("tag-added", "the contact has the tag already"),
        ("enroll", ""),
        ("enroll", "the contact has access to the course already"),
    ] {
        let fired = post(&sandbox, "/fire", json!({"event": action}))
            .await
            .json();
        assert_eq!(
            fired["unchanged"].as_str().unwrap_or_default(),
            why,
            "{action}"
        );
    }
}

#[tokio::test]
async fn what_is_planned_is_not_a_copy_of_what_is_sent() {
    let (sandbox, _receiver) = sandbox(vec![OK]).await;
    let plan = json!({"event": "SALE_NEW", "dry_run": true});
    let planned = post(&sandbox, "/fire", plan.clone()).await.json();
    let headers = planned["requests"][0]["headers"].as_array().unwrap();
    let planned = headers
        .iter()
        .find(|header| header[0] == "x-webhook-message-id")
        .unwrap();
    let fired = post(&sandbox, "/fire", json!({"event": "SALE_NEW"}))
        .await
        .json();
    assert_ne!(planned[1], fired["messages"][0]);
}

#[tokio::test]
async fn any_event_can_be_sent_with_a_body() {
    let receiver = Receiver::answering(vec![OK]).await;
    let sandbox = builder().start().await.unwrap();
    for event in ["lecture.completed", "ping", "LECTURE_COMPLETED"] {
        let order = json!({"event": event, "to": receiver.url(), "body": "{}", "wait": "10s"});
        let fired = post(&sandbox, "/fire", order).await;
        assert_eq!(fired.status, 201, "{fired:?}");
    }
    assert_eq!(receiver.requests().len(), 3);
}

#[tokio::test]
async fn a_receiver_of_its_own_has_a_secret_of_its_own() {
    let receiver = Receiver::answering(vec![OK]).await;
    let sandbox = builder().token("t0ken").start().await.unwrap();
    let fire = async |event: &str, secret: Option<&str>| {
        let order = json!({"event": event, "to": receiver.url(), "secret": secret, "wait": "10s"});
        let fired = post(&sandbox, "/fire", order).await;
        assert_eq!(fired.status, 201, "{fired:?}");
        receiver.requests().pop().unwrap()
    };
    for secret in [None, Some("own")] {
        let sent = fire("SALE_NEW", secret).await;
        let (_, body) = sent.split_once("\r\n\r\n").unwrap();
        let signed = sign(secret.unwrap_or(sandbox.secret()), body.as_bytes());
        assert!(sent.contains(&signed), "{sent}");
        let sent = fire("contact.tag.added", secret).await;
        let token = format!("?token={} ", secret.unwrap_or("t0ken"));
        assert!(sent.contains(&token), "{sent}");
    }
    for event in ["SALE_NEW", "sale"] {
        let refused = post(&sandbox, "/fire", json!({"event": event, "secret": "own"})).await;
        let at = &refused.json()["at"];
        assert_eq!((refused.status, at), (422, &json!("/secret")));
    }
}

#[tokio::test]
async fn a_plan_says_who_sends() {
    let (sandbox, _receiver) = sandbox(vec![OK]).await;
    let webhook = sandbox.state().webhooks.into_keys().next().unwrap();
    let order = json!({"event": "opt-in", "contact": "ada@example.com", "dry_run": true});
    let plan = post(&sandbox, "/fire", order).await.json();
    let requests = plan["requests"].as_array().unwrap();
    let senders: Vec<_> = requests
        .iter()
        .map(|one| (&one["event"], &one["webhook"], one["rule"].is_u64()))
        .collect();
    assert_eq!(
        senders,
        [
            (&json!("CONTACT_CREATED"), &json!(webhook), false),
            (&json!("CONTACT_OPT_IN"), &json!(webhook), false),
            (&json!("contact.optin.completed"), &Value::Null, true),
        ]
    );
}

#[tokio::test]
async fn an_event_goes_to_one_webhook() {
    let (sandbox, receiver) = sandbox(vec![OK]).await;
    let other = sandbox.webhook("other", "http://localhost:9/other");
    let other = other.events(["CONTACT_CREATED"]).create().await.unwrap();
    let state = sandbox.state();
    let main = state.webhooks.keys().find(|id| **id != other.id).unwrap();

    let order = json!({"event": "CONTACT_CREATED", "webhook": main, "wait": "10s"});
    let fired = post(&sandbox, "/fire", order).await.json();
    assert_eq!(fired["messages"].as_array().unwrap().len(), 1, "{fired}");
    assert_eq!(fired["skipped"], json!([]));
    assert_eq!(receiver.connections(), 1);

    let order = json!({"event": "SALE_NEW", "webhook": other.id});
    let fired = post(&sandbox, "/fire", order).await.json();
    assert_eq!(fired["messages"], json!([]));
    let why = "it has no enabled subscription to the event";
    assert_eq!(fired["skipped"], json!([{"webhook": other.id, "why": why}]));

    for (event, webhook) in [
        ("SALE_NEW", "nothing"),
        ("contact.tag.added", &other.id),
        ("sale", &other.id),
    ] {
        let refused = post(
            &sandbox,
            "/fire",
            json!({"event": event, "webhook": webhook}),
        )
        .await;
        assert_eq!(
            (refused.status, &refused.json()["at"]),
            (422, &json!("/webhook")),
            "{event}"
        );
    }
}
