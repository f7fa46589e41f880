use std::time::Duration;

use super::super::Case;
use super::super::Section::Store;
use super::super::failure::{Checked, equal};
use super::super::script::Act;
use super::super::stage::{Stage, sample, samples};
use crate::{DAY, HOUR};

/// How often the store is swept.
const SWEPT: Duration = HOUR;

fn forgotten(stage: &mut Stage<'_>) -> Checked {
    stage.set(|builder| builder.keep(DAY).remember(DAY * 6));
    let sample = sample();
    let program = stage.work(&["a"])?;
    program.accepts(&sample)?;
    program.is_idle()?;
    stage.wait_exactly(DAY * 6, &program, || program.knows(&sample))?;
    stage.wait(SWEPT, &[&program])?;
    program.accepts(&sample)?;
    program.is_idle()?;
    stage.has_started("a", 2)
}

fn dead_ones(stage: &mut Stage<'_>) -> Checked {
    stage.set(|builder| builder.keep(DAY).remember(DAY * 6));
    stage.script.act(|_| Act::FailForGood);
    let sample = sample();
    let program = stage.work(&["a"])?;
    program.accepts(&sample)?;
    program.is_idle()?;
    stage.wait(DAY * 7, &[&program])?;
    program.knows(&sample)?;
    program.has(0, 0, 1)?;
    stage.wait_exactly(DAY * 23, &program, || program.has(0, 0, 1))?;
    stage.wait(SWEPT, &[&program])?;
    program.has(0, 0, 0)?;
    program.accepts(&sample)
}

fn open_ones(stage: &mut Stage<'_>) -> Checked {
    stage.set(|builder| builder.keep(DAY).remember(DAY * 6));
    stage
        .script
        .act(|start| match (start.handler, start.attempt) {
            ("a", 1..=3) => Act::RetryAfter(DAY * 7),
            _ => Act::Succeed,
        });
    let sample = sample();
    let program = stage.work(&["a", "b"])?;
    program.accepts(&sample)?;
    program.is_idle()?;
    for attempt in 2..=4 {
        for _ in 0..7 {
            program.knows(&sample)?;
            stage.wait(DAY, &[&program])?;
        }
        stage.has_started("a", attempt)?;
    }
    let starts = stage.starts("a");
    let is_whole = starts.iter().all(|it| it.delivery.body() == sample.body());
    ensure!(is_whole, "a body was erased while a run waited");
    stage.has_started("b", 1)?;
    // Time counts from the last end.
    stage.wait_exactly(DAY * 6, &program, || program.knows(&sample))?;
    stage.wait(SWEPT, &[&program])?;
    program.accepts(&sample)
}

/// More than one sweep can take at a time.
fn many(stage: &mut Stage<'_>) -> Checked {
    stage.set(|builder| builder.keep(DAY).remember(DAY * 6));
    let samples = samples(1000);
    let program = stage.work(&["a"])?;
    program.accepts_together(&samples)?;
    program.is_idle()?;
    stage.wait(DAY * 6, &[&program])?;
    // A sweep goes on after a tenth of a second.
    for _ in 0..1000 {
        stage.clock.advance(Duration::from_millis(100));
        program.is_idle()?;
    }
    let replies = program.receive_together(&samples)?;
    let new = |reply: &&siohook::ReplyOutcome| **reply == siohook::ReplyOutcome::Accepted;
    let new = replies.iter().filter(new).count();
    equal("deliveries that were deleted", new, 1000)
}

pub(super) const CASES: &[Case] = &[
    Store.case(
        "forgotten",
        "a delivery is deleted after `remember`, and not before",
        forgotten,
    ),
    Store.case(
        "dead_are_kept",
        "a delivery with a dead run is kept for 30 days",
        dead_ones,
    ),
    Store.case(
        "open_are_kept",
        "nothing is erased while a run waits",
        open_ones,
    ),
    Store.case("many_forgotten", "1,000 deliveries are deleted", many),
];
