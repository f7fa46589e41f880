//! The table of hints on the page about observability: each row is provoked, and no
//! refusal has a hint that is not a row.

mod cases;

use self::cases::{Case, cases};
use super::*;

/// Code, hint with a placeholder, and whether it is limited.
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

/// What may stand in place of a placeholder: nothing that a request could choose.
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

/// The row that a refusal's hint is, if it has one.
fn row_of(rejection: &Rejection) -> Option<Row> {
    let text = rejection.to_string();
    let (_, hint) = text.split_once(" (")?;
    let hint = hint.strip_suffix(')').unwrap();
    let is_it = |(code, row, _): &Row| *code == rejection.code() && is_of_row(hint, row);
    let row = rows().into_iter().find(is_it);
    Some(row.unwrap_or_else(|| panic!("not in the table: {rejection:?}")))
}

fn refused(case: Case, is_heard: bool) -> Rejection {
    let builder = if is_heard {
        case.builder.on_reject(|_| ())
    } else {
        case.builder
    };
    verify(builder, case.incoming).unwrap_err()
}

#[test]
fn every_row_is_provoked_by_its_cause() {
    let mut provoked = BTreeSet::new();
    for case in cases() {
        let (code, words) = (case.code, case.words);
        let row = row_of(&refused(case, true)).unwrap();
        assert_eq!(row.0, code, "{words}");
        assert!(row.1.contains(words), "{code}: {words}: {row:?}");
        provoked.insert(row);
    }
    assert!(provoked.len() > 50);
    assert_eq!(provoked, rows().into_iter().collect());
}

#[test]
fn only_what_takes_work_is_not_said_where_nothing_listens() {
    for (case, again) in cases().into_iter().zip(cases()) {
        let words = case.words;
        let row = row_of(&refused(case, true)).unwrap();
        let unheard = row_of(&refused(again, false));
        match row {
            (.., true) => assert!(unheard.is_none_or(|row| !row.2), "{words}"),
            _ => assert_eq!(unheard, Some(row)),
        }
    }
}

/// What a head decides has the hint of the head, with or without a body behind it.
#[test]
fn a_head_is_refused_with_a_row_as_well() {
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
        (
            signed("Stripe-Signature"),
            "there is a signature in another header",
        ),
        (
            signed("X-Hub-Signature-256"),
            "there is a signature in another header",
        ),
        (signed("X-Webhook-Secret"), "there is a secret in a header"),
        (malformed, "the header holds secret {label} itself"),
    ] {
        let dispatcher = both().on_reject(|_| ()).build().unwrap();
        let rejection = dispatcher.check_head(&head).unwrap_err();
        assert!(
            row_of(&rejection).unwrap().1.starts_with(words),
            "{rejection}"
        );
    }
}

/// Those of the other tests, which are not made for a hint.
#[test]
fn no_refusal_has_a_hint_that_is_not_a_row() {
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
            // The label of another secret, which covers other events.
            if rejection.code() != "event_not_covered" {
                row_of(&rejection);
            }
        }
    }
}
