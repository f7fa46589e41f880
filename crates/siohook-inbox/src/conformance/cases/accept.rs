use std::future::poll_fn;
use std::task::Poll;

use futures_util::future::join_all;
use serde_json::json;
use siohook::testing::Sample;
use siohook::{Reply, ReplyOutcome};

use super::super::Section::Accept;
use super::super::failure::{Checked, Failure, equal};
use super::super::patience::{PATIENCE, wait_for};
use super::super::stage::{Stage, samples};
use super::super::{Case, handlers::EVENT};
use crate::InboxBuilder;

fn durable(stage: &mut Stage<'_>) -> Checked {
    let (one_by_one, together) = (samples(10), samples(30));
    let program = stage.open(&["a", "b"])?;
    for sample in &one_by_one {
        program.accepts(sample)?;
    }
    program.accepts_together(&together)?;
    program.kill()?;
    let program = stage.work(&["a", "b"])?;
    program.is_idle()?;
    program.has(0, 0, 0)?;
    for handler in ["a", "b"] {
        let starts = stage.starts(handler);
        equal("starts of a handler", starts.len(), 40)?;
        let runs = |sample: &Sample| {
            let of_it = starts
                .iter()
                .filter(|it| it.delivery.body() == sample.body());
            of_it.count()
        };
        for sample in one_by_one.iter().chain(&together) {
            equal("starts for one delivery", runs(sample), 1)?;
        }
    }
    Ok(())
}

/// The inbox waits for the time, so deliveries wait for the inbox.
fn full_queue(stage: &mut Stage<'_>) -> Checked {
    let program = stage.open(&["a"])?;
    let (waiting, late) = (samples(4096), samples(2));
    let receive = |sample: &Sample| Box::pin(program.receiver.receive(sample.into()));
    let mut replies: Vec<_> = waiting.iter().map(receive).collect();
    let refused = stage.clock.hold(|| {
        let poll_each = poll_fn(|context| {
            let polled = replies.iter_mut().map(|it| it.as_mut().poll(context));
            Poll::Ready(polled.filter(Poll::is_ready).count())
        });
        let answered = wait_for("polling", PATIENCE, poll_each)?;
        equal("replies while the inbox waits", answered, 0)?;
        let late: Checked<Vec<Reply>> = late.iter().map(|it| program.receive(it.into())).collect();
        late
    })?;
    for reply in refused {
        let found = (reply.outcome(), reply.status(), reply.header("retry-after"));
        let expected = (ReplyOutcome::NotStored, 503, Some("10"));
        equal("the reply to delivery 4,097", found, expected)?;
    }
    let replies = wait_for("4,096 replies", PATIENCE * 3, join_all(replies))?;
    let accepted = |reply: &&Reply| reply.outcome() == ReplyOutcome::Accepted;
    let accepted = replies.iter().filter(accepted).count();
    equal("accepted deliveries", accepted, 4096)?;
    program.accepts(&late[0])?;
    program.has(4097, 0, 0)
}

fn unhandled(stage: &mut Stage<'_>) -> Checked {
    let sample = Sample::automation("siohook.conformance.unheard", json!({ "number": 1 }));
    let program = stage.work(&["a"])?;
    let reply = program.receive((&sample).into())?;
    equal("the reply", reply.outcome(), ReplyOutcome::Unhandled)?;
    drop(program);
    stage.set(InboxBuilder::keep_unhandled);
    let program = stage.work(&["a"])?;
    // It was not stored before, so it is new.
    program.accepts(&sample)?;
    program.knows(&sample)?;
    program.kill()?;
    let program = stage.work(&["a"])?;
    program.knows(&sample)?;
    program.has(0, 0, 0)
}

fn receiver_alone(stage: &mut Stage<'_>) -> Checked {
    let program = stage.open(&["a"])?;
    program.accepts_together(&samples(3))?;
    program.settles()?;
    stage.has_started("a", 0)?;
    program.has(3, 0, 0)?;
    let waited = program.stats()?.oldest_waiting();
    ensure!(waited.is_some(), "no run is the oldest that waits");
    let program = {
        let mut program = program;
        program.work()?;
        program
    };
    program.is_idle()?;
    stage.has_started("a", 3)
}

fn before_it_is_read(stage: &mut Stage<'_>) -> Checked {
    let sample = Sample::automation(EVENT, json!({})).token("another token");
    let program = stage.work(&["a"])?;
    let reply = program.receive((&sample).into())?;
    equal("the reply", reply.outcome(), ReplyOutcome::Unauthorized)?;
    program.is_idle()?;
    stage.has_started("a", 0)
}

fn healthy(stage: &mut Stage<'_>) -> Checked {
    let program = stage.work(&["a"])?;
    let health = || {
        let health = wait_for("`health`", PATIENCE, program.inbox.health())?;
        health.map_err(Failure::from)
    };
    health()?;
    program.accepts_together(&samples(2))?;
    health()?;
    program.is_idle()?;
    health()
}

pub(super) const CASES: &[Case] = &[
    Accept.case(
        "durable",
        "what was acknowledged is there after the process was killed",
        durable,
    ),
    Accept.case(
        "full_queue",
        "with 4,096 deliveries waiting, the next is refused at once, and none of those is lost",
        full_queue,
    ),
    Accept.case(
        "unhandled",
        "a delivery without a handler is stored only with `keep_unhandled`",
        unhandled,
    ),
    Accept.case(
        "receiver_alone",
        "no handler runs before `run` is called, and then each does",
        receiver_alone,
    ),
    Accept.case(
        "unauthorized",
        "a delivery that is not verified is neither stored nor handled",
        before_it_is_read,
    ),
    Accept.case("healthy", "a store that works is healthy", healthy),
];
