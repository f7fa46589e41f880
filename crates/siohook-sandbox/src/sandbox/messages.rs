use std::sync::Arc;
use std::time::Duration;

use siohook_events::Mechanism;
use tokio::time::{Instant, timeout_at};

use super::Sandbox;
use crate::control::Filter;
use crate::{Message, Status};

/// The real time that a test waits for a message.
const PATIENCE: Duration = Duration::from_secs(10);

impl Sandbox {
    /// Returns the messages, all of them unless a method of the result leaves some out.
    pub fn messages(&self) -> Messages<'_> {
        Messages {
            sandbox: self,
            filter: Filter::default(),
        }
    }
}

/// Messages that were sent or are to be: see [`Sandbox::messages`].
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let sandbox = siohook_sandbox::Sandbox::start().await?;
/// sandbox.webhook("main", "http://localhost:9/systeme").create().await?;
/// sandbox.contact("jane@example.com").buys("Course").await?;
/// assert_eq!(sandbox.messages().event("SALE_NEW").all().len(), 1);
/// assert_eq!(sandbox.messages().contact("ada@example.com").all().len(), 0);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct Messages<'a> {
    sandbox: &'a Sandbox,
    filter: Filter,
}

impl Messages<'_> {
    /// Takes messages of this event only. Called again, those of that event as well.
    pub fn event(mut self, event: &str) -> Self {
        self.filter.events.push(event.to_owned());
        self
    }

    /// Takes messages with this status only. Called again, those with that status as well.
    pub fn status(mut self, status: Status) -> Self {
        self.filter.statuses.push(status);
        self
    }

    /// Takes messages of account webhooks, or those of automations, only.
    pub fn mechanism(mut self, mechanism: Mechanism) -> Self {
        self.filter.mechanisms = vec![mechanism];
        self
    }

    /// Takes messages about the contact with this e-mail address only.
    pub fn contact(mut self, email: &str) -> Self {
        let account = &self.sandbox.account;
        let id = account.read(|state| state.contact_with_email(email).map(|one| one.id));
        // No contact has the id 0.
        self.filter.contact = Some(id.unwrap_or(0));
        self
    }

    /// Takes messages of the webhook with this id only.
    pub fn webhook(mut self, id: &str) -> Self {
        self.filter.webhook = Some(id.to_owned());
        self
    }

    /// Returns those that there are now, the oldest first.
    #[must_use]
    pub fn all(&self) -> Vec<Arc<Message>> {
        let messages = self.sandbox.account.sender.messages().into_iter();
        messages
            .filter(|message| self.filter.matches(message))
            .collect()
    }

    /// Waits until there are this number of them, and the attempts under way have ended. Returns
    /// them, the oldest first.
    ///
    /// # Panics
    ///
    /// If there are fewer after 10 seconds of real time, or more.
    pub async fn exactly(&self, count: usize) -> Vec<Arc<Message>> {
        let mut changes = self.sandbox.changes();
        let end = Instant::now() + PATIENCE;
        let under_way =
            |one: &Arc<Message>| matches!(one.status, Status::Queued | Status::Delivering);
        loop {
            let found = self.all();
            let is_under_way = found.iter().any(under_way);
            let is_settled = found.len() >= count && !is_under_way;
            // A missed change is a change as well. An attempt ends by its own time-out.
            let is_over = !is_settled && timeout_at(end, changes.recv()).await.is_err();
            if is_over && is_under_way {
                let _ = changes.recv().await;
            } else if is_settled || is_over {
                assert!(
                    found.len() == count,
                    "there are {} such messages instead of {count}; the sandbox has {}",
                    found.len(),
                    self.listed(),
                );
                return found;
            }
        }
    }

    /// Waits until there is one of them, and its attempt under way has ended.
    ///
    /// # Panics
    ///
    /// If there is not exactly one after 10 seconds of real time.
    pub async fn one(&self) -> Arc<Message> {
        let mut found = self.exactly(1).await;
        found.remove(0)
    }

    /// All messages of the sandbox, for the text of a panic.
    fn listed(&self) -> String {
        let messages = self.sandbox.account.sender.messages();
        let listed: Vec<_> = messages
            .iter()
            .map(|message| format!("{} ({})", message.event(), message.status.as_str()))
            .collect();
        match &*listed {
            [] => "no message".to_owned(),
            listed => listed.join(", "),
        }
    }
}

impl Message {
    /// Checks that it was delivered with this number of attempts.
    ///
    /// # Panics
    ///
    /// If it was not. The text has what came of each attempt.
    #[track_caller]
    pub fn assert_delivered(&self, attempts: usize) {
        let made = self.attempts.len();
        assert!(
            self.status == Status::Delivered && made == attempts,
            "{} {} is `{}` after {made} attempts; expected is `delivered` after {attempts}: {}",
            self.event(),
            self.id,
            self.status.as_str(),
            self.outcomes(),
        );
    }

    /// What came of each attempt, for the text of a panic.
    fn outcomes(&self) -> String {
        let outcomes = self.attempts.iter().map(|attempt| {
            let what = match (attempt.status, &attempt.error) {
                (_, Some(error)) => error.clone(),
                (Some(status), None) => format!("status {status}"),
                (None, None) => attempt.outcome.as_str().to_owned(),
            };
            match &attempt.hint {
                Some(hint) => format!("{}. {what} ({hint})", attempt.n),
                None => format!("{}. {what}", attempt.n),
            }
        });
        let outcomes: Vec<_> = outcomes.collect();
        outcomes.join("; ")
    }
}
