//! Bodies with an optional member that can't be read. Handlers get the rest, and the member
//! is named.

#[path = "support/mod.rs"]
mod support;

use std::sync::{Arc, Mutex};

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use siohook::{
    Data, Delivery, Dispatcher, Incoming, Mechanism, Outcome, Report, State, Unread, account,
    automation, on_event, unified,
};
use support::{account, automation, envelope, finish, fixture, only, outcome};

/// The arguments that handlers took.
type Taken = Arc<Mutex<Vec<Value>>>;

fn keep(taken: &Taken, payload: impl Serialize) {
    let payload = serde_json::to_value(payload).unwrap();
    taken.lock().unwrap().push(payload);
}

#[on_event("SALE_NEW")]
fn sold(sale: account::SaleNew, State(taken): State<Taken>) {
    keep(&taken, sale);
}

#[on_event("SALE_NEW", "customer.sale.completed")]
fn sold_by_either(sale: unified::Sale, State(taken): State<Taken>) {
    keep(&taken, sale);
}

#[on_event("CONTACT_OPT_IN")]
fn opted_in(event: account::ContactOptIn, State(taken): State<Taken>) {
    keep(&taken, event);
}

#[on_event("CONTACT_TAG_ADDED", "contact.tag.added")]
fn tagged(event: unified::TagAdded, State(taken): State<Taken>) {
    keep(&taken, event);
}

#[on_event("contact.optin.completed")]
fn opted_in_by_rule(event: automation::OptInCompleted, State(taken): State<Taken>) {
    keep(&taken, event);
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(dead_code, reason = "it is only deserialized")]
struct OwnSale {
    order: OwnOrder,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(dead_code, reason = "it is only deserialized")]
struct OwnOrder {
    total_price: Option<i64>,
}

#[on_event("SALE_*")]
fn sold_by_own_type(_: Data<OwnSale>) {}

/// Keeps the list of unread members.
#[on_event("*")]
fn lists_unread(delivery: &Delivery, State(taken): State<Taken>) {
    keep(&taken, pointers(delivery.unread()));
}

#[on_event("*")]
fn listens(_: &Delivery) {}

fn pointers(unread: &[Unread]) -> Vec<&str> {
    unread.iter().map(Unread::pointer).collect()
}

/// Sends a request to these handlers.
fn send(functions: &'static [&'static str], incoming: Incoming) -> (Report, Vec<Value>) {
    let taken = Taken::default();
    let dispatcher = support::builder()
        .state(taken.clone())
        .select(only(functions))
        .build()
        .unwrap();
    let delivery = dispatcher.verify(incoming).unwrap();
    let report = finish(dispatcher.dispatch(&delivery));
    let taken = taken.lock().unwrap().clone();
    (report, taken)
}

/// A request with a file of `fixtures/odd`. The file is named after its event.
fn odd(file: &str) -> Incoming {
    let body = fixture(&format!("odd/{file}"));
    let event = siohook::events()
        .iter()
        .find(|event| file.starts_with(event.name()));
    match event.unwrap().mechanism() {
        Mechanism::Automation => automation(body),
        _ => account(event.unwrap().name(), body),
    }
}

/// A request with a fixture that has other values at these pointers.
fn changed(name: &str, changes: &[(&str, Value)]) -> Incoming {
    let mut body: Value = serde_json::from_slice(&fixture(name)).unwrap();
    for (pointer, value) in changes {
        let (holder, key) = pointer.rsplit_once('/').unwrap();
        body.pointer_mut(holder).unwrap()[key] = value.clone();
    }
    match name.split_once('/').unwrap() {
        ("account", event) => account(event, body.to_string()),
        _ => automation(body.to_string()),
    }
}

/// File, handler, unread members, a pointer into the payload, and the value there.
type Row = (
    &'static str,
    &'static [&'static str],
    &'static [&'static str],
    &'static str,
    Value,
);

#[test]
fn an_odd_optional_member_never_costs_the_event() {
    const SOLD: &[&str] = &["sold"];
    const OPTED_IN: &[&str] = &["opted_in"];
    let rows: [Row; 9] = [
        (
            "SALE_NEW.total_decimal_text",
            SOLD,
            &["/order/totalPrice"],
            "/order/totalPrice",
            Value::Null,
        ),
        (
            "SALE_NEW.total_with_fraction",
            SOLD,
            &["/order/totalPrice"],
            "/order/totalPrice",
            Value::Null,
        ),
        (
            "SALE_NEW.discount_empty_text",
            SOLD,
            &["/order/discountAmount"],
            "/order/discountAmount",
            Value::Null,
        ),
        (
            "SALE_NEW.recurring_interval_number",
            SOLD,
            &[],
            "/pricePlan/recurringOptions/interval",
            json!("1"),
        ),
        (
            "SALE_NEW.coupon_empty_list",
            SOLD,
            &[],
            "/coupon",
            Value::Null,
        ),
        (
            "CONTACT_OPT_IN.flags_as_numbers",
            OPTED_IN,
            &[],
            "/contact/unsubscribed",
            json!(false),
        ),
        (
            "CONTACT_OPT_IN.flags_as_numbers",
            OPTED_IN,
            &[],
            "/contact/bounced",
            json!(false),
        ),
        (
            "contact.optin.completed.referrer_text",
            &["opted_in_by_rule"],
            &["/data/contact/referred_by_contact_id"],
            "/contact/referred_by_contact_id",
            Value::Null,
        ),
        (
            "contact.optin.completed.referrer_text",
            &["opted_in_by_rule"],
            &["/data/contact/referred_by_contact_id"],
            "/contact/referred_by_contact_email",
            json!("ref@example.com"),
        ),
    ];
    for (file, functions, unread, at, value) in rows {
        let (report, taken) = send(functions, odd(file));
        assert_eq!(report.reply().status(), 200, "{file}: {report}");
        assert_eq!(pointers(report.delivery().unread()), unread, "{file}");
        assert_eq!(taken[0].pointer(at), Some(&value), "{file} {at}");
    }
}

#[test]
fn the_number_1_is_a_flag() {
    let body = [("/contact/unsubscribed", json!(1))];
    let (report, taken) = send(&["opted_in"], changed("account/CONTACT_OPT_IN", &body));
    assert_eq!(report.delivery().unread(), []);
    assert_eq!(taken[0]["contact"]["unsubscribed"], true);
}

#[test]
fn several_handlers_share_the_salvaged_payload() {
    let functions = &["sold", "sold_by_either", "lists_unread"];
    let (report, taken) = send(functions, odd("SALE_NEW.total_with_fraction"));
    assert_eq!(report.reply().status(), 200, "{report}");
    assert_eq!(taken.len(), 3);
    assert!(taken.contains(&json!(["/order/totalPrice"])));
}

#[test]
fn the_list_does_not_depend_on_the_handlers() {
    for functions in [&["lists_unread"][..], &["lists_unread", "sold"]] {
        let (_, taken) = send(functions, odd("SALE_NEW.total_with_fraction"));
        assert!(taken.contains(&json!(["/order/totalPrice"])), "{taken:?}");
        let (_, taken) = send(functions, account("SALE_NEW", fixture("account/SALE_NEW")));
        assert!(taken.contains(&json!([])), "{taken:?}");
    }
    let (report, _) = send(&["listens"], odd("SALE_NEW.total_with_fraction"));
    let delivery = report.delivery();
    assert_eq!(pointers(delivery.unread()), ["/order/totalPrice"]);
    assert_eq!(pointers(delivery.clone().unread()), ["/order/totalPrice"]);
}

#[test]
fn a_second_dispatch_gives_the_same_payload() {
    let taken = Taken::default();
    let dispatcher = support::builder()
        .state(taken.clone())
        .select(only(&["sold"]))
        .redelivery_memory(0)
        .build()
        .unwrap();
    let delivery = dispatcher.verify(odd("SALE_NEW.total_with_fraction"));
    let delivery = delivery.unwrap();
    for _ in 0..2 {
        finish(dispatcher.dispatch(&delivery));
    }
    let taken = taken.lock().unwrap();
    assert_eq!(taken.len(), 2);
    assert_eq!(taken[0], taken[1]);
}

#[test]
fn an_unreadable_required_member_takes_the_optional_object_around_it() {
    let (report, taken) = send(
        &["sold"],
        changed("account/SALE_NEW", &[("/funnelStep/id", json!("x"))]),
    );
    let unread = report.delivery().unread();
    assert_eq!(pointers(unread), ["/funnelStep"]);
    assert_eq!(
        unread[0].reason(),
        "`id`: invalid value: string, expected a number"
    );
    assert_eq!(
        unread[0].to_string(),
        "/funnelStep: `id`: invalid value: string, expected a number"
    );
    assert_eq!(taken[0]["funnelStep"], Value::Null);
    assert!(taken[0]["coupon"].is_object());
}

#[test]
fn the_nearest_optional_member_is_left_out() {
    for (at, unread) in [
        ("/funnelStep/funnel/id", "/funnelStep/funnel"),
        ("/funnelStep/funnel/name", "/funnelStep/funnel/name"),
        ("/customer/fields/first_name", ""),
        ("/coupon/code", "/coupon/code"),
        ("/coupon", "/coupon"),
    ] {
        let change = [(at, json!([{ "a": 1 }]))];
        let (report, _) = send(&["sold"], changed("account/SALE_NEW", &change));
        assert_eq!(report.reply().status(), 200, "{report}");
        let expected: Vec<&str> = Some(unread)
            .filter(|it| !it.is_empty())
            .into_iter()
            .collect();
        assert_eq!(pointers(report.delivery().unread()), expected, "{at}");
    }
}

#[test]
fn a_list_loses_only_the_unreadable_elements() {
    let tags = json!([{"id": 1, "name": "a"}, {"id": "x"}, 5, {"id": 2, "name": []}]);
    let change = [("/contact/tags", tags)];
    let (report, taken) = send(&["opted_in"], changed("account/CONTACT_OPT_IN", &change));
    assert_eq!(
        pointers(report.delivery().unread()),
        ["/contact/tags/1", "/contact/tags/2", "/contact/tags/3/name"]
    );
    assert_eq!(
        taken[0]["contact"]["tags"],
        json!([{"id": 1, "name": "a"}, {"id": 2, "name": ""}])
    );
}

#[test]
fn an_odd_course_is_left_out_and_the_others_are_sold() {
    let courses = |file, change: (&str, Value)| {
        let (report, given) = send(&["sold_by_either"], changed(file, &[change]));
        let unread = report.delivery().unread().to_vec();
        (unread, given[0]["order_item"]["courses"].clone())
    };
    let course = json!({"id": 44_685, "name": "Atelier"});
    let resources = json!([{"course": {"title": "Atelier"}}, {"course": course}]);
    let (unread, sold) = courses("account/SALE_NEW", ("/orderItem/resources", resources));
    assert_eq!(pointers(&unread), ["/orderItem/resources/0/course"]);
    assert_eq!(sold, json!([course]));

    let file = "automation/customer.sale.completed";
    let place = "/data/order_item/resources/1";
    let (unread, sold) = courses(file, (&format!("{place}/type"), json!(7)));
    assert_eq!(pointers(&unread), [format!("{place}/type")]);
    assert_eq!(sold, json!([]));
    let (unread, sold) = courses(file, (&format!("{place}/data/id"), json!("x")));
    assert_eq!(pointers(&unread), [format!("{place}/data")]);
    assert_eq!(sold, json!([]));
    // A kind that is not known is not odd.
    let (unread, sold) = courses(file, (&format!("{place}/type"), json!("voucher")));
    assert!(unread.is_empty());
    assert_eq!(sold, json!([]));
}

#[test]
fn beyond_sixteen_elements_the_whole_list_is_left_out() {
    let list = |odd: usize| {
        let odd = (0..odd).map(|_| json!({"id": "x"}));
        [json!({"id": 1})].into_iter().chain(odd).collect::<Value>()
    };
    let send = |odd, bounced: Value| {
        let changes = [("/contact/tags", list(odd)), ("/contact/bounced", bounced)];
        send(&["opted_in"], changed("account/CONTACT_OPT_IN", &changes))
    };
    let (report, taken) = send(16, json!(false));
    assert_eq!(report.delivery().unread().len(), 16);
    assert_eq!(taken[0]["contact"]["tags"].as_array().unwrap().len(), 1);
    for odd in [17, 500] {
        let (report, taken) = send(odd, json!("no"));
        assert_eq!(
            pointers(report.delivery().unread()),
            ["/contact/bounced", "/contact/tags"]
        );
        assert_eq!(taken[0]["contact"]["tags"], json!([]));
    }
}

#[test]
fn email_ids_and_amount_are_required() {
    for (name, functions, at, error) in [
        (
            "account/SALE_NEW",
            &["sold"][..],
            "/customer/email",
            "not a `siohook_events::account::SaleNew`: `customer.email`: invalid type: sequence",
        ),
        (
            "account/SALE_NEW",
            &["sold"],
            "/order/id",
            "not a `siohook_events::account::SaleNew`: `order.id`: invalid type: sequence",
        ),
        (
            "account/SALE_NEW",
            &["sold"],
            "/pricePlan/amount",
            "not a `siohook_events::account::SaleNew`: `pricePlan.amount`: invalid type: sequence",
        ),
        (
            "account/CONTACT_TAG_ADDED",
            &["tagged"],
            "/tag/id",
            "not a `siohook_events::account::ContactTagAdded`: `tag.id`: invalid type: sequence",
        ),
        (
            "automation/contact.tag.added",
            &["tagged"],
            "/data/contact/id",
            "not a `siohook_events::automation::TagAdded`: `contact.id`: invalid type: sequence",
        ),
    ] {
        // An optional member is also odd: before or after the required one.
        let changes = [
            (at, json!([{ "a": 1 }])),
            ("/customer/paymentProcessor", json!(5)),
        ];
        let changes = &changes[..if name.contains("SALE") { 2 } else { 1 }];
        let (report, _) = send(functions, changed(name, changes));
        assert_eq!(report.reply().status(), 422, "{report}");
        let Outcome::Mismatch(mismatch) = report.handlers()[0].outcome() else {
            panic!("{report}");
        };
        let text = mismatch.to_string();
        assert!(text.starts_with(error), "{text}");
        // The column counts in the whole body.
        let column = text.rsplit_once("column ").unwrap().1.trim_end_matches(')');
        let column: usize = column.parse().unwrap();
        let body = report.delivery().body();
        assert!(body[column - 1..].starts_with(br#"[{"a":1}]"#), "{text}");
        assert_eq!(report.delivery().unread(), []);
    }
}

#[test]
fn a_mismatch_names_the_schema_version() {
    let body = json!({"customer": {"id": 1}, "order": {"id": 2}}).to_string();
    let (report, _) = send(
        &["sold"],
        account("SALE_NEW", body).header("X-Webhook-Schema-Version", "1"),
    );
    let text = outcome(&report, "sold").to_string();
    assert!(
        text.ends_with("(line 1 column 13, schema version 1)"),
        "{text}"
    );
    assert_eq!(report.delivery().schema_version(), Some(1));
}

#[test]
fn a_type_of_your_own_is_as_strict_as_it_says() {
    let (report, _) = send(
        &["sold", "sold_by_own_type"],
        odd("SALE_NEW.total_with_fraction"),
    );
    assert_eq!(report.reply().status(), 422);
    assert!(matches!(outcome(&report, "sold"), Outcome::Done));
    let Outcome::Mismatch(_) = outcome(&report, "sold_by_own_type") else {
        panic!("{report}");
    };
}

#[test]
fn an_unlisted_event_has_no_unread_members() {
    let body = envelope("contact.community.joined", r#"{"contact":{"id":"x"}}"#);
    let (report, taken) = send(&["lists_unread"], automation(body));
    assert_eq!(report.delivery().unread(), []);
    assert_eq!(taken, [json!([])]);
}

#[test]
fn the_report_names_the_unread_member() {
    for functions in [&["sold"], &["listens"]] {
        let (report, _) = send(functions, odd("SALE_NEW.total_with_fraction"));
        let text = report.to_string();
        let line =
            "\n  unread: /order/totalPrice: invalid value, expected a whole number in range\n";
        assert!(text.contains(line), "{text}");
    }
    let (report, _) = send(&["sold"], account("SALE_NEW", fixture("account/SALE_NEW")));
    assert!(!report.to_string().contains("unread: "), "{report}");
}

#[test]
fn no_value_of_the_body_is_shown() {
    let secret = json!("Zyxwv lea.martin@example.com");
    let changes: Vec<_> = [
        "/order/totalPrice",
        "/order/vat",
        "/funnelStep/id",
        "/coupon",
    ]
    .into_iter()
    .map(|at| (at, secret.clone()))
    .collect();
    let (report, _) = send(&["sold"], changed("account/SALE_NEW", &changes));
    assert_eq!(report.delivery().unread().len(), 4);
    let text = format!("{report} {report:?} {:?}", report.delivery().unread());
    assert!(!text.contains("Zyxwv") && !text.contains("lea"), "{text}");
}

#[test]
fn an_unsigned_body_is_not_salvaged() {
    let dispatcher: Dispatcher = support::builder()
        .state(Taken::default())
        .select(only(&["sold"]))
        .build()
        .unwrap();
    let body = fixture("odd/SALE_NEW.total_with_fraction");
    let incoming = Incoming::post(body).header("X-Webhook-Event", "SALE_NEW");
    assert!(dispatcher.verify(incoming).is_err());
}
