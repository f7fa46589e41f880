use serde_json::{Value, json};
use siohook::testing::{Sample, TOKEN};
use siohook::{Delivery, Incoming, ReplyOutcome};

use super::super::Case;
use super::super::Section::Store;
use super::super::failure::{Checked, Failure, equal};
use super::super::handlers::{ACCOUNT_EVENT, EVENT, ODD_EVENT};
use super::super::script::Act;
use super::super::stage::{Stage, sample};
use crate::SECOND;

/// The id of a handler, which needs care in SQL and JSON.
const ODD: &str = "odd '\"\\%;--é😀";

/// All answers of a delivery.
fn answers(delivery: &Delivery) -> Vec<(&'static str, String)> {
    let queries = ["", "tier", "token", "tok%65n", "é"].map(|name| delivery.query(name));
    vec![
        ("event", format!("{:?}", delivery.event())),
        ("mechanism", delivery.mechanism().to_string()),
        ("message id", format!("{:?}", delivery.message_id())),
        ("attempt id", format!("{:?}", delivery.attempt_id())),
        ("account's email", format!("{:?}", delivery.account_email())),
        ("occurred at", format!("{:?}", delivery.occurred_at())),
        ("schema version", format!("{:?}", delivery.schema_version())),
        ("query", format!("{queries:?}")),
        ("trust", format!("{:?}", delivery.trust())),
        ("key", delivery.key().to_string()),
        ("stored key", format!("{:?}", delivery.key().stored())),
        ("data", format!("{:?}", delivery.data::<Value>())),
    ]
}

/// A sample, and another query than its own.
type Sent = (Sample, Option<String>);

fn incoming((sample, query): &Sent) -> Incoming {
    let incoming = Incoming::from(sample);
    match query {
        Some(query) => incoming.query(query),
        None => incoming,
    }
}

/// Stores deliveries, and fails unless a handler gets each as it was sent, at once and after a
/// restart.
fn survive(stage: &mut Stage<'_>, handler: &str, sent: &[Sent]) -> Checked {
    let dispatcher = stage.dispatcher(&[], stage.script.clone())?;
    stage.script.act(|start| match start.attempt {
        1 => Act::RetryAfter(SECOND),
        _ => Act::Succeed,
    });
    let program = stage.work(&[handler])?;
    let mut deliveries = vec![];
    for sent in sent {
        let delivery = dispatcher
            .verify(incoming(sent))
            .map_err(|rejection| Failure::new(format!("a sample is refused: {rejection}")))?;
        let outcome = program.receive(incoming(sent))?.outcome();
        let step = format!("the reply to {}", delivery.key());
        equal(&step, outcome, ReplyOutcome::Accepted)?;
        let outcome = program.receive(incoming(sent))?.outcome();
        equal(&step, outcome, ReplyOutcome::AcceptedBefore)?;
        deliveries.push(delivery);
    }
    program.is_idle()?;
    program.kill()?;
    let program = stage.work(&[handler])?;
    stage.wait(SECOND, &[&program])?;
    program.has(0, 0, 0)?;
    for attempt in [1, 2] {
        let starts = stage.starts(handler);
        let starts: Vec<_> = starts.iter().filter(|it| it.attempt == attempt).collect();
        equal(
            "deliveries that were handled",
            starts.len(),
            deliveries.len(),
        )?;
        for sent in &deliveries {
            let of_it = starts.iter().find(|it| it.delivery.key() == sent.key());
            let start = of_it.ok_or_else(|| Failure::new("a delivery has another key"))?;
            ensure!(
                start.delivery.body() == sent.body(),
                "attempt {attempt} has another body"
            );
            for (found, expected) in answers(&start.delivery).into_iter().zip(answers(sent)) {
                equal("a restored delivery", found, expected)?;
            }
        }
    }
    Ok(())
}

fn as_sent(stage: &mut Stage<'_>) -> Checked {
    let automation = sample();
    let query = format!("tier=gold&token={TOKEN}&%C3%A9=1&");
    let account = Sample::account(ACCOUNT_EVENT, json!({ "number": 1 }));
    let sent = [
        (automation.clone(), None),
        (automation, Some(query)),
        (account.another(), None),
        (account.attempt(7), None),
    ];
    survive(stage, "a", &sent)?;
    // The token is not a part of what is stored.
    for start in stage.starts("a") {
        let token = start.delivery.query("token");
        ensure!(token.is_none(), "a handler can read the token");
    }
    Ok(())
}

fn with_data(data: &str) -> Sent {
    let body = format!("{{\"type\":\"{EVENT}\",\"data\":{data}}}");
    (sample().with_body(body), None)
}

fn bodies(stage: &mut Stage<'_>) -> Checked {
    let data = [
        "{}",
        "[]",
        "null",
        r#"{"text":"\u0000 a NUL"}"#,
        r#"{"text":"' \" \\ '); DROP TABLE siohook_run; --"}"#,
        r#"{"text":"?1 :name @name $name %s"}"#,
        r#"{"text":"é 😀 \ud83d\ude00 \u202e"}"#,
        "\r\n\t{ \"white\" :\t\"space\" }\n\n",
        r#"{"twice":1,"twice":2,"large":1e400,"long":12345678901234567890.0000000000}"#,
    ];
    survive(stage, "a", &data.map(with_data))
}

/// The longest bodies that a dispatcher accepts unless it is told otherwise.
fn large(stage: &mut Stage<'_>) -> Checked {
    const MEBIBYTE: usize = 1 << 20;
    let around = format!(r#"{{"type":"{EVENT}","data":""}}"#).len();
    let longest = ["x", "😀"].map(|text| {
        let room = MEBIBYTE - around;
        let padding = " ".repeat(room % text.len());
        with_data(&format!("{padding}\"{}\"", text.repeat(room / text.len())))
    });
    survive(stage, "a", &longest)
}

fn names(stage: &mut Stage<'_>) -> Checked {
    let sent = Sample::automation(ODD_EVENT, json!({ "number": 1 }));
    survive(stage, ODD, &[(sent, None)])
}

pub(super) const CASES: &[Case] = &[
    Store.case(
        "as_sent",
        "a stored delivery answers as the one that was sent, without its token",
        as_sent,
    ),
    Store.case(
        "bodies",
        "bodies with NUL, quotes and white space are kept byte for byte",
        bodies,
    ),
    Store.case("large_bodies", "bodies of 1 MiB are kept", large),
    Store.case(
        "names",
        "names of events and ids of handlers may have NUL and quotes",
        names,
    ),
];
