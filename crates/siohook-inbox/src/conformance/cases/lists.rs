//! What an operator reads. The program has ended, so a store for one process can be read, too.

use std::time::{Duration, SystemTime};

use super::super::Case;
use super::super::Section::Operator;
use super::super::failure::{Checked, equal};
use super::super::handlers::{ACCOUNT_EVENT, EVENT, PREFIX};
use super::super::script::{Act, ERROR};
use super::super::stage::{Stage, ask, refuses, sample, samples};
use crate::{DeadReason, DeliverySummary, HOUR, State};

fn ids(deliveries: &[DeliverySummary]) -> Vec<i64> {
    deliveries.iter().map(DeliverySummary::id).collect()
}

fn handler(id: &str) -> String {
    format!("{PREFIX}{id}")
}

fn deliveries(stage: &mut Stage<'_>) -> Checked {
    let program = stage.open(&["a", "b"])?;
    let start = SystemTime::from(stage.clock.now());
    for sample in samples(2) {
        program.accepts(&sample)?;
        stage.clock.advance(HOUR);
    }
    let account = siohook::testing::Sample::account(ACCOUNT_EVENT, serde_json::json!({}));
    program.accepts(&account)?;
    program.kill()?;
    let inbox = stage.operator()?;
    let all = ask(inbox.deliveries().list(100))?;
    equal("all, newest first", ids(&all), vec![3, 2, 1])?;
    let page = ask(inbox.deliveries().below(3).list(1))?;
    equal("a page", ids(&page), vec![2])?;
    let none = ask(inbox.deliveries().list(0))?;
    equal("none", ids(&none), vec![])?;

    let first = &all[2];
    equal("the event", first.event(), EVENT)?;
    equal("a message id", first.message_id(), None)?;
    equal("a body", first.has_body(), true)?;
    let received = SystemTime::from(first.received_at());
    let is_near = start.duration_since(received).unwrap_or_default() < Duration::from_millis(1);
    ensure!(
        is_near && received <= start,
        "it was received at {received:?}"
    );
    let runs: Vec<_> = first
        .runs()
        .iter()
        .map(|run| (run.handler().to_owned(), run.state(), run.attempts()))
        .collect();
    let waits = |id: &str| (handler(id), State::Waiting, 0);
    equal("the runs", runs, vec![waits("a"), waits("b")])?;
    ensure!(all[0].message_id().is_some(), "the message id is missing");

    let since = start + HOUR;
    let found = |deliveries: crate::Deliveries| Checked::Ok(ids(&ask(deliveries.list(100))?));
    let query = || inbox.deliveries();
    for (what, found, expected) in [
        ("by name", found(query().event(EVENT))?, vec![2, 1]),
        ("by pattern", found(query().event("siohook.*"))?, vec![2, 1]),
        ("by another", found(query().event("SIOHOOK_*"))?, vec![3]),
        ("by any", found(query().event("*"))?, vec![3, 2, 1]),
        ("since", found(query().since(since))?, vec![3, 2]),
        ("before", found(query().before(since))?, vec![1]),
        (
            "between",
            found(query().since(since).before(since + HOUR))?,
            vec![2],
        ),
        (
            "by handler",
            found(query().handler(handler("b")))?,
            vec![2, 1],
        ),
        (
            "by state",
            found(query().state(State::Waiting))?,
            vec![3, 2, 1],
        ),
        (
            "by both",
            found(query().state(State::Waiting).handler(handler("b")))?,
            vec![2, 1],
        ),
        ("running", found(query().state(State::Running))?, vec![]),
        ("behind", found(query().state(State::Behind))?, vec![]),
    ] {
        equal(what, found, expected)?;
    }
    refuses(
        inbox.deliveries().event("SALE*").list(1),
        "`*` stands alone",
    )
}

fn by_state(stage: &mut Stage<'_>) -> Checked {
    let door = stage.script.door();
    stage
        .script
        .act(move |start| match start.delivery.query("act").as_deref() {
            Some("wait") => Act::Wait(door.clone()),
            Some("fail") => Act::FailForGood,
            Some("retry") => Act::RetryAfter(HOUR),
            _ => Act::Succeed,
        });
    let program = stage.work(&["a"])?;
    for act in ["", "fail", "retry", "wait"] {
        let sample = sample();
        let token = siohook::testing::TOKEN;
        let incoming = siohook::Incoming::from(&sample).query(format!("token={token}&act={act}"));
        program.receive(incoming)?;
    }
    program.comes_to(1, 1)?;
    program.kill()?;
    let inbox = stage.operator()?;
    for (state, expected) in [
        (State::Done, 1),
        (State::Dead, 2),
        (State::Waiting, 3),
        (State::Running, 4),
    ] {
        let found = ask(inbox.deliveries().state(state).list(9))?;
        equal(state.as_str(), ids(&found), vec![expected])?;
        let run = &found[0].runs()[0];
        equal("the state", run.state(), state)?;
        equal("the attempts", run.attempts(), 1)?;
        let has_ended = matches!(state, State::Done | State::Dead);
        equal("an end", run.ended_at().is_some(), has_ended)?;
        let is_dead = state == State::Dead;
        let reason = is_dead.then_some(DeadReason::Permanent);
        equal("the reason", run.reason(), reason)?;
    }
    equal("how many are done", ask(inbox.count_done())?, 1)?;
    let dead = ask(inbox.delivery(2))?;
    equal("the error", dead.runs()[0].error(), Some(ERROR))?;
    let printed = format!("{dead:?} {}", dead.summary());
    ensure!(!printed.contains(ERROR), "the error is printed: {printed}");
    Ok(())
}

fn restored(stage: &mut Stage<'_>) -> Checked {
    let sample = sample();
    let program = stage.open(&["a"])?;
    program.accepts(&sample)?;
    program.kill()?;
    let inbox = stage.operator()?;
    let stored = ask(inbox.delivery(1))?;
    ensure!(stored.body() == Some(sample.body()), "it has another body");
    let Some(delivery) = stored.delivery() else {
        return Err(super::super::Failure::new("it was not restored"));
    };
    equal("the event", delivery.event().as_str(), EVENT)?;
    ensure!(delivery.body() == sample.body(), "it has another body");
    equal("runs", stored.runs().len(), 1)?;
    let printed = format!("{stored:?}");
    let body = String::from_utf8_lossy(sample.body()).into_owned();
    ensure!(!printed.contains(&body), "the body is printed: {printed}");
    refuses(inbox.delivery(2), "delivery 2 is not stored")
}

fn letters(stage: &mut Stage<'_>) -> Checked {
    stage.script.act(|start| match start.handler {
        "a" => Act::FailForGood,
        _ => Act::Succeed,
    });
    let program = stage.work(&["a", "b", "typed"])?;
    let typed = siohook::testing::Sample::automation(
        super::super::handlers::TYPED_EVENT,
        serde_json::json!({ "number": "no number" }),
    );
    let start = SystemTime::from(stage.clock.now());
    for sample in [sample(), typed, sample()] {
        program.accepts(&sample)?;
        program.is_idle()?;
        stage.clock.advance(HOUR);
    }
    program.kill()?;
    let inbox = stage.operator()?;
    let found = |letters: crate::DeadLetters| -> Checked<Vec<i64>> {
        let letters = ask(letters.list(100))?;
        Ok(letters.iter().map(crate::DeadLetter::id).collect())
    };
    let dead = || inbox.dead();
    for (what, found, expected) in [
        ("all, newest first", found(dead())?, vec![3, 2, 1]),
        ("of a delivery", found(dead().delivery(2))?, vec![2]),
        ("of an event", found(dead().event(EVENT))?, vec![3, 1]),
        (
            "of a pattern",
            found(dead().event("siohook.conformance.*"))?,
            vec![2],
        ),
        (
            "of a handler",
            found(dead().handler(handler("a")))?,
            vec![3, 1],
        ),
        ("of another", found(dead().handler(handler("b")))?, vec![]),
        ("since", found(dead().since(start + HOUR))?, vec![3, 2]),
        ("before", found(dead().before(start + HOUR))?, vec![1]),
        (
            "mismatches",
            found(dead().reason(DeadReason::Mismatch))?,
            vec![2],
        ),
        ("below", found(dead().below(3))?, vec![2, 1]),
    ] {
        equal(what, found, expected)?;
    }
    let limited = ask(inbox.dead().list(2))?;
    equal("a page", limited.len(), 2)?;
    let letter = &ask(inbox.dead().delivery(1).list(9))?[0];
    equal("the handler", letter.handler(), &*handler("a"))?;
    equal("the reason", letter.reason(), DeadReason::Permanent)?;
    equal("the error", letter.error(), Some(ERROR))?;
    equal("the attempts", letter.attempts(), 1)?;
    let key = ask(inbox.delivery(1))?.summary().key().to_owned();
    equal("the key", letter.key(), &*key)?;
    refuses(inbox.dead().event("*x").retry(), "`*` stands alone")
}

pub(super) const CASES: &[Case] = &[
    Operator.case(
        "list_deliveries",
        "deliveries are listed by event, time, handler and state",
        deliveries,
    ),
    Operator.case(
        "list_states",
        "deliveries are listed by each state, with their runs",
        by_state,
    ),
    Operator.case(
        "read_delivery",
        "a delivery is read with its body and its runs",
        restored,
    ),
    Operator.case(
        "list_dead",
        "dead letters are listed by event, time, handler and reason",
        letters,
    ),
];
