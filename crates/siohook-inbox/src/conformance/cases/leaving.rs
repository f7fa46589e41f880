use std::time::Duration;

use super::super::Case;
use super::super::Section::Crash;
use super::super::failure::{Checked, equal};
use super::super::patience::{PATIENCE, wait_for};
use super::super::script::Act;
use super::super::stage::{Stage, sample, samples};
use crate::{InboxError, MINUTE, SECOND};

fn ends(stage: &mut Stage<'_>) -> Checked {
    let door = stage.script.door();
    let waits = door.clone();
    stage.script.act(move |_| Act::Wait(waits.clone()));
    let mut program = stage.work(&["a"])?;
    program.accepts_together(&samples(3))?;
    stage.is_started("a", 3)?;
    let drained = program.drain_while(MINUTE, || door.open())?;
    equal("runs that ended", drained.ended, 3)?;
    equal("runs that were given back", drained.given_back, 0)?;
    program.run_ends()?;
    program.has(0, 0, 0)?;
    // It goes on storing deliveries, and runs none.
    program.accepts(&sample())?;
    program.has(1, 0, 0)?;
    stage.has_started("a", 3)
}

fn gives_back(stage: &mut Stage<'_>) -> Checked {
    let door = stage.script.door();
    stage.script.act(move |start| match start.program {
        1 => Act::Wait(door.clone()),
        _ => Act::Succeed,
    });
    let mut program = stage.work(&["a"])?;
    program.accepts(&sample())?;
    stage.is_started("a", 1)?;
    let drained = program.drain(Duration::ZERO)?;
    equal("runs that ended", drained.ended, 0)?;
    equal("runs that were given back", drained.given_back, 1)?;
    program.run_ends()?;
    program.has(1, 0, 0)?;
    drop(program);
    // It waits for no delay, and counts as no crash.
    let program = stage.work(&["a"])?;
    program.is_idle()?;
    program.has(0, 0, 0)?;
    let attempts: Vec<_> = stage.starts("a").iter().map(|it| it.attempt).collect();
    equal("attempts", attempts, vec![1, 2])
}

fn blocked(stage: &mut Stage<'_>) -> Checked {
    let door = stage.script.door();
    let blocks = door.clone();
    stage.script.act(move |start| match start.program {
        1 => Act::BlockAndFail(blocks.clone()),
        _ => Act::Succeed,
    });
    let mut blocked = stage.work(&["a"])?;
    blocked.accepts(&sample())?;
    stage.is_started("a", 1)?;
    let other = stage.work(&["a"])?;
    // It is given back after a further second.
    let drained = blocked.drain_while(Duration::ZERO, || stage.clock.advance(SECOND))?;
    equal("runs that were given back", drained.given_back, 1)?;
    stage.is_started("a", 2)?;
    other.is_idle()?;
    // The blocked one fails in the end, and that is not recorded.
    door.open();
    blocked.run_ends()?;
    stage.wait(MINUTE, &[&other])?;
    other.has(0, 0, 0)?;
    stage.has_started("a", 2)
}

fn dropped(stage: &mut Stage<'_>) -> Checked {
    let door = stage.script.door();
    stage.script.act(move |start| match start.attempt {
        1 => Act::Wait(door.clone()),
        _ => Act::Succeed,
    });
    let mut program = stage.work(&["a", "b"])?;
    program.accepts_together(&samples(5))?;
    stage.is_started("a", 5)?;
    stage.is_started("b", 5)?;
    let again = wait_for("a second `run`", PATIENCE, program.inbox.clone().run())?;
    let is_refused = matches!(again, Err(InboxError::AlreadyRunning));
    ensure!(is_refused, "a second `run` is not refused: {again:?}");
    program.stop_working()?;
    program.comes_to(10, 0)?;
    program.work()?;
    program.is_idle()?;
    program.has(0, 0, 0)?;
    stage.has_started("a", 10)?;
    stage.has_started("b", 10)
}

/// The last inbox is dropped while runs wait and are in progress.
fn closed(stage: &mut Stage<'_>) -> Checked {
    let mut program = stage.work(&["a"])?;
    let door = stage.script.door();
    stage.script.act(move |start| match start.program {
        1 => Act::Wait(door.clone()),
        _ => Act::Succeed,
    });
    program.accepts(&sample())?;
    stage.is_started("a", 1)?;
    program.stop_working()?;
    drop(program);
    // An executor may take a moment to drop the handler.
    let program = stage.work(&["a"])?;
    program.comes_to(0, 0)?;
    stage.has_started("a", 2)
}

pub(super) const CASES: &[Case] = &[
    Crash.case(
        "drain",
        "`drain` waits for runs, `run` ends, and the receiver goes on",
        ends,
    ),
    Crash.case(
        "drain_gives_back",
        "a run that does not end in time runs again at once elsewhere",
        gives_back,
    ),
    Crash
        .case(
            "drain_blocked",
            "a run that blocks its thread is given back, and its late end is not recorded",
            blocked,
        )
        .shares(),
    Crash.case(
        "dropped_run",
        "dropping the future of `run` gives its runs back",
        dropped,
    ),
    Crash.case(
        "closed",
        "what an inbox gives back when it is dropped runs at once in the next one",
        closed,
    ),
];
