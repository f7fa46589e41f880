//! What documents say, and that the meta-schemas would notice a mistake.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use siohook::describe::Description;
use siohook::{Dispatcher, IpAllowList};

use crate::common::{SECRET, TOKEN, builder};
use crate::validator::Validator;

fn described() -> Description {
    builder().build().unwrap().describe()
}

/// Descriptions of every configuration that documents depend on.
fn descriptions() -> Vec<Description> {
    let of = |builder: siohook::DispatcherBuilder| builder.build().unwrap().describe();
    vec![
        Description::of_catalogue(),
        described(),
        of(Dispatcher::builder().account_secret("main", SECRET)),
        of(Dispatcher::builder().automation_token(TOKEN)),
        of(Dispatcher::builder().source_ips(IpAllowList::systeme_io())),
        of(Dispatcher::builder().accept_unverified()),
        of(builder().select(|handler| handler.event() == "SALE_*")),
        of(builder().select(|handler| handler.event().starts_with("contact."))),
        of(builder().select(|_| false).allow_no_handlers()),
    ]
}

#[test]
fn every_asyncapi_document_is_one() {
    let validator = Validator::asyncapi();
    for description in descriptions() {
        let document = description.asyncapi();
        validator
            .check(&document)
            .unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(dangling(&document), [""; 0]);
    }
}

#[test]
fn every_openapi_document_is_one() {
    let validator = Validator::openapi();
    for description in descriptions() {
        let document = description.openapi();
        validator
            .check(&document)
            .unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(dangling(&document), [""; 0]);
    }
}

#[test]
fn every_json_schema_is_one() {
    let validator = Validator::json_schema();
    for event in siohook::events() {
        let schema = event.schema().to_value();
        validator
            .check(&schema)
            .unwrap_or_else(|error| panic!("{error}"));
    }
}

#[test]
fn a_reference_that_leads_nowhere_would_be_noticed() {
    for mut document in [described().asyncapi(), described().openapi()] {
        let schemas = document["components"]["schemas"].as_object_mut().unwrap();
        schemas.remove("TagId").unwrap();
        assert_eq!(dangling(&document), ["#/components/schemas/TagId"]);
    }
}

/// A pointer into a document, and what is wrong there.
type Mistake = (&'static str, Value);

fn assert_noticed(
    validator: &Validator,
    document: &Value,
    mistakes: impl IntoIterator<Item = Mistake>,
) {
    for (pointer, wrong) in mistakes {
        let mut document = document.clone();
        let place = document.pointer_mut(pointer);
        *place.unwrap_or_else(|| panic!("nothing at {pointer}")) = wrong.clone();
        assert!(validator.check(&document).is_err(), "{pointer}: {wrong}");
    }
}

#[test]
fn a_mistake_in_an_asyncapi_document_would_be_noticed() {
    let validator = Validator::asyncapi();
    let document = described().asyncapi();
    assert_noticed(
        &validator,
        &document,
        [
            ("", json!({})),
            ("/asyncapi", json!("2.0.0")),
            ("/info", json!({ "title": "without a version" })),
            ("/channels/account/address", json!(7)),
            ("/operations/receive_account/action", json!("listen")),
            (
                "/operations/receive_automation/bindings/http/method",
                json!("FETCH"),
            ),
            ("/operations/receive_automation/security", json!("token")),
            ("/components/securitySchemes/signature/in", json!("body")),
            (
                "/components/securitySchemes/token",
                json!({ "type": "secret" }),
            ),
            ("/components/messages/SALE_NEW/headers", json!(7)),
            (
                "/components/messages/SALE_NEW/payload",
                json!({ "type": "text" }),
            ),
            (
                "/components/messages/200/bindings/http/statusCode",
                json!("ok"),
            ),
            ("/components/schemas/Tag/required", json!("id")),
            (
                "/components/schemas/Tag/properties/name/type",
                json!("text"),
            ),
            ("/components/schemas/TagId/pattern", json!(7)),
        ],
    );
}

#[test]
fn a_mistake_in_an_openapi_document_would_be_noticed() {
    let validator = Validator::openapi();
    let document = described().openapi();
    assert_noticed(
        &validator,
        &document,
        [
            ("", json!({})),
            ("/openapi", json!("3.0.0")),
            ("/info", json!({ "title": "without a version" })),
            ("/webhooks", json!([])),
            ("/webhooks/SALE_NEW/post/operationId", json!(7)),
            ("/webhooks/SALE_NEW/post/responses/200", json!({})),
            ("/webhooks/SALE_NEW/post/parameters/0/in", json!("body")),
            (
                "/webhooks/SALE_NEW/post/requestBody",
                json!({ "required": true }),
            ),
            ("/components/securitySchemes/signature/in", json!("body")),
            (
                "/components/responses/503/headers/Retry-After",
                json!({ "schema": { "type": "text" } }),
            ),
            ("/components/schemas/Tag/required", json!("id")),
            (
                "/components/schemas/Tag/properties/name/type",
                json!("text"),
            ),
            ("/components/schemas/TagId/pattern", json!(7)),
        ],
    );
}

/// References that lead nowhere.
fn dangling(document: &Value) -> Vec<&str> {
    fn walk<'a>(value: &'a Value, found: &mut Vec<&'a str>) {
        match value {
            Value::Object(map) => {
                found.extend(map.get("$ref").and_then(Value::as_str));
                map.values().for_each(|value| walk(value, found));
            }
            Value::Array(list) => list.iter().for_each(|value| walk(value, found)),
            _ => {}
        }
    }
    let mut references = vec![];
    walk(document, &mut references);
    references.retain(|reference| document.pointer(&reference[1..]).is_none());
    references
}

fn keys(object: &Value) -> Vec<&str> {
    let mut keys: Vec<&str> = object
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect();
    keys.sort_unstable();
    keys
}

const ACCOUNT: [&str; 4] = [
    "BADGE_WON",
    "CONTACT_TAG_ADDED",
    "SALE_CANCELED",
    "SALE_NEW",
];
const AUTOMATION: [&str; 4] = [
    "contact.community.joined",
    "contact.course.enrolled",
    "contact.tag.added",
    "nobody-u27-s-u3a--ua7-",
];

#[test]
fn documents_have_the_events_that_somebody_listens_to() {
    let asyncapi = described().asyncapi();
    assert_eq!(keys(&asyncapi["channels"]["account"]["messages"]), ACCOUNT);
    assert_eq!(
        keys(&asyncapi["channels"]["automation"]["messages"]),
        AUTOMATION
    );
    let openapi = described().openapi();
    let names = ["nobody's:§"]
        .into_iter()
        .chain(AUTOMATION[..3].iter().copied());
    let names: BTreeSet<&str> = names.chain(ACCOUNT).collect();
    assert_eq!(keys(&openapi["webhooks"]), Vec::from_iter(names));

    let catalogue = Description::of_catalogue();
    let all = siohook::events().len();
    assert_eq!(keys(&catalogue.openapi()["webhooks"]).len(), all);
    let channels = &catalogue.asyncapi()["channels"];
    let sent = ["automation", "account"].map(|name| keys(&channels[name]["messages"]).len());
    assert_eq!(sent.iter().sum::<usize>(), all);
}

#[test]
fn documents_ask_for_what_deliveries_are_trusted_by() {
    let security = |description: &Description| {
        let document = description.openapi();
        let of = |event: &str| document["webhooks"][event]["post"]["security"].clone();
        [of("SALE_NEW"), of("contact.tag.added")]
    };
    let both = [json!([{ "signature": [] }]), json!([{ "token": [] }])];
    assert_eq!(security(&described()), both);
    assert_eq!(security(&Description::of_catalogue()), both);
    let by_address = Dispatcher::builder().source_ips(IpAllowList::systeme_io());
    let by_address = by_address.account_secret("main", SECRET).build().unwrap();
    assert_eq!(
        security(&by_address.describe()),
        [json!([{ "signature": [] }]), json!([])]
    );
    let open = Dispatcher::builder().accept_unverified().build().unwrap();
    assert_eq!(security(&open.describe()), [json!([]), json!([])]);
    assert_eq!(
        open.describe().asyncapi()["components"]["securitySchemes"],
        json!({})
    );
}

#[test]
fn headers_are_those_that_were_captured() {
    let captured = include_str!("../../../../fixtures/account-headers.json");
    let captured: Value = serde_json::from_str(captured).unwrap();
    let of_http = ["accept", "content-type", "user-agent"];
    let mut captured = keys(&captured);
    captured.retain(|name| !of_http.contains(name));

    let asyncapi = described().asyncapi();
    let headers = &asyncapi["components"]["messages"]["SALE_NEW"]["headers"]["properties"];
    assert_eq!(headers["X-Webhook-Event"]["const"], "SALE_NEW");
    let described: Vec<String> = keys(headers)
        .iter()
        .map(|name| name.to_lowercase())
        .collect();
    assert_eq!(described, captured);
    assert!(asyncapi["components"]["messages"]["contact.tag.added"]["headers"].is_null());
}

#[test]
fn documents_hold_nothing_that_is_secret() {
    let description = Dispatcher::builder()
        .account_secret("label of the secret", SECRET)
        .automation_token(TOKEN)
        .source_ips(IpAllowList::new(["203.0.113.7"]))
        .trusted_proxies(["203.0.113.9"])
        .build()
        .unwrap()
        .describe();
    let documents = [
        description.asyncapi().to_string(),
        description.openapi().to_string(),
        description.markdown(),
    ];
    for document in documents {
        for secret in [
            SECRET,
            TOKEN,
            "label of the secret",
            "203.0.113",
            "description::",
        ] {
            let of_handlers = secret == "description::" && document.starts_with('#');
            assert!(
                of_handlers || !document.contains(secret),
                "{secret}\n{document}"
            );
        }
    }
}

#[test]
fn every_answer_is_described() {
    let outcomes = |document: &Value, pointer: &str| -> BTreeSet<String> {
        let answers = document.pointer(pointer).unwrap().as_object().unwrap();
        let of = |(status, answer): (&String, &Value)| {
            let body = answer.pointer("/content/application~1json/schema");
            let names = body.unwrap_or(&answer["payload"])["properties"]["outcome"]["enum"].clone();
            let status: u16 = status.parse().ok()?;
            let names: Vec<String> = serde_json::from_value(names).unwrap();
            Some(
                names
                    .into_iter()
                    .map(move |name| format!("{status} {name}")),
            )
        };
        answers.iter().filter_map(of).flatten().collect()
    };
    let openapi = outcomes(&described().openapi(), "/components/responses");
    let asyncapi = outcomes(&described().asyncapi(), "/components/messages");
    assert_eq!(openapi, asyncapi);
    // The table of the README, of which a `POST` can't be answered 405.
    let readme = include_str!("../../README.md").lines();
    let rows = readme.filter_map(|line| {
        let mut cells = line.strip_prefix("| ")?.split(" | ");
        let (status, outcome) = (cells.next()?, cells.next()?);
        let status: u16 = status.parse().ok()?;
        Some(format!("{status} {}", outcome.trim_matches('`')))
    });
    let mut documented: BTreeSet<String> = rows.collect();
    assert!(documented.remove("405 method_not_allowed"));
    documented.insert("404 unhandled".to_owned());
    assert_eq!(openapi, documented);
    let page = described().markdown();
    assert!(
        page.contains("| 405 | `method_not_allowed` | Not `POST`. |"),
        "{page}"
    );
}

#[test]
fn every_link_of_the_page_leads_to_a_heading() {
    for description in descriptions() {
        let page = description.markdown();
        let heading = |line: &str| {
            let heading = line.trim_start_matches('#').trim().to_lowercase();
            let kept = |c: &char| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_');
            heading
                .chars()
                .filter(kept)
                .collect::<String>()
                .replace(' ', "-")
        };
        let lines = page.lines();
        let mut anchors: Vec<String> = lines
            .filter(|it| it.starts_with('#'))
            .map(heading)
            .collect();
        let named = page.split("<a id=\"").skip(1);
        anchors.extend(named.filter_map(|it| Some(it.split_once('"')?.0.to_owned())));
        let unique: BTreeSet<_> = anchors.iter().collect();
        assert_eq!(unique.len(), anchors.len());
        for link in page.split("](#").skip(1) {
            let anchor = link.split(')').next().unwrap();
            assert!(anchors.iter().any(|it| it == anchor), "{anchor}\n{page}");
        }
    }
}

#[test]
fn the_page_names_handlers_and_patterns() {
    let page = described().markdown();
    for line in [
        "* `description::tagged`",
        "| `SALE_*` | `description::sold` |",
        "systeme.io has never published this event.",
        "| [`BADGE_WON`](#badge_won) | systeme.io has never published this event. |",
    ] {
        assert!(page.lines().any(|it| it == line), "{line}\n{page}");
    }
    assert!(!Description::of_catalogue().markdown().contains("Handlers"));
}
