//! Bodies that are rebuilt from the values of a sample equal it, byte for byte.

use serde_json::{Value, json};
use siohook_sender::Sample;

use super::{account, automation};
use crate::state::{AccessType, Happening, Kind, State};

/// A state with these members.
fn state(members: Value) -> State {
    let mut state = serde_json::to_value(State::new(7)).unwrap();
    for (name, value) in members.as_object().unwrap() {
        state[name] = value.clone();
    }
    serde_json::from_value(state).unwrap()
}

fn contact(id: u64, email: &str, fields: Value) -> Value {
    json!({
        "id": id, "email": email, "registered_at": "2026-03-02T09:14:05+00:00", "locale": "fr",
        "source_url": "https://atelier-lea.example/guide?utm_source=newsletter",
        "unsubscribed": false, "bounced": false, "needs_confirmation": false,
        "fields": fields, "tags": [], "campaigns": [], "customer": 12_799_412,
    })
}

fn fields(slugs: &[(&str, &str)]) -> Value {
    let fields = slugs
        .iter()
        .map(|(slug, name)| json!({"slug": slug, "field_name": name}));
    fields.collect()
}

#[test]
fn a_tag_equals_its_sample() {
    let mut lea = contact(
        445_120_981,
        "lea.martin@example.com",
        json!({"first_name": "L\u{e9}a", "surname": "Martin"}),
    );
    lea["tags"] = json!([1_758_301, 1_758_324]);
    let tag = |id: u64, name: &str| json!({"id": id, "name": name, "created_at": "2026-01-01T00:00:00+00:00"});
    let state = state(json!({
        "contacts": {"445120981": lea},
        "contact_fields": fields(&[
            ("first_name", "Pr\u{e9}nom"), ("surname", "Nom"), ("phone_number", "T\u{e9}l\u{e9}phone"),
        ]),
        "tags": {
            "1758301": tag(1_758_301, "Newsletter"), "1758324": tag(1_758_324, "\u{c9}l\u{e8}ve"),
        },
    }));
    let happening = Happening {
        contact: 445_120_981,
        kind: Kind::TagAdded(1_758_324),
    };
    let sample = account(&state, &happening).unwrap();
    assert_eq!(sample.body(), Sample::of("CONTACT_TAG_ADDED").body());
}

#[test]
fn a_sale_equals_its_sample() {
    let mut lea = contact(
        445_120_981,
        "lea.martin@example.com",
        json!({
            "first_name": "L\u{e9}a", "surname": "Martin", "country": "FR", "postcode": "75011",
            "city": "",
        }),
    );
    lea["source_url"] = json!("https://atelier-lea.example/commande");
    let plan = json!({
        "id": 3_456_911, "name": "Atelier (3 mois)", "inner_name": "atelier-3m",
        "statement_descriptor": "ATELIER LEA", "type": "subscription", "amount": 4700,
        "currency": "eur",
        "recurring_options": {
            "id": 1, "interval": "month", "interval_count": 1, "trial_period": 0,
            "trial_interval": "day", "limit_of_payments": 3,
        },
        "resources": [
            {"type": "physical_product", "id": 170_501, "name": "Carnet"},
            {"type": "tag", "tag": 1_758_400},
        ],
    });
    let state = state(json!({
        "contacts": {"445120981": lea},
        "tags": {"1758400": {"id": 1_758_400, "name": "Acheteur", "created_at": "2026-01-01T00:00:00+00:00"}},
        "coupons": {"RENTREE26": {
            "code": "RENTREE26", "inner_name": "Rentr\u{e9}e",
            "discount": {"type": "fixed", "amount": 500},
            "expiration_date": "2026-10-31T22:59:59+00:00", "limit_of_use": 100,
        }},
        "funnels": {"7648512": {
            "id": 7_648_512, "name": "Atelier d'\u{e9}criture",
            "steps": [{"id": 25_610_977, "name": "Bon de commande", "type": "offer-form"}],
        }},
        "orders": {"12768940": {
            "id": 12_768_940, "contact": 445_120_981, "created_at": "2026-09-28T07:41:12+00:00",
            "step": 25_610_977, "coupon": "RENTREE26", "total": 4200, "client_ip": "2001:db8::5c4d",
            "lines": [{"id": 15_460_871, "plan": plan, "canceled": false}],
        }},
    }));
    let (order, line) = (12_768_940, 15_460_871);
    let contact = 445_120_981;
    for (kind, event) in [
        (Kind::Sale { order, line }, "SALE_NEW"),
        (Kind::SaleCanceled { order, line }, "SALE_CANCELED"),
    ] {
        let sample = account(&state, &Happening { contact, kind }).unwrap();
        assert_eq!(sample.event(), event);
        assert_eq!(sample.body(), Sample::of(event).body());
    }
}

#[test]
fn an_enrolment_equals_its_sample() {
    let name = json!({"first_name": "name", "surname": "last name"});
    let state = state(json!({
        "contacts": {"29150265": contact(29_150_265, "contact+kek@example.com", name)},
        "courses": {"44685": {
            "id": 44_685, "name": "webhook data structure doc", "description": null,
            "locale": "en", "domain_name": null, "path": "doc", "active": true, "modules": [],
        }},
    }));
    let happening = Happening {
        contact: 29_150_265,
        kind: Kind::Enrolled {
            course: 44_685,
            access_type: AccessType::FullAccess,
        },
    };
    let sample = automation(&state, &happening).unwrap();
    let sample = sample
        .account_email("contact@example.com")
        .at("2021-10-05T11:12:29+00:00");
    assert_eq!(sample.body(), Sample::of("contact.course.enrolled").body());
}

#[test]
fn an_automation_of_a_sale_equals_its_sample() {
    let slugs = [
        "country",
        "phone_number",
        "street_address",
        "first_name",
        "surname",
        "postcode",
        "city",
    ];
    let mut values: Value = slugs
        .iter()
        .map(|slug| (slug.to_string(), "test-1922"))
        .collect();
    values["country"] = json!("FR");
    let mut customer = contact(20_756_080, "customer@example.com", values);
    customer["customer"] = json!(616_824);
    let name = "Comment cr\u{e9}er un blog qui rapporte";
    let plan = json!({
        "id": 19, "name": name, "inner_name": name, "statement_descriptor": "",
        "type": "one_shot", "amount": 583, "currency": "eur", "recurring_options": null,
        "resources": [{"type": "tag", "tag": 110}, {"type": "course", "course": 111}],
    });
    let state = state(json!({
        "contacts": {"20756080": customer},
        "contact_fields": fields(&slugs.map(|slug| (slug, slug))),
        "tags": {"110": {"id": 110, "name": "FR-Client-CCBQR-7", "created_at": "2021-01-01T00:00:00+00:00"}},
        "courses": {"111": {
            "id": 111, "name": "Formation Un blog qui rapporte", "description": null,
            "locale": "fr", "domain_name": null, "path": "blog", "active": true, "modules": [],
        }},
        "funnels": {"118": {
            "id": 118, "name": name, "steps": [{"id": 311, "name": name, "type": "offer-form"}],
        }},
        "orders": {"612661": {
            "id": 612_661, "contact": 20_756_080, "created_at": "2021-09-10T14:23:17+00:00",
            "step": 311, "coupon": null, "total": 583, "client_ip": "172.31.31.127",
            "lines": [{"id": 763_123, "plan": plan, "canceled": false}],
        }},
    }));
    let (order, line) = (612_661, 763_123);
    let kind = Kind::Sale { order, line };
    let contact = 20_756_080;
    let sample = automation(&state, &Happening { contact, kind }).unwrap();
    let sample = sample.at("2021-09-10T14:23:33+00:00");
    let expected = Sample::of("customer.sale.completed");
    // The sandbox knows one payment processor.
    let expected = expected.set("/customer/payment_processor", "stripe");
    assert_eq!(sample.body(), expected.body());
}
