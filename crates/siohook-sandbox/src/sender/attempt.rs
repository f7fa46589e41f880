//! One attempt of a message, and what follows from it.

use std::sync::Arc;

use siohook_events::Timestamp;
use siohook_sender::{Request, Sample};

use super::queue::Job;
use super::route::Route;
use super::shared::Shared;
use crate::hint::hint;
use crate::ids::attempt_id;
use crate::message::Sent;
use crate::{Answer, Attempt, Message, Outcome, Outgoing, Source, Status, Target};

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
    let (source, sample) = (Arc::clone(&message.source), Arc::clone(&message.sample));
    let (sent, answer) = match request(&shared, source, &sample, target, &id, at) {
        Ok((route, request)) => {
            let answer = shared.client.send(&request, mechanism).await;
            (Some(Sent { sample, route }), answer)
        }
        Err(error) => (None, Answer::blocked(error)),
    };
    let is_delivered = is_delivered(&shared, answer.outcome, answer.status);
    let attempt = Attempt {
        hint: hint(&answer, mechanism).filter(|_| !is_delivered),
        resent: job.resent.is_some(),
        sent,
        ..Attempt::new((n, id), at, answer)
    };
    record(&shared, &job, attempt)
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
    let (_, request) = request(shared, source, &outgoing.sample, target, &id, at)?;
    Ok(request)
}

/// Makes the request, unless the sandbox does not send there.
fn request(
    shared: &Shared,
    source: Arc<Source>,
    sample: &Sample,
    target: Target,
    id: &str,
    at: Timestamp,
) -> Result<(Arc<Route>, Request), String> {
    let checked = shared.client.allowed().check(&target.url);
    checked.map_err(|refusal| refusal.to_string())?;
    let route = shared.route(sample, source, target);
    let made = route.and_then(|route| Ok((Arc::clone(&route), route.request(sample, id, at)?)));
    made.map_err(|error| error.to_string())
}

fn record(shared: &Shared, job: &Job, mut attempt: Attempt) -> Option<Timestamp> {
    let mut state = shared.state();
    attempt.headers = state.headers.share(attempt.headers);
    let message = state.log.get(job.number)?;
    let source = Arc::clone(&message.source);
    let (status, next) = next_step(shared, job, message, &attempt);
    shared.update(&mut state, job.number, |message| {
        message.push(attempt);
        message.status = status;
        message.next_attempt_at = next;
    });
    let counts = matches!(*source, Source::Webhook { .. })
        && matches!(status, Status::Delivered | Status::Exhausted)
        && job.resent.is_none_or(|before| !before.is_finished());
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
    job: &Job,
    message: &Message,
    attempt: &Attempt,
) -> (Status, Option<Timestamp>) {
    if is_delivered(shared, attempt.outcome, attempt.status) {
        return (Status::Delivered, None);
    }
    if let Some(before) = job.resent {
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
