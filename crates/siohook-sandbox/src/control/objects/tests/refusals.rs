//! Bodies that are refused, with the place and what was meant.

use axum::response::IntoResponse;
use serde_json::{Value, json};

use super::account::Account;
use crate::strict::tests::rows;

/// Collections and bodies. Below each: the place, the beginning of the text, and what was meant.
const REFUSED: &str = r#"
rules {"trigger": {"type": "contact.tag.aded"}, "actions": []}
  /trigger/type: `contact.tag.aded` is unknown -> contact.tag.added
rules {"trigger": {"type": "contact.tag.added"}, "actions": [{"type": "add_tag", "tag": 1}, {"type": "add_tag", "tag": 9}]}
  /actions/1/tag: there is no tag 9
rules {"step": 2, "trigger": {"type": "contact.tag.added"}, "actions": []}
  /step: there is no funnel step 2
rules {"trigger": {"type": "contact.tag.added"}, "actions": [{"type": "webhook", "url": "ftp://localhost/"}]}
  /actions/0/url: the URL begins with neither
rules {"trigger": {"type": "contact.tag.added"}, "actions": [{"type": "webhook", "url": "https://shop.example.com/"}]}
  /actions/0/url: the sandbox sends to this machine
rules {"trigger": {"type": "contact.tag.added"}, "actions": [], "id": 5}
  /id: this can't be set here
workflows {"name": "W", "steps": [{"type": "delay", "seconds": -1}]}
  /steps/0/seconds: expected a whole number from 0, found integer `-1`
workflows {"name": "W", "steps": [{"type": "decision", "if": {"tag": 9}, "yes": [], "no": []}]}
  /steps/0/if/tag: there is no tag 9
workflows {"name": "W", "steps": [{"type": "decision", "if": {"tag": 1}, "yes": [{"type": "enroll", "course": 1}], "no": []}]}
  /steps/0/yes/0/course: there is no course 1
workflows {"name": "W", "actve": true}
  /actve: `actve` is unknown -> active
workflows {"name": " "}
  /name: this is empty
tags {"name": "VIP"}
  /name: another tag has this name
tags {"name": ""}
  /name: this is empty
tags {"name": "N", "created_at": "2026-01-01T00:00:00Z"}
  /created_at: this can't be set here
contacts {"email": "Jane@Example.com"}
  /email: another contact has this address
contacts {"email": "jane"}
  /email: this is not an e-mail address
contacts {"email": "a@example.com", "locale": "EN"}
  /locale: `EN` is unknown: known are `en` -> en
contacts {"email": "a@example.com", "fields": {"firstname": "A"}}
  /fields/firstname: `firstname` is unknown -> first_name
contacts {"email": "a@example.com", "fields": {"country": "France"}}
  /fields/country: a country has two upper-case letters
contacts {"email": "a@example.com", "fields": {"city": 5}}
  /fields/city: expected a string, found integer `5`
contacts {"email": "a@example.com", "tags": [1]}
  /tags: this can't be set here
contact-fields {"slug": "first_name"}
  /slug: another one has this
contact-fields {"slug": "a-b"}
  /slug: a slug has letters
coupons {"code": "C1", "discount": {"type": "fixed", "amount": 1}}
  /code: another one has this
coupons {"code": "a b", "discount": {"type": "fixed", "amount": 1}}
  /code: a code has letters
coupons {"code": "C2", "discount": {"type": "percent", "amount": 101}}
  /discount/amount: this is more than 100 percent
coupons {"code": "C2", "discount": {"type": "percnt", "amount": 1}}
  /discount/type: `percnt` is unknown -> percent
webhooks {"name": "W", "url": "http://localhost/"}
  /name: another webhook has this name
webhooks {"name": "X", "url": "http://localhost/w"}
  /url: another webhook has this URL
webhooks {"name": "X", "url": "localhost"}
  /url: this is not the URL of a receiver
webhooks {"name": "X", "url": "http://localhost/", "events": ["SALE_NEW", "SALE_NWE"]}
  /events/1: `SALE_NWE` is unknown -> SALE_NEW
webhooks {"name": "X", "url": "http://localhost/", "events": ["SALE_NEW", "SALE_NEW"]}
  /events/1: this event is twice here
webhooks {"name": "X", "url": "http://localhost/", "events": [1]}
  /events/0: expected a string
webhooks {"name": "X", "url": "http://localhost/", "subscriptions": []}
  /subscriptions: this can't be set here
keys {"name": "X", "key": "k"}
  /key: another key has this value
keys {"name": "X", "key": ""}
  /key: this is empty
courses {"name": "X", "locale": "xx"}
  /locale: `xx` is unknown
courses {"name": "X", "modules": [""]}
  /modules/0: this is empty
courses {"name": "X", "modules": [{"name": "M", "id": 1}]}
  /modules/0/id: this is not the id of a module
courses {"name": "X", "modules": [{"title": "M"}]}
  /modules/0/title: `title` is unknown
bundles {"name": "X", "courses": [6, 7]}
  /courses/1: there is no course 7
webinars {"step": 5}
  /step: there is no funnel step 5
webinars {"step": 3, "duration": 5000000000}
  /duration: expected a whole number from 0 to 4294967295
price-plans {"name": "X", "amount": 1, "type": "subscription"}
  /recurring_options: a subscription needs `recurring_options`
price-plans {"name": "X", "amount": 1, "type": "one_shot", "recurring_options": {"interval": "day"}}
  /recurring_options: a plan that is paid once
price-plans {"name": "X", "amount": 1, "recurring_options": {"interval": "mouth"}}
  /recurring_options/interval: `mouth` is unknown -> month
price-plans {"name": "X", "amount": 1, "recurring_options": {"interval": "day", "interval_count": 0}}
  /recurring_options/interval_count: this must be at least 1
price-plans {"name": "X", "amount": 1, "type": "limited_subscription", "recurring_options": {"interval": "day"}}
  /recurring_options/limit_of_payments: a plan with instalments
price-plans {"name": "X", "amount": 1, "currency": "EUR"}
  /currency: a currency has three
price-plans {"name": "X", "amount": 1, "resources": [{"type": "course", "course": 9}]}
  /resources/0/course: there is no course 9
price-plans {"name": "X", "amount": 1, "resources": [{"type": "course", "coarse": 6}]}
  /resources/0/coarse: `coarse` is unknown -> course
orders {"contact": 9, "price_plans": [11]}
  /contact: there is no contact 9
orders {"contact": 13, "price_plans": [11, 9]}
  /price_plans/1: there is no price plan 9
orders {"contact": 13, "price_plans": []}
  /price_plans: the order has no price plan
orders {"contact": 13, "price_plans": [11], "coupon": "X"}
  /coupon: there is no coupon X
orders {"contact": 13, "price_plans": [11], "cupon": "X"}
  /cupon: `cupon` is unknown -> coupon
funnels {"name": "F", "steps": []}
  /steps: this can't be set here
funnels/2/steps {"name": "F", "type": ""}
  /type: this is empty
"#;

#[test]
fn a_refusal_has_its_place_and_what_was_meant() {
    let mut account = Account::full();
    account.create("webhooks", r#"{"name": "W", "url": "http://localhost/w"}"#);
    account.create("keys", r#"{"name": "K", "key": "k"}"#);
    account.create(
        "coupons",
        r#"{"code": "C1", "discount": {"type": "fixed", "amount": 1}}"#,
    );
    for (path, body, at, error, near) in rows(REFUSED) {
        let refused = account.misfit("POST", path, body);
        assert_eq!(
            (&refused[0], &refused[2]),
            (&json!(at), &json!(near)),
            "{body}: {refused}"
        );
        assert!(
            refused[1].as_str().unwrap().starts_with(error),
            "{body}: {refused}"
        );
    }
    let name = "x".repeat(65);
    let refused = account.misfit("POST", "tags", &json!({"name": name}).to_string());
    assert_eq!(refused[1], "this is longer than 64 characters");
    let name = "x".repeat(256);
    let refused = account.misfit("POST", "funnels", &json!({"name": name}).to_string());
    assert_eq!(refused[1], "this is longer than 255 characters");
}

#[test]
fn a_patch_is_merged() {
    let mut account = Account::full();
    let body = r#"{"trigger": {"type": "contact.tag.added", "tag": 1}, "actions": []}"#;
    let place = format!("rules/{}", account.create("rules", body)["id"]);
    // A trigger of another type has other attributes.
    let patch = r#"{"trigger": {"type": "contact.optin.completed"}}"#;
    let (_, changed) = account.send("PATCH", &place, patch);
    assert_eq!(
        changed["trigger"],
        json!({"type": "contact.optin.completed", "page": null})
    );
    let (_, changed) = account.send("PATCH", &place, r#"{"trigger": {"page": 5}}"#);
    assert_eq!(changed["trigger"]["page"], 5);
    let refused = account.misfit("PATCH", &place, r#"{"trigger": {"tag": 1}}"#);
    assert_eq!(refused[0], "/trigger/tag");
    let refused = account.misfit("PATCH", &place, r#"{"actions": null}"#);
    assert_eq!(refused[1], "`actions` is missing");

    // The owner names the fields of contacts.
    for slug in ["type", "url", "tag"] {
        account.create("contact-fields", &json!({"slug": slug}).to_string());
    }
    let patch = r#"{"fields": {"type": "a", "url": "b", "tag": "9", "city": "Oslo"}}"#;
    account.send("PATCH", "contacts/13", patch);
    let (_, contact) = account.send("PATCH", "contacts/13", r#"{"fields": {"type": "c"}}"#);
    assert_eq!(
        contact["fields"],
        json!({"type": "c", "url": "b", "tag": "9", "city": "Oslo"})
    );

    account.send("PATCH", &place, r#"{"step": 3}"#);
    assert_eq!(
        account.send("PATCH", &place, r#"{"step": null}"#).1["step"],
        json!(null)
    );
}

#[test]
fn limits_hold_if_they_are_strict() {
    let mut account = Account::new();
    account.send("PATCH", "account", r#"{"strict_limits": true}"#);
    let body = |scheme: &str, number: usize| {
        json!({"name": number.to_string(), "url": format!("{scheme}://localhost/{number}")})
            .to_string()
    };
    assert_eq!(
        account.misfit("POST", "webhooks", &body("http", 0))[0],
        "/url"
    );
    for number in 0..10 {
        account.create("webhooks", &body("https", number));
    }
    let refused = account.misfit("POST", "webhooks", &body("https", 10));
    let error = "under `strict_limits`, an account has at most 10 webhooks";
    assert_eq!(refused, json!([null, error, null]));
    let id = account.get("webhooks")["items"][0]["id"].clone();
    account.send(
        "PATCH",
        &format!("webhooks/{}", id.as_str().unwrap()),
        r#"{"active": false}"#,
    );
    for _ in 0..3 {
        account.create("keys", r#"{"name": "k"}"#);
    }
    let refused = account.misfit("POST", "keys", r#"{"name": "k"}"#);
    assert_eq!(
        refused[1],
        "under `strict_limits`, an account has at most 3 keys"
    );
}

#[test]
fn a_body_is_not_nested_too_deeply() {
    let mut account = Account::full();
    let nested = |depth| {
        let step = r#"{"type": "decision", "if": {"tag": 1}, "no": [], "yes": ["#;
        let (open, close) = (step.repeat(depth), "]}".repeat(depth));
        format!(r#"{{"name": "W", "steps": [{open}{close}]}}"#)
    };
    account.create("workflows", &nested(20));
    let refused = account.misfit("POST", "workflows", &nested(21));
    assert_eq!(refused[0], "/steps/0");
    let refused = account.misfit("POST", "workflows", &nested(32));
    assert_eq!(refused[1], "the body is nested more than 64 deep");
    let text = serde_json::to_string(&account.state).unwrap();
    assert_eq!(
        serde_json::from_str::<crate::state::State>(&text).unwrap(),
        account.state
    );
}

#[tokio::test]
async fn a_fault_is_answered_as_json() {
    let mut account = Account::new();
    let answer = account.refuse("PUT", "tags", "").into_response();
    assert_eq!(answer.status(), 405);
    assert_eq!(answer.headers()["allow"], "GET, HEAD, POST");
    let answer = account
        .refuse("POST", "tags", r#"{"nmae": "x"}"#)
        .into_response();
    assert_eq!(answer.headers()["content-type"], "application/json");
    assert!(answer.headers().get("allow").is_none());
    let body = axum::body::to_bytes(answer.into_body(), 10_000)
        .await
        .unwrap();
    assert_eq!(
        serde_json::from_slice::<Value>(&body).unwrap(),
        json!({"error": "`nmae` is unknown: known are `id`, `name`, `created_at`",
               "at": "/nmae", "did_you_mean": "name"})
    );
}
