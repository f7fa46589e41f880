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
