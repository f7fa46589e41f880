use super::super::Case;
use super::super::Section::Crash;
use super::super::failure::{Checked, equal};
use super::super::script::Act;
use super::super::stage::{CRASHED, MOMENT, Stage, sample, samples};
use crate::{DAY, DeadReason, Retry, SECOND};

fn killed(stage: &mut Stage<'_>) -> Checked {
    let door = stage.script.door();
    stage.script.act(move |start| match start.handler {
        "a" => Act::Wait(door.clone()),
        _ => Act::Succeed,
    });
    let program = stage.work(&["a", "b"])?;
    program.accepts(&sample())?;
    stage.is_started("a", 1)?;
    program.comes_to(0, 1)?;
    program.kill()?;

    stage.script.act(|_| Act::Succeed);
    let program = stage.work(&["a", "b"])?;
    program.is_idle()?;
    program.has(1, 0, 0)?;
    stage.wait_exactly(CRASHED, &program, || stage.has_started("a", 1))?;
    stage.has_started("a", 2)?;
    stage.has_started("b", 1)?;
    program.has(0, 0, 0)?;
    let starts = stage.starts("a");
    equal("the attempt", starts[1].attempt, 2)?;
    let [first, second] = [0, 1].map(|at: usize| starts[at].idempotency_key.clone());
    equal("the idempotency key", second, first)
}

/// What kills a process may not take other runs with it.
fn alone(stage: &mut Stage<'_>) -> Checked {
    let doors = [0; 3].map(|_| stage.script.door());
    let [crashing, before, after] = [sample(), sample(), sample()];
    let play = {
        let (doors, crashing) = (doors.clone(), crashing.body().clone());
        let before = before.body().clone();
        move |body: &[u8]| match body {
            body if body == crashing => Act::Wait(doors[0].clone()),
            body if body == before => Act::Wait(doors[1].clone()),
            _ => Act::Wait(doors[2].clone()),
        }
    };
    stage.script.act(move |start| play(start.delivery.body()));
    let program = stage.work(&["a"])?;
    program.accepts(&crashing)?;
    stage.is_started("a", 1)?;
    program.kill()?;

    let program = stage.work(&["a"])?;
    program.accepts(&before)?;
    stage.is_started("a", 2)?;
    stage.clock.advance(CRASHED);
    program.settles()?;
    program.accepts(&after)?;
    program.settles()?;
    // The crashed one waits until it is alone, and a new one waits for it.
    stage.has_started("a", 2)?;
    doors[1].open();
    stage.is_started("a", 3)?;
    program.settles()?;
    stage.has_started("a", 3)?;
    let third = &stage.starts("a")[2];
    equal(
        "the run that is alone",
        third.delivery.body(),
        crashing.body(),
    )?;
    doors[0].open();
    stage.is_started("a", 4)?;
    doors[2].open();
    program.is_idle()?;
    program.has(0, 0, 0)
}

fn third_time(stage: &mut Stage<'_>) -> Checked {
    let door = stage.script.door();
    stage.script.act(move |start| match start.handler {
        "a" => Act::Wait(door.clone()),
        _ => Act::Succeed,
    });
    stage.set(|builder| builder.retry(Retry::never()));
    let sample = sample();
    let program = stage.work(&["a"])?;
    program.accepts(&sample)?;
    stage.is_started("a", 1)?;
    program.kill()?;
    for (attempt, delay) in [(2, SECOND * 4), (3, SECOND * 16)] {
        let program = stage.work(&["a"])?;
        program.is_idle()?;
        stage.wait(delay.saturating_sub(MOMENT), &[&program])?;
        stage.has_started("a", attempt - 1)?;
        stage.clock.advance(MOMENT);
        stage.is_started("a", attempt)?;
        equal("letters before the third crash", stage.letters(), 0)?;
        program.kill()?;
    }
    let program = stage.work(&["a"])?;
    program.is_idle()?;
    program.has(0, 0, 1)?;
    let letter = stage.letter()?;
    equal("the reason", letter.reason(), DeadReason::Crashed)?;
    equal("the attempts", letter.attempts(), 3)?;
    program.knows(&sample)?;
    stage.wait(DAY, &[&program])?;
    stage.has_started("a", 3)?;
    program.kill()?;
    let program = stage.work(&["a"])?;
    stage.wait(DAY, &[&program])?;
    equal("letters", stage.letters(), 1)
}

/// A start in which the process ended spends no attempt.
fn no_attempt(stage: &mut Stage<'_>) -> Checked {
    let door = stage.script.door();
    stage.script.act(move |start| match start.attempt {
        1 => Act::Wait(door.clone()),
        2 | 3 => Act::RetryAfter(SECOND),
        _ => Act::Succeed,
    });
    stage.set(|builder| builder.retry(Retry::every(SECOND).attempts(3)));
    let program = stage.work(&["a"])?;
    program.accepts(&sample())?;
    stage.is_started("a", 1)?;
    program.kill()?;
    let program = stage.work(&["a"])?;
    program.is_idle()?;
    stage.wait(CRASHED, &[&program])?;
    for _ in 0..2 {
        stage.wait(SECOND, &[&program])?;
    }
    let starts = stage.starts("a");
    let starts: Vec<_> = starts.iter().map(|it| (it.attempt, it.is_last)).collect();
    let expected = vec![(1, false), (2, false), (3, false), (4, true)];
    equal("attempts, and whether each is the last", starts, expected)?;
    program.has(0, 0, 0)
}

/// Runs that were claimed or wait when the process ends.
fn many(stage: &mut Stage<'_>) -> Checked {
    let door = stage.script.door();
    let waits = door.clone();
    stage.script.act(move |_| Act::Wait(waits.clone()));
    let program = stage.work(&["a"])?;
    program.accepts_together(&samples(100))?;
    program.comes_to(36, 64)?;
    stage.is_started("a", 64)?;
    program.kill()?;
    door.open();
    let program = stage.work(&["a"])?;
    program.is_idle()?;
    program.has(64, 0, 0)?;
    stage.wait(CRASHED, &[&program])?;
    program.has(0, 0, 0)?;
    stage.has_started("a", 164)
}

/// The handler blocks its thread, as a debugger or a paused container does.
fn stopped(stage: &mut Stage<'_>) -> Checked {
    let door = stage.script.door();
    let blocks = door.clone();
    stage.script.act(move |start| match start.program {
        1 => Act::Block(blocks.clone()),
        _ => Act::Succeed,
    });
    stage.set(|builder| builder.timeout(DAY * 30));
    let stopped = stage.work(&["a"])?;
    stopped.accepts(&sample())?;
    stage.is_started("a", 1)?;
    let other = stage.work(&["a"])?;
    other.is_idle()?;
    for _ in 0..3 {
        stage.wait(DAY, &[&other])?;
    }
    other.has(0, 1, 0)?;
    stage.has_started("a", 1)?;
    other.accepts(&sample())?;
    other.is_idle()?;
    stage.has_started("a", 2)?;
    door.open();
    stopped.is_idle()?;
    other.has(0, 0, 0)?;
    stage.has_started("a", 2)
}

/// The successor is there already when the process ends.
fn neighbour(stage: &mut Stage<'_>) -> Checked {
    let door = stage.script.door();
    stage.script.act(move |start| match start.program {
        1 => Act::Wait(door.clone()),
        _ => Act::Succeed,
    });
    let killed = stage.work(&["a"])?;
    killed.accepts(&sample())?;
    stage.is_started("a", 1)?;
    let other = stage.work(&["a"])?;
    other.is_idle()?;
    killed.kill()?;
    // It looks for processes that ended each second.
    stage.wait(SECOND, &[&other])?;
    other.has(1, 0, 0)?;
    stage.wait(CRASHED, &[&other])?;
    other.has(0, 0, 0)?;
    let starts = stage.starts("a");
    let starts: Vec<_> = starts.iter().map(|it| (it.program, it.attempt)).collect();
    equal("programs and attempts", starts, vec![(1, 1), (2, 2)])
}

pub(super) const CASES: &[Case] = &[
    Crash.case(
        "killed",
        "what ran when the process was killed runs again after 4 seconds, and what was done does \
         not",
        killed,
    ),
    Crash.case("alone", "a run whose process ended in it runs alone", alone),
    Crash.case(
        "third_crash",
        "a run whose process ended in it three times is dead",
        third_time,
    ),
    Crash.case(
        "no_attempt",
        "a start in which the process ended spends no attempt",
        no_attempt,
    ),
    Crash.case(
        "many",
        "64 runs that were in progress run again, those that waited at once",
        many,
    ),
    Crash
        .case(
            "stopped",
            "a process that is stopped and lives keeps its runs",
            stopped,
        )
        .shares(),
    Crash
        .case(
            "neighbour",
            "another process takes over the runs of one that was killed",
            neighbour,
        )
        .shares(),
];
