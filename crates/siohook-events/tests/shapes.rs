//! Bodies that were received and are not as published: `fixtures/odd/`.
#![cfg(feature = "serde")]

use std::fs;
use std::path::Path;

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Number, Value, from_value, json, to_value};
use siohook_events::{MinorUnits, account, automation, unified};

/// The payload of `fixtures/odd/FILE.json`: the body, or its `data`.
fn payload(file: &str) -> Value {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/odd");
    let text = fs::read_to_string(folder.join(format!("{file}.json"))).unwrap();
    let mut body: Value = serde_json::from_str(&text).unwrap();
    match body.get_mut("data") {
        Some(data) => data.take(),
        None => body,
    }
}

fn read<T: DeserializeOwned>(file: &str) -> T {
    from_value(payload(file)).unwrap_or_else(|error| panic!("{file}: {error}"))
}

/// Reads it, and expects that nothing is lost when it is written.
fn read_whole<T: DeserializeOwned + Serialize>(file: &str) -> T {
    let read: T = read(file);
    assert_eq!(to_value(&read).unwrap(), payload(file), "{file}");
    read
}

#[test]
fn an_automation_may_have_the_total_of_the_order() {
    let file = "customer.sale.completed.order_total";
    let sale: automation::SaleCompleted = read(file);
    let order = &sale.order;
    assert_eq!(order.total_price, Some(MinorUnits::from(0)));
    assert_eq!(order.discount_amount, Some(Number::from(1700)));
    assert_eq!(order.discount_type.as_deref(), Some("fixed"));
    assert_eq!(order.shipping_fee, None);
    assert_eq!(order.vat, Number::from_f64(0.0));
    // Null is absent.
    let mut written = to_value(&sale).unwrap();
    written["order"]["shipping_fee"] = Value::Null;
    assert_eq!(written, payload(file));

    let order = unified::Sale::from(sale).order;
    assert_eq!(order.total_price, Some(MinorUnits::from(0)));
    assert_eq!(order.discount_amount, Some(Number::from(1700)));
    assert_eq!(order.discount_type.as_deref(), Some("fixed"));
    assert_eq!(order.shipping_fee, None);
    assert_eq!(order.vat, Number::from_f64(0.0));
}

#[test]
fn a_sale_may_come_from_a_checkout_page() {
    let sale: automation::SaleCompleted = read_whole("customer.sale.completed.checkout_page");
    assert_eq!(
        sale.checkout_page,
        Some(json!({"id": 77, "name": "Caisse"}))
    );
    assert_eq!(sale.funnel_step, None);
    assert_eq!(sale.order.total_price, None);
}

#[test]
fn an_opt_in_may_come_from_a_website() {
    let event: automation::OptInCompleted = read_whole("contact.optin.completed.website_page");
    let page = json!({"id": 1, "name": "W", "website": {"id": 2, "name": "Site"}});
    assert_eq!(event.website_page, Some(page));
    assert_eq!(event.funnel_step, None);
    assert_eq!(event.page_model, None);
}

#[test]
fn a_visited_page_may_be_of_a_blog() {
    let opt_in = include_str!("../fixtures/automation/contact.optin.completed.page_model.json");
    let mut body: Value = serde_json::from_str(opt_in).unwrap();
    let visit: automation::PageVisited = from_value(body["data"].clone()).unwrap();
    assert_eq!(to_value(&visit).unwrap(), body["data"].take());
    let page = visit.page_model.unwrap();
    assert_eq!(page.name, "Home page");
    assert_eq!(page.blog.unwrap().id, 33_665);
    assert_eq!(visit.funnel_step, None);
}

#[test]
fn a_cancellation_may_lack_what_was_bought() {
    let cancellation: account::SaleCanceled = read("SALE_CANCELED.no_order_item");
    assert_eq!(cancellation.customer.contact_id, 445_000_001);
    assert_eq!(cancellation.order_item, None);
    assert_eq!(cancellation.order.unwrap().id, 12_700_001);
    assert_eq!(cancellation.price_plan.unwrap().amount, 699);

    let cancellation: account::SaleCanceled = read("SALE_CANCELED.no_price_plan");
    assert_eq!(cancellation.price_plan, None);
    assert_eq!(cancellation.order_item.unwrap().id, 15_460_101);
    let total = cancellation.order.unwrap().total_price;
    assert_eq!(total, Some(MinorUnits::from(1098)));
}

#[test]
fn a_sale_may_have_members_of_another_event() {
    let sale: account::SaleNew = read("SALE_NEW.with_contact");
    assert_eq!(sale.customer.contact_id, 445_000_001);
    assert_eq!(sale.order_item.id, 15_460_101);
    assert_eq!(sale.order.total_price, Some(MinorUnits::from(1098)));
    assert_eq!(sale.price_plan.amount.decimal("usd").to_string(), "6.99");
}

#[test]
fn a_surname_may_be_a_last_name() {
    let event: account::ContactOptIn = read_whole("CONTACT_OPT_IN.last_name");
    assert_eq!(event.contact.fields.surname(), Some("Dupré"));
    assert_eq!(event.contact.fields.get("surname"), None);
    let contact = unified::OptIn::from(event).contact;
    assert_eq!(contact.fields.surname(), Some("Dupré"));
}
