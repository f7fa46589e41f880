use super::super::Case;
use super::super::Section::Runs;
use super::super::failure::{Checked, equal};
use super::super::handlers::PREFIX;
use super::super::stage::{Stage, samples};
use crate::{DAY, MINUTE};

fn orphans(stage: &mut Stage<'_>) -> Checked {
    let program = stage.open(&["a", "b"])?;
    program.accepts_together(&samples(100))?;
    equal("orphans of linked handlers", program.stats()?.orphans(), 0)?;
    drop(program);
    // Not in the way: there is room for fewer runs than there are orphans.
    stage.set(|builder| builder.running_at_most(10));
    let program = stage.work(&["b"])?;
    program.is_idle()?;
    stage.has_started("b", 100)?;
    stage.has_started("a", 0)?;
    // Not lost.
    for _ in 0..3 {
        stage.wait(DAY * 20, &[&program])?;
    }
    let stats = program.stats()?;
    equal("orphans", stats.orphans(), 100)?;
    let found: Vec<_> = stats
        .handlers()
        .iter()
        .map(|it| (it.id(), it.is_orphan()))
        .collect();
    let id = format!("{PREFIX}a");
    equal("the handlers with runs", found, vec![(&*id, true)])?;
    program.accepts_together(&samples(3))?;
    program.is_idle()?;
    stage.has_started("b", 103)?;
    program.kill()?;
    let program = stage.work(&["a", "b"])?;
    // They are looked at each minute.
    stage.wait(MINUTE, &[&program])?;
    program.has(0, 0, 0)?;
    stage.has_started("a", 100)?;
    stage.has_started("b", 103)
}

fn two_versions(stage: &mut Stage<'_>) -> Checked {
    let mut old = stage.open(&["a", "b"])?;
    let new = stage.work(&["b", "c"])?;
    // Only the old one has handler `a`, and it does not work yet.
    old.accepts_together(&samples(20))?;
    new.is_idle()?;
    for _ in 0..3 {
        stage.wait(DAY, &[&new])?;
    }
    old.has(20, 0, 0)?;
    equal("orphans", old.stats()?.orphans(), 0)?;
    old.work()?;
    for _ in 0..5 {
        old.accepts_together(&samples(4))?;
        new.accepts_together(&samples(4))?;
    }
    old.is_idle()?;
    new.is_idle()?;
    old.comes_to(0, 0)?;
    for (handler, starts, program) in [("a", 40, Some(1)), ("b", 60, None), ("c", 20, Some(2))] {
        stage.has_started(handler, starts)?;
        let strangers = stage.starts(handler);
        let strangers = strangers
            .iter()
            .filter(|start| program.is_some_and(|program| start.program != program));
        equal(
            "runs in a program without the handler",
            strangers.count(),
            0,
        )?;
    }
    old.has(0, 0, 0)
}

fn accepted_elsewhere(stage: &mut Stage<'_>) -> Checked {
    let receiver = stage.open(&["a"])?;
    let worker = stage.work(&["a"])?;
    receiver.accepts_together(&samples(50))?;
    worker.is_idle()?;
    receiver.has(0, 0, 0)?;
    stage.has_started("a", 50)?;
    let elsewhere = stage.starts("a");
    let elsewhere = elsewhere.iter().filter(|start| start.program == 2).count();
    equal("runs in the program that works", elsewhere, 50)?;
    // The worker ends, and the receiver goes on.
    drop(worker);
    receiver.accepts_together(&samples(5))?;
    receiver.has(5, 0, 0)
}

/// A program that has no handler of an event at all.
fn removed(stage: &mut Stage<'_>) -> Checked {
    let program = stage.open(&["a"])?;
    program.accepts_together(&samples(5))?;
    drop(program);
    let program = stage.work(&[])?;
    program.is_idle()?;
    equal("orphans", program.stats()?.orphans(), 5)?;
    drop(program);
    let program = stage.work(&["a"])?;
    stage.wait(MINUTE, &[&program])?;
    stage.has_started("a", 5)
}

pub(super) const CASES: &[Case] = &[
    Runs.case(
        "orphans",
        "runs without a handler are counted, hold up no others, and run when it is back",
        orphans,
    ),
    Runs.case(
        "no_handlers",
        "a program without handlers leaves runs alone",
        removed,
    ),
    Runs.case(
        "two_versions",
        "programs with different handlers share a store",
        two_versions,
    )
    .shares(),
    Runs.case(
        "accepted_elsewhere",
        "what one process accepts, another one runs",
        accepted_elsewhere,
    )
    .shares(),
];
