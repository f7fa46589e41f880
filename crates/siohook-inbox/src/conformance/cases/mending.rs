//! Runs that an operator lets run again, or gives to another handler.

use super::super::Case;
use super::super::Section::Operator;
use super::super::failure::{Checked, equal};
use super::super::handlers::PREFIX;
use super::super::script::Act;
use super::super::stage::{Stage, ask, refuses, sample, samples};
use crate::{DAY, HOUR, MINUTE, State};

fn handler(id: &str) -> String {
    format!("{PREFIX}{id}")
}

/// Accepts deliveries whose runs die, and ends the program.
fn die(stage: &mut Stage<'_>, handlers: &[&str], count: usize) -> Checked {
    stage.script.act(|_| Act::FailForGood);
    let program = stage.work(handlers)?;
    program.accepts_together(&samples(count))?;
    program.is_idle()?;
    program.kill()?;
    stage.script.act(|_| Act::Succeed);
    Ok(())
}

fn retried(stage: &mut Stage<'_>) -> Checked {
    die(stage, &["a", "b"], 3)?;
    let inbox = stage.operator()?;
    let of_a = || inbox.dead().handler(handler("a"));
    equal("a dry run", ask(of_a().dry_run().retry())?, 3)?;
    equal("dead after it", ask(inbox.stats())?.dead(), 6)?;
    equal("at most", ask(of_a().at_most(1).retry())?, 1)?;
    let rest = ask(of_a().list(9))?;
    let rest: Vec<_> = rest.iter().map(crate::DeadLetter::id).collect();
    equal("what is left, without the oldest", rest, vec![3, 2])?;
    equal("the rest", ask(of_a().retry())?, 2)?;
    equal("nothing is left", ask(of_a().retry())?, 0)?;
    drop(inbox);

    let program = stage.work(&["a", "b"])?;
    program.is_idle()?;
    program.has(0, 0, 3)?;
    let starts = stage.starts("a");
    let attempts: Vec<_> = starts.iter().map(|start| start.attempt).collect();
    equal("the attempts, from 1 again", attempts, vec![1; 6])?;
    equal("other handlers", stage.starts("b").len(), 3)?;
    let keys = |starts: &[super::super::script::Start]| {
        let mut keys: Vec<_> = starts.iter().map(|it| it.idempotency_key.clone()).collect();
        keys.sort();
        keys
    };
    equal("idempotency keys", keys(&starts[3..]), keys(&starts[..3]))
}

fn spread(stage: &mut Stage<'_>) -> Checked {
    die(stage, &["a"], 10)?;
    let inbox = stage.operator()?;
    let retried = inbox.dead().spread(MINUTE * 10).at_most(5).retry();
    equal("retried", ask(retried)?, 5)?;
    drop(inbox);
    let program = stage.work(&["a"])?;
    program.is_idle()?;
    for due in 1..=5 {
        stage.has_started("a", 10 + due)?;
        stage.wait(MINUTE * 2, &[&program])?;
    }
    stage.has_started("a", 15)?;
    let oldest_first = stage.starts("a").split_off(10);
    let sorted = oldest_first.windows(2).all(|two| two[0].at <= two[1].at);
    ensure!(sorted, "they did not run one after the other");
    program.has(0, 0, 5)
}

/// A body that was erased can't be run.
fn without_body(stage: &mut Stage<'_>) -> Checked {
    stage.set(|builder| builder.keep(DAY).remember(DAY * 40));
    let program = stage.work(&["a", "b"])?;
    stage.script.act(|start| match start.handler {
        "a" => Act::FailForGood,
        _ => Act::Succeed,
    });
    program.accepts(&sample())?;
    program.is_idle()?;
    stage.wait(DAY * 31, &[&program])?;
    program.has(0, 0, 1)?;
    program.kill()?;
    let inbox = stage.operator()?;
    let stored = ask(inbox.delivery(1))?;
    ensure!(stored.body().is_none(), "the body is still there");
    ensure!(
        stored.delivery().is_none(),
        "it was restored without a body"
    );
    equal("it is listed", ask(inbox.dead().list(9))?.len(), 1)?;
    equal("retried", ask(inbox.dead().retry())?, 0)?;
    equal("a dry run", ask(inbox.dead().dry_run().retry())?, 0)?;
    refuses(inbox.replay(1).again(), "the body of delivery 1 was erased")?;
    refuses(
        async { inbox.replay(1).handlers(["x"]).await },
        "the body of delivery 1 was erased",
    )?;
    equal("purged", ask(inbox.dead().purge())?, 1)
}

fn replayed(stage: &mut Stage<'_>) -> Checked {
    let program = stage.work(&["a"])?;
    program.accepts_together(&samples(2))?;
    program.is_idle()?;
    program.kill()?;
    let inbox = stage.operator()?;
    let ids = [handler("a"), handler("b")];
    let added = ask(async { inbox.replay(1).handlers(&ids).await })?;
    equal("runs that were added", added, 1)?;
    let added = ask(async { inbox.replay(1).handlers(&ids).await })?;
    equal("they are added once", added, 0)?;
    refuses(
        async { inbox.replay(9).handlers(&ids).await },
        "delivery 9 is not stored",
    )?;
    refuses(inbox.replay(9).again(), "delivery 9 is not stored")?;
    drop(inbox);
    let program = stage.work(&["a", "b"])?;
    program.is_idle()?;
    stage.has_started("a", 2)?;
    stage.has_started("b", 1)?;
    program.has(0, 0, 0)
}

fn again(stage: &mut Stage<'_>) -> Checked {
    let program = stage.work(&["a", "b"])?;
    program.accepts_together(&samples(2))?;
    program.is_idle()?;
    program.kill()?;
    let inbox = stage.operator()?;
    let only = inbox.replay(1).handlers([handler("b")]);
    equal("one of them", ask(only.again())?, 1)?;
    equal("those that are done", ask(inbox.replay(1).again())?, 1)?;
    equal("none is done", ask(inbox.replay(1).again())?, 0)?;
    let runs = ask(inbox.delivery(1))?;
    let replays = runs.runs().iter().map(|run| (run.state(), run.replays()));
    let expected = vec![(State::Waiting, 1); 2];
    equal("the runs", replays.collect::<Vec<_>>(), expected)?;
    drop(inbox);

    let program = stage.work(&["a", "b"])?;
    program.is_idle()?;
    program.has(0, 0, 0)?;
    for handler in ["a", "b"] {
        let starts = stage.starts(handler);
        let first = starts[0].delivery.body().clone();
        let twice = starts.iter().filter(|it| *it.delivery.body() == first);
        equal("starts", starts.len(), 3)?;
        let expected = if starts[2].delivery.body() == &first {
            2
        } else {
            1
        };
        equal("starts of the first delivery", twice.count(), expected)?;
        equal("the attempt", starts[2].attempt, 1)?;
    }
    program.kill()?;
    let inbox = stage.operator()?;
    let runs = ask(inbox.delivery(1))?;
    let replays: Vec<_> = runs.runs().iter().map(crate::RunSummary::replays).collect();
    equal("the replays, when they are done", replays, vec![1, 1])
}

fn renamed(stage: &mut Stage<'_>) -> Checked {
    let program = stage.work(&["a"])?;
    program.accepts(&sample())?;
    program.is_idle()?;
    program.kill()?;
    let program = stage.open(&["a"])?;
    program.accepts_together(&samples(3))?;
    program.kill()?;
    let inbox = stage.operator()?;
    // This one has a run of the new handler already.
    ask(async { inbox.replay(2).handlers([handler("b")]).await })?;
    let renamed = inbox.rename_handler(handler("a"), handler("b"));
    equal("renamed", ask(renamed)?, 3)?;
    let renamed = inbox.rename_handler(handler("a"), handler("a"));
    equal("to the same", ask(renamed)?, 0)?;
    refuses(inbox.rename_handler(handler("a"), ""), "is not empty")?;
    let left = ask(inbox.deliveries().handler(handler("a")).list(9))?;
    equal("what keeps its id", left.len(), 1)?;
    equal("its delivery", left[0].id(), 2)?;
    // What is done is done for the new handler.
    let added = ask(async { inbox.replay(1).handlers([handler("b")]).await })?;
    equal("runs that were added", added, 0)?;
    drop(inbox);
    let program = stage.work(&["b"])?;
    program.is_idle()?;
    stage.has_started("a", 1)?;
    stage.has_started("b", 3)?;
    equal("orphans", program.stats()?.orphans(), 1)
}

/// Orphans are looked at once a minute.
fn renamed_orphans(stage: &mut Stage<'_>) -> Checked {
    let program = stage.open(&["a"])?;
    program.accepts_together(&samples(3))?;
    program.kill()?;
    let program = stage.work(&["b"])?;
    program.is_idle()?;
    equal("orphans", program.stats()?.orphans(), 3)?;
    let renamed = program.inbox.rename_handler(handler("a"), handler("b"));
    equal("renamed", ask(renamed)?, 3)?;
    stage.is_started("b", 3)
}

/// A worker that runs sees all of it, without being told.
fn live(stage: &mut Stage<'_>) -> Checked {
    let old = stage.open(&["c"])?;
    old.accepts(&sample())?;
    old.kill()?;
    stage.script.act(|start| match start.attempt {
        1 if start.handler == "a" => Act::FailForGood,
        _ => Act::Succeed,
    });
    let program = stage.work(&["a", "b"])?;
    program.accepts_together(&samples(20))?;
    program.is_idle()?;
    program.has(1, 0, 20)?;
    stage.script.act(|_| Act::Succeed);
    let inbox = &program.inbox;
    equal("retried", ask(inbox.dead().retry())?, 20)?;
    stage.is_started("a", 40)?;
    program.comes_to(1, 0)?;
    equal("again", ask(inbox.replay(2).again())?, 2)?;
    stage.is_started("a", 41)?;
    stage.is_started("b", 21)?;
    // Its handler was renamed.
    let orphans = ask(inbox.orphans())?;
    let orphans: Vec<_> = orphans.iter().map(|it| (it.id(), it.waiting())).collect();
    equal("orphans", orphans, vec![(&*handler("c"), 1)])?;
    let renamed = inbox.rename_handler(handler("c"), handler("b"));
    equal("renamed", ask(renamed)?, 1)?;
    // Orphans are put off for a minute.
    stage.clock.advance(MINUTE);
    stage.is_started("b", 22)?;
    let added = ask(async { inbox.replay(1).handlers([handler("a")]).await })?;
    equal("added", added, 1)?;
    stage.is_started("a", 42)?;
    program.comes_to(0, 0)?;
    program.has(0, 0, 0)
}

/// Deliveries are accepted and handled while an operator changes many runs.
fn busy(stage: &mut Stage<'_>) -> Checked {
    die(stage, &["a"], 2000)?;
    let program = stage.work(&["a", "b"])?;
    let inbox = &program.inbox;
    let (retried, accepted) = std::thread::scope(|scope| {
        let retry = scope.spawn(|| ask(inbox.dead().spread(HOUR).retry()));
        let accepted = (0..10).try_for_each(|_| program.accepts_together(&samples(20)));
        (retry.join(), accepted)
    });
    accepted?;
    let retried = retried.unwrap_or_else(|panic| std::panic::resume_unwind(panic))?;
    equal("retried", retried, 2000)?;
    stage.wait(HOUR, &[&program])?;
    stage.is_started("a", 4200)?;
    program.comes_to(0, 0)?;
    program.has(0, 0, 0)?;
    stage.has_started("b", 200)
}

/// The program ends in the middle of what it was to run again.
fn killed(stage: &mut Stage<'_>) -> Checked {
    die(stage, &["a"], 50)?;
    let door = stage.script.door();
    stage.script.act(move |_| Act::Wait(door.clone()));
    stage.set(|builder| builder.running_at_most(20));
    let program = stage.work(&["a"])?;
    equal("retried", ask(program.inbox.dead().retry())?, 50)?;
    stage.is_started("a", 70)?;
    program.kill()?;
    stage.script.act(|_| Act::Succeed);
    let inbox = stage.operator()?;
    equal("retried once", ask(inbox.dead().retry())?, 0)?;
    drop(inbox);
    stage.set(|builder| builder.running_at_most(64));
    let program = stage.work(&["a"])?;
    program.is_idle()?;
    stage.wait(MINUTE, &[&program])?;
    program.has(0, 0, 0)?;
    stage.has_started("a", 120)
}

pub(super) const CASES: &[Case] = &[
    Operator.case(
        "retry",
        "dead runs wait as new ones, as many as are asked for",
        retried,
    ),
    Operator.case("retry_spread", "retries are spread over a time", spread),
    Operator.case(
        "erased_stay_dead",
        "what has no body can't run again",
        without_body,
    ),
    Operator.case(
        "replay",
        "a new handler runs for an old delivery, once",
        replayed,
    ),
    Operator.case(
        "again",
        "runs that are done run again if an operator says so, which is counted",
        again,
    ),
    Operator.case(
        "rename",
        "the runs of a handler are given to another one",
        renamed,
    ),
    Operator.case(
        "rename_orphans",
        "runs that wait for a handler start when they are given to one",
        renamed_orphans,
    ),
    Operator.case(
        "mend_live",
        "a worker runs what an operator changes meanwhile",
        live,
    ),
    Operator.case(
        "mend_busy",
        "deliveries are accepted while many runs are changed",
        busy,
    ),
    Operator.case(
        "mend_killed",
        "a process that ends in retried runs loses and doubles none",
        killed,
    ),
];
