use std::error::Error;
use std::fmt;
use std::sync::Arc;

use siohook_events::Mechanism;

use super::{Sender, work};
use crate::{Message, Status};

impl Sender {
    /// Sends a message once more now, with the same message id and time and a new attempt id.
    ///
    /// If it fails, everything is as it was before: a message that waits keeps the time of its
    /// next attempt, and one that was delivered stays delivered.
    ///
    /// ```
    /// use siohook_sandbox::{ResendError, Sender};
    ///
    /// fn send_now(sender: &Sender, id: &str) -> Result<(), ResendError> {
    ///     sender.resend(id)
    /// }
    /// ```
    ///
    /// # Errors
    ///
    /// If there is no such message, an attempt is under way, or the webhook is gone.
    pub fn resend(&self, id: &str) -> Result<(), ResendError> {
        let (number, message) = self.find(id)?;
        if self.0.directory.target(message.source()).is_none() {
            return Err(ResendError::NoReceiver);
        }
        let before = {
            let mut state = self.0.state();
            let message = state.log.get(number).ok_or(ResendError::Unknown)?;
            let before = message.status;
            if matches!(before, Status::Queued | Status::Delivering) {
                return Err(ResendError::UnderWay);
            }
            self.0.update(&mut state, number, |message| {
                message.status = Status::Queued;
            });
            before
        };
        work::enqueue(&self.0, number, Some(before));
        Ok(())
    }

    /// Sends the same payload as a new message, with a new id and the time of now. Returns the
    /// id.
    ///
    /// ```
    /// use siohook_sandbox::{ResendError, Sender};
    ///
    /// fn send_twice(sender: &Sender, id: &str) -> Result<[String; 2], ResendError> {
    ///     Ok([sender.send_as_new(id)?, sender.send_as_new(id)?])
    /// }
    /// ```
    ///
    /// # Errors
    ///
    /// If there is no such message.
    pub fn send_as_new(&self, id: &str) -> Result<String, ResendError> {
        let (_, message) = self.find(id)?;
        let mut outgoing = message.outgoing();
        let now = self.0.clock.now();
        outgoing.sample = match outgoing.sample.mechanism() {
            Mechanism::Account => {
                let id = self.0.state().ids.next(now);
                outgoing.sample.with_message_id(&id).at(&now.to_string())
            }
            // A body without a time is sent as it is.
            _ if outgoing.sample.occurred_at().is_none() => outgoing.sample,
            _ => outgoing.sample.at(&now.to_string()),
        };
        Ok(self.send(outgoing))
    }

    fn find(&self, id: &str) -> Result<(u64, Arc<Message>), ResendError> {
        let state = self.0.state();
        let number = state.log.number(id);
        let found = number.and_then(|number| Some((number, state.log.get(number)?.clone())));
        found.ok_or(ResendError::Unknown)
    }
}

/// Error of a message that can't be sent again.
///
/// ```
/// use siohook_sandbox::ResendError;
///
/// assert_eq!(ResendError::Unknown.to_string(), "there is no such message any more");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ResendError {
    /// It is not in the log.
    Unknown,
    /// An attempt is queued or under way.
    UnderWay,
    /// The webhook or the rule was deleted or switched off.
    NoReceiver,
}

impl fmt::Display for ResendError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Unknown => "there is no such message any more",
            Self::UnderWay => "an attempt of this message is under way",
            Self::NoReceiver => "the webhook or the rule was deleted or switched off",
        })
    }
}

impl Error for ResendError {}
