use serde_json::{Value, json};

use super::account::Account;

#[test]
fn a_list_is_paged_and_searched() {
    let mut account = Account::new();
    for number in 0..120 {
        account.create(
            "tags",
            &json!({"name": format!("Tag {number}")}).to_string(),
        );
    }
    let ids = |list: &Value| {
        let items = list["items"].as_array().unwrap();
        items
            .iter()
            .map(|item| item["id"].as_u64().unwrap())
            .collect::<Vec<_>>()
    };
    let first = account.get("tags");
    assert_eq!((ids(&first).len(), &first["hasMore"]), (100, &json!(true)));
    let rest = account.get("tags?after=100");
    assert_eq!(ids(&rest), (101..=120).collect::<Vec<_>>());
    assert_eq!(rest["hasMore"], false);
    account.send("DELETE", "tags/100", "");
    assert_eq!(ids(&account.get("tags?after=100&limit=2")), [101, 102]);
    assert_eq!(ids(&account.get("tags?limit=1000")).len(), 119);
    assert_eq!(
        ids(&account.get("tags?q=tAG%2011")),
        [12, 111, 112, 113, 114, 115, 116, 117, 118, 119, 120]
    );
    assert_eq!(ids(&account.get("tags?q=nothing")), [0_u64; 0]);

    let mut account = Account::full();
    assert_eq!(
        account.get("contact-fields?after=city")["items"][0]["slug"],
        "company_name"
    );
    assert_eq!(ids(&account.get("contacts?q=JANE@")), [13]);
    for (path, at, error) in [
        (
            "tags?limit=0",
            "limit",
            "`0` is not a number from 1 to 1000",
        ),
        (
            "tags?limit=1001",
            "limit",
            "`1001` is not a number from 1 to 1000",
        ),
        (
            "tags?limit=x",
            "limit",
            "`x` is not a number from 1 to 1000",
        ),
        ("tags?after=x", "after", "there is no tag x"),
        (
            "contact-fields?after=x",
            "after",
            "there is no contact field x",
        ),
    ] {
        assert_eq!(account.misfit("GET", path, ""), json!([at, error, null]));
    }
    let refused = account.misfit("GET", "tags?limt=1", "");
    assert_eq!(
        (&refused[0], &refused[2]),
        (&json!("limt"), &json!("limit"))
    );
}

#[test]
fn a_list_begins_with_what_was_added_last() {
    let mut account = Account::full();
    for name in ["B", "C"] {
        account.create("tags", &json!({ "name": name }).to_string());
    }
    let names = |list: &Value, attribute: &str| {
        let items = list["items"].as_array().unwrap();
        let names = items.iter().map(|item| item[attribute].as_str().unwrap());
        names.map(str::to_owned).collect::<Vec<_>>()
    };
    let newest = account.get("tags?order=desc&limit=2");
    assert_eq!(names(&newest, "name"), ["C", "B"]);
    assert_eq!(newest["hasMore"], true);
    let last = &newest["items"][1]["id"];
    let rest = account.get(&format!("tags?order=desc&after={last}"));
    assert_eq!(names(&rest, "name"), ["VIP"]);
    // The fields lie in a list.
    let fields = account.get("contact-fields");
    let mut reversed = names(&fields, "slug");
    reversed.reverse();
    let newest = account.get("contact-fields?order=desc&limit=2");
    assert_eq!(names(&newest, "slug"), reversed[..2]);
    let rest = account.get(&format!("contact-fields?order=desc&after={}", reversed[1]));
    assert_eq!(names(&rest, "slug"), reversed[2..]);
    let refused = account.misfit("GET", "tags?order=up", "");
    assert_eq!(
        refused,
        json!(["order", "`up` is neither `asc` nor `desc`", null])
    );
}

#[test]
fn a_list_holds_what_is_a_contacts() {
    let mut account = Account::full();
    let other = account.create("contacts", r#"{"email": "ada@example.com"}"#);
    for contact in [&json!(13), &other["id"]] {
        let order = json!({"contact": contact, "price_plans": [11]});
        account.create("orders", &order.to_string());
    }
    let own = account.get("orders?contact=13");
    assert_eq!(own["items"].as_array().unwrap().len(), 1);
    assert_eq!(own["items"][0]["contact"], 13);
    assert_eq!(account.get("orders?contact=99")["items"], json!([]));
    // Other objects are no contact's.
    assert_eq!(account.get("tags?contact=13")["items"], json!([]));
}
