//! What small bodies become.

use serde_json::json;

use super::account::Account;

#[test]
fn the_documented_bodies_work() {
    let mut account = Account::new();
    let funnel = account.create("funnels", r#"{"name":"F"}"#);
    assert_eq!(funnel, json!({"id": 1, "name": "F", "steps": []}));
    account.create("tags", r#"{"name":"VIP"}"#);
    let step = account.create(
        "funnels/1/steps",
        r#"{"name":"Squeeze page","type":"squeeze"}"#,
    );
    assert_eq!(
        step,
        json!({"id": 3, "name": "Squeeze page", "type": "squeeze"})
    );
    assert_eq!(account.get("funnels/1")["steps"], json!([step]));
    let rule = account.create(
        "rules",
        r#"{"step":3,
            "trigger":{"type":"contact.optin.completed"},
            "actions":[{"type":"webhook","url":"http://localhost:3000/systeme"},
                       {"type":"add_tag","tag":2}]}"#,
    );
    assert_eq!(rule["id"], 4);
    let workflow = account.create(
        "workflows",
        r#"{"name":"W","active":true,"triggers":[{"type":"contact.tag.added","tag":2}],
            "steps":[{"type":"delay","seconds":60},{"type":"webhook","url":"http://localhost:3000/systeme"},
                     {"type":"decision","if":{"tag":2},"yes":[{"type":"add_tag","tag":2}],"no":[]}]}"#,
    );
    assert_eq!(
        workflow["steps"][2]["yes"][0],
        json!({"type": "add_tag", "tag": 2})
    );
    let workflow = account.create("workflows", r#"{"name":"W","steps":[]}"#);
    assert_eq!(workflow["active"], true);
}

#[test]
fn every_pick_and_action_can_be_written() {
    let mut account = Account::full();
    account.create("webinars", r#"{"step": 3, "duration": 7200}"#);
    let picks = [
        ("contact.tag.added", json!({"tag": 1})),
        ("contact.tag.removed", json!({"tag": 1})),
        ("contact.optin.completed", json!({"page": 3})),
        ("contact.optin.completed", json!({"page": 5})),
        ("customer.sale.completed", json!({"price_plan": 11})),
        ("contact.course.enrolled", json!({"course": 6})),
        ("contact.course_bundle.enrolled", json!({"bundle": 7})),
        ("contact.webinar.registered", json!({"webinar": 12})),
        ("contact.campaign.finished", json!({"campaign": 9})),
        ("contact.page.visited", json!({"page": 3})),
        ("contact.email_link.clicked", json!({"email": 10})),
        ("subscription.payment.failed", json!({})),
    ];
    for (r#type, pick) in picks {
        let mut trigger = pick.clone();
        trigger["type"] = json!(r#type);
        account.create(
            "rules",
            &json!({"trigger": trigger, "actions": []}).to_string(),
        );
        for name in pick.as_object().unwrap().keys() {
            trigger[name] = json!(999);
            let body = json!({"trigger": trigger, "actions": []}).to_string();
            let refused = account.misfit("POST", "rules", &body);
            assert_eq!(refused[0], format!("/trigger/{name}"), "{type}");
            trigger[name] = json!(null);
            account.create(
                "rules",
                &json!({"trigger": trigger, "actions": []}).to_string(),
            );
        }
    }
    let actions = json!([
        {"type": "webhook", "url": "http://localhost/"},
        {"type": "add_tag", "tag": 1},
        {"type": "remove_tag", "tag": 1},
        {"type": "enroll", "course": 6, "access_type": "dripping_content"},
        {"type": "grant_bundle", "bundle": 7},
        {"type": "subscribe_campaign", "campaign": 9},
        {"type": "unsubscribe_campaign", "campaign": 9},
        {"type": "community", "community": 8},
        {"type": "email", "email": 10},
    ]);
    let trigger = json!({"type": "contact.tag.added"});
    let rule = account.create(
        "rules",
        &json!({"trigger": trigger, "actions": actions}).to_string(),
    );
    let workflow = account.create(
        "workflows",
        &json!({"name": "W", "steps": actions}).to_string(),
    );
    assert_eq!(rule["actions"], workflow["steps"]);
}

#[test]
fn what_is_absent_has_a_default() {
    let mut account = Account::full();
    let plan = account.get("price-plans/11");
    assert_eq!(
        plan,
        json!({"id": 11, "name": "Course", "inner_name": "Course", "statement_descriptor": "COURSE",
               "type": "one_shot", "amount": 4700, "currency": "eur", "recurring_options": null,
               "resources": []})
    );
    let monthly = account.create(
        "price-plans",
        r#"{"name": "Club", "amount": 1000, "recurring_options": {"interval": "month"}}"#,
    );
    assert_eq!(monthly["type"], "subscription");
    let expected = json!({"id": 15, "interval": "month", "interval_count": 1, "trial_period": 0,
                          "trial_interval": "day", "limit_of_payments": null});
    assert_eq!(monthly["recurring_options"], expected);
    let patch = r#"{"type": "one_shot", "recurring_options": null}"#;
    assert_eq!(
        account.send("PATCH", "price-plans/14", patch).1["type"],
        "one_shot"
    );

    let course = account.create(
        "courses",
        r#"{"name": "My Course!", "modules": ["One", {"name": "Two"}]}"#,
    );
    assert_eq!(
        course,
        json!({"id": 16, "name": "My Course!", "description": null, "locale": "en",
               "domain_name": null, "path": "my-course", "active": true,
               "modules": [{"id": 17, "name": "One"}, {"id": 18, "name": "Two"}]})
    );
    let patch = r#"{"modules": [{"id": 18, "name": "Second"}, "Three"]}"#;
    let modules = account.send("PATCH", "courses/16", patch).1["modules"].clone();
    assert_eq!(
        modules,
        json!([{"id": 18, "name": "Second"}, {"id": 19, "name": "Three"}])
    );

    let webhook = account.create(
        "webhooks",
        r#"{"name": "Main", "url": "http://localhost/a"}"#,
    );
    assert_eq!(
        (
            webhook["active"].clone(),
            webhook["secret"].as_str().unwrap().len()
        ),
        (json!(true), 32)
    );
    assert_eq!(webhook["events"].as_array().unwrap().len(), 6);
    let key = account.create("keys", r#"{"name": "k"}"#);
    assert_eq!(key["key"].as_str().unwrap().len(), 32);
}

#[test]
fn a_webhook_lists_what_it_sends() {
    let mut account = Account::new();
    let body =
        r#"{"name": "W", "url": "http://localhost/", "secret": "s", "events": ["SALE_NEW"]}"#;
    let webhook = account.create("webhooks", body);
    assert_eq!(
        (&webhook["secret"], &webhook["events"]),
        (&json!("s"), &json!(["SALE_NEW"]))
    );
    let place = format!("webhooks/{}", webhook["id"].as_str().unwrap());
    let (_, changed) = account.send("PATCH", &place, r#"{"events": ["CONTACT_CREATED"]}"#);
    assert_eq!(changed["events"], json!(["CONTACT_CREATED"]));
    assert_eq!(
        changed["subscriptions"][0]["disabled"]["reason"],
        "USER_CANCELED"
    );
    let (_, changed) = account.send("PATCH", &place, r#"{"active": false}"#);
    assert_eq!(changed["events"], json!(["CONTACT_CREATED"]));
    let (_, changed) = account.send("PATCH", &place, r#"{"events": ["SALE_NEW"]}"#);
    assert_eq!(changed["subscriptions"][0]["disabled"], json!(null));
}

#[test]
fn contacts_and_orders_send_what_follows() {
    let mut account = Account::full();
    account.create("webhooks", r#"{"name": "W", "url": "http://localhost/"}"#);
    account.create(
        "rules",
        r#"{"trigger": {"type": "customer.sale.completed"},
            "actions": [{"type": "webhook", "url": "http://localhost/"}]}"#,
    );
    let events = |account: &mut Account, path: &str, body: &str| {
        let reply = account.answer("POST", path, body.as_bytes()).unwrap();
        let events = reply
            .outgoing
            .iter()
            .map(|one| one.sample.event().to_string());
        (reply.body.unwrap(), events.collect::<Vec<_>>())
    };
    let body = r#"{"email": "lea@example.com", "locale": "fr", "fields": {"first_name": "Lea"}}"#;
    let (contact, sent) = events(&mut account, "contacts", body);
    assert_eq!(sent, ["CONTACT_CREATED"]);
    assert_eq!(
        (&contact["locale"], &contact["fields"]),
        (&json!("fr"), &json!({"first_name": "Lea"}))
    );
    let place = format!("contacts/{}", contact["id"]);
    let patch = r#"{"fields": {"first_name": null, "surname": "Martin"}}"#;
    assert_eq!(
        account.send("PATCH", &place, patch).1["fields"],
        json!({"surname": "Martin"})
    );

    account.create(
        "coupons",
        r#"{"code": "C1", "discount": {"type": "fixed", "amount": 700}, "limit_of_use": 1}"#,
    );
    let body = r#"{"contact": 13, "price_plans": [11], "step": 3, "coupon": "C1"}"#;
    let (order, sent) = events(&mut account, "orders", body);
    assert_eq!(sent, ["SALE_NEW", "customer.sale.completed"]);
    assert_eq!(
        (&order["total"], &order["coupon"]),
        (&json!(4000), &json!("C1"))
    );
    let refused = account.misfit("POST", "orders", body);
    assert_eq!(refused, json!(["/coupon", "there is no coupon C1", null]));
}

#[test]
fn the_account_has_its_own_attributes() {
    let mut account = Account::new();
    let view = json!({"owner_email": "owner@example.com", "strict_limits": false});
    assert_eq!(account.get("account"), view);
    let (_, changed) = account.send("PATCH", "account", r#"{"strict_limits": true}"#);
    assert_eq!(changed["strict_limits"], true);
    assert!(account.state.strict_limits);
    let refused = account.misfit("PATCH", "account", r#"{"owner_email": "x"}"#);
    assert_eq!(refused[0], "/owner_email");
    let refused = account.misfit("PATCH", "account", r#"{"strict_limit": true}"#);
    assert_eq!(
        (&refused[0], &refused[2]),
        (&json!("/strict_limit"), &json!("strict_limits"))
    );
    assert_eq!(
        account.refuse("POST", "account", "{}").allow.unwrap(),
        "GET, HEAD, PATCH"
    );
    assert_eq!(account.refuse("GET", "account/1", "").status, 404);
}
