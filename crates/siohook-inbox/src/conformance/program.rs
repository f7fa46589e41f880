//! A program with an inbox, as a process of its own would be.

use std::future::poll_fn;
use std::pin::pin;
use std::thread::{self, JoinHandle};
use std::time::Duration;

use futures_channel::oneshot;
use futures_util::future::{Either, join, join_all, select};
use siohook::testing::{Sample, block_on};
use siohook::{Dispatcher, Incoming, Reply, ReplyOutcome};

use super::failure::{Checked, Failure, equal};
use super::patience::{PATIENCE, eventually, wait_for};
use super::script::Script;
use crate::{Drained, Inbox, InboxError, Stats};

/// An inbox, and the thread that runs its handlers.
pub(super) struct Program {
    pub(super) inbox: Inbox,
    pub(super) receiver: Dispatcher,
    pub(super) script: Script,
    worker: Option<Worker>,
}

/// A thread that polls the future of [`Inbox::run`].
struct Worker {
    stop: oneshot::Sender<()>,
    thread: JoinHandle<Option<Result<(), InboxError>>>,
}

impl Program {
    pub(super) fn new(inbox: Inbox, script: Script) -> Self {
        Self {
            receiver: inbox.receiver(),
            inbox,
            script,
            worker: None,
        }
    }

    /// Runs handlers from now on.
    pub(super) fn work(&mut self) -> Checked {
        let (stop, stopped) = oneshot::channel();
        let (begin, has_begun) = oneshot::channel();
        let run = self.inbox.clone().run();
        let thread = thread::spawn(move || {
            block_on(async {
                let (mut run, mut begin) = (pin!(run), Some(begin));
                let run = poll_fn(|context| {
                    let ended = run.as_mut().poll(context);
                    if let (true, Some(begin)) = (ended.is_pending(), begin.take()) {
                        let _ = begin.send(());
                    }
                    ended
                });
                match select(run, stopped).await {
                    Either::Left((ended, _)) => Some(ended),
                    Either::Right(_) => None,
                }
            })
        });
        self.worker = Some(Worker { stop, thread });
        let started = wait_for("the start of `run`", PATIENCE, has_begun)?;
        started.map_err(|_| Failure::new("`run` ended at once"))
    }

    /// Drops the future of `run`.
    pub(super) fn stop_working(&mut self) -> Checked {
        match self.worker.take() {
            Some(Worker { stop, thread }) => {
                drop(stop);
                join_thread(thread).map(drop)
            }
            None => Ok(()),
        }
    }

    /// Waits until `run` ends by itself.
    pub(super) fn run_ends(&mut self) -> Checked {
        let worker = self.worker.take();
        let Worker { stop, thread } = worker.ok_or_else(|| Failure::new("`run` was not called"))?;
        let ended = join_thread(thread)?;
        drop(stop);
        ended.unwrap_or(Ok(())).map_err(Failure::from)
    }

    /// Ends the program as `kill -9` does.
    pub(super) fn kill(mut self) -> Checked {
        drop(self.inbox.kill());
        self.stop_working()
    }

    pub(super) fn drain(&self, within: Duration) -> Checked<Drained> {
        wait_for("`drain`", PATIENCE, self.inbox.drain(within))
    }

    /// Drains, and does something else once that has begun.
    pub(super) fn drain_while(&self, within: Duration, act: impl FnOnce()) -> Checked<Drained> {
        let both = join(self.inbox.drain(within), async {
            let _ = self.inbox.stats().await;
            act();
        });
        Ok(wait_for("`drain`", PATIENCE, both)?.0)
    }

    pub(super) fn receive(&self, incoming: Incoming) -> Checked<Reply> {
        let reply = self.receiver.receive(incoming);
        wait_for("the reply", PATIENCE, reply)
    }

    pub(super) fn accepts(&self, sample: &Sample) -> Checked {
        let reply = self.receive(sample.into())?;
        equal("the reply", reply.outcome(), ReplyOutcome::Accepted)
    }

    pub(super) fn knows(&self, copy: &Sample) -> Checked {
        let reply = self.receive(copy.into())?;
        let outcome = reply.outcome();
        equal("the reply to a copy", outcome, ReplyOutcome::AcceptedBefore)?;
        equal("the status of a copy", reply.status(), 200)
    }

    /// Sends all at once.
    pub(super) fn receive_together(
        &self,
        samples: impl IntoIterator<Item = impl AsRef<Sample>>,
    ) -> Checked<Vec<ReplyOutcome>> {
        let replies = samples
            .into_iter()
            .map(|sample| self.receiver.receive(sample.as_ref().into()));
        let replies = wait_for("replies to many", PATIENCE, join_all(replies))?;
        Ok(replies.iter().map(Reply::outcome).collect())
    }

    /// Sends all at once, and fails unless each is accepted.
    pub(super) fn accepts_together(&self, samples: &[Sample]) -> Checked {
        let replies = self.receive_together(samples)?;
        let accepted = |reply: &&ReplyOutcome| **reply == ReplyOutcome::Accepted;
        let accepted = replies.iter().filter(accepted).count();
        equal("accepted deliveries", accepted, samples.len())
    }

    /// Waits until nothing runs and nothing is due.
    pub(super) fn is_idle(&self) -> Checked {
        wait_for("the end of all runs", PATIENCE, self.inbox.idle())
    }

    /// Gives the program time for something that it should not do.
    pub(super) fn settles(&self) -> Checked {
        self.stats()?;
        self.stats()?;
        thread::sleep(Duration::from_millis(30));
        Ok(())
    }

    pub(super) fn stats(&self) -> Checked<Stats> {
        Ok(wait_for("`stats`", PATIENCE, self.inbox.stats())??)
    }

    /// Fails unless so many runs are waiting, in progress, and dead.
    pub(super) fn has(&self, waiting: u64, running: u64, dead: u64) -> Checked {
        let stats = self.stats()?;
        let found = (stats.waiting(), stats.running(), stats.dead());
        let what = "the numbers of runs that are waiting, running, and dead";
        equal(what, found, (waiting, running, dead))
    }

    /// Waits until the ends of others are recorded, and so many runs are in progress.
    pub(super) fn comes_to(&self, waiting: u64, running: u64) -> Checked {
        let what = format!("{waiting} runs waiting and {running} running");
        eventually(&what, || {
            let stats = self.stats()?;
            Ok((stats.waiting(), stats.running()) == (waiting, running))
        })
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        self.script.unblock();
        // A case that failed tells its own reason.
        let _ = self.stop_working();
    }
}

fn join_thread<T>(thread: JoinHandle<T>) -> Checked<T> {
    eventually("the end of `run`", || Ok(thread.is_finished()))?;
    let panicked = |_| Failure::new("`run` panicked");
    thread.join().map_err(panicked)
}
