//! What documents say.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use siohook::describe::Description;
use siohook::{Dispatcher, IpAllowList};
use siohook_docs::{asyncapi, markdown, openapi};

use crate::described::{SECRET, TOKEN, described, descriptions};

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
fn documents_have_the_events_that_handlers_take() {
    let document = asyncapi(&described());
    assert_eq!(keys(&document["channels"]["account"]["messages"]), ACCOUNT);
    assert_eq!(
        keys(&document["channels"]["automation"]["messages"]),
        AUTOMATION
    );
    let document = openapi(&described());
    let names = ["nobody's:§"]
        .into_iter()
        .chain(AUTOMATION[..3].iter().copied());
    let names: BTreeSet<&str> = names.chain(ACCOUNT).collect();
    assert_eq!(keys(&document["webhooks"]), Vec::from_iter(names));

    let catalogue = Description::of_catalogue();
    let all = siohook::events().len();
    assert_eq!(keys(&openapi(&catalogue)["webhooks"]).len(), all);
    let channels = &asyncapi(&catalogue)["channels"];
    let sent = ["automation", "account"].map(|name| keys(&channels[name]["messages"]).len());
    assert_eq!(sent.iter().sum::<usize>(), all);
}

#[test]
fn documents_ask_for_what_deliveries_are_trusted_by() {
    let security = |description: &Description| {
        let document = openapi(description);
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
        asyncapi(&open.describe())["components"]["securitySchemes"],
        json!({})
    );
}

#[test]
fn headers_are_those_that_were_captured() {
    let captured = include_str!("../../../../fixtures/account-headers.json");
    let captured: Value = serde_json::from_str(captured).unwrap();
    let of_http = ["accept", "accept-encoding", "content-type", "user-agent"];
    let mut captured = keys(&captured);
    captured.retain(|name| !of_http.contains(name));

    let document = asyncapi(&described());
    let headers = &document["components"]["messages"]["SALE_NEW"]["headers"]["properties"];
    assert_eq!(headers["X-Webhook-Event"]["const"], "SALE_NEW");
    let described: Vec<String> = keys(headers)
        .iter()
        .map(|name| name.to_lowercase())
        .collect();
    assert_eq!(described, captured);
    assert!(document["components"]["messages"]["contact.tag.added"]["headers"].is_null());
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
        asyncapi(&description).to_string(),
        openapi(&description).to_string(),
        markdown(&description),
    ];
    for document in documents {
        for secret in [
            SECRET,
            TOKEN,
            "label of the secret",
            "203.0.113",
            "documents::described::",
        ] {
            let is_allowed = secret == "documents::described::" && document.starts_with('#');
            assert!(
                is_allowed || !document.contains(secret),
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
    let described_outcomes = outcomes(&openapi(&described()), "/components/responses");
    assert_eq!(
        described_outcomes,
        outcomes(&asyncapi(&described()), "/components/messages")
    );
    // The table of the README, of which a `POST` can't be answered 405.
    let readme = include_str!("../../../../README.md").lines();
    let rows = readme.filter_map(|line| {
        let mut cells = line.strip_prefix("| ")?.split(" | ");
        let (status, outcome) = (cells.next()?, cells.next()?);
        let status: u16 = status.parse().ok()?;
        Some(format!("{status} {}", outcome.trim_matches('`')))
    });
    let mut documented: BTreeSet<String> = rows.collect();
    assert!(documented.remove("405 method_not_allowed"));
    assert_eq!(described_outcomes, documented);
    let page = markdown(&described());
    assert!(
        page.contains("| 405 | `method_not_allowed` | Not `POST`. |"),
        "{page}"
    );
}

#[test]
fn every_link_of_the_page_leads_to_a_heading() {
    for description in descriptions() {
        let page = markdown(&description);
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
    let page = markdown(&described());
    for line in [
        "* `documents::described::tagged`",
        "| `SALE_*` | `documents::described::sold` |",
        "systeme.io has never published this event.",
        "| [`BADGE_WON`](#badge_won) | systeme.io has never published this event. |",
    ] {
        assert!(page.lines().any(|it| it == line), "{line}\n{page}");
    }
    assert!(!markdown(&Description::of_catalogue()).contains("Handlers"));
}
