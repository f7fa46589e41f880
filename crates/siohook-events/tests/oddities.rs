//! The sender's oddities, by name.
#![cfg(feature = "serde")]

mod support;

use serde::de::DeserializeOwned;
use serde_json::{Value, from_value, json, to_value};
use siohook_events::automation::{ResourceType, WebinarDuration};
use siohook_events::ids::ContactId;
use siohook_events::{Fields, MinorUnits, Timestamp, account, automation};
use support::{Payload, fixture};

/// The payload of a fixture after a change of the body.
fn read<T: DeserializeOwned>(file: &str, change: impl FnOnce(&mut Value)) -> serde_json::Result<T> {
    let fixture = fixture(file);
    let mut body = fixture.body();
    change(&mut body);
    from_value(body.pointer_mut(fixture.root()).unwrap().take())
}

#[test]
fn empty_fields_are_a_list_a_map_null_or_absent() {
    for fields in [Some(json!([])), Some(json!({})), Some(json!(null)), None] {
        let event: automation::TagAdded = read("contact.tag.added", |body| {
            let contact = body["data"]["contact"].as_object_mut().unwrap();
            contact.remove("fields");
            contact.extend(fields.clone().map(|fields| ("fields".to_owned(), fields)));
        })
        .unwrap();
        assert!(event.contact.fields.is_empty(), "{fields:?}");
        assert_eq!(event.contact.fields, Fields::default(), "{fields:?}");
    }
}

#[test]
fn fields_of_every_form_are_read_and_written_as_they_came() {
    for form in [
        r#"{"surname":"Martin","first_name":"Léa","phone_number":null}"#,
        r#"[{"fieldName":"Nom","slug":"surname","value":"Martin"},{"fieldName":"Prénom","slug":"first_name","value":"Léa"},{"fieldName":"Téléphone","slug":"phone_number","value":null}]"#,
    ] {
        let fields: Fields = serde_json::from_str(form).unwrap();
        let slugs: Vec<_> = fields.iter().map(|field| field.slug.as_str()).collect();
        assert_eq!(slugs, ["surname", "first_name", "phone_number"]);
        assert_eq!(fields.first_name(), Some("Léa"));
        assert_eq!(fields.surname(), Some("Martin"));
        assert_eq!(fields.phone_number(), None);
        assert_eq!(serde_json::to_string(&fields).unwrap(), form);
    }
    for form in ["[]", "{}"] {
        let fields: Fields = serde_json::from_str(form).unwrap();
        assert_eq!(serde_json::to_string(&fields).unwrap(), form);
    }
}

#[test]
fn fields_are_equal_when_their_values_are() {
    let fields = |form: Value| from_value::<Fields>(form).unwrap();
    let map = fields(json!({"surname": "Martin", "city": "Lyon"}));
    let list = fields(json!([
        {"fieldName": "Ville", "slug": "city", "value": "Lyon"},
        {"fieldName": "Nom", "slug": "surname", "value": "Martin"},
        {"fieldName": "Pays", "slug": "country", "value": null},
    ]));
    assert_eq!(map, list);
    assert_eq!(list, map);
    for other in [
        json!([]),
        json!({"surname": "Martin"}),
        json!({"surname": "Martin", "city": "lyon"}),
        json!({"surname": "Martin", "town": "Lyon"}),
        json!({"surname": "Martin", "city": "Lyon", "country": "FR"}),
    ] {
        assert_ne!(map, fields(other.clone()), "{other}");
        assert_ne!(fields(other.clone()), map, "{other}");
    }
}

#[test]
fn a_surname_has_two_slugs() {
    for (fields, surname) in [
        (json!({"surname": "Martin"}), Some("Martin")),
        (json!({"last_name": "Martin"}), Some("Martin")),
        (
            json!({"surname": null, "last_name": "Martin"}),
            Some("Martin"),
        ),
        (
            json!({"last_name": "Dupré", "surname": "Martin"}),
            Some("Martin"),
        ),
        (json!({"surname": null, "last_name": null}), None),
        (json!({"first_name": "Léa"}), None),
    ] {
        let read: Fields = from_value(fields.clone()).unwrap();
        assert_eq!(read.surname(), surname, "{fields}");
    }
}

#[test]
fn fields_can_be_collected() {
    let fields = Fields::from_iter([("surname", "Martin"), ("city", "Lyon")]);
    let wire = json!({"surname": "Martin", "city": "Lyon"});
    assert_eq!(to_value(&fields).unwrap(), wire);
    assert_eq!(fields, from_value(wire).unwrap());
    let slugs: Vec<_> = fields.iter().map(|field| field.slug.as_str()).collect();
    assert_eq!(slugs, ["surname", "city"]);

    let again: Fields = [("city", "Lyon"), ("age", "9"), ("city", "Nice")]
        .into_iter()
        .collect();
    assert_eq!((again.get("city"), again.len()), (Some("Nice"), 2));
    let values: Fields = [
        ("age".to_owned(), json!(9)),
        ("city".to_owned(), Value::Null),
    ]
    .into_iter()
    .collect();
    assert_eq!(to_value(&values).unwrap(), json!({"age": 9, "city": null}));
    let none: Fields = std::iter::empty::<(&str, &str)>().collect();
    assert_eq!(to_value(&none).unwrap(), json!([]));
}

#[test]
fn a_duration_is_a_string_or_a_number() {
    for wire in [json!("7200"), json!(7200)] {
        let event: automation::WebinarRegistered = read("contact.webinar.registered", |body| {
            body["data"]["webinar"]["duration"] = wire;
        })
        .unwrap();
        let seconds = event.webinar.duration.map(WebinarDuration::as_secs);
        assert_eq!(seconds, Some(7200));
        assert_eq!(to_value(event.webinar.duration).unwrap(), "7200");
    }
}

#[test]
fn a_contact_may_be_nested_in_every_account_event() {
    for file in [
        "CONTACT_CREATED",
        "CONTACT_TAG_ADDED",
        "CONTACT_TAG_REMOVED",
        "CONTACT_OPT_IN",
    ] {
        let fixture = fixture(file);
        let mut body = fixture.body();
        body["contact"] = json!({"contact": body["contact"]});
        let nested = fixture.read(&body.to_string()).unwrap();
        assert_eq!(nested, fixture.payload(), "{file}");
        assert_eq!(to_value(nested).unwrap(), body, "{file}");
    }
}

#[test]
fn a_nested_contact_may_have_siblings() {
    let inner = r#"{"id": 7, "email": "lea.martin@example.com"}"#;
    for contact in [
        format!(r#"{{"contact": {inner}, "a": [1], "email": "other@example.com"}}"#),
        format!(r#"{{"a": [1], "email": "other@example.com", "contact": {inner}}}"#),
        format!(r#"{{"id": 8, "email": "other@example.com", "contact": {inner}}}"#),
    ] {
        let body = format!(r#"{{"contact": {contact}}}"#);
        let event: account::ContactCreated = serde_json::from_str(&body).unwrap();
        assert_eq!(event.contact.id, 7, "{body}");
        assert_eq!(event.contact.email, "lea.martin@example.com", "{body}");
        assert!(to_value(event).unwrap()["contact"]["contact"].is_object());
    }
}

#[test]
fn a_nested_contact_is_read_as_strictly_as_any() {
    let refusal = |contact: &str| {
        let body = format!(r#"{{"contact": {contact}}}"#);
        let refused = serde_json::from_str::<account::ContactCreated>(&body).unwrap_err();
        refused.to_string()
    };
    assert!(refusal(r#"{"contact": {"id": 7}}"#).starts_with("missing field `email`"));
    assert!(refusal(r#"{"contact": null}"#).starts_with("missing field `id`"));
    assert!(refusal(r#"{"contact": []}"#).starts_with("invalid length 0"));
    let inner = r#""contact": {"id": 7, "email": "lea.martin@example.com"}"#;
    assert!(refusal(&format!(r#"{{{inner}, "id": "x"}}"#)).starts_with("invalid value"));
    assert!(refusal(&format!(r#"{{"id": "x", {inner}}}"#)).starts_with("invalid value"));
}

#[test]
fn vat_is_kept_as_it_came() {
    for vat in [json!(0.0), json!(0), json!(19.6), json!(null)] {
        let sale: account::SaleNew = read("SALE_NEW", |body| {
            body["order"]["vat"] = vat.clone();
        })
        .unwrap();
        let written = to_value(sale).unwrap();
        assert_eq!(written.pointer("/order/vat"), Some(&vat));
    }
}

#[test]
fn a_sale_may_lack_its_pages() {
    for file in ["SALE_NEW", "SALE_CANCELED"] {
        let fixture = fixture(file);
        let sale = fixture.read_with(|body| {
            body.as_object_mut()
                .unwrap()
                .retain(|key, _| key != "checkoutPage" && key != "funnelStep");
        });
        let written = to_value(sale.unwrap()).unwrap();
        assert_eq!(written.get("checkoutPage"), Some(&Value::Null), "{file}");
        assert_eq!(written.get("funnelStep"), Some(&Value::Null), "{file}");
    }
    let checkout_page = json!({"id": 5, "name": "Commande"});
    let sale: account::SaleNew = read("SALE_NEW", |body| {
        body["checkoutPage"] = checkout_page.clone();
    })
    .unwrap();
    assert_eq!(sale.checkout_page, Some(checkout_page));
}

#[test]
fn an_opt_in_may_name_its_page() {
    let file = "contact.optin.completed.funnel_step";
    let event: automation::OptInCompleted = read(file, |_| {}).unwrap();
    assert_eq!(event.source_url, None);
    let page = "https://example.com/guide?utm_source=newsletter";
    let event: automation::OptInCompleted = read(file, |body| {
        body["data"]["source_url"] = json!(page);
    })
    .unwrap();
    assert_eq!(event.source_url.as_deref(), Some(page));
    assert_eq!(to_value(event).unwrap()["source_url"], page);
}

#[test]
fn a_whole_number_is_a_number_a_string_or_a_float() {
    for wire in [json!(583), json!("583"), json!(583.0)] {
        let (id, amount) = (wire.clone(), wire.clone());
        assert_eq!(from_value::<ContactId>(id).unwrap(), 583, "{wire}");
        assert_eq!(from_value::<MinorUnits>(amount).unwrap(), 583, "{wire}");
    }
    assert_eq!(from_value::<ContactId>(json!("583.0")).unwrap(), 583);
    assert_eq!(from_value::<MinorUnits>(json!("-583")).unwrap(), -583);
    for wire in ["583", r#""583""#, "583.0", "5.83e2", r#""5.83E2""#] {
        let id: ContactId = serde_json::from_str(wire).unwrap();
        assert_eq!(id, 583, "{wire}");
    }
    for least in [i64::MIN.to_string(), format!(r#""{}""#, i64::MIN)] {
        let amount: MinorUnits = serde_json::from_str(&least).unwrap();
        assert_eq!(amount, i64::MIN);
    }
    for largest in [json!(u64::MAX), json!(u64::MAX.to_string())] {
        assert_eq!(from_value::<ContactId>(largest).unwrap(), u64::MAX);
    }
}

/// It is `"17.00"` of the major unit, if anything.
#[test]
fn a_text_with_decimals_is_no_amount() {
    for wire in ["17.00", "17.0", "17.5", "17.", "1.7e1", "1e2", "1E2"] {
        let refused = from_value::<MinorUnits>(json!(wire)).unwrap_err();
        assert!(refused.to_string().starts_with("invalid value"), "{wire}");
    }
    for (file, amount) in [
        ("SALE_NEW", "/order/totalPrice"),
        ("SALE_NEW", "/order/shippingFee"),
        ("SALE_NEW", "/pricePlan/amount"),
        (
            "customer.sale.completed",
            "/data/offer_price_plan/direct_charge_amount",
        ),
    ] {
        let sale = fixture(file).read_with(|body| {
            *body.pointer_mut(amount).unwrap() = json!("17.00");
        });
        assert!(sale.is_err(), "{amount}");
    }
}

#[test]
fn a_flag_is_a_boolean_or_a_number() {
    for flag in ["unsubscribed", "bounced", "needsConfirmation"] {
        let read = |wire: Value| {
            let contact = read::<account::ContactOptIn>("CONTACT_OPT_IN", |body| {
                body["contact"][flag] = wire;
            });
            contact.map(|event| to_value(event).unwrap()["contact"][flag].clone())
        };
        for wire in [json!(true), json!(1), json!(1.0), json!("1")] {
            assert_eq!(read(wire.clone()).unwrap(), true, "{flag}: {wire}");
        }
        for wire in [json!(false), json!(0), json!(0.0), json!("0"), json!(null)] {
            assert_eq!(read(wire.clone()).unwrap(), false, "{flag}: {wire}");
        }
        for wire in [
            json!(2),
            json!(-1),
            json!(0.5),
            json!("yes"),
            json!(""),
            json!([]),
        ] {
            assert!(read(wire.clone()).is_err(), "{flag}: {wire}");
        }
    }
}

#[test]
fn a_unit_of_time_is_a_text_or_a_whole_number() {
    let read = |wire: Value| {
        read::<account::SaleNew>("SALE_NEW", |body| {
            body["pricePlan"]["recurringOptions"] =
                json!({ "interval": wire, "trialInterval": wire });
        })
    };
    for (wire, text) in [
        (json!("month"), Some("month")),
        (json!(1), Some("1")),
        (json!(-1), Some("-1")),
        (json!(u64::MAX), Some("18446744073709551615")),
        (json!(null), None),
    ] {
        let options = read(wire).unwrap().price_plan.recurring_options.unwrap();
        assert_eq!(options.interval.as_deref(), text);
        assert_eq!(options.trial_interval.as_deref(), text);
    }
    for wire in [json!(1.5), json!(true), json!([1]), json!({})] {
        assert!(read(wire.clone()).is_err(), "{wire}");
    }
}

/// Every optional object that there is in a fixture, and those that are null in all.
#[test]
fn an_empty_list_is_an_absent_object() {
    let mut objects = 0;
    for fixture in support::typed_fixtures() {
        let mut pointers = vec![];
        let root = fixture.root();
        let payload = fixture.body().pointer(root).unwrap().clone();
        pointers_to_objects(&payload, root.to_owned(), &mut pointers);
        for pointer in pointers {
            let read = |value: Value| {
                let place = |body: &mut Value| *body.pointer_mut(&pointer).unwrap() = value;
                fixture.read_with(place)
            };
            if let Ok(absent) = read(json!(null)) {
                objects += 1;
                let found = read(json!([]));
                assert_eq!(found.unwrap(), absent, "{} {pointer}", fixture.file);
                if !pointer.ends_with("/fields") {
                    read(json!([7, "x"])).unwrap_err();
                }
            }
        }
    }
    assert!(objects > 20, "{objects}");
    for (file, holder, keys) in [
        ("SALE_NEW", "", &["checkoutPage"][..]),
        (
            "SALE_NEW",
            "/orderItem/resources/0",
            &["course", "courseBundle", "enrollmentDrippingAccessCourse"],
        ),
        ("customer.sale.completed", "/data", &["coupon"]),
        (
            "customer.sale.completed",
            "/data/offer_price_plan",
            &["subscription_plan"],
        ),
        (
            "customer.sale.completed",
            "/data/order_item/resources/0",
            &["course", "course_bundle", "physical_product"],
        ),
        (
            "contact.course_bundle.enrolled",
            "/data",
            &["first_active_course"],
        ),
    ] {
        for key in keys {
            let read = |value: Value| {
                let place = |body: &mut Value| body.pointer_mut(holder).unwrap()[key] = value;
                fixture(file).read_with(place).unwrap()
            };
            let object = json!({ "id": 1 });
            assert_ne!(read(object), read(json!(null)), "{file} {key}");
            assert_eq!(read(json!([])), read(json!(null)), "{file} {key}");
        }
    }
}

fn pointers_to_objects(value: &Value, at: String, found: &mut Vec<String>) {
    match value {
        Value::Object(map) => {
            for (key, value) in map {
                pointers_to_objects(value, format!("{at}/{key}"), found);
            }
            found.push(at);
        }
        Value::Array(list) => {
            for (index, value) in list.iter().enumerate() {
                pointers_to_objects(value, format!("{at}/{index}"), found);
            }
        }
        _ => {}
    }
}

#[test]
fn an_id_is_refused_for_what_is_wrong_with_it() {
    let refusal = |wire: Value| from_value::<ContactId>(wire).unwrap_err().to_string();
    for (wire, because) in [
        (
            json!(-1),
            "invalid value: number, expected a whole number in range",
        ),
        (
            json!(0.5),
            "invalid value: number, expected a whole number in range",
        ),
        (
            json!("0.5"),
            "invalid value: number, expected a whole number in range",
        ),
        (json!("x"), "invalid value: string \"x\", expected a number"),
        (
            json!(true),
            "invalid type: boolean `true`, expected a number",
        ),
        (json!(null), "invalid type: null, expected a number"),
        (json!([7]), "invalid type: sequence, expected a number"),
    ] {
        assert_eq!(refusal(wire), because);
    }
}

#[test]
fn what_is_no_id_and_no_amount_is_refused() {
    for wire in [
        json!(583.5),
        json!("583.5"),
        json!(9_007_199_254_740_992.0),
        json!(1e300),
        json!(""),
        json!("abc"),
        json!("583 EUR"),
        json!(null),
        json!(true),
        json!([583]),
        json!({"id": 583}),
    ] {
        assert!(from_value::<ContactId>(wire.clone()).is_err(), "{wire}");
        assert!(from_value::<MinorUnits>(wire.clone()).is_err(), "{wire}");
    }
    assert!(from_value::<ContactId>(json!(-1)).is_err());
    assert!(from_value::<MinorUnits>(json!(u64::MAX)).is_err());
}

#[test]
fn what_an_event_is_about_cannot_be_missing() {
    for (file, object, key) in [
        ("contact.tag.added", "/data/contact", "email"),
        ("contact.tag.added", "/data/contact", "id"),
        ("contact.tag.added", "/data", "tag"),
        ("customer.sale.completed", "/data/customer", "contact_id"),
        ("CONTACT_TAG_REMOVED", "", "tag"),
        ("CONTACT_TAG_REMOVED.nested", "/contact/contact", "email"),
        ("SALE_NEW", "/pricePlan", "amount"),
        ("SALE_CANCELED", "/orderItem", "id"),
        ("SALE_CANCELED", "", "customer"),
    ] {
        let refused = fixture(file).read_with(|body| {
            let object = body.pointer_mut(object).unwrap();
            object.as_object_mut().unwrap().remove(key).unwrap();
        });
        let refused = refused.unwrap_err().to_string();
        assert!(
            refused.starts_with(&format!("missing field `{key}`")),
            "{refused}"
        );
    }
}

#[test]
fn a_date_that_was_never_set_is_none() {
    let registered_at = |wire: Value| {
        let event: account::ContactCreated = read("CONTACT_CREATED", |body| {
            body["contact"]["registeredAt"] = wire;
        })
        .unwrap();
        event.contact.registered_at
    };
    for never in [
        json!("-0001-11-30T00:00:00+00:00"),
        json!("0000-00-00T00:00:00+00:00"),
        json!("0000-00-00 00:00:00"),
        json!(""),
        json!(false),
        json!(1_772_442_845),
        json!(-1),
        json!(0.5),
        json!([]),
        json!(["2026-03-02T09:14:05+00:00", {"a": [1]}]),
        json!({"date": "2026-03-02T09:14:05+00:00", "timezone": [3]}),
        json!(null),
    ] {
        assert_eq!(registered_at(never.clone()), None, "{never}");
    }
    let moment = registered_at(json!("2026-03-02T09:14:05+00:00"));
    assert_eq!(moment.map(Timestamp::unix_seconds), Some(1_772_442_845));
}

#[test]
fn what_is_no_json_is_no_time_that_was_never_set() {
    let read = |time: &str| {
        let body = format!(
            r#"{{"contact":{{"registeredAt":{time},"id":7,"email":"lea.martin@example.com"}}}}"#
        );
        serde_json::from_str::<account::ContactCreated>(&body)
    };
    for time in [
        r#""2026\u002d03-02T09:14:05Z""#,
        "-0",
        r#"{"a":{}, "b":[null]}"#,
    ] {
        assert_eq!(read(time).unwrap().contact.id, 7, "{time}");
    }
    for time in [
        "",
        "nul",
        "-",
        "1e999",
        r#""\ud800""#,
        r#"["\ud800"]"#,
        "[1,]",
        r#"{"a"}"#,
    ] {
        assert!(read(time).is_err(), "{time}");
    }
}

#[test]
fn a_failed_payment_is_kept_as_it_came() {
    let data = json!({"contact": {"contact": []}, "amount": 583.0, "fields": null});
    let body = json!({"type": "subscription.payment.failed", "data": data});
    let event = Payload::read("subscription.payment.failed", &body.to_string()).unwrap();
    assert_eq!(to_value(event).unwrap(), data);
}

#[test]
fn the_content_of_a_resource_is_in_its_data() {
    let sale: automation::SaleCompleted = read("customer.sale.completed", |_| {}).unwrap();
    let [tag, course] = &sale.order_item.resources[..] else {
        panic!("{:?}", sale.order_item.resources);
    };
    assert_eq!(tag.tag_id().map(u64::from), Some(110));
    assert_eq!(tag.course_id(), None);
    assert_eq!(course.course_id().map(u64::from), Some(111));
    assert_eq!(course.tag_id(), None);
    assert!(sale.order_item.course_ids().eq([111]));
}

#[test]
fn a_kind_of_resource_that_is_not_known_is_kept() {
    let change = |body: &mut Value| {
        *body
            .pointer_mut("/data/order_item/resources/1/type")
            .unwrap() = json!("course_bundle");
    };
    let sale: automation::SaleCompleted = read("customer.sale.completed", change).unwrap();
    let resource = &sale.order_item.resources[1];
    assert_eq!(
        resource.r#type,
        Some(ResourceType::Other("course_bundle".to_owned()))
    );
    assert_eq!(resource.data.as_ref().unwrap().id, 111);
    assert_eq!(resource.course_id(), None);
    assert_eq!(sale.order_item.course_ids().count(), 0);
    assert_eq!(to_value(resource).unwrap()["type"], "course_bundle");
}

#[test]
fn a_course_of_an_account_sale_is_read_as_a_tag_is() {
    let place = "/orderItem/resources/0/course";
    for (course, id) in [
        (json!({"id": 44_685, "name": "Atelier"}), 44_685),
        (json!({"id": "44685", "description": null}), 44_685),
    ] {
        let change = |body: &mut Value| *body.pointer_mut(place).unwrap() = course;
        let sale: account::SaleNew = read("SALE_NEW", change).unwrap();
        assert!(sale.order_item.course_ids().eq([id]));
    }
}
