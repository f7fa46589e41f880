use std::collections::BTreeMap;
use std::thread;

use serde_json::json;
use siohook::ReplyOutcome;
use siohook::testing::Sample;

use super::super::Case;
use super::super::Section::Accept;
use super::super::failure::{Checked, Failure, equal};
use super::super::handlers::ACCOUNT_EVENT;
use super::super::script::Act;
use super::super::stage::{Stage, sample, samples};
use crate::{DAY, DeadReason, HOUR, MINUTE};

fn count(replies: &[ReplyOutcome]) -> (usize, usize) {
    let count = |outcome| replies.iter().filter(|it| **it == outcome).count();
    (
        count(ReplyOutcome::Accepted),
        count(ReplyOutcome::AcceptedBefore),
    )
}

fn together(stage: &mut Stage<'_>) -> Checked {
    let program = stage.work(&["a", "b"])?;
    let sample = sample();
    let replies = program.receive_together([&sample; 32])?;
    equal("accepted, and accepted before", count(&replies), (1, 31))?;
    program.is_idle()?;
    stage.has_started("a", 1)?;
    stage.has_started("b", 1)
}

fn whatever_became_of_it(stage: &mut Stage<'_>) -> Checked {
    let door = stage.script.door();
    let waits = door.clone();
    stage.script.act(move |start| match start.handler {
        "a" => Act::FailForGood,
        "b" => Act::RetryAfter(MINUTE),
        _ => Act::Wait(waits.clone()),
    });
    let sample = sample();
    // Waiting for `run`.
    let mut program = stage.open(&["a", "b", "c"])?;
    program.accepts(&sample)?;
    program.knows(&sample)?;
    // One run dead, one waiting, one in progress.
    program.work()?;
    stage.is_started("c", 1)?;
    program.comes_to(1, 1)?;
    program.knows(&sample)?;
    // All ended.
    stage.script.act(|_| Act::Succeed);
    door.open();
    program.is_idle()?;
    stage.wait(MINUTE, &[&program])?;
    program.has(0, 0, 1)?;
    program.knows(&sample)?;
    // After a restart.
    program.kill()?;
    let program = stage.work(&["a", "b", "c"])?;
    program.knows(&sample)?;
    program.is_idle()?;
    let starts = ["a", "b", "c"].map(|handler| stage.starts(handler).len());
    equal("starts of a, b and c", starts, [1, 2, 1])?;
    equal(
        "the letter",
        stage.letter()?.reason(),
        DeadReason::Permanent,
    )
}

fn erased(stage: &mut Stage<'_>) -> Checked {
    stage.set(|builder| builder.keep(DAY).remember(DAY * 6));
    let sample = sample();
    let program = stage.work(&["a"])?;
    program.accepts(&sample)?;
    program.is_idle()?;
    stage.wait(DAY * 2, &[&program])?;
    program.knows(&sample)?;
    stage.wait(HOUR, &[&program])?;
    program.knows(&sample)?;
    program.is_idle()?;
    stage.has_started("a", 1)
}

fn rotated(stage: &mut Stage<'_>) -> Checked {
    let sample = Sample::account(ACCOUNT_EVENT, json!({ "number": 1 }));
    stage.rotate_secret("the old secret");
    let program = stage.work(&["a"])?;
    program.accepts(&sample.clone().signed_with("the old secret"))?;
    program.is_idle()?;
    program.kill()?;
    stage.rotate_secret("the new secret");
    let program = stage.work(&["a"])?;
    program.knows(&sample.attempt(2).signed_with("the new secret"))?;
    program.is_idle()?;
    stage.has_started("a", 1)
}

/// Two programs receive the same deliveries at the same time.
fn two_programs(stage: &mut Stage<'_>) -> Checked {
    let one = stage.work(&["a", "b"])?;
    let other = stage.work(&["a", "b"])?;
    let samples = samples(100);
    let receive = |program: &super::super::program::Program| {
        let groups = samples
            .chunks(10)
            .map(|group| program.receive_together(group));
        groups.collect::<Checked<Vec<_>>>().map(|it| it.concat())
    };
    let (one_replies, other_replies) = thread::scope(|scope| {
        let other_replies = scope.spawn(|| receive(&other));
        let one_replies = receive(&one);
        (one_replies, other_replies.join())
    });
    let other_replies = other_replies.map_err(|_| Failure::new("a receiver panicked"))?;
    let (one_replies, other_replies) = (one_replies?, other_replies?);
    for (first, second) in one_replies.into_iter().zip(other_replies) {
        let replies = count(&[first, second]);
        equal("accepted, and accepted before", replies, (1, 1))?;
    }
    one.is_idle()?;
    other.is_idle()?;
    one.comes_to(0, 0)?;
    let mut starts = BTreeMap::new();
    for start in stage.script.starts() {
        *starts
            .entry((start.handler, start.delivery.key().stored()))
            .or_insert(0) += 1;
    }
    equal("runs that were started", starts.len(), 200)?;
    let twice = starts.values().filter(|starts| **starts > 1).count();
    equal("runs that were started twice", twice, 0)
}

pub(super) const CASES: &[Case] = &[
    Accept.case(
        "copies_together",
        "of copies that arrive at the same time, one is accepted",
        together,
    ),
    Accept.case(
        "copies_later",
        "a copy is told apart while runs wait, are in progress, are done and dead, and after a \
         restart",
        whatever_became_of_it,
    ),
    Accept.case(
        "copy_of_erased",
        "a copy is told apart after the body was erased",
        erased,
    ),
    Accept.case(
        "copy_with_new_secret",
        "after the secret was rotated, the sender's next attempt is a copy",
        rotated,
    ),
    Accept
        .case(
            "copies_in_two_programs",
            "of copies that two processes receive at the same time, one is accepted and handled",
            two_programs,
        )
        .shares(),
];
