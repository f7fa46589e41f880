use std::panic::resume_unwind;

use serde_json::json;
use siohook::testing::Sample;

use super::super::Case;
use super::super::Section::Runs;
use super::super::failure::{Checked, equal};
use super::super::handlers::{PREFIX, TYPED_EVENT};
use super::super::script::{Act, ERROR};
use super::super::stage::{Stage, sample};
use crate::{DAY, DeadReason, Errors, MINUTE, Retry, SECOND};

/// Runs one handler until it is dead. Returns the text of its error.
fn dies(
    stage: &mut Stage<'_>,
    handler: &str,
    sample: &Sample,
    expected: (DeadReason, u32),
) -> Checked<Option<String>> {
    let program = stage.work(&[handler])?;
    program.accepts(sample)?;
    program.is_idle()?;
    while program.stats()?.waiting() > 0 {
        stage.wait(DAY, &[&program])?;
    }
    program.has(0, 0, 1)?;
    let letter = stage.letter()?;
    let found = (letter.reason(), letter.attempts());
    equal("reason and attempts", found, expected)?;
    let id = format!("{PREFIX}{handler}");
    equal("the handler of the letter", letter.handler(), &*id)?;
    let event = letter.event();
    equal("the event of the letter", event, sample.event().as_str())?;
    let by_reason = |it: &crate::HandlerStats| it.dead_by_reason().collect::<Vec<_>>();
    let by_reason: Vec<_> = program.stats()?.handlers().iter().map(by_reason).collect();
    let expected = vec![vec![(expected.0, 1)]];
    equal("the dead by reason", by_reason, expected)?;
    // It stays dead.
    let starts = stage.starts(handler).len();
    stage.wait(DAY, &[&program])?;
    program.knows(sample)?;
    program.kill()?;
    let program = stage.work(&[handler])?;
    stage.wait(DAY, &[&program])?;
    program.has(0, 0, 1)?;
    stage.has_started(handler, starts)?;
    equal("calls of `on_dead`", stage.letters(), 1)?;
    Ok(letter.error().map(str::to_owned))
}

fn permanent(stage: &mut Stage<'_>) -> Checked {
    stage.script.act(|_| Act::FailForGood);
    let error = dies(stage, "a", &sample(), (DeadReason::Permanent, 1))?;
    equal("the error", error.as_deref(), Some(ERROR))
}

fn mismatch(stage: &mut Stage<'_>) -> Checked {
    let sample = Sample::automation(TYPED_EVENT, json!({ "number": "seven" }));
    let error = dies(stage, "typed", &sample, (DeadReason::Mismatch, 1))?;
    let error = error.unwrap_or_default();
    ensure!(error.contains("expected u32"), "the error is {error:?}");
    ensure!(
        !error.contains("seven"),
        "the error holds a value: {error:?}"
    );
    stage.has_started("typed", 0)
}

fn exhausted(stage: &mut Stage<'_>) -> Checked {
    stage.set(|builder| builder.retry(Retry::every(MINUTE).attempts(3)));
    stage.script.act(|_| Act::Fail);
    let error = dies(stage, "a", &sample(), (DeadReason::Exhausted, 3))?;
    equal("the error", error.as_deref(), Some(ERROR))?;
    let starts = stage.starts("a");
    let found: Vec<_> = starts.iter().map(|it| (it.attempt, it.is_last)).collect();
    let expected = vec![(1, false), (2, false), (3, true)];
    equal("attempts, and whether each is the last", found, expected)?;
    let first = &starts[0].idempotency_key;
    let is_stable = starts.iter().all(|start| start.idempotency_key == *first);
    ensure!(is_stable, "the idempotency key is another one on a retry");
    Ok(())
}

fn panics(stage: &mut Stage<'_>) -> Checked {
    stage.set(|builder| builder.retry(Retry::every(MINUTE).attempts(2)));
    stage.script.act(|_| Act::Panic);
    let error = dies(stage, "a", &sample(), (DeadReason::Exhausted, 2))?;
    let error = error.unwrap_or_default();
    ensure!(error.contains(ERROR), "the error is {error:?}");
    Ok(())
}

fn timeout(stage: &mut Stage<'_>) -> Checked {
    stage.set(|builder| builder.timeout(MINUTE).retry(Retry::every(SECOND * 10)));
    let door = stage.script.door();
    stage.script.act(move |start| match start.attempt {
        1 => Act::Wait(door.clone()),
        _ => Act::Succeed,
    });
    let program = stage.work(&["a"])?;
    program.accepts(&sample())?;
    stage.is_started("a", 1)?;
    stage.clock.advance(SECOND * 59);
    program.settles()?;
    program.has(0, 1, 0)?;
    stage.wait(SECOND, &[&program])?;
    program.has(1, 0, 0)?;
    stage.wait(SECOND * 10, &[&program])?;
    program.has(0, 0, 0)?;
    stage.has_started("a", 2)
}

fn errors_off(stage: &mut Stage<'_>) -> Checked {
    stage.set(|builder| builder.errors(Errors::Off));
    stage.script.act(|_| Act::FailForGood);
    let error = dies(stage, "a", &sample(), (DeadReason::Permanent, 1))?;
    equal("the error", error, None)
}

/// A hook that panics ends nothing.
fn hook(stage: &mut Stage<'_>) -> Checked {
    stage.set(|builder| builder.on_dead(|_| resume_unwind(Box::new(ERROR))));
    stage.script.act(|start| match start.handler {
        "a" => Act::FailForGood,
        _ => Act::Succeed,
    });
    let program = stage.work(&["a", "b"])?;
    for _ in 0..2 {
        program.accepts(&sample())?;
        program.is_idle()?;
    }
    stage.has_started("b", 2)?;
    program.has(0, 0, 2)
}

pub(super) const CASES: &[Case] = &[
    Runs.case("permanent", "a permanent error ends a run", permanent),
    Runs.case(
        "mismatch",
        "a body that does not match ends a run before the handler starts",
        mismatch,
    ),
    Runs.case(
        "exhausted",
        "a run is dead after its last attempt, and knows which one that is",
        exhausted,
    ),
    Runs.case("panics", "a panic is an attempt that failed", panics),
    Runs.case(
        "timeout",
        "a handler that takes too long is dropped and tried again",
        timeout,
    ),
    Runs.case(
        "errors_off",
        "with `Errors::Off` no text of an error is stored",
        errors_off,
    ),
    Runs.case(
        "hook_panics",
        "handlers run on after `on_dead` panicked",
        hook,
    ),
];
