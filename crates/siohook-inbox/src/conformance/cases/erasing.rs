//! The deliveries of a person are erased.

use serde_json::json;
use siohook::Incoming;
use siohook::testing::{Sample, TOKEN};

use super::super::Case;
use super::super::Section::Operator;
use super::super::failure::{Checked, equal};
use super::super::handlers::EVENT;
use super::super::script::Act;
use super::super::stage::{Stage, ask, refuses, sample};
use crate::{DAY, DeadReason, HOUR, Operator as Inbox, State};

/// A delivery of a person.
fn of(person: &str, email: &str) -> Sample {
    static NUMBER: std::sync::atomic::AtomicU64 = std::sync::atomic::AtomicU64::new(0);
    let number = NUMBER.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
    let data = json!({ person: { "email": email }, "number": number });
    Sample::automation(EVENT, data)
}

/// The state of each run of a delivery, with the reason.
fn states(inbox: &Inbox, id: i64) -> Checked<Vec<(State, Option<DeadReason>)>> {
    let stored = ask(inbox.delivery(id))?;
    let runs = stored.runs().iter();
    Ok(runs.map(|run| (run.state(), run.reason())).collect())
}

const ERASED: (State, Option<DeadReason>) = (State::Dead, Some(DeadReason::Erased));

fn erased(stage: &mut Stage<'_>) -> Checked {
    stage.set(|it| it.personal(|it| it.query("gift").map(std::borrow::Cow::into_owned)));
    stage.script.act(|start| match start.handler {
        "a" => Act::FailForGood,
        _ => Act::RetryAfter(HOUR),
    });
    let sent = [
        of("contact", "lea@example.com"),
        of("customer", " LEA@Example.COM "),
        of("contact", "other@example.com"),
        of("friend", "lea@example.com"),
    ];
    let program = stage.work(&["a", "b"])?;
    for sample in &sent {
        program.accepts(sample)?;
    }
    let query = format!("token={TOKEN}&gift=Lea%40example.com");
    program.receive(Incoming::from(&sample()).query(query))?;
    program.is_idle()?;
    program.kill()?;

    let inbox = stage.operator()?;
    let found = ask(inbox.erase_contact("Lea@example.com\n"))?;
    let counts = (found.deliveries, found.runs_stopped, found.unreadable);
    equal("deliveries, runs, unreadable", counts, (3, 3, 0))?;
    let found = ask(inbox.erase_contact("lea@example.com"))?;
    equal(
        "what is left",
        (found.deliveries, found.runs_stopped),
        (0, 0),
    )?;
    refuses(inbox.erase_contact("  "), "is not empty")?;
    let permanent = (State::Dead, Some(DeadReason::Permanent));
    for id in [1, 2, 5] {
        let stored = ask(inbox.delivery(id))?;
        ensure!(stored.body().is_none(), "delivery {id} has a body");
        let errors = stored.runs().iter().filter_map(crate::RunSummary::error);
        equal("texts of errors", errors.count(), 0)?;
        equal("the runs", states(&inbox, id)?, vec![permanent, ERASED])?;
    }
    for id in [3, 4] {
        let stored = ask(inbox.delivery(id))?;
        ensure!(stored.body().is_some(), "delivery {id} has no body");
        let expected = vec![permanent, (State::Waiting, None)];
        equal("the runs of another", states(&inbox, id)?, expected)?;
    }
    let letters = ask(inbox.dead().reason(DeadReason::Erased).list(9))?;
    equal("erased letters", letters.len(), 3)?;
    equal(
        "retried",
        ask(inbox.dead().reason(DeadReason::Erased).retry())?,
        0,
    )?;
    drop(inbox);

    let program = stage.work(&["a", "b"])?;
    program.knows(&sent[0])?;
    stage.script.act(|_| Act::Succeed);
    stage.wait(DAY, &[&program])?;
    stage.has_started("b", 7)
}

/// How a run ends is not recorded after its delivery was erased.
fn running(stage: &mut Stage<'_>) -> Checked {
    let door = stage.script.door();
    let closed = door.clone();
    stage.script.act(move |start| match start.handler {
        "a" => Act::BlockAndFail(closed.clone()),
        _ => Act::Succeed,
    });
    let program = stage.work(&["a"])?;
    let sample = of("contact", "lea@example.com");
    program.accepts(&sample)?;
    stage.is_started("a", 1)?;
    let inbox = &program.inbox;
    let found = ask(inbox.erase_contact("lea@example.com"))?;
    equal(
        "deliveries and runs",
        (found.deliveries, found.runs_stopped),
        (1, 1),
    )?;
    equal("while it runs", states(inbox, 1)?, vec![ERASED])?;
    door.open();
    program.is_idle()?;
    let stored = ask(inbox.delivery(1))?;
    equal("after its end", states(inbox, 1)?, vec![ERASED])?;
    equal("the error", stored.runs()[0].error(), None)?;
    stage.wait(DAY, &[&program])?;
    program.knows(&sample)?;
    stage.has_started("a", 1)?;
    equal("calls of `on_dead`", stage.letters(), 0)?;
    // The others go on.
    stage.script.act(|_| Act::Succeed);
    program.accepts(&of("contact", "other@example.com"))?;
    program.is_idle()?;
    stage.has_started("a", 2)
}

pub(super) const CASES: &[Case] = &[
    Operator.case(
        "erase",
        "the deliveries of a person are erased, and no others",
        erased,
    ),
    Operator.case(
        "erase_running",
        "a run in progress is erased, and its end is not recorded",
        running,
    ),
];
