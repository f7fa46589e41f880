use std::iter;

use serde_json::{Value, json};

use super::{Misfit, read};
use crate::state::{
    Action, Condition, Coupon, Resource, Rule, State, Trigger, Waiting, Workflow, WorkflowStep,
};
use crate::test_account::{Account, opt_in};

fn refused<T: serde::de::DeserializeOwned + std::fmt::Debug>(document: Value) -> Misfit {
    read::<T>(&document).expect_err(&document.to_string())
}

/// Types and documents. Below each: the place, the beginning of the text, and what was meant.
const REFUSED: &str = r#"
Rule {"id": 1, "trigger": {"type": "contact.tag.aded"}, "actions": []}
  /trigger/type: `contact.tag.aded` is unknown: known are `contact.tag.added`, -> contact.tag.added
Rule {"id": 1, "trigger": {"type": "contact.tag.added", "tga": 1}, "actions": []}
  /trigger/tga: `tga` is unknown: known are `tag` -> tag
Rule {"id": 1, "trigger": {"type": "subscription.payment.failed", "tag": 1}, "actions": []}
  /trigger/tag: `tag` is unknown: no name is known here
Rule {"id": 1, "trigger": {"tag": 1}, "actions": []}
  /trigger/type: `type` is missing
Rule {"id": 1, "trigger": "contact.tag.added", "actions": []}
  /trigger: expected an object, found string "contact.tag.added"
Rule {"id": 1, "trigger": {"type": 5, "tag": 1}, "actions": []}
  /trigger/type: expected a name, found a number
Rule {"id": 1, "trigger": ["contact.tag.added", {"tag": 1}], "actions": []}
  /trigger: expected an object, found a list
Rule {"id": 1, "trigger": {"type": "contact.optin.completed"}, "actions": [{"type": "enroll", "course": 1}, {"type": "add_tag", "tag": "x"}]}
  /actions/1/tag: expected a whole number from 0, found string "x"
Rule {"id": 1, "trigger": {"type": "contact.optin.completed"}, "actions": [{"type": "add_tag", "tag": [1, 2]}]}
  /actions/0/tag: expected a whole number from 0, found a list
Rule {"id": 1, "trigger": {"type": "contact.optin.completed"}, "actions": [{"type": "add_tag", "tag": null}]}
  /actions/0/tag: expected a whole number from 0, found null
Rule {"id": 1, "trigger": {"type": "contact.optin.completed"}, "actions": [{"type": "add_tag"}]}
  /actions/0/tag: `tag` is missing
Rule {"id": 1, "trigger": {"type": "contact.optin.completed"}, "actions": [{"type": "enroll", "course": 1, "access_type": "ful_access"}]}
  /actions/0/access_type: `ful_access` is unknown: known are `full_access`, -> full_access
Rule {"id": 1, "trigger": {"type": "contact.optin.completed"}, "actions": {}}
  /actions: expected a list, found an object
Rule {"id": 1, "trigger": {"type": "contact.optin.completed"}, "action": []}
  /action: `action` is unknown: known are `id`, `step`, `trigger`, `actions` -> actions
Rule {"id": 1, "trigger": {"type": "contact.optin.completed"}}
  /actions: `actions` is missing
Workflow {"id": 1, "name": "W", "active": true, "triggers": [], "steps": [{"type": "delay", "seconds": 1}, {"type": "delay", "seconds": -1}]}
  /steps/1/seconds: expected a whole number from 0, found integer `-1`
Workflow {"id": 1, "name": "W", "active": true, "triggers": [], "steps": [{"type": "delya", "seconds": 1}]}
  /steps/0/type: `delya` is unknown: known are `delay`, `decision`, `webhook`, -> delay
Workflow {"id": 1, "name": "W", "active": true, "triggers": [], "steps": [{"type": "dd_tag", "tag": 1}]}
  /steps/0/type: `dd_tag` is unknown -> add_tag
Workflow {"id": 1, "name": "W", "active": true, "triggers": [], "steps": [{"seconds": 1}]}
  /steps/0/type: `type` is missing
Workflow {"id": 1, "name": "W", "active": true, "triggers": [], "steps": [{"type": "decision", "if": {"tag": 1}, "yes": [{"seconds": 1}], "no": []}]}
  /steps/0/yes/0/type: `type` is missing
Workflow {"id": 1, "name": 5, "active": true, "triggers": [], "steps": []}
  /name: expected a string, found integer `5`
Workflow {"id": 1, "name": {"a": 1}, "active": true, "triggers": [], "steps": []}
  /name: expected a string, found an object
Workflow {"id": 1, "name": "W", "active": true, "triggers": [], "steps": [{"type": "webhook", "ulr": "http://localhost/"}]}
  /steps/0/ulr: `ulr` is unknown: known are `url` -> url
Workflow {"id": 1, "name": "W", "active": true, "triggers": [], "steps": [{"type": "decision", "if": {"tag": 1}, "yes": [{"type": "delay", "seconds": 1}, {"type": "delay", "seconds": 1.5}], "no": []}]}
  /steps/0/yes/1/seconds: expected a whole number from 0, found floating point `1.5`
Workflow {"id": 1, "name": "W", "active": true, "triggers": [], "steps": [{"type": "decision", "if": {"tag": 1}, "yes": [{"type": "email", "email": 1}, {"type": "delay"}], "no": []}]}
  /steps/0/yes/1/seconds: `seconds` is missing
Workflow {"id": 1, "name": "W", "active": true, "triggers": [], "steps": [{"type": "decision", "if": {"tag": 1}, "yes": [{"type": "decision", "if": {"tag": 1}, "yes": [{"type": "add_tag", "tags": 1}], "no": []}], "no": []}]}
  /steps/0/yes/0/yes/0/tags: `tags` is unknown: known are `tag` -> tag
Workflow {"id": 1, "name": "W", "active": true, "triggers": [], "steps": [{"type": "decision", "if": {"tag": 1}, "yes": [["delay", 1]], "no": []}]}
  /steps/0/yes/0: expected an object, found a list
Workflow {"id": 1, "name": "W", "active": true, "triggers": [], "steps": [{"type": "decision", "if": {"tga": 1}, "yes": [], "no": []}]}
  /steps/0/if/tga: `tga` is unknown: known are `tag`, `course`, `campaign` -> tag
Workflow {"id": 1, "name": "W", "active": true, "triggers": [], "steps": [{"type": "decision", "if": {"tag": 1, "course": 2}, "yes": [], "no": []}]}
  /steps/0/if: expected an object with one member, found an object
Coupon {"code": "C", "inner_name": "C", "discount": {"type": "percent", "amount": -5}}
  /discount/amount: expected a whole number from 0, found integer `-5`
Coupon {"code": "C", "inner_name": "C", "discount": {"type": "fixed", "amount": 5}, "expiration_date": "tomorrow"}
  /expiration_date: not a time such as 
Resources [{"type": "tag", "tag": 1}, {"type": "cuorse", "course": 1}]
  /1/type: `cuorse` is unknown: known are `tag`, `course`, -> course
Coupon []
  : expected an object, found a list
Condition {"a/b~": 1}
  /a~1b~0: `a/b~` is unknown
"#;

/// The rows of a table of refused documents: name, document, place, text and near name.
pub(crate) fn rows(table: &str) -> impl Iterator<Item = (&str, &str, &str, &str, Option<&str>)> {
    let mut lines = table.trim().lines();
    iter::from_fn(move || {
        let (name, document) = lines.next()?.split_once(' ')?;
        let (at, error) = lines.next()?.trim().split_once(": ")?;
        let (error, near) = match error.split_once(" -> ") {
            Some((error, near)) => (error, Some(near)),
            None => (error, None),
        };
        Some((name, document, at, error, near))
    })
}

#[test]
fn an_error_has_its_place_and_a_near_name() {
    for (name, document, at, error, near) in rows(REFUSED) {
        let parsed = serde_json::from_str(document).unwrap();
        let misfit = match name {
            "Rule" => refused::<Rule>(parsed),
            "Workflow" => refused::<Workflow>(parsed),
            "Coupon" => refused::<Coupon>(parsed),
            "Condition" => refused::<Condition>(parsed),
            _ => refused::<Vec<Resource>>(parsed),
        };
        let found = (&*misfit.at, misfit.did_you_mean.as_deref());
        assert_eq!(found, (at, near), "{document}: {misfit}");
        assert!(misfit.error.starts_with(error), "{document}: {misfit}");
    }
}

/// A step with all attributes that a step of this type may have.
fn step(r#type: &str) -> Value {
    let pick = r#type.rsplit('_').next().unwrap();
    match r#type {
        "delay" => json!({"type": "delay", "seconds": 1}),
        "decision" => json!({"type": "decision", "if": {"tag": 1}, "yes": [], "no": []}),
        "webhook" => json!({"type": "webhook", "url": "http://localhost/"}),
        "enroll" => json!({"type": "enroll", "course": 1}),
        _ => json!({"type": r#type, pick: 1}),
    }
}

#[test]
fn the_known_types_of_steps_are_all_that_can_be_read() {
    let unknown = refused::<WorkflowStep>(json!({"type": "?"})).error;
    let known: Vec<_> = unknown.split('`').skip(1).step_by(2).skip(1).collect();
    let actions = refused::<Action>(json!({"type": "?"})).error;
    let actions = actions.split('`').skip(1).step_by(2).skip(1);
    let expected: Vec<_> = ["delay", "decision"].into_iter().chain(actions).collect();
    assert_eq!(known, expected);
    for r#type in known {
        let step = step(r#type);
        let parsed: WorkflowStep = read(&step).unwrap();
        let text = serde_json::to_string(&parsed).unwrap();
        assert_eq!(serde_json::from_str::<WorkflowStep>(&text).unwrap(), parsed);
        let misspelt = refused::<WorkflowStep>(json!({"type": r#type, "x": 1}));
        assert_ne!(misspelt.at, "", "{type}");
    }
}

#[test]
fn a_place_is_found_in_a_long_list() {
    let mut yes = vec![json!({"type": "delay", "seconds": 1}); 500];
    yes[437]["seconds"] = json!("x");
    let step = json!({"type": "decision", "if": {"tag": 1}, "yes": yes, "no": []});
    assert_eq!(
        refused::<Vec<WorkflowStep>>(json!([step])).at,
        "/0/yes/437/seconds"
    );
}

#[test]
fn a_state_is_read_back() {
    let mut account = Account::new();
    let (tag, page) = (account.tag("VIP"), account.step("squeeze"));
    account.rule(&format!(
        r#"{{"step": {page}, "trigger": {{"type": "contact.optin.completed"}},
        "actions": [{{"type": "add_tag", "tag": {tag}}}]}}"#
    ));
    account.workflow(
        r#"{"triggers": [{"type": "contact.tag.added"}],
            "steps": [{"type": "delay", "seconds": 60}, {"type": "email", "email": 1}]}"#,
    );
    account.state.strict_limits = true;
    account.apply(opt_in(page));
    let contact = *account.state.contacts.last_key_value().unwrap().0;
    account.subscription(contact);
    let document = serde_json::to_value(&account.state).unwrap();
    assert_eq!(read::<State>(&document).unwrap(), account.state);

    for (pointer, value, at) in [
        (
            "/waiting/0/journey/steps/0/email",
            json!("x"),
            "/waiting/0/journey/steps/0/email",
        ),
        (
            "/waiting/0/journey/trigger/kind",
            json!({"tag_addd": 1}),
            "/waiting/0/journey/trigger/kind/tag_addd",
        ),
        ("/ids/last", json!(null), "/ids/last"),
        ("/contacts", json!({"x": {}}), "/contacts/x"),
    ] {
        let mut wrong = document.clone();
        *wrong.pointer_mut(pointer).unwrap() = value;
        assert_eq!(refused::<State>(wrong).at, at);
    }
}

#[test]
fn a_text_of_the_document_is_cut() {
    let misfit = refused::<Trigger>(json!({"type": "x".repeat(5000)}));
    assert!(misfit.error.len() < 1000, "{misfit}");
    let misfit = refused::<Waiting>(json!({"until": "x\ny".repeat(5000), "journey": {}}));
    assert!(
        misfit.error.len() < 1000 && !misfit.error.contains('\n'),
        "{misfit}"
    );
}
