//! What is deleted with an object, and what is left.

use serde_json::json;

use super::account::Account;
use crate::state::{AccessType, Change};
use crate::test_account::NOW;

#[test]
fn what_hangs_on_an_object_is_deleted_with_it() {
    let mut account = Account::full();
    let rule = r#"{"trigger": {"type": "contact.tag.added", "tag": 1}, "actions": []}"#;
    account.create("rules", rule);
    let plan = r#"{"name": "P", "amount": 1, "recurring_options": {"interval": "day"}}"#;
    let plan = account.create("price-plans", plan)["id"].clone();
    let order = json!({"contact": 13, "price_plans": [plan]}).to_string();
    let order = account.create("orders", &order)["id"].clone();
    let now = NOW.parse().unwrap();
    let (contact, tag, course, community, campaign) = (13, 1, 6, 8, 9);
    for change in [
        Change::AddTag { contact, tag },
        Change::Join { contact, community },
        Change::SubscribeCampaign { contact, campaign },
        Change::Enroll {
            contact,
            course,
            access_type: AccessType::FullAccess,
            modules: vec![],
        },
    ] {
        account.state.apply(change, now).unwrap();
    }
    let count =
        |account: &mut Account, list: &str| account.get(list)["items"].as_array().unwrap().len();
    for (path, list) in [
        ("courses/6".to_owned(), "enrolments"),
        ("communities/8".to_owned(), "memberships"),
        (format!("orders/{order}"), "subscriptions"),
    ] {
        assert_eq!(count(&mut account, list), 1, "{list}");
        account.send("DELETE", &path, "");
        assert_eq!(count(&mut account, list), 0, "{list}");
    }
    assert_eq!(account.get("bundles/7")["courses"], json!([]));
    account.send("DELETE", "campaigns/9", "");
    // The rule names a tag that is gone, and does nothing.
    account.send("DELETE", "tags/1", "");
    let contact = account.get("contacts/13");
    assert_eq!(
        (&contact["tags"], &contact["campaigns"]),
        (&json!([]), &json!([]))
    );
    assert_eq!(account.get("rules")["items"][0]["trigger"]["tag"], 1);
    account.create("orders", r#"{"contact": 13, "price_plans": [11]}"#);
    account.send("DELETE", "contacts/13", "");
    assert_eq!(count(&mut account, "orders"), 0);
}

#[test]
fn what_belongs_to_a_step_is_deleted_with_it_and_with_its_funnel() {
    for path in ["funnels/2/steps/3", "funnels/2"] {
        let mut account = Account::full();
        let other = account.create("funnels/2/steps", r#"{"name": "S", "type": "squeeze"}"#);
        for step in [json!(3), json!(null), other["id"].clone()] {
            let trigger = json!({"type": "contact.optin.completed"});
            let rule = json!({"step": step, "trigger": trigger, "actions": []});
            account.create("rules", &rule.to_string());
        }
        account.send("DELETE", path, "");
        let rules = account.get("rules");
        let steps = rules["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|rule| &rule["step"]);
        let expected = match path {
            "funnels/2" => vec![json!(null)],
            _ => vec![json!(null), other["id"].clone()],
        };
        assert!(steps.eq(&expected), "{path}: {rules}");
        assert_eq!(account.get("webinars")["items"], json!([]));
    }
}

#[test]
fn a_deleted_workflow_does_not_go_on() {
    let mut account = Account::full();
    let body = r#"{"name": "W", "triggers": [{"type": "contact.tag.added"}],
                   "steps": [{"type": "delay", "seconds": 60}, {"type": "webhook", "url": "http://localhost/"}]}"#;
    let workflow = account.create("workflows", body)["id"].clone();
    let add = Change::AddTag {
        contact: 13,
        tag: 1,
    };
    account.state.apply(add, NOW.parse().unwrap()).unwrap();
    assert!(account.state.next_due().is_some());
    account.send("DELETE", &format!("workflows/{workflow}"), "");
    assert_eq!(account.state.next_due(), None);
}

#[test]
fn access_is_listed_and_taken_away() {
    let mut account = Account::full();
    let (contact, community, bundle) = (13, 8, 7);
    let access_type = AccessType::FullAccess;
    for change in [
        Change::Join { contact, community },
        Change::GrantBundle {
            contact,
            bundle,
            access_type,
        },
    ] {
        account.state.apply(change, NOW.parse().unwrap()).unwrap();
    }
    for list in ["enrolments", "memberships"] {
        let id = account.get(list)["items"][0]["id"].clone();
        let place = format!("{list}/{id}");
        assert_eq!(account.get(&place)["contact"], 13);
        assert_eq!(
            account.refuse("POST", list, "{}").allow.unwrap(),
            "GET, HEAD"
        );
        assert_eq!(
            account.refuse("PATCH", &place, "{}").allow.unwrap(),
            "GET, HEAD, DELETE"
        );
        assert_eq!(account.send("DELETE", &place, "").0, 204);
        assert_eq!(account.get(list)["items"], json!([]));
    }
    assert_eq!(
        account
            .refuse("DELETE", "subscriptions/1", "")
            .allow
            .unwrap(),
        "GET, HEAD"
    );
}
