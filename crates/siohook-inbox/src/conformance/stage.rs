//! What all programs of a case share: the store, the clock, and the script of the handlers.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::json;
use siohook::testing::{SECRET, Sample, TOKEN};
use siohook::{Dispatcher, HandlerInfo};

use super::Subject;
use super::failure::{Checked, Failure, equal};
use super::handlers::{EVENT, PREFIX};
use super::patience::{PATIENCE, eventually, wait_for};
use super::program::Program;
use super::script::{Script, Start};
use crate::sync::lock;
use crate::testing::Clock;
use crate::{DeadLetter, InboxBuilder, InboxError, Operator, SECOND};

/// A new store.
pub(super) struct Stage<'a> {
    subject: &'a Subject,
    builder: InboxBuilder,
    pub(super) clock: Clock,
    /// The clock is moved by hand.
    is_by_hand: bool,
    pub(super) script: Script,
    letters: Arc<Mutex<Vec<DeadLetter>>>,
    secret: String,
    programs: usize,
}

impl<'a> Stage<'a> {
    pub(super) fn new(subject: &'a Subject) -> Self {
        let (clock, letters) = (Clock::new(), Arc::<Mutex<Vec<DeadLetter>>>::default());
        let sent = Arc::clone(&letters);
        Self {
            subject,
            builder: subject
                .new_store()
                .on_dead(move |letter| lock(&sent).push(letter.clone())),
            clock,
            is_by_hand: true,
            script: Script::new(),
            letters,
            secret: SECRET.to_owned(),
            programs: 0,
        }
    }

    /// Changes the settings of programs that are opened from now on.
    pub(super) fn set(&mut self, change: impl FnOnce(InboxBuilder) -> InboxBuilder) {
        self.builder = change(self.builder.clone());
    }

    /// Lets the system's clock count in programs that are opened from now on.
    pub(super) fn use_system_clock(&mut self) {
        self.is_by_hand = false;
    }

    /// Verifies with another secret in programs that are opened from now on.
    pub(super) fn rotate_secret(&mut self, secret: &str) {
        secret.clone_into(&mut self.secret);
    }

    /// Makes a dispatcher with these handlers.
    pub(super) fn dispatcher(&self, handlers: &[&str], script: Script) -> Checked<Dispatcher> {
        let handlers: Vec<_> = handlers.iter().map(|id| format!("{PREFIX}{id}")).collect();
        let chosen = move |handler: &HandlerInfo| handlers.iter().any(|id| id == handler.id());
        let builder = Dispatcher::builder()
            .account_secret("conformance", &self.secret)
            .automation_token_as("conformance", TOKEN)
            .state(script)
            .select(chosen)
            .allow_no_handlers();
        let built = self.subject.configured(builder).build();
        built.map_err(|error| Failure::new(error.to_string()))
    }

    /// Opens the store in another program, which runs nothing yet.
    pub(super) fn open(&mut self, handlers: &[&str]) -> Checked<Program> {
        self.programs += 1;
        let script = self.script.in_program(self.programs);
        let dispatcher = self.dispatcher(handlers, script.clone())?;
        let mut builder = self.builder.clone();
        if self.is_by_hand {
            builder = builder.clock(&self.clock);
        }
        let inbox = wait_for("`open`", PATIENCE, builder.open(&dispatcher))??;
        Ok(Program::new(inbox, script))
    }

    /// Opens the store for an operator.
    pub(super) fn operator(&self) -> Checked<Operator> {
        let mut builder = self.builder.clone();
        if self.is_by_hand {
            builder = builder.clock(&self.clock);
        }
        ask(builder.operator())
    }

    /// Opens the store in another program, which runs handlers.
    pub(super) fn work(&mut self, handlers: &[&str]) -> Checked<Program> {
        let mut program = self.open(handlers)?;
        program.work()?;
        Ok(program)
    }

    /// Lets time pass for programs, and waits until they have done what is due.
    pub(super) fn wait(&self, time: Duration, programs: &[&Program]) -> Checked {
        self.clock.advance(time);
        programs.iter().try_for_each(|program| program.is_idle())
    }

    /// Lets time pass, and calls `before` a millisecond before its end.
    pub(super) fn wait_exactly(
        &self,
        time: Duration,
        program: &Program,
        before: impl FnOnce() -> Checked,
    ) -> Checked {
        self.wait(time.saturating_sub(MOMENT), &[program])?;
        before()?;
        self.wait(MOMENT, &[program])
    }

    /// Returns the starts of a handler.
    pub(super) fn starts(&self, handler: &str) -> Vec<Start> {
        let mut starts = self.script.starts();
        starts.retain(|start| start.handler == handler);
        starts
    }

    /// Waits until a handler was started so often.
    pub(super) fn is_started(&self, handler: &str, times: usize) -> Checked {
        let what = format!("start {times} of handler `{handler}`");
        eventually(&what, || Ok(self.starts(handler).len() >= times))?;
        self.has_started(handler, times)
    }

    /// Fails unless a handler was started so often.
    pub(super) fn has_started(&self, handler: &str, times: usize) -> Checked {
        let what = format!("starts of handler `{handler}`");
        equal(&what, self.starts(handler).len(), times)
    }

    /// Waits for the one letter that `on_dead` was called with.
    pub(super) fn letter(&self) -> Checked<DeadLetter> {
        eventually(
            "a call of `on_dead`",
            || Ok(!lock(&self.letters).is_empty()),
        )?;
        let letters = lock(&self.letters);
        equal("calls of `on_dead`", letters.len(), 1)?;
        Ok(letters[0].clone())
    }

    /// Returns how often `on_dead` was called.
    pub(super) fn letters(&self) -> usize {
        lock(&self.letters).len()
    }
}

impl Drop for Stage<'_> {
    fn drop(&mut self) {
        self.script.open_all();
    }
}

/// Waits for an answer of an inbox or an operator.
pub(super) fn ask<T>(call: impl Future<Output = Result<T, InboxError>>) -> Checked<T> {
    Ok(wait_for("the operator", PATIENCE, call)??)
}

/// Fails unless a request is refused with a text that has `part`.
pub(super) fn refuses<T>(call: impl Future<Output = Result<T, InboxError>>, part: &str) -> Checked {
    match wait_for("the operator", PATIENCE, call)? {
        Err(InboxError::Request(text)) if text.contains(part) => Ok(()),
        Err(error) => Err(Failure::new(format!("{part:?} is not in: {error}"))),
        Ok(_) => Err(Failure::new(format!("no error says {part:?}"))),
    }
}

/// Makes a delivery that no other one equals.
pub(super) fn sample() -> Sample {
    static NUMBER: AtomicU64 = AtomicU64::new(0);
    let number = NUMBER.fetch_add(1, Ordering::Relaxed);
    Sample::automation(EVENT, json!({ "number": number }))
}

pub(super) fn samples(count: usize) -> Vec<Sample> {
    std::iter::repeat_with(sample).take(count).collect()
}

/// The smallest difference of times in a store.
pub(super) const MOMENT: Duration = Duration::from_millis(1);

/// The delay of a run whose process ended in it once.
pub(super) const CRASHED: Duration = SECOND.saturating_mul(4);
