use super::*;

#[on_event("contact.tag.added")]
async fn of_automation(event: automation::TagAdded, State(seen): State<Seen>) {
    seen.note(format!("{} {}", event.tag.name, event.contact.email));
}

#[on_event("SALE_NEW")]
async fn of_account(State(seen): State<Seen>, sale: account::SaleNew) {
    seen.note(format!("{} {}", sale.order_item.id, sale.price_plan.amount));
}

#[on_event("contact.tag.added", "CONTACT_TAG_ADDED")]
fn unified_tag(event: unified::TagAdded, State(seen): State<Seen>) {
    seen.note(format!("{} {}", event.contact.id, event.tag.id));
}

#[on_event("customer.sale.completed", "SALE_NEW")]
fn unified_sale(sale: unified::Sale, State(seen): State<Seen>) {
    let tags: Vec<_> = sale.order_item.tags.iter().map(|tag| &*tag.name).collect();
    seen.note(format!(
        "{:?} {tags:?}",
        sale.price_plan.amount.map(MinorUnits::get)
    ));
}

/// A unified type for one event of the pair.
#[on_event("CONTACT_OPT_IN")]
fn unified_opt_in(event: unified::OptIn, State(seen): State<Seen>) {
    seen.note(event.source_url.unwrap());
}

#[on_event("contact.tag.removed", "CONTACT_TAG_REMOVED")]
fn unified_removed(event: unified::TagRemoved, State(seen): State<Seen>) {
    seen.note(event.contact.email);
}

#[on_event("subscription.payment.failed")]
fn unpublished(payment: automation::PaymentFailed, State(seen): State<Seen>) {
    seen.note(payment.0.to_string());
}

#[test]
fn a_handler_gets_the_payload_of_an_automation() {
    assert_eq!(
        seen_by(&["of_automation"], automation(TAG_ADDED)),
        ["vip lea.martin@example.com"]
    );
}

#[test]
fn a_handler_gets_the_payload_of_an_account_webhook() {
    assert_eq!(seen_by(&["of_account"], sale()), ["15460871 4700"]);
}

#[test]
fn a_handler_gets_a_unified_payload_of_both_mechanisms() {
    let tag = || &["unified_tag"];
    assert_eq!(seen_by(tag(), automation(TAG_ADDED)), ["1 7"]);
    assert_eq!(seen_by(tag(), tag_added()), ["445120981 1758324"]);
    let automation_sale = automation(fixture("automation/customer.sale.completed"));
    assert_eq!(
        seen_by(&["unified_sale"], automation_sale),
        [r#"Some(583) ["FR-Client-CCBQR-7"]"#]
    );
    assert_eq!(
        seen_by(&["unified_sale"], sale()),
        [r#"Some(4700) ["Acheteur"]"#]
    );
    let removed = account(
        "CONTACT_TAG_REMOVED",
        fixture("account/CONTACT_TAG_REMOVED.nested"),
    );
    assert_eq!(
        seen_by(&["unified_removed"], removed),
        ["lea.martin@example.com"]
    );
}

#[test]
fn a_handler_of_one_event_gets_a_unified_payload() {
    let opt_in = account("CONTACT_OPT_IN", fixture("account/CONTACT_CREATED"));
    let page = "https://atelier-lea.example/guide?utm_source=newsletter";
    assert_eq!(seen_by(&["unified_opt_in"], opt_in), [page]);
}

#[test]
fn a_payload_that_is_not_published_is_raw_json() {
    let failed = automation(envelope("subscription.payment.failed", r#"{"x":[1]}"#));
    assert_eq!(seen_by(&["unpublished"], failed), [r#"{"x":[1]}"#]);
}
