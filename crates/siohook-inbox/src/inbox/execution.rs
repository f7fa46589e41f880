use std::future::poll_fn;
use std::mem;
use std::pin::{Pin, pin};
use std::sync::Mutex;
use std::sync::atomic::Ordering;
use std::task::Poll;
use std::time::Duration;

use bytes::Bytes;
use futures_channel::oneshot::Receiver;
use siohook::{Delivery, DetachedTask, Dispatcher, HandlerReport};

use super::recorder::{Recorder, attempt};
use super::{Inbox, WORKING};
use crate::engine::{Expired, Source, Task};
use crate::observe;
use crate::policy::Stopped;
use crate::store::{Claimed, Ending};
use crate::sync::lock;
use crate::{DeadReason, Run};

/// Runs of a delivery that were claimed together. Each of them ends once, also if this is dropped.
pub(super) struct Execution {
    recorder: Recorder,
    delivery: Delivery,
    /// Runs that have not ended.
    open: Mutex<Vec<Claimed>>,
    /// Why they were stopped, if the engine did.
    stopped: Mutex<Option<Stopped>>,
}

impl Execution {
    /// Returns the work of a task. Runs that can't start end here, and there may be none left.
    pub(super) fn begin(inbox: &Inbox, task: Task) -> Option<DetachedTask> {
        let Task {
            source,
            mut runs,
            stop,
        } = task;
        let recorder = Recorder::new(inbox, &source, &runs);
        let dispatcher = &inbox.0.dispatcher;
        let delivery = match source {
            Source::Accepted { delivery, .. } => delivery,
            Source::Stored(stored) => {
                let Some(body) = stored.body else {
                    for run in &runs {
                        recorder.bury(run, DeadReason::Erased, "the body was erased");
                    }
                    return None;
                };
                match restore(dispatcher, &stored.meta, body) {
                    Ok(delivery) => delivery,
                    Err(text) => {
                        for run in &runs {
                            recorder.fail(run, "failed", text.clone());
                        }
                        return None;
                    }
                }
            }
        };
        let listeners = dispatcher.listeners(&delivery);
        let listens = |run: &Claimed| listeners.iter().any(|it| it.id() == run.run.handler);
        for run in runs.extract_if(.., |run| !listens(run)) {
            let text = "the handler does not listen to this event any more";
            recorder.bury(&run, DeadReason::Mismatch, text);
        }
        let execution = Self {
            recorder,
            delivery,
            open: Mutex::new(runs),
            stopped: Mutex::new(None),
        };
        Some(Box::pin(execution.finish(stop)))
    }

    /// Runs the handlers until they end or are stopped.
    async fn finish(self, mut stop: Receiver<Expired>) {
        let Recorder {
            inbox, observed, ..
        } = &self.recorder;
        let ended = |report: &HandlerReport| self.ended(report);
        // Those that listen no more were taken out, so `run` knows all ids.
        let work = inbox.0.dispatcher.run(&self.delivery, self.values(), ended);
        let mut work = pin!(observed.follow(work));
        poll_fn(|cx| {
            if work.as_mut().poll(cx).is_ready() {
                return Poll::Ready(());
            }
            Pin::new(&mut stop).poll(cx).map(|expired| {
                let why = expired.map_or(Stopped::GivenBack, |Expired| Stopped::Expired);
                *lock(&self.stopped) = Some(why);
            })
        })
        .await;
    }

    /// The handlers to run, each with what its argument [`Run`] reads.
    fn values(&self) -> Vec<(&'static str, Run)> {
        let Recorder { inbox, key, .. } = &self.recorder;
        let value = |run: &Claimed| {
            let handler = run.run.handler;
            let is_last = inbox.0.policies.is_last(handler, attempt(run));
            let value = Run::new(*key, handler, run.run.attempt, is_last);
            (handler, value)
        };
        lock(&self.open).iter().map(value).collect()
    }

    fn ended(&self, report: &HandlerReport) {
        let mut open = lock(&self.open);
        let Some(at) = open.iter().position(|run| run.run.handler == report.id()) else {
            return;
        };
        let run = open.swap_remove(at);
        drop(open);
        let (shared, stopped) = (&self.recorder.inbox.0, self.stopped());
        let (attempt, now) = (attempt(&run), shared.clock.now());
        let ending = shared
            .policies
            .ending(&self.delivery, report, attempt, stopped, now);
        let outcome = observe::outcome(report.outcome(), stopped);
        self.recorder.end(&run, ending, outcome, report.elapsed());
    }

    /// Why handlers that did not end were dropped.
    fn stopped(&self) -> Stopped {
        let is_working = || self.recorder.inbox.0.work.load(Ordering::Relaxed) == WORKING;
        lock(&self.stopped).unwrap_or_else(|| {
            if is_working() {
                Stopped::Dropped
            } else {
                Stopped::GivenBack
            }
        })
    }
}

impl Drop for Execution {
    /// Ends runs that were dropped before they were polled.
    fn drop(&mut self) {
        let stopped = self.stopped();
        for run in mem::take(&mut *lock(&self.open)) {
            if stopped == Stopped::GivenBack {
                let given_back = Ending::GivenBack;
                self.recorder
                    .end(&run, given_back, "cancelled", Duration::ZERO);
            } else {
                let text = self.recorder.inbox.0.policies.stopped_text(stopped);
                self.recorder.fail(&run, "cancelled", text);
            }
        }
    }
}

/// Makes a delivery of what is stored, or says why that is not possible.
fn restore(dispatcher: &Dispatcher, meta: &str, body: Bytes) -> Result<Delivery, String> {
    let record = serde_json::from_str(meta).map_err(|error| error.to_string());
    let delivery = record.and_then(|record| {
        let delivery = dispatcher.restore(record, body);
        delivery.map_err(|error| error.to_string())
    });
    delivery.map_err(|error| format!("the stored delivery can't be read: {error}"))
}
