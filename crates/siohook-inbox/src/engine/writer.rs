use std::time::Duration;

use futures_channel::mpsc::UnboundedSender;
#[cfg(feature = "testing")]
use futures_channel::oneshot;

use super::deadlines::Deadlines;
use super::drain::{Drain, Drained, GRACE};
use super::failures::{Failures, ShownBy};
use super::sweeper::Sweeper;
use super::{AcceptCommand, Command, Ended, Job};
use crate::clock::Clock;
use crate::observe::ObservedStore;
use crate::store::{Millis, Retention, RunKey, Store};

/// What the state machine has to know of the settings.
#[derive(Clone, Debug)]
pub(crate) struct EngineSettings {
    /// Runs at a time in this process.
    pub(crate) running_at_most: usize,
    /// A run with so many crashes is dead.
    pub(crate) crashes: u32,
    pub(crate) timeout: Duration,
    pub(crate) retention: Retention,
}

/// How often changes of other processes are looked for: beside others, and alone.
const LOOK_FOR_CHANGES: Duration = Duration::from_millis(20);
const LOOK_ALONE: Duration = Duration::from_millis(250);

/// What this process may start.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mode {
    /// Whatever there is room for.
    Together,
    /// Nothing: a run that crashed is due, and waits until it is alone. Another process may have taken
    /// it by now if the store has changed.
    Draining { since: Duration, has_changed: bool },
    /// Nothing: this run, which crashed before, is running.
    Alone(RunKey),
}

/// The state of one worker of a store.
pub(crate) struct Writer {
    pub(super) store: Box<dyn Store>,
    pub(super) settings: EngineSettings,
    pub(super) clock: Clock,
    /// Where runs go. `None` unless [`Inbox::run`](crate::Inbox::run) is active.
    pub(super) jobs: Option<UnboundedSender<Job>>,
    pub(super) deadlines: Deadlines,
    /// Runs of this process whose end is not recorded.
    pub(super) running: usize,
    pub(super) mode: Mode,
    /// More runs may be due than the last claim took.
    pub(super) may_be_due: bool,
    /// When the next run becomes due that was not due at the last look.
    pub(super) next_due: Option<Millis>,
    /// Deliveries of the next group.
    pub(super) accepts: Vec<AcceptCommand>,
    /// Ends of the next group. They stay here until the store took them.
    pub(super) ends: Vec<Ended>,
    /// The first ends are of a group whose commit failed, and may be recorded: so many.
    pub(super) unsure_ends: usize,
    /// Runs that such a group would have started. If it is stored after all, they are given back.
    pub(super) unsure_starts: Vec<RunKey>,
    pub(super) failures: Failures,
    /// No other process has the store open.
    pub(super) is_alone: bool,
    pub(super) look_for_gone_at: Duration,
    pub(super) sweeper: Sweeper,
    pub(super) observed: ObservedStore,
    pub(super) drain: Option<Drain>,
    /// It was drained, and starts nothing any more.
    pub(super) drained: Option<Drained>,
    is_stopped: bool,
    /// Whom to tell that there is nothing to do.
    #[cfg(feature = "testing")]
    idle: Vec<oneshot::Sender<()>>,
}

impl Writer {
    pub(crate) fn new(store: Box<dyn Store>, settings: EngineSettings, clock: Clock) -> Self {
        Self {
            store,
            deadlines: Deadlines::new(settings.timeout),
            settings,
            clock,
            jobs: None,
            running: 0,
            mode: Mode::Together,
            may_be_due: true,
            next_due: None,
            accepts: vec![],
            ends: vec![],
            unsure_ends: 0,
            unsure_starts: vec![],
            failures: Failures::default(),
            is_alone: false,
            look_for_gone_at: Duration::ZERO,
            sweeper: Sweeper::default(),
            observed: ObservedStore::default(),
            drain: None,
            drained: None,
            is_stopped: false,
            #[cfg(feature = "testing")]
            idle: vec![],
        }
    }

    /// Takes a command. What has to be stored waits for the next [`turn`](Self::turn).
    pub(crate) fn take(&mut self, command: Command) {
        match command {
            Command::Accept(accept) => self.accepts.push(accept),
            Command::Ended(ended) => self.ends.push(ended),
            Command::Work(jobs) => self.work(jobs),
            Command::StopWork => self.stop_work(),
            Command::Drain { within, reply } => self.drain(within, reply),
            Command::Stats(reply) => {
                let stats = self.store.stats(self.clock.now());
                let _ = reply.send(stats);
            }
            Command::Check(reply) => {
                let _ = reply.send(self.check());
            }
            #[cfg(any(test, feature = "testing"))]
            Command::Wake => {}
            #[cfg(feature = "testing")]
            Command::Idle(reply) => self.idle.push(reply),
            Command::Stop => {
                self.stop_work();
                self.is_stopped = true;
            }
            #[cfg(feature = "testing")]
            Command::Kill => unreachable!("the thread ends before it takes it"),
        }
    }

    /// Stores what is waiting, claims what is due, and hands over what was claimed.
    pub(crate) fn turn(&mut self) {
        let elapsed = self.clock.elapsed();
        self.deadlines.expire(elapsed);
        if self.failures.is_paused(elapsed) {
            self.refuse();
        } else {
            self.look_for_changes();
            self.look_for_gone(elapsed);
            self.sweep(elapsed);
            let took = self.clock.elapsed().saturating_sub(elapsed);
            if self.failures.is_locked_out(took) {
                self.refuse();
            } else if !self.accepts.is_empty() || self.has_ends() || self.can_claim() {
                self.group();
            }
            let now = self.clock.now();
            self.observed.measure(elapsed, || self.store.stats(now));
        }
        self.go_on_draining(elapsed);
        #[cfg(feature = "testing")]
        self.tell_idle();
    }

    #[cfg(feature = "testing")]
    fn tell_idle(&mut self) {
        if self.idle.is_empty() || self.running > 0 || self.has_ends() {
            return;
        }
        let is_idle = if self.jobs.is_some() || self.drained.is_some() {
            !self.can_claim()
        } else {
            // `run` may be about to begin.
            let due = self.store.next_due(Millis::MIN).ok().flatten();
            due.is_none_or(|due| due > self.clock.now())
        };
        if is_idle {
            for reply in std::mem::take(&mut self.idle) {
                match self.jobs {
                    Some(_) => self.give(Job::Idle(reply)),
                    None => drop(reply.send(())),
                }
            }
        }
    }

    /// Waits for a command, until there is something else to do.
    pub(crate) fn wait(&mut self, arrives: &mut (dyn Future<Output = ()> + Unpin)) {
        let patience = self.patience();
        self.store.wait(arrives, patience);
    }

    /// How long the writer can sleep unless a command arrives.
    pub(crate) fn patience(&self) -> Duration {
        let elapsed = self.clock.elapsed();
        let mut wait = if self.is_alone {
            LOOK_ALONE
        } else {
            LOOK_FOR_CHANGES
        };
        let mut until = |at: Option<Duration>| {
            if let Some(at) = at {
                wait = wait.min(at.saturating_sub(elapsed));
            }
        };
        until(self.deadlines.next());
        if let Mode::Draining { since, .. } = self.mode {
            until(Some(self.drained_at(since)));
        }
        until(self.drain.as_ref().map(|drain| drain.next_at(elapsed)));
        if let pause @ Some(_) = self.failures.pause_until() {
            until(pause);
        } else if self.can_claim() || self.has_ends() {
            return Duration::ZERO;
        } else if let (true, Some(due)) = (self.has_room(), self.next_due) {
            let millis = due.saturating_sub(self.clock.now()).max(0);
            wait = wait.min(Duration::from_millis(millis.unsigned_abs()));
        }
        wait
    }

    /// Whether [`Command::Stop`] was taken.
    pub(crate) fn is_stopped(&self) -> bool {
        self.is_stopped
    }

    /// Whether runs are started here.
    pub(super) fn is_working(&self) -> bool {
        self.jobs.is_some() && self.drain.is_none()
    }

    /// Ends as a process ends that is killed.
    #[cfg(any(test, feature = "testing"))]
    pub(crate) fn die(&mut self) {
        self.store.die();
    }

    /// Whether there is something to record.
    pub(super) fn has_ends(&self) -> bool {
        !self.ends.is_empty() || !self.unsure_starts.is_empty()
    }

    /// Whether a run could be started.
    fn has_room(&self) -> bool {
        let has_room = match self.mode {
            Mode::Together => self.running < self.settings.running_at_most,
            Mode::Draining { since, has_changed } => {
                has_changed || self.running == 0 || self.has_drained(since)
            }
            Mode::Alone(_) => false,
        };
        self.is_working() && has_room && self.store.may_start()
    }

    /// Whether a run that crashed has waited for others as long as they may take. What runs now
    /// blocks its thread, and may do so for ever.
    pub(super) fn has_drained(&self, since: Duration) -> bool {
        self.drained_at(since) <= self.clock.elapsed()
    }

    fn drained_at(&self, since: Duration) -> Duration {
        since
            .saturating_add(self.settings.timeout)
            .saturating_add(GRACE)
    }

    /// Whether a claim could find something.
    pub(super) fn can_claim(&self) -> bool {
        let is_due = || self.next_due.is_some_and(|due| due <= self.clock.now());
        self.has_room() && (self.may_be_due || is_due())
    }

    /// Hands a job to [`Inbox::run`](crate::Inbox::run). If that was dropped a moment ago, runs are
    /// given back.
    pub(super) fn give(&mut self, job: Job) {
        let is_empty = match &job {
            Job::Tasks(tasks) => tasks.is_empty(),
            Job::Dead(letters) => letters.is_empty(),
            #[cfg(feature = "testing")]
            Job::Idle(_) => false,
            Job::Drained => false,
        };
        if let (false, Some(jobs)) = (is_empty, &self.jobs)
            && let Err(refused) = jobs.unbounded_send(job)
        {
            self.jobs = None;
            if let Job::Tasks(tasks) = refused.into_inner() {
                let runs = tasks.into_iter().flat_map(|task| task.runs);
                self.ends.extend(runs.map(|run| Ended::given_back(run.run)));
            }
        }
    }

    fn work(&mut self, jobs: UnboundedSender<Job>) {
        if self.drained.is_some() {
            let _ = jobs.unbounded_send(Job::Drained);
            return;
        }
        self.jobs = Some(jobs);
        self.may_be_due = true;
        self.look_for_gone_at = Duration::ZERO;
    }

    /// Erases and deletes a little of what is not kept any longer.
    fn sweep(&mut self, elapsed: Duration) {
        if !self.is_working() || self.failures.pause_until().is_some() {
            return;
        }
        let (now, retention) = (self.clock.now(), &self.settings.retention);
        let swept = self
            .sweeper
            .sweep(&mut *self.store, elapsed, now, retention);
        if let Err(error) = swept {
            self.failed(&error, ShownBy::Check);
        }
    }
}
