//! `siohook events`.

use crate::run::run;

#[test]
fn the_catalogue_is_listed() {
    let rows = run(&["events"]).good().stdout;
    let sale = "SALE_NEW\taccount\tA customer bought something: one delivery for each line of the order.\t";
    assert!(rows.lines().any(|row| row == sale), "{rows}");
    assert_eq!(rows.lines().count(), siohook_events::events().len());
    let json = run(&["events", "--json"]).good().json();
    let opt_in = json
        .iter()
        .find(|event| event["name"] == "contact.optin.completed");
    assert_eq!(
        opt_in.unwrap()["forms"],
        serde_json::json!(["funnel_step", "page_model"])
    );
}

#[test]
fn the_pointers_of_an_event_can_be_set() {
    for event in siohook_events::events() {
        let members = run(&["events", event.name(), "--json"]).good().json();
        let mut sample = siohook_sender::Sample::of(event.name());
        for member in &members {
            let pointer = member["pointer"].as_str().unwrap();
            sample = sample.try_set(pointer, &member["value"]).unwrap();
        }
        assert!(!members.is_empty() || event.name() == "subscription.payment.failed");
    }
    let rows = run(&["events", "SALE_NEW"]).good().stdout;
    assert!(rows.contains("/pricePlan/amount\tnumber\t"), "{rows}");
    let other = run(&["events", "contact.optin.completed", "--form", "page_model"])
        .good()
        .stdout;
    assert!(other.contains("/page_model/id\tnumber\t"), "{other}");
}

#[test]
fn an_event_that_is_not_listed_is_exit_2() {
    let ended = run(&["events", "SALE_NWE"]);
    assert_eq!((ended.code, &*ended.stdout), (2, ""));
    assert!(
        ended.stderr.contains("did you mean `SALE_NEW`?"),
        "{ended:?}"
    );
}
