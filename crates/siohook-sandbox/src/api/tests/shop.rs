use crate::api::tests::server::Server;

const USED: &str = "This value is already used.";
const BLANK: &str = "This value should not be blank.";
const CHOICE: &str = "The value you selected is not a valid choice.";

#[test]
fn subscriptions() {
    let server = Server::new();
    let (contact, subscription) = (server.contact, server.subscription);
    let list = format!("/payment/subscriptions?contact={contact}");
    let start = format!(
        r#"{{"items":[{{"id":{subscription},"createdAt":"2026-01-31T12:00:00+00:00","status":"active","completedAt":null,"cancelledAt":null,"pricePlan":{{"#
    );
    server.expect("GET", &list, "", 200, &start);
    let plan = r#""name":"Offer","innerName":"offer","statementDescriptor":"OFFER","amount":1000,"currency":"eur","type":"limited_subscription","recurringOptions":{"id":0,"trialPeriod":0,"trialInterval":"day","interval":"month","intervalCount":1,"limitOfPayments":3}}}],"hasMore":false}"#;
    server.expect("GET", &list, "", 200, plan);
    server.refuse(
        "GET",
        "/payment/subscriptions",
        "",
        &[&format!("contact: {BLANK}")],
    );
    let positive = "contact: This value should be positive.";
    server.refuse("GET", "/payment/subscriptions?contact=0", "", &[positive]);
    server.refuse(
        "GET",
        "/payment/subscriptions?contact=x",
        "",
        &["contact: This value is not valid."],
    );
    server.expect("GET", "/payment/subscriptions?contact=9999", "", 404, "");
    let limit = "pagination.limit: Wrong value of pagination limit parameter";
    server.refuse("GET", &format!("{list}&limit=100"), "", &[limit]);
    server.expect("GET", &format!("{list}&limit=50"), "", 200, "");

    let cancel = format!("/payment/subscriptions/{subscription}/cancel");
    server.refuse("POST", &cancel, "{}", &[&format!("cancel: {BLANK}")]);
    server.refuse(
        "POST",
        &cancel,
        r#"{"cancel":"now"}"#,
        &[&format!("cancel: {CHOICE}")],
    );
    server.expect("POST", "/payment/subscriptions/9999/cancel", "{}", 404, "");
    let at_end = r#"{"cancel":"WhenBillingPeriodEnds"}"#;
    server.expect("POST", &cancel, at_end, 204, "");
    let scheduled =
        r#""status":"active","completedAt":null,"cancelledAt":"2026-01-31T12:00:00+00:00""#;
    server.expect("GET", &list, "", 200, scheduled);
    server.refuse(
        "POST",
        &cancel,
        at_end,
        &["Subscription is already cancelled"],
    );
    assert!(server.sent().is_empty());
    server.expect("POST", &cancel, r#"{"cancel":"Now"}"#, 204, "");
    assert_eq!(server.sent(), ["SALE_CANCELED"]);
    server.refuse(
        "POST",
        &cancel,
        r#"{"cancel":"Now"}"#,
        &["Subscription is already cancelled"],
    );
    server.expect("GET", &list, "", 200, r#""status":"cancelled""#);
}

#[test]
fn a_call_sees_what_is_due() {
    let server = Server::new();
    let list = format!("/payment/subscriptions?contact={}", server.contact);
    server.pass(100 * 86_400);
    server.expect(
        "GET",
        &list,
        "",
        200,
        r#""status":"completed","completedAt":"2026-03-28T12:00:00+00:00""#,
    );
    assert_eq!(server.sent(), ["SALE_NEW", "SALE_NEW"]);
}

#[test]
fn webhooks() {
    let server = Server::new();
    let body = r#"{"name":"Main","url":"http://localhost:3000/a","secret":"s3cret","subscriptions":["SALE_NEW",{"event":"CONTACT_CREATED","schemaVersion":1}]}"#;
    let created = server.call("POST", "/webhooks", body);
    assert_eq!(created.status, 201);
    let webhook = created.json();
    let id = webhook["id"].as_str().unwrap();
    assert_eq!((id.len(), &id[14..15]), (36, "7"));
    assert_eq!(webhook["active"], true);
    let start = format!(
        r#"{{"id":"{id}","name":"Main","url":"http://localhost:3000/a","active":true,"subscriptions":[{{"id":""#
    );
    assert!(created.text.starts_with(&start), "{}", created.text);
    let end = r#""event":"CONTACT_CREATED","disabledAt":null,"disabledReason":null}]}"#;
    assert!(created.text.ends_with(end), "{}", created.text);
    let one = format!("/webhooks/{id}");
    server.expect("GET", &one, "", 200, &created.text);
    let all = server.call("GET", "/webhooks?limit=1", "");
    assert!(!all.text.contains("s3cret") && all.text.ends_with(r#""hasMore":false}"#));
    assert_eq!(all.json()["items"].as_array().unwrap().len(), 2);

    // A second webhook means a second delivery.
    server.call("POST", "/contacts", r#"{"email":"ada@example.com"}"#);
    assert_eq!(server.sent(), ["CONTACT_CREATED", "CONTACT_CREATED"]);

    let patch = r#"{"name":"Main","active":false,"url":"http://localhost/b","subscriptions":["SALE_NEW","SALE_CANCELED"]}"#;
    let updated = server.call("PATCH", &one, patch).json();
    assert_eq!(updated["url"], "http://localhost:3000/a");
    assert_eq!(updated["active"], false);
    let state = |index: usize| {
        let subscription = &updated["subscriptions"][index];
        (
            subscription["event"].clone(),
            subscription["disabledReason"].clone(),
        )
    };
    assert_eq!(state(0), ("SALE_NEW".into(), serde_json::Value::Null));
    assert_eq!(state(1), ("CONTACT_CREATED".into(), "USER_CANCELED".into()));
    assert_eq!(state(2), ("SALE_CANCELED".into(), serde_json::Value::Null));
    let kept = &updated["subscriptions"][0]["id"];
    assert_eq!(*kept, webhook["subscriptions"][0]["id"]);
    server.expect(
        "PATCH",
        &one,
        r#"{"secret":"new"}"#,
        200,
        r#""active":false"#,
    );
    assert_eq!(server.account.lock().unwrap().webhooks[id].secret, "new");

    server.expect("DELETE", &one, "", 204, "");
    for method in ["GET", "PATCH", "DELETE"] {
        server.expect(method, &one, "{}", 404, "");
    }
}

#[test]
fn webhooks_with_wrong_values() {
    let server = Server::new();
    let missing = ["name", "secret", "url", "subscriptions"].map(|name| format!("{name}: {BLANK}"));
    server.refuse(
        "POST",
        "/webhooks",
        "{}",
        &missing.each_ref().map(String::as_str),
    );
    let name = server.call("GET", "/webhooks", "").json()["items"][0]["name"].to_string();
    let url = server.call("GET", "/webhooks", "").json()["items"][0]["url"].to_string();
    let body = |name: &str, url: &str, events: &str| {
        format!(r#"{{"name":{name},"url":{url},"secret":"s","subscriptions":{events}}}"#)
    };
    let used = [&*format!("name: {USED}"), &format!("url: {USED}")];
    server.refuse("POST", "/webhooks", &body(&name, &url, "[]"), &used);
    let details = [
        "name: This value is too long. It should have 255 characters or less.",
        "url: This value is not a valid URL.",
        &format!("subscriptions[0]: {CHOICE}"),
        &format!("subscriptions[1]: {CHOICE}"),
        "subscriptions: This collection should contain only unique elements.",
    ];
    let long = format!(r#""{}""#, "n".repeat(256));
    let events = r#"["NEW_SALE","contact.tag.added","SALE_NEW","SALE_NEW"]"#;
    server.refuse(
        "POST",
        "/webhooks",
        &body(&long, r#""ftp://example.com""#, events),
        &details,
    );
    for url in ["/a", "http://", "https://a:b@example.com/"] {
        let body = body(r#""n""#, &format!(r#""{url}""#), "[]");
        server.refuse(
            "POST",
            "/webhooks",
            &body,
            &["url: This value is not a valid URL."],
        );
    }
    for events in ["[7]", r#"[{"name":"SALE_NEW"}]"#, r#""SALE_NEW""#] {
        let body = body(r#""n""#, r#""http://localhost/""#, events);
        server.expect("POST", "/webhooks", &body, 400, "subscriptions");
    }
    let id = server
        .account
        .lock()
        .unwrap()
        .webhooks
        .keys()
        .next()
        .unwrap()
        .clone();
    let details = [&*format!("name: {BLANK}"), &format!("secret: {BLANK}")];
    server.refuse(
        "PATCH",
        &format!("/webhooks/{id}"),
        r#"{"name":"","secret":""}"#,
        &details,
    );
    server.expect(
        "PATCH",
        &format!("/webhooks/{id}"),
        r#"{"active":"yes"}"#,
        400,
        "active",
    );
}

#[test]
fn webhooks_have_limits_if_they_are_strict() {
    let server = Server::new();
    let create = |index: usize, scheme: &str, status| {
        let body = format!(
            r#"{{"name":"n{index}","url":"{scheme}://localhost/{index}","secret":"s","subscriptions":[]}}"#
        );
        server.expect("POST", "/webhooks", &body, status, "");
    };
    create(0, "http", 201);
    server.account.lock().unwrap().strict_limits = true;
    create(1, "http", 422);
    for index in 2..10 {
        create(index, "https", 201);
    }
    create(10, "https", 403);
    server.account.lock().unwrap().strict_limits = false;
    create(11, "http", 201);
}
