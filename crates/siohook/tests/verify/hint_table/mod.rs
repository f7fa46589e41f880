//! The table of hints in the guide's page on observability. A request leads to each row,
//! and each hint of a refusal is in the table.

mod cases;

use self::cases::{Case, cases};
use super::*;

/// Code, hint with a placeholder, and whether the hint is limited.
type Row = (&'static str, &'static str, bool);

fn rows() -> Vec<Row> {
    let page = include_str!("../../../src/guide/observability.md");
    let (_, table) = page.split_once("<!-- hints:").unwrap();
    let (table, _) = table.split_once("<!-- /hints -->").unwrap();
    let rows = table.lines().filter_map(|line| {
        let (code, rest) = line.strip_prefix("| `")?.split_once("` | ")?;
        let (hint, limited) = rest.strip_suffix(" |")?.rsplit_once(" | ")?;
        Some((code, hint, limited == "yes"))
    });
    rows.collect()
}

/// Whether a value may replace a placeholder. A request can't choose any of these values.
fn is_value_of(placeholder: &str, value: &str) -> bool {
    match placeholder {
        "label" => value == r#""main""#,
        "event" => siohook::events().iter().any(|event| event.name() == value),
        "member" => ["json", "body", "payload", "data"].contains(&value),
        "bytes" => value.parse::<usize>().is_ok(),
        _ => false,
    }
}

fn is_of_row(hint: &str, row: &str) -> bool {
    let Some((before, rest)) = row.split_once('{') else {
        return hint == row;
    };
    let (placeholder, after) = rest.split_once('}').unwrap();
    let value = hint.strip_prefix(before);
    let value = value.and_then(|rest| rest.strip_suffix(after));
    value.is_some_and(|value| is_value_of(placeholder, value))
}

/// The row of a refusal's hint. `None` if it has no hint.
fn row_of(rejection: &Rejection) -> Option<Row> {
    let text = rejection.to_string();
    let (_, hint) = text.split_once(" (")?;
    let hint = hint.strip_suffix(')').unwrap();
    let is_it = |(code, row, _): &Row| *code == rejection.code() && is_of_row(hint, row);
    let row = rows().into_iter().find(is_it);
    Some(row.unwrap_or_else(|| panic!("not in the table: {rejection:?}")))
}

fn refused(case: Case, has_listener: bool) -> Rejection {
    let builder = if has_listener {
        case.builder.on_reject(|_| ())
    } else {
        case.builder
    };
    verify(builder, case.incoming).unwrap_err()
}

#[test]
fn a_request_leads_to_each_row() {
    let mut seen = BTreeSet::new();
    for case in cases() {
        let (code, words) = (case.code, case.words);
        let row = row_of(&refused(case, true)).unwrap();
        assert_eq!(row.0, code, "{words}");
        assert!(row.1.contains(words), "{code}: {words}: {row:?}");
        seen.insert(row);
    }
    assert!(seen.len() > 50);
    assert_eq!(seen, rows().into_iter().collect());
}

#[test]
fn only_limited_hints_need_a_listener() {
    for (case, again) in cases().into_iter().zip(cases()) {
        let words = case.words;
        let row = row_of(&refused(case, true)).unwrap();
        let without_listener = row_of(&refused(again, false));
        match row {
            (.., true) => assert!(without_listener.is_none_or(|row| !row.2), "{words}"),
            _ => assert_eq!(without_listener, Some(row)),
        }
    }
}

#[test]
fn a_refused_head_has_a_hint_of_the_table() {
    let missing = || Head::new("POST").header("x-request-id", "1");
    let signed = |name: &str| Head::new("POST").header(name, "t=1,v1=00");
    let malformed = Head::new("POST").header("X-Webhook-Signature", SECRET);
    for (head, words) in [
        (
            missing(),
            "the webhook's URL has to end in `?token=…`; or this is an account webhook",
        ),
        (
            missing().query("token=\"abc\""),
            "compare the webhook's URL",
        ),
        (signed("Stripe-Signature"), "another header has a signature"),
        (
            signed("X-Hub-Signature-256"),
            "another header has a signature",
        ),
        (signed("X-Webhook-Secret"), "a header has a secret"),
        (malformed, "the header has secret {label} itself"),
    ] {
        let dispatcher = both().on_reject(|_| ()).build().unwrap();
        let rejection = dispatcher.check_head(&head).unwrap_err();
        assert!(
            row_of(&rejection).unwrap().1.starts_with(words),
            "{rejection}"
        );
    }
}

/// Uses requests that were not written for a hint.
#[test]
fn each_hint_of_a_refusal_is_in_the_table() {
    let dispatcher = support::leaks::builder()
        .select(|_| false)
        .allow_no_handlers()
        .on_reject(|_| ())
        .build()
        .unwrap();
    for fixture in support::fixtures() {
        for spoil in support::leaks::SPOILS {
            let incoming = spoil(&fixture.body, &fixture.event);
            let rejection = dispatcher.verify(incoming).unwrap_err();
            // Its hint has the label of another secret.
            if rejection.code() != "event_not_covered" {
                row_of(&rejection);
            }
        }
    }
}
