use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use futures_channel::mpsc::{UnboundedReceiver, unbounded};
use futures_channel::oneshot::{self, Receiver};
use futures_util::{FutureExt as _, StreamExt as _};
use siohook::Delivery;

use super::faulty::{Faults, Faulty};
use super::world::{Disk, START, key, number};
use crate::clock::Clock;
use crate::dead_letter::DeadLetter;
use crate::dead_reason::DeadReason;
use crate::engine::command::Place;
use crate::engine::{
    AcceptCommand, Command, Drained, Ended, EngineSettings, Expired, Job, Source, Writer,
};
use crate::observe::Origin;
use crate::stats::Stats;
use crate::store::{Accept, End, Ending, Millis, Result, RunKey, Store as _, WorkerId};

/// A process: a writer, and the runs that it handed over.
///
/// Dropping it is `kill -9`.
pub(super) struct Process {
    writer: Writer,
    pub(super) worker: WorkerId,
    pub(super) handlers: Vec<&'static str>,
    pub(super) faults: Faults,
    delivery: Delivery,
    disk: Rc<dyn Disk>,
    jobs: Option<UnboundedReceiver<Job>>,
    tasks: Vec<Receiver<Expired>>,
    /// Those that have not ended.
    pub(super) runs: Vec<Started>,
    /// All that were started, until a test takes them.
    pub(super) started: Vec<Started>,
    pub(super) letters: Vec<DeadLetter>,
}

/// A run that was started.
#[derive(Clone, Debug)]
pub(super) struct Started {
    pub(super) number: u64,
    pub(super) key: RunKey,
    pub(super) crashes: u32,
    /// Its place in `tasks`.
    task: usize,
}

impl Drop for Process {
    fn drop(&mut self) {
        self.writer.die();
    }
}

/// What a run was told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Told {
    GoOn,
    Expired,
    GiveBack,
}

impl Process {
    /// Opens a process that links these handlers, and does not run them.
    pub(super) fn open(
        disk: Rc<dyn Disk>,
        handlers: &[&'static str],
        delivery: Delivery,
        settings: EngineSettings,
        clock: Clock,
    ) -> Self {
        let faults = Faults::default();
        let store = Faulty {
            store: disk.open(handlers.to_vec()),
            faults: faults.clone(),
        };
        Self {
            worker: store.worker(),
            writer: Writer::new(Box::new(store), settings, clock),
            handlers: handlers.to_vec(),
            faults,
            delivery,
            disk,
            jobs: None,
            tasks: vec![],
            runs: vec![],
            started: vec![],
            letters: vec![],
        }
    }

    /// Begins to run handlers.
    pub(super) fn work(&mut self) {
        let (sender, jobs) = unbounded();
        self.jobs = Some(jobs);
        self.writer.take(Command::Work(sender));
    }

    /// Lets the writer do what there is to do, until it would sleep.
    pub(super) fn turn(&mut self) {
        self.turn_once();
        let mut turns = 0;
        while self.writer.patience().is_zero() {
            self.turn_once();
            turns += 1;
            assert!(turns < 100, "the writer does not come to rest");
        }
    }

    pub(super) fn turn_once(&mut self) {
        self.writer.turn();
        let next = |jobs: &mut UnboundedReceiver<Job>| jobs.next().now_or_never().flatten();
        while let Some(job) = self.jobs.as_mut().and_then(next) {
            if let Job::Tasks(tasks) = job {
                for task in tasks {
                    assert!(!task.runs.is_empty());
                    let delivery = task.runs[0].run.delivery;
                    if let Source::Stored(stored) = &task.source {
                        assert_eq!(stored.body.as_ref(), Some(self.delivery.body()));
                    }
                    self.tasks.push(task.stop);
                    for run in task.runs {
                        assert_eq!(run.run.delivery, delivery);
                        let started = Started {
                            number: self.number(&run.run),
                            key: run.run,
                            crashes: run.crashes,
                            task: self.tasks.len() - 1,
                        };
                        self.started.push(started.clone());
                        self.runs.push(started);
                    }
                }
            } else if let Job::Dead(letters) = job {
                self.letters.extend(letters);
            }
        }
    }

    fn number(&self, run: &RunKey) -> u64 {
        let runs = self.disk.runs();
        let stored = runs.iter().find(|(id, ..)| *id == run.delivery);
        number(&stored.expect("a run is stored before it starts").1)
    }

    /// Sends a delivery for all handlers. The next turn stores it.
    pub(super) fn send(&mut self, number: u64) -> Answer {
        let handlers = self.handlers.clone();
        self.send_to(number, handlers)
    }

    pub(super) fn send_to(&mut self, number: u64, handlers: Vec<&'static str>) -> Answer {
        let (reply, answer) = oneshot::channel();
        let accept = Accept {
            key: key(number),
            meta: "{}".to_owned(),
            delivery: self.delivery.clone(),
            handlers,
        };
        let place = Place::take(&Arc::default(), 0).expect("there is a place");
        self.writer.take(Command::Accept(AcceptCommand {
            accept,
            origin: Origin::current(),
            reply,
            _place: place,
        }));
        Answer(answer)
    }

    /// Sends a delivery, and returns whether it is new.
    #[track_caller]
    pub(super) fn accept(&mut self, number: u64) -> bool {
        let answer = self.send(number);
        self.turn();
        answer
            .get()
            .expect("it was answered")
            .expect("it was stored")
    }

    /// Lets a run end. The next turn records it.
    #[track_caller]
    pub(super) fn send_end(&mut self, number: u64, handler: &str, ending: Ending) {
        let is_it = |run: &Started| run.number == number && run.key.handler == handler;
        let Some(at) = self.runs.iter().position(is_it) else {
            panic!(
                "`{handler}` does not run for delivery {number}: {:?}",
                self.runs
            );
        };
        let run = self.runs.swap_remove(at);
        let letter = match &ending {
            Ending::Dead { .. } => Some(Box::new(letter(&run.key, &ending))),
            _ => None,
        };
        let end = End {
            run: run.key,
            ending,
        };
        self.writer.take(Command::Ended(Ended { end, letter }));
    }

    /// Lets a run end, and records it.
    #[track_caller]
    pub(super) fn end(&mut self, number: u64, handler: &str, ending: Ending) {
        self.send_end(number, handler, ending);
        self.turn();
    }

    #[track_caller]
    pub(super) fn done(&mut self, number: u64, handler: &str) {
        self.end(number, handler, Ending::Done);
    }

    /// Lets all runs end, and those that start then.
    pub(super) fn all_done(&mut self) {
        while let Some(run) = self.runs.first().cloned() {
            self.done(run.number, run.key.handler);
        }
    }

    /// What is running: number of the delivery, handler, attempt.
    pub(super) fn running(&self) -> Vec<(u64, &'static str, u32)> {
        let run = |run: &Started| (run.number, run.key.handler, run.key.attempt);
        let mut running: Vec<_> = self.runs.iter().map(run).collect();
        running.sort_unstable();
        running
    }

    /// What a run was told by now.
    #[track_caller]
    pub(super) fn told(&mut self, number: u64, handler: &str) -> Told {
        let is_it = |run: &&Started| run.number == number && run.key.handler == handler;
        let run = self.runs.iter().find(is_it).expect("it is running");
        match self.tasks[run.task].try_recv() {
            Ok(None) => Told::GoOn,
            Ok(Some(Expired)) => Told::Expired,
            Err(_) => Told::GiveBack,
        }
    }

    pub(super) fn drain(&mut self, within: u64) -> Receiver<Drained> {
        let (reply, drained) = oneshot::channel();
        let within = Duration::from_millis(within);
        self.writer.take(Command::Drain { within, reply });
        self.turn();
        drained
    }

    /// Drops the channel of runs. The writer does not know it yet.
    pub(super) fn forget_jobs(&mut self) {
        self.jobs = None;
    }

    /// Stops running handlers, as the future does that is dropped. What runs is told to give up.
    pub(super) fn stop_work(&mut self) {
        self.forget_jobs();
        self.writer.take(Command::StopWork);
    }

    /// Ends the process as its thread does.
    pub(super) fn stop(mut self) {
        self.stop_without_retiring();
        self.retire();
    }

    pub(super) fn stop_without_retiring(&mut self) {
        self.writer.take(Command::Stop);
        self.writer.turn();
        assert!(self.writer.is_stopped());
    }

    pub(super) fn retire(mut self) {
        self.writer.retire();
    }

    /// How many starts of groups that failed are not settled.
    pub(super) fn unsettled(&self) -> usize {
        self.writer.unsure_starts.len()
    }

    pub(super) fn patience(&self) -> Duration {
        self.writer.patience()
    }

    pub(super) fn stats(&mut self) -> Stats {
        let (reply, stats) = oneshot::channel();
        self.writer.take(Command::Stats(reply));
        Answer(stats)
            .get()
            .expect("it was answered")
            .expect("the store is there")
    }

    /// Whether the store can take the next group.
    pub(super) fn check(&mut self) -> Result<()> {
        let (reply, check) = oneshot::channel();
        self.writer.take(Command::Check(reply));
        Answer(check).get().expect("it was answered")
    }
}

/// The answer to a command.
pub(super) struct Answer<T = bool>(Receiver<Result<T>>);

impl<T> Answer<T> {
    /// Returns `None` unless it was given.
    pub(super) fn get(mut self) -> Option<Result<T>> {
        self.0.try_recv().expect("no command is dropped")
    }
}

fn letter(run: &RunKey, ending: &Ending) -> DeadLetter {
    let Ending::Dead { reason, error } = ending else {
        panic!("it is not dead: {ending:?}");
    };
    DeadLetter {
        id: run.delivery,
        key: "".into(),
        event: "SALE_NEW".into(),
        received_at: START,
        handler: run.handler.into(),
        attempts: run.attempt,
        reason: *reason,
        error: error.as_deref().map(Box::from),
    }
}

/// A failure that is tried again after some time.
pub(super) fn retry(due: Millis) -> Ending {
    Ending::Retry {
        due,
        error: Some("failed".to_owned()),
    }
}

pub(super) fn dead(reason: DeadReason) -> Ending {
    Ending::Dead {
        reason,
        error: Some("dead".to_owned()),
    }
}
