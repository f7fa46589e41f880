use std::time::Duration;

use super::super::Case;
use super::super::Section::Runs;
use super::super::failure::{Checked, equal};
use super::super::handlers::PREFIX;
use super::super::script::Act;
use super::super::stage::{Stage, sample, samples};
use crate::{DAY, HOUR, Retry, SECOND};

/// Half of a delay is random.
fn each_its_own(stage: &mut Stage<'_>) -> Checked {
    stage.set(|builder| {
        builder
            .retry(Retry::every(SECOND * 10))
            .retry_for(format!("{PREFIX}b"), Retry::every(SECOND * 100))
    });
    stage
        .script
        .act(|start| match (start.handler, start.attempt) {
            ("a" | "b", 1) => Act::Fail,
            _ => Act::Succeed,
        });
    let program = stage.work(&["a", "b", "c"])?;
    program.accepts(&sample())?;
    program.is_idle()?;
    let found = |stage: &Stage<'_>| ["a", "b", "c"].map(|id| stage.starts(id).len());
    for (seconds, expected) in [
        (4, [1, 1, 1]),
        (6, [2, 1, 1]),
        (39, [2, 1, 1]),
        (51, [2, 2, 1]),
    ] {
        stage.wait(SECOND * seconds, &[&program])?;
        equal("starts of a, b and c", found(stage), expected)?;
    }
    program.has(0, 0, 0)
}

fn exact(stage: &mut Stage<'_>) -> Checked {
    const DELAY: Duration = Duration::from_millis(12_345);
    stage.script.act(|start| match start.attempt {
        1 => Act::RetryAfter(DELAY),
        2 => Act::RetryAfter(DAY * 30),
        _ => Act::Succeed,
    });
    let program = stage.work(&["a"])?;
    program.accepts(&sample())?;
    program.is_idle()?;
    // The second delay is longer than the longest.
    for (starts, delay) in [(1, DELAY), (2, DAY * 7)] {
        stage.wait_exactly(delay, &program, || stage.has_started("a", starts))?;
        stage.has_started("a", starts + 1)?;
    }
    program.has(0, 0, 0)
}

fn survives(stage: &mut Stage<'_>) -> Checked {
    stage.script.act(|start| match start.attempt {
        1 | 2 => Act::RetryAfter(HOUR),
        _ => Act::Succeed,
    });
    let program = stage.work(&["a"])?;
    program.accepts(&sample())?;
    program.is_idle()?;
    stage.wait(HOUR / 2, &[&program])?;
    program.kill()?;
    let mut program = stage.work(&["a"])?;
    stage.wait_exactly(HOUR / 2, &program, || stage.has_started("a", 1))?;
    stage.has_started("a", 2)?;
    // Due while no process is there.
    program.drain(Duration::ZERO)?;
    program.run_ends()?;
    drop(program);
    stage.clock.advance(HOUR * 2);
    let program = stage.work(&["a"])?;
    program.is_idle()?;
    program.has(0, 0, 0)?;
    let starts = stage.starts("a");
    let attempts: Vec<_> = starts.iter().map(|it| it.attempt).collect();
    equal("attempts", attempts, vec![1, 2, 3])?;
    let first = &starts[0].idempotency_key;
    let is_stable = starts.iter().all(|start| start.idempotency_key == *first);
    ensure!(
        is_stable,
        "the idempotency key is another one after a restart"
    );
    Ok(())
}

fn slow_sibling(stage: &mut Stage<'_>) -> Checked {
    let door = stage.script.door();
    let waits = door.clone();
    stage
        .script
        .act(move |start| match (start.handler, start.attempt) {
            ("a", _) => Act::Wait(waits.clone()),
            ("b", 1) => Act::RetryAfter(SECOND),
            _ => Act::Succeed,
        });
    let program = stage.work(&["a", "b", "c"])?;
    program.accepts(&sample())?;
    stage.is_started("a", 1)?;
    stage.is_started("c", 1)?;
    program.comes_to(1, 1)?;
    stage.clock.advance(SECOND);
    stage.is_started("b", 2)?;
    program.comes_to(0, 1)?;
    program.accepts(&sample())?;
    stage.is_started("c", 2)?;
    door.open();
    program.is_idle()?;
    stage.wait(SECOND, &[&program])?;
    program.has(0, 0, 0)
}

/// A claim may cut a delivery in two.
fn at_most(stage: &mut Stage<'_>) -> Checked {
    stage.set(|builder| builder.running_at_most(3));
    let door = stage.script.door();
    let waits = door.clone();
    stage.script.act(move |_| Act::Wait(waits.clone()));
    let program = stage.work(&["a", "b"])?;
    program.accepts_together(&samples(20))?;
    program.comes_to(37, 3)?;
    program.settles()?;
    door.open();
    program.is_idle()?;
    program.has(0, 0, 0)?;
    stage.has_started("a", 20)?;
    stage.has_started("b", 20)?;
    equal("runs at a time", stage.script.most_running(), 3)
}

/// A run that failed keeps its place for no longer than it runs.
fn waiting_ones_make_room(stage: &mut Stage<'_>) -> Checked {
    stage.set(|builder| builder.running_at_most(1));
    let first = sample();
    let failing = first.body().clone();
    stage.script.act(move |start| {
        if *start.delivery.body() == failing && start.attempt == 1 {
            return Act::RetryAfter(HOUR);
        }
        Act::Succeed
    });
    let program = stage.work(&["a"])?;
    program.accepts(&first)?;
    program.accepts_together(&samples(5))?;
    program.is_idle()?;
    stage.has_started("a", 6)?;
    program.has(1, 0, 0)?;
    stage.wait(HOUR, &[&program])?;
    stage.has_started("a", 7)
}

/// An administrator, or NTP, sets the clock back by an hour.
fn clock_set_back(stage: &mut Stage<'_>) -> Checked {
    stage
        .script
        .act(|start| match (start.handler, start.attempt) {
            ("a", 1) => Act::RetryAfter(SECOND * 10),
            _ => Act::Succeed,
        });
    let (before, after) = (sample(), sample());
    let program = stage.work(&["a", "b"])?;
    program.accepts(&before)?;
    program.is_idle()?;
    stage.clock.set_back(HOUR);
    program.is_idle()?;
    stage.has_started("a", 1)?;
    // New deliveries are handled as always.
    program.accepts(&after)?;
    program.knows(&before)?;
    program.is_idle()?;
    stage.has_started("b", 2)?;
    stage.wait(SECOND * 10, &[&program])?;
    stage.has_started("a", 3)?;
    // The earlier one waits until the clock shows its time again.
    stage.wait(HOUR, &[&program])?;
    stage.has_started("a", 4)?;
    program.has(0, 0, 0)
}

pub(super) const CASES: &[Case] = &[
    Runs.case(
        "own_times",
        "each handler has its own delays, and what is done is not repeated",
        each_its_own,
    ),
    Runs.case(
        "retry_after",
        "a delay that a handler asks for is exact, up to 7 days",
        exact,
    ),
    Runs.case(
        "delays_survive",
        "a delay goes on after a restart, and what became due meanwhile runs at once",
        survives,
    ),
    Runs.case(
        "slow_sibling",
        "a slow handler holds up neither its siblings nor other deliveries",
        slow_sibling,
    ),
    Runs.case(
        "running_at_most",
        "no more runs are in progress than `running_at_most`",
        at_most,
    ),
    Runs.case(
        "waiting_makes_room",
        "a run that waits for its next attempt makes room for others",
        waiting_ones_make_room,
    ),
    Runs.case(
        "clock_set_back",
        "no run is lost or repeated when the clock is set back by an hour",
        clock_set_back,
    ),
];
