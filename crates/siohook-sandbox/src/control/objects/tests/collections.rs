//! What holds for every collection.

use serde_json::{Value, json};

use super::account::Account;
use crate::control::objects::COLLECTIONS;

/// A collection with the smallest body that creates an object, and a change of one.
struct Row {
    path: &'static str,
    body: Value,
    patch: Value,
    /// The attribute that is the key.
    key: &'static str,
}

fn rows() -> Vec<Row> {
    let row = |path, body, patch| {
        let key = match path {
            "coupons" => "code",
            "contact-fields" => "slug",
            _ => "id",
        };
        Row {
            path,
            body,
            patch,
            key,
        }
    };
    let named = || json!({"name": "New"});
    let renamed = || json!({"name": "Other"});
    vec![
        row("tags", named(), renamed()),
        row("funnels", named(), renamed()),
        row(
            "funnels/2/steps",
            json!({"name": "New", "type": "offer-form"}),
            renamed(),
        ),
        row("blogs", named(), renamed()),
        row("blogs/4/pages", named(), renamed()),
        row(
            "courses",
            named(),
            json!({"description": "Long", "modules": ["One"]}),
        ),
        row("bundles", named(), json!({"courses": [6]})),
        row("communities", named(), renamed()),
        row("campaigns", named(), json!({"description": "Long"})),
        row(
            "emails",
            json!({"subject": "New"}),
            json!({"subject": "Other"}),
        ),
        row(
            "price-plans",
            json!({"name": "New", "amount": 100}),
            json!({"amount": 200}),
        ),
        row("webinars", json!({"step": 3}), json!({"duration": 60})),
        row(
            "contacts",
            json!({"email": "new@example.com"}),
            json!({"bounced": true}),
        ),
        row(
            "contact-fields",
            json!({"slug": "size"}),
            json!({"field_name": "Size"}),
        ),
        row(
            "coupons",
            json!({"code": "C1", "discount": {"type": "percent", "amount": 20}}),
            json!({"limit_of_use": 3}),
        ),
        row(
            "rules",
            json!({"trigger": {"type": "contact.tag.added", "tag": 1}, "actions": []}),
            json!({"step": 3}),
        ),
        row("workflows", named(), json!({"active": false})),
        row(
            "webhooks",
            json!({"name": "New", "url": "http://localhost:3000/systeme"}),
            json!({"active": false}),
        ),
        row("keys", named(), json!({"key": "k"})),
        row(
            "orders",
            json!({"contact": 13, "price_plans": [11]}),
            Value::Null,
        ),
    ]
}

#[test]
fn the_table_has_every_collection() {
    let mut tested: Vec<_> = rows()
        .iter()
        .map(|row| row.path.replace("/2/", "/").replace("/4/", "/"))
        .collect();
    // These have tests of their own: they can't be created.
    let others = ["account", "enrolments", "memberships", "subscriptions"];
    tested.extend(others.map(str::to_owned));
    tested.sort_unstable();
    let known: Vec<_> = COLLECTIONS.iter().map(|(name, _)| *name).collect();
    assert_eq!(tested, known);
}

#[test]
fn an_object_is_created_listed_changed_and_deleted() {
    for Row {
        path,
        body,
        patch,
        key,
    } in rows()
    {
        let mut account = Account::full();
        let before = account.get(path)["items"].as_array().unwrap().len();
        let created = account.create(path, &body.to_string());
        for (name, value) in body.as_object().unwrap() {
            let is_kept = created[name] == *value || path == "orders";
            assert!(is_kept, "{path} {name}: {created}");
        }
        let key = created[key]
            .as_str()
            .map_or(created[key].to_string(), str::to_owned);
        let place = format!("{path}/{key}");
        assert_eq!(account.get(&place), created);
        let items = account.get(path)["items"].clone();
        assert_eq!(items.as_array().unwrap().len(), before + 1);
        assert_eq!(items[before], created, "{path}");

        if patch.is_null() {
            let fault = account.refuse("PATCH", &place, "{}");
            assert_eq!(fault.allow.as_deref(), Some("GET, HEAD, DELETE"), "{path}");
        } else {
            let (status, changed) = account.send("PATCH", &place, &patch.to_string());
            assert_eq!(status, 200);
            assert_ne!(changed, created);
            assert_eq!(account.get(&place), changed);
            // A patch of what was answered changes nothing.
            let (_, same) = account.send("PATCH", &place, &changed.to_string());
            assert_eq!(same, changed, "{path}");
        }

        assert_eq!(account.send("DELETE", &place, ""), (204, Value::Null));
        assert_eq!(account.refuse("GET", &place, "").status, 404);
        assert_eq!(account.refuse("DELETE", &place, "").status, 404);
        assert_eq!(account.get(path)["items"].as_array().unwrap().len(), before);
    }
}

#[test]
fn a_body_is_read_strictly() {
    for Row {
        path,
        body,
        patch,
        key,
    } in rows()
    {
        let mut account = Account::full();
        let mut unknown = body.clone();
        unknown["nmae"] = json!("x");
        let refused = account.misfit("POST", path, &unknown.to_string());
        assert_eq!(refused[0], "/nmae", "{path}: {refused}");

        for name in body.as_object().unwrap().keys() {
            let mut missing = body.clone();
            missing.as_object_mut().unwrap().remove(name);
            let refused = account.misfit("POST", path, &missing.to_string());
            let expected = json!([format!("/{name}"), format!("`{name}` is missing"), null]);
            assert_eq!(refused, expected, "{path}");
            let mut wrong = body.clone();
            wrong[name] = json!({"x": [1]});
            let refused = account.misfit("POST", path, &wrong.to_string());
            let at = refused[0].as_str().unwrap();
            assert!(at.starts_with(&format!("/{name}")), "{path}: {refused}");
        }
        for wrong in ["[]", "1", "null"] {
            let refused = account.misfit("POST", path, wrong);
            assert_eq!(refused, json!([null, "the body must be an object", null]));
        }
        let fault = account.refuse("POST", path, "{\"name\":\n x}");
        assert_eq!(fault.status, 400);
        let error = "the body is not JSON: expected value at line 2 column 2";
        assert_eq!(fault.error, error);

        let created = account.create(path, &body.to_string());
        let place = format!("{path}/{}", created[key].to_string().trim_matches('"'));
        if !patch.is_null() {
            let refused = account.misfit("PATCH", &place, r#"{"nmae": 1}"#);
            assert_eq!(refused[0], "/nmae");
            let refused = account.misfit("PATCH", &place, &json!({key: "999"}).to_string());
            assert_eq!(refused[0], format!("/{key}"), "{path}: {refused}");
        }
    }
}

#[test]
fn unknown_ids_methods_and_paths_are_refused() {
    for Row { path, .. } in rows() {
        let mut account = Account::full();
        for key in [
            "999",
            "0",
            "-1",
            "",
            "x",
            "..",
            "%31",
            "18446744073709551616",
            "01",
        ] {
            for method in ["GET", "DELETE"] {
                let fault = account.refuse(method, &format!("{path}/{key}"), "");
                assert_eq!(fault.status, 404, "{method} {path}/{key}");
            }
        }
        for method in ["PUT", "DELETE", "PATCH", "OPTIONS"] {
            let fault = account.refuse(method, path, "{}");
            assert_eq!(fault.status, 405);
            assert_eq!(fault.allow.as_deref(), Some("GET, HEAD, POST"));
        }
        let fault = account.refuse("POST", &format!("{path}/1"), "{}");
        let allow = fault.allow.unwrap();
        assert_eq!(fault.status, 405);
        assert!(
            allow.starts_with("GET, HEAD, ") && allow.ends_with("DELETE"),
            "{allow}"
        );
    }
    let mut account = Account::full();
    for path in [
        "funnels/9/steps",
        "blogs/2/pages",
        "funnels/x/steps/3",
        "funnels/2/steps/5",
    ] {
        assert_eq!(account.refuse("GET", path, "").status, 404, "{path}");
    }
    let fault = account.refuse("POST", "funnels/9/steps", "{}");
    assert_eq!(fault.error, "there is no funnel 9");
    for (path, near) in [
        ("funels", Some("funnels")),
        ("price_plans/1", Some("price-plans")),
        ("tags/1/x", None),
        ("", None),
        ("a/b/c/d/e", None),
    ] {
        let fault = account.refuse("GET", path, "");
        assert_eq!(fault.status, 404);
        assert_eq!(fault.did_you_mean.as_deref(), near, "{path}");
    }
}
