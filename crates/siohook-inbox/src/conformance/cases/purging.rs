//! What an operator gives up or clears away.

use siohook::testing::{Sample, TOKEN};
use siohook::{Incoming, ReplyOutcome};

use super::super::Case;
use super::super::Section::Operator;
use super::super::failure::{Checked, equal};
use super::super::handlers::PREFIX;
use super::super::script::Act;
use super::super::stage::{Stage, ask, refuses, sample, samples};
use crate::{DAY, DeadReason, HOUR, SECOND, State};

fn handler(id: &str) -> String {
    format!("{PREFIX}{id}")
}

/// A delivery whose handler can tell what to do.
fn incoming(sample: &Sample, act: &str) -> Incoming {
    Incoming::from(sample).query(format!("token={TOKEN}&act={act}"))
}

fn purged(stage: &mut Stage<'_>) -> Checked {
    stage.set(|builder| builder.keep(DAY).remember(DAY * 40));
    stage.script.act(|_| Act::FailForGood);
    let program = stage.work(&["a"])?;
    program.accepts(&sample())?;
    program.is_idle()?;
    stage.clock.advance(HOUR);
    let later = std::time::SystemTime::from(stage.clock.now());
    program.accepts(&sample())?;
    program.is_idle()?;
    program.kill()?;
    let inbox = stage.operator()?;
    let dry = inbox.dead().before(later).dry_run().purge();
    equal("a dry run", ask(dry)?, 1)?;
    equal("purged", ask(inbox.dead().before(later).purge())?, 1)?;
    equal("purged once", ask(inbox.dead().before(later).purge())?, 0)?;
    equal("dead", ask(inbox.stats())?.dead(), 1)?;
    equal("letters", ask(inbox.dead().list(9))?.len(), 1)?;
    let listed = ask(inbox.deliveries().state(State::Dead).list(9))?;
    equal("deliveries with a dead run", listed.len(), 1)?;
    let run = &ask(inbox.delivery(1))?.runs()[0].clone();
    equal("the reason", run.reason(), Some(DeadReason::Purged))?;
    equal("the error", run.error(), None)?;
    drop(inbox);

    // Its body is kept no longer than that of others.
    let program = stage.work(&["a"])?;
    stage.wait(DAY, &[&program])?;
    stage.wait(HOUR, &[&program])?;
    program.kill()?;
    let inbox = stage.operator()?;
    let has_body = |id| Checked::Ok(ask(inbox.delivery(id))?.body().is_some());
    equal("the body of what was purged", has_body(1)?, false)?;
    equal("the body of a dead letter", has_body(2)?, true)
}

fn done(stage: &mut Stage<'_>) -> Checked {
    stage.script.act(
        |start| match (start.handler, start.delivery.query("act").as_deref()) {
            ("a", Some("fail")) => Act::FailForGood,
            ("a", Some("retry")) => Act::RetryAfter(DAY * 3),
            _ => Act::Succeed,
        },
    );
    let program = stage.work(&["a", "b"])?;
    let sent = samples(3);
    for (sample, act) in sent.iter().zip(["", "fail", "retry"]) {
        program.receive(incoming(sample, act))?;
    }
    program.is_idle()?;
    stage.clock.advance(SECOND);
    program.kill()?;
    let inbox = stage.operator()?;
    let start = stage.clock.now();
    let hour_ago = std::time::SystemTime::from(start) - HOUR;
    equal("too young", ask(inbox.purge_done(hour_ago))?, 0)?;
    equal("cleared", ask(inbox.purge_done(start))?, 1)?;
    equal("cleared once", ask(inbox.purge_done(start))?, 0)?;
    let has_body = |id| Checked::Ok(ask(inbox.delivery(id))?.body().is_some());
    equal("the body of the one that is done", has_body(1)?, false)?;
    equal("that of a dead one", has_body(2)?, true)?;
    equal("that of a waiting one", has_body(3)?, true)?;
    drop(inbox);
    let program = stage.open(&["a", "b"])?;
    let copy = program.receive(incoming(&sent[0], ""))?;
    let outcome = copy.outcome();
    equal("the reply to a copy", outcome, ReplyOutcome::AcceptedBefore)?;
    program.kill()?;

    stage.clock.advance(DAY * 6);
    let inbox = stage.operator()?;
    let now = stage.clock.now();
    equal("deleted", ask(inbox.purge_done(now))?, 1)?;
    refuses(inbox.delivery(1), "delivery 1 is not stored")?;
    let left = ask(inbox.deliveries().list(9))?;
    equal("what is left", left.len(), 2)
}

fn orphans(stage: &mut Stage<'_>) -> Checked {
    let program = stage.open(&["a", "b"])?;
    program.accepts_together(&samples(5))?;
    drop(program);
    let inbox = stage.operator()?;
    let found = ask(inbox.orphans())?;
    let found: Vec<_> = found.iter().map(|it| (it.id(), it.waiting())).collect();
    let (a, b) = (handler("a"), handler("b"));
    equal("without a program", found, vec![(&*a, 5), (&*b, 5)])?;
    equal("given up", ask(inbox.purge_orphans(&a))?, 5)?;
    equal("given up once", ask(inbox.purge_orphans(&a))?, 0)?;
    let found = ask(inbox.orphans())?;
    equal("handlers that are left", found.len(), 1)?;
    equal("dead letters", ask(inbox.stats())?.dead(), 0)?;
    drop(inbox);
    let program = stage.work(&["a", "b"])?;
    program.is_idle()?;
    stage.has_started("a", 0)?;
    stage.has_started("b", 5)
}

fn live(stage: &mut Stage<'_>) -> Checked {
    let program = stage.open(&["a", "b"])?;
    program.accepts_together(&samples(5))?;
    drop(program);
    stage.script.act(|start| match start.handler {
        "b" => Act::FailForGood,
        _ => Act::Succeed,
    });
    let mut program = stage.open(&["b"])?;
    let inbox = program.inbox.clone();
    refuses(
        inbox.purge_orphans(handler("b")),
        "a process has the handler",
    )?;
    program.work()?;
    program.is_idle()?;
    program.has(5, 0, 5)?;
    equal("given up", ask(inbox.purge_orphans(handler("a")))?, 5)?;
    equal("purged", ask(inbox.dead().purge())?, 5)?;
    program.has(0, 0, 0)?;
    stage.wait(DAY, &[&program])?;
    equal("cleared", ask(inbox.purge_done(stage.clock.now()))?, 5)?;
    stage.has_started("a", 0)?;
    stage.has_started("b", 5)
}

pub(super) const CASES: &[Case] = &[
    Operator.case(
        "purge",
        "what is purged is neither listed nor counted, and kept no longer than what is done",
        purged,
    ),
    Operator.case(
        "purge_done",
        "what is done can be cleared away, and its copies are recognised as long as they can come",
        done,
    ),
    Operator.case(
        "purge_orphans",
        "waiting runs of a handler that is gone can be given up",
        orphans,
    ),
    Operator.case("purge_live", "a worker runs nothing that was purged", live),
];
