//! Opens an inbox, unless something is wrong with its settings.

use std::sync::Arc;
use std::sync::atomic::AtomicU8;
use std::time::Duration;

use siohook::{Dispatcher, HandlerInfo};

use super::{Inbox, InboxBuilder, NO_WORK, Shared};
use crate::clock::millis;
use crate::engine::{self, EngineSettings};
use crate::observe::{self, Observer};
use crate::policy::Policies;
use crate::store::Retention;
use crate::{DAY, InboxError, Operator};

/// How long bodies are kept, unless the program says otherwise.
const KEEP: Duration = DAY.saturating_mul(7);
/// How long bodies of deliveries with a dead run are kept.
const KEEP_DEAD: Duration = DAY.saturating_mul(30);
/// systeme.io retries for 5 days.
pub(crate) const REMEMBER_AT_LEAST: Duration = DAY.saturating_mul(6);

impl InboxBuilder {
    /// Opens the store, and creates it unless it exists.
    ///
    /// It does not need a runtime.
    ///
    /// ```no_run
    /// # async fn f(dispatcher: siohook::Dispatcher) -> Result<(), siohook_inbox::InboxError> {
    /// let inbox = siohook_inbox::Inbox::sqlite("inbox.db").open(&dispatcher).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// * [`Settings`](InboxError::Settings): a setting is out of range, `retry_for` names a handler
    ///   that the dispatcher does not have, or a handler takes an
    ///   [`Extension`](siohook::Extension), which a stored delivery does not have.
    /// * [`Store`](InboxError::Store): the store can't be used. The text names the file, and says
    ///   what to do.
    pub async fn open(mut self, dispatcher: &Dispatcher) -> Result<Inbox, InboxError> {
        let problems = self.problems(dispatcher);
        if !problems.is_empty() {
            return Err(InboxError::Settings(problems));
        }
        let handlers = dispatcher.handlers().iter().map(HandlerInfo::id);
        let mut handlers = handlers.collect::<Vec<_>>();
        handlers.sort_unstable();
        handlers.dedup();
        let observer = Observer::new(&handlers);
        let settings = EngineSettings {
            running_at_most: self.running_at_most,
            crashes: self.crashes,
            timeout: self.timeout,
            retention: Retention {
                body: millis(self.keep.unwrap_or(KEEP.min(self.remember))),
                dead_body: millis(KEEP_DEAD),
                remember: millis(self.remember),
            },
        };
        self.place.lend();
        let place = self.place.clone();
        let clock = self.clock.clone();
        let open = move || place.open(handlers, &clock);
        let engine = engine::spawn(open, settings, self.clock.clone()).await?;
        let policies = Policies {
            default: self.retry,
            by_handler: self.retry_for.clone(),
            errors: self.errors,
            timeout: self.timeout,
        };
        let inbox = Inbox(Arc::new(Shared {
            engine,
            operator: Operator::new(&self, dispatcher.clone()),
            dispatcher: dispatcher.clone(),
            policies,
            clock: self.clock.clone(),
            observer,
            work: AtomicU8::new(NO_WORK),
            builder: self,
        }));
        let orphans = inbox.stats().await?.orphans();
        if orphans > 0 {
            observe::orphans(orphans);
        }
        Ok(inbox)
    }

    /// Every reason not to open.
    fn problems(&self, dispatcher: &Dispatcher) -> Vec<String> {
        let handlers = dispatcher.handlers();
        let ids: Vec<_> = handlers.iter().map(HandlerInfo::id).collect();
        let mut problems = self.place.problems(&ids);
        let mut check = |is_wrong: bool, text: String| {
            if is_wrong {
                problems.push(text);
            }
        };
        for handler in handlers {
            check(
                handler.needs_extension(),
                format!(
                    "handler `{}` ({}) takes an `Extension`, which a stored delivery does not \
                     have; take a `State`, or read `delivery.query(…)`",
                    handler.id(),
                    handler.location()
                ),
            );
        }
        let known = || {
            let ids = handlers.iter().map(|handler| format!("`{}`", handler.id()));
            ids.collect::<Vec<_>>().join(", ")
        };
        for id in self.retry_for.keys() {
            check(
                handlers.iter().all(|handler| handler.id() != id),
                format!(
                    "`retry_for({id:?}, …)`: no handler has this id; the ids are {}",
                    known()
                ),
            );
        }
        check(
            self.running_at_most == 0,
            "`running_at_most(0)` would run nothing; give at least 1".to_owned(),
        );
        check(
            self.crashes == 0,
            "`crashes(0)` would give up runs that never started; give at least 1".to_owned(),
        );
        check(
            self.timeout.is_zero(),
            "`timeout` is zero, which no handler can keep; give at least a second".to_owned(),
        );
        check(
            self.remember < REMEMBER_AT_LEAST,
            format!(
                "`remember({:?})` is shorter than 6 days, but systeme.io retries for 5 days: a retry \
                 would run its handlers again",
                self.remember
            ),
        );
        let keep = self.keep.unwrap_or_default();
        check(
            self.remember < keep,
            format!(
                "`keep({keep:?})` is longer than `remember({:?})`: bodies can't be kept longer than \
                 their deliveries",
                self.remember
            ),
        );
        problems
    }
}
