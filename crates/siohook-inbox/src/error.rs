use std::error::Error;
use std::fmt;
use std::io;

use crate::store::StoreError;

/// Error of an inbox. `Display` says what to do.
///
/// ```no_run
/// use siohook::Dispatcher;
/// use siohook_inbox::{Inbox, InboxError};
///
/// async fn open(dispatcher: &Dispatcher) -> Inbox {
///     match Inbox::sqlite("inbox.db").open(dispatcher).await {
///         Ok(inbox) => inbox,
///         Err(InboxError::Settings(problems)) => panic!("{}", problems.join("\n")),
///         Err(error) => panic!("{error}"),
///     }
/// }
/// ```
#[derive(Debug)]
#[non_exhaustive]
pub enum InboxError {
    /// The builder, or a handler of the dispatcher, can't be used: every problem.
    Settings(Vec<String>),
    /// The store can't be used, or is not available. The text names its file or its server.
    Store(String),
    /// [`Inbox::run`](crate::Inbox::run) is running already in this inbox.
    AlreadyRunning,
    /// What an [`Operator`](crate::Operator) was asked for can't be done: a pattern is wrong, or a
    /// delivery is not stored any more. The text says why.
    Request(String),
}

impl InboxError {
    pub(crate) fn store(error: &StoreError) -> Self {
        Self::Store(error.to_string())
    }

    pub(crate) fn thread(error: &io::Error) -> Self {
        Self::Store(format!(
            "the thread of the inbox could not be started: {error}; raise the limit of threads"
        ))
    }
}

impl From<StoreError> for InboxError {
    fn from(error: StoreError) -> Self {
        Self::store(&error)
    }
}

impl fmt::Display for InboxError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Settings(problems) => {
                f.write_str("the inbox can't be opened:")?;
                problems
                    .iter()
                    .try_for_each(|problem| write!(f, "\n- {problem}"))
            }
            Self::Store(text) | Self::Request(text) => f.write_str(text),
            Self::AlreadyRunning => f.write_str(
                "`run` is running already in this inbox; call it once, and raise \
                 `running_at_most` for more runs at a time",
            ),
        }
    }
}

impl Error for InboxError {}
