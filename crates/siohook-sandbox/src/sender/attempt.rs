//! One attempt of a message, and what follows from it.

use std::sync::Arc;
use std::time::Duration;

use siohook_events::Timestamp;
use siohook_sender::{Request, Sample};
use tokio::time::timeout;

use super::queue::Job;
use super::route::Route;
use super::shared::Shared;
use crate::chaos::Fate;
use crate::hint::hint;
use crate::ids::attempt_id;
use crate::message::Sent;
use crate::{Answer, Attempt, ChaosHit, Message, Outcome, Outgoing, Source, Status, Target};

/// Makes an attempt. Returns the time of the next one, if it is to follow.
pub(super) async fn run(shared: Arc<Shared>, job: Arc<Job>) -> Option<Timestamp> {
    let message = shared.state().log.get(job.number).cloned();
    let target = message.and_then(|message| shared.directory.target(message.source()));
    let begun = target.and_then(|target| Some((target, begin(&shared, &job)?)));
    let Some((target, message)) = begun else {
        cancel(&shared, &job);
        return None;
    };
    let at = shared.clock.exact_now();
    let (n, id) = Attempt::next(&message, at);
    let mechanism = message.mechanism();
    let source = Arc::clone(&message.source);
    let way = match way(&shared, source, &message.sample, target) {
        Ok(way) => way,
        Err(error) => {
            let attempt = Attempt::new((n, id), at, Answer::blocked(error));
            return record(&shared, &job, attempt, job.resent);
        }
    };
    let storm = shared.storm();
    let fate = storm.fate(mechanism, job.number, n);
    let make = |(n, id), is_copy| make(&shared, &message, &way, (n, id, at), fate, is_copy);
    // A copy is on its way at the same time.
    let copy = async {
        if !fate.is_doubled {
            return None;
        }
        let n = n.saturating_add(1);
        Some(make((n, attempt_id(&message.id, n, at)), true).await)
    };
    let (attempt, copy) = tokio::join!(make((n, id), false), copy);
    let next = record(&shared, &job, attempt, job.resent);
    let Some(copy) = copy else {
        return next;
    };
    let before = shared.state().log.get(job.number)?.status;
    record(&shared, &job, copy, Some(before))
}

/// Sends the request of an attempt, and returns what came of it.
async fn make(
    shared: &Shared,
    message: &Message,
    route: &Arc<Route>,
    (n, id, at): (u32, String, Timestamp),
    fate: Fate,
    is_copy: bool,
) -> Attempt {
    let (sample, mechanism) = (Arc::clone(&message.sample), message.mechanism());
    let mut chaos = vec![];
    chaos.extend(is_copy.then_some(ChaosHit::Duplicate));
    let request = |damage| route.request(&sample, &id, at, damage);
    // An automation without a token has nothing to sign with, for instance.
    let damage = fate
        .damage
        .filter(|_| request(fate.damage) != request(None));
    chaos.extend(damage.map(ChaosHit::Damage));
    let request = match request(damage) {
        Ok(request) => request,
        Err(error) => return Attempt::new((n, id), at, Answer::blocked(error.to_string())),
    };
    let answer = if fate.is_dropped {
        chaos.push(ChaosHit::Drop);
        Answer::lost(
            Outcome::Reset,
            "the request was lost by chaos",
            Duration::ZERO,
        )
    } else if let Some(after) = fate.hang_up_after {
        let sent = timeout(after, shared.client.send(&request, mechanism)).await;
        sent.unwrap_or_else(|_| {
            chaos.push(ChaosHit::HangUp);
            Answer::lost(Outcome::Timeout, "the sandbox hung up by chaos", after)
        })
    } else {
        shared.client.send(&request, mechanism).await
    };
    let is_delivered = is_delivered(shared, answer.outcome, answer.status);
    let route = Arc::clone(route);
    Attempt {
        // The likely cause of a failure is known.
        hint: hint(&answer, mechanism).filter(|_| !is_delivered && chaos.is_empty()),
        sent: Some(Sent { sample, route }),
        chaos,
        ..Attempt::new((n, id), at, answer)
    }
}

/// Marks the message. `None` if it was removed or given up.
fn begin(shared: &Shared, job: &Job) -> Option<Arc<Message>> {
    let mut state = shared.state();
    let message = state.log.get(job.number)?.clone();
    if message.status.is_finished() {
        return None;
    }
    shared.update(&mut state, job.number, |message| {
        message.status = Status::Delivering;
    });
    Some(message)
}

/// The request of a first attempt now.
pub(super) fn preview(
    shared: &Shared,
    outgoing: &Outgoing,
    target: Target,
) -> Result<Request, String> {
    let at = shared.clock.exact_now();
    let id = attempt_id(outgoing.sample.message_id().unwrap_or_default(), 1, at);
    let source = Arc::new(outgoing.source.clone());
    let way = way(shared, source, &outgoing.sample, target)?;
    let request = way.request(&outgoing.sample, &id, at, None);
    request.map_err(|error| error.to_string())
}

/// The way to a target, unless the sandbox does not send there.
fn way(
    shared: &Shared,
    source: Arc<Source>,
    sample: &Sample,
    target: Target,
) -> Result<Arc<Route>, String> {
    let checked = shared.client.allowed().check(&target.url);
    checked.map_err(|refusal| refusal.to_string())?;
    let route = shared.route(sample, source, target);
    route.map_err(|error| error.to_string())
}

/// Notes an attempt. `resent` is what the message was before one that is not on the schedule.
fn record(
    shared: &Shared,
    job: &Job,
    mut attempt: Attempt,
    resent: Option<Status>,
) -> Option<Timestamp> {
    let mut state = shared.state();
    attempt.headers = state.headers.share(attempt.headers);
    attempt.resent = resent.is_some();
    let message = state.log.get(job.number)?;
    let source = Arc::clone(&message.source);
    let (status, next) = next_step(shared, resent, message, &attempt);
    shared.update(&mut state, job.number, |message| {
        message.push(attempt);
        message.status = status;
        message.next_attempt_at = next;
    });
    let counts = matches!(*source, Source::Webhook { .. })
        && matches!(status, Status::Delivered | Status::Exhausted)
        && resent.is_none_or(|before| !before.is_finished());
    let is_bad = counts && {
        let limit = shared.settings.disable_below;
        let window = state.windows.entry(Arc::clone(&source)).or_default();
        window.push(status == Status::Delivered, limit)
    };
    drop(state);
    if is_bad {
        shared.directory.disable(&source);
        shared.cancel_undeliverable();
    }
    next
}

/// The status after an attempt, and the time of the next one. An attempt that was asked for
/// can only deliver the message: if it fails, everything is as it was before.
fn next_step(
    shared: &Shared,
    resent: Option<Status>,
    message: &Message,
    attempt: &Attempt,
) -> (Status, Option<Timestamp>) {
    if is_delivered(shared, attempt.outcome, attempt.status) {
        return (Status::Delivered, None);
    }
    if let Some(before) = resent {
        return (before, message.next_attempt_at);
    }
    if attempt.outcome == Outcome::Blocked {
        return (Status::Blocked, None);
    }
    let scheduled = message.attempts.iter().filter(|attempt| !attempt.resent);
    let number = u32::try_from(scheduled.count() + 1).unwrap_or(u32::MAX);
    let gap = shared.settings.schedule(message.mechanism()).gap(number);
    match gap.and_then(|gap| attempt.at.checked_add(gap)) {
        Some(next) => (Status::Waiting, Some(next)),
        None => (Status::Exhausted, None),
    }
}

fn is_delivered(shared: &Shared, outcome: Outcome, status: Option<u16>) -> bool {
    let success = &shared.settings.success;
    outcome == Outcome::Status && status.is_some_and(|status| success.contains(status))
}

/// Gives up a message whose receiver is gone. One that was finished before stays as it was.
pub(super) fn cancel(shared: &Shared, job: &Job) {
    let before = job.resent.filter(|before| before.is_finished());
    shared.update(&mut shared.state(), job.number, |message| {
        message.status = before.unwrap_or(Status::Cancelled);
        message.next_attempt_at = None;
    });
}
