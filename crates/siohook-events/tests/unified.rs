//! Bodies of both mechanisms that mean the same give equal unified values.
#![cfg(feature = "serde")]

mod support;

use std::collections::BTreeSet;

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Deserializer, Number, Value, from_value, json, to_value};
use siohook_events::ids::ContactId;
use siohook_events::{Event, Mechanism, account, automation, events, unified};
use support::{Payload, fixture, typed_fixtures};

/// Reads a contact from a whole `data` or body.
fn contact_of(payload: &str) -> serde_json::Result<unified::Contact> {
    unified::Contact::of_event(&mut Deserializer::from_str(payload))
}

#[test]
fn the_contact_of_every_fixture_is_found() {
    for fixture in typed_fixtures() {
        let body = fixture.body();
        let payload = body.pointer(fixture.root()).unwrap();
        let (id, email) = [
            ("/contact/contact/id", "/contact/contact/email"),
            ("/contact/id", "/contact/email"),
            ("/customer/contact_id", "/customer/email"),
            ("/customer/contactId", "/customer/email"),
        ]
        .into_iter()
        .find_map(|(id, email)| Some((payload.pointer(id)?, payload.pointer(email)?)))
        .unwrap();

        let contact = contact_of(&payload.to_string()).unwrap();
        assert_eq!(id.as_u64(), Some(contact.id.get()), "{}", fixture.file);
        assert_eq!(email, &contact.email, "{}", fixture.file);
        assert_ne!(
            payload.pointer("/customer/id").and_then(Value::as_u64),
            Some(contact.id.get()),
            "{}",
            fixture.file
        );
        if let Some(converted) = contact_in(fixture.payload()) {
            assert_eq!(converted, contact, "{}", fixture.file);
        }
    }
}

/// The contact in the unified form, of events that have one with a contact.
fn contact_in(payload: Payload) -> Option<unified::Contact> {
    match payload {
        Payload::OptInCompleted(event) => Some(unified::OptIn::from(event).contact),
        Payload::ContactOptIn(event) => Some(unified::OptIn::from(event).contact),
        Payload::TagAdded(event) => Some(unified::TagAdded::from(event).contact),
        Payload::ContactTagAdded(event) => Some(unified::TagAdded::from(event).contact),
        Payload::TagRemoved(event) => Some(unified::TagRemoved::from(event).contact),
        Payload::ContactTagRemoved(event) => Some(unified::TagRemoved::from(event).contact),
        _ => None,
    }
}

#[test]
fn the_fields_of_a_contact_stay_in_order() {
    let contact = contact_of(
        r#"{"contact": {"fields": {"surname": "M", "city": "L", "age": "9"}, "id": 1, "email": "a@example.com"}}"#,
    )
    .unwrap();
    let slugs: Vec<_> = contact.fields.iter().map(|field| &field.slug).collect();
    assert_eq!(slugs, ["surname", "city", "age"]);
}

#[test]
fn a_contact_is_not_made_up() {
    for payload in [
        json!({}),
        json!({"contact": null}),
        json!({"contact": {"id": 1}}),
        json!({"contact": {"email": "a@example.com"}}),
        json!({"customer": {"id": 1, "email": "a@example.com"}}),
        json!({"customer": {"contact_id": 1}}),
        json!({"tag": {"id": 1, "email": "a@example.com"}}),
    ] {
        assert!(contact_of(&payload.to_string()).is_err(), "{payload}");
    }
    let customer = json!({"id": 1, "contactId": 2, "email": "a@example.com", "fields": null});
    let contact = contact_of(&json!({"contact": null, "customer": customer}).to_string()).unwrap();
    assert_eq!(contact.id, ContactId::from(2));
}

/// The contact of both mechanisms.
fn contacts() -> (Value, Value) {
    (
        json!({
            "id": 445_120_981,
            "email": "lea.martin@example.com",
            "fields": {"surname": "Martin", "first_name": "Léa"},
            "ip": null,
        }),
        json!({
            "id": 445_120_981,
            "email": "lea.martin@example.com",
            "locale": "fr",
            "sourceURL": "https://example.com/guide",
            "fields": [
                {"fieldName": "Prénom", "slug": "first_name", "value": "Léa"},
                {"fieldName": "Nom", "slug": "surname", "value": "Martin"},
                {"fieldName": "Téléphone", "slug": "phone_number", "value": null},
            ],
        }),
    )
}

#[test]
fn a_tag_is_the_same_from_both() {
    let (automation, account) = contacts();
    let tag = json!({"id": 7, "name": "Client"});
    let automation = json!({"contact": automation, "tag": tag});
    for account in [account.clone(), json!({"contact": account})] {
        let account = json!({"contact": account, "tag": tag});
        same::<automation::TagAdded, account::ContactTagAdded, unified::TagAdded>(
            &automation,
            &account,
        );
        same::<automation::TagRemoved, account::ContactTagRemoved, unified::TagRemoved>(
            &automation,
            &account,
        );
    }
}

#[test]
fn an_opt_in_is_the_same_from_both() {
    let (automation, account) = contacts();
    same::<automation::OptInCompleted, account::ContactOptIn, unified::OptIn>(
        &json!({"contact": automation, "source_url": "https://example.com/guide"}),
        &json!({"contact": account}),
    );
}

#[test]
fn a_sale_is_the_same_from_both() {
    let mut data = fixture("customer.sale.completed").body()["data"].take();
    let order = data["order"].as_object_mut().unwrap();
    order.extend([
        ("total_price".to_owned(), json!(466)),
        ("discount_amount".to_owned(), json!(20)),
        ("discount_type".to_owned(), json!("percent")),
        ("shipping_fee".to_owned(), json!(500)),
        ("vat".to_owned(), json!(19.6)),
    ]);
    let plan = &data["offer_price_plan"];
    let account = json!({
        "customer": {
            "id": data["customer"]["id"],
            "contactId": data["customer"]["contact_id"],
            "email": data["customer"]["email"],
            "fields": data["customer"]["fields"],
            "paymentProcessor": data["customer"]["payment_processor"],
        },
        "funnelStep": data["funnel_step"],
        "order": {
            "id": data["order"]["id"],
            "createdAt": data["order"]["created_at"],
            "totalPrice": 466,
            "discountAmount": 20,
            "discountType": "percent",
            "shippingFee": 500,
            "vat": 19.6,
        },
        "orderItem": {
            "id": data["order_item"]["id"],
            "createdAt": data["order_item"]["created_at"],
            "resources": [
                {"tag": {"id": 110, "name": "FR-Client-CCBQR-7"}},
                {"course": {"id": 111, "name": "Formation Un blog qui rapporte"}, "tag": null},
            ],
        },
        "pricePlan": {
            "id": plan["id"],
            "name": plan["name"],
            "innerName": plan["inner_name"],
            "type": plan["type"],
            "amount": plan["direct_charge_amount"],
            "currency": plan["currency"],
        },
    });
    let sale = same::<automation::SaleCompleted, account::SaleNew, unified::Sale>(&data, &account);
    assert_eq!(sale.price_plan.amount, Some(583.into()));
    assert_eq!(sale.order.total_price, Some(466.into()));
    assert_eq!(sale.order.discount_amount, Some(20.into()));
    assert_eq!(sale.order.discount_type.as_deref(), Some("percent"));
    assert_eq!(sale.order.shipping_fee, Some(500.into()));
    assert_eq!(sale.order.vat, Number::from_f64(19.6));
    assert_eq!(sale.order_item.tags.len(), 1);
    let [course] = &sale.order_item.courses[..] else {
        panic!("one course was sold");
    };
    assert_eq!(course.id, 111);
    assert_eq!(sale.funnel_step.unwrap().funnel.unwrap().id, 118);
}

#[test]
fn a_sale_has_what_a_shop_needs() {
    let Payload::SaleNew(sale) = fixture("SALE_NEW").payload() else {
        panic!("the fixture is a sale");
    };
    let sale = unified::Sale::from(sale);
    let page = sale.customer.source_url.as_deref();
    assert_eq!(page, Some("https://atelier-lea.example/commande"));
    assert_eq!(sale.order.total_price, Some(4200.into()));
    assert_eq!(sale.order.discount_amount, None);
    assert_eq!(sale.order.discount_type, None);
    assert_eq!(sale.order.shipping_fee, None);
    assert_eq!(sale.order.vat, Number::from_f64(0.0));
    assert_eq!(sale.price_plan.amount, Some(4700.into()));
    assert_eq!(sale.price_plan.currency, "eur");
    let coupon = sale.coupon.unwrap();
    assert_eq!(coupon.inner_name.as_deref(), Some("Rentrée"));
    assert_eq!(coupon.code.as_deref(), Some("RENTREE26"));
    assert_eq!(coupon.discount_amount, Some(500.into()));
    assert_eq!(coupon.discount_type.as_deref(), Some("fixed"));
    let until = coupon.expiration_date.map(|until| until.to_string());
    assert_eq!(until.as_deref(), Some("2026-10-31T22:59:59+00:00"));
    assert_eq!(coupon.limit_of_use, Some(100.into()));

    let Payload::SaleCompleted(sale) = fixture("customer.sale.completed").payload() else {
        panic!("the fixture is a sale");
    };
    let sale = unified::Sale::from(sale);
    assert_eq!(sale.customer.source_url, None);
    assert_eq!(sale.coupon, None);
    assert_eq!(sale.order.total_price, None);
    assert_eq!(sale.order.vat, None);
}

/// Converts both, and reads back what the unified value is written as.
fn same<A, B, U>(automation: &Value, account: &Value) -> U
where
    A: DeserializeOwned,
    B: DeserializeOwned,
    U: From<A> + From<B> + PartialEq + std::fmt::Debug + Serialize + DeserializeOwned,
{
    let unified = U::from(A::deserialize(automation).unwrap());
    assert_eq!(unified, U::from(B::deserialize(account).unwrap()));
    let written = to_value(&unified).unwrap();
    assert_eq!(from_value::<U>(written).unwrap(), unified);
    unified
}

#[test]
fn the_table_of_the_module_is_that_of_the_catalogue() {
    let rows: BTreeSet<String> = include_str!("../src/unified.rs")
        .lines()
        .filter_map(|line| line.strip_prefix("//! | [`"))
        .map(str::to_owned)
        .collect();
    let name = |mechanism, unified| {
        let mut events = events().iter().filter(|it| it.unified() == Some(unified));
        let event = events.find(|it| it.mechanism() == mechanism);
        event.map(Event::name).unwrap()
    };
    let unified: BTreeSet<_> = events().iter().filter_map(Event::unified).collect();
    let expected = unified.into_iter().map(|unified| {
        let automation = name(Mechanism::Automation, unified);
        let account = name(Mechanism::Account, unified);
        format!("{unified}`] | `{automation}` | `{account}` |")
    });
    assert_eq!(rows, expected.collect());
}
