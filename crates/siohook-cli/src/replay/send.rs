//! Sends deliveries once more, and writes into their logs what came of it.

use std::sync::Arc;

use siohook_events::Shown;
use tokio::task::JoinSet;

use super::again::Again;
use super::pace::Pace;
use super::report::{Tally, write};
use super::{As, FAILURES, Replay};
use crate::receiver::{Answered, Receiver};
use crate::store::{Deed, Entry, Exchange, Found, Store};
use crate::{Exit, Failure, Output, forward};

/// What came of one.
type Sent = (Found, Result<Answered, Failure>);

impl Replay {
    pub(super) async fn send_all(
        self,
        requests: Vec<(Found, Vec<u8>)>,
        receiver: Receiver,
        store: &Store,
        output: Output,
    ) -> Result<Exit, Failure> {
        let receiver = Arc::new(receiver);
        let total = requests.len();
        let mut left = requests.into_iter();
        let mut pace = Pace::new(self.rate);
        let mut tasks: JoinSet<Sent> = JoinSet::new();
        let mut tally = Tally::default();
        loop {
            let has_given_up = tally.in_a_row >= FAILURES && !self.keep_going;
            while tasks.len() < self.parallel as usize && !has_given_up {
                let Some((found, bytes)) = left.next() else {
                    break;
                };
                pace.wait().await;
                let receiver = Arc::clone(&receiver);
                tasks.spawn(async move {
                    let answered = receiver.send_bytes(&bytes).await;
                    (found, answered)
                });
            }
            let Some(ended) = tasks.join_next().await else {
                break;
            };
            let (found, answered) = ended.expect("a task that sends does not panic");
            write(output, &found, self.r#as, Some(&answered))?;
            if let Some(entry) = &found.entry {
                store.log(entry, &deed(self.r#as, receiver.exchange(&answered)))?;
            }
            tally.add(&answered);
        }
        tally.tell(total, self.r#as, output);
        match tally.failure {
            Some(failure) if tally.answered == 0 => Err(failure),
            _ => Ok(tally.exit),
        }
    }
}

/// Refuses what can't be sent as it was received.
pub(super) fn check(found: &Found, may_be_edited: bool) -> Result<(), Failure> {
    let (name, capture) = (Shown::value(&found.name), &found.capture);
    if capture.is_truncated() {
        let message = format!("{name} was not recorded to its end, so it can't be sent");
        return Err(Failure::new(Exit::Usage, "truncated", message));
    }
    if capture.is_body_edited() && !may_be_edited {
        let message = format!("{name} was edited since it was received");
        return Err(Failure::new(Exit::Usage, "edited", message)
            .hint("`--edited` sends it as it is now; `--resign` signs it anew"));
    }
    Ok(())
}

/// Sends a delivery of the store once more, and writes what came of it into its log.
pub(crate) async fn one(
    entry: &Entry,
    r#as: As,
    receiver: &Receiver,
    store: &Store,
) -> Result<Deed, Failure> {
    let found = Found {
        name: entry.id.clone(),
        capture: entry.read()?,
        entry: None,
    };
    check(&found, false)?;
    let again = Again {
        r#as,
        secret: None,
        token: None,
    };
    let changes = again.changes(&found.capture)?;
    let bytes = forward::to(receiver.url(), &found.capture, &changes);
    let exchange = receiver.exchange(&receiver.send_bytes(&bytes).await);
    let deed = deed(r#as, exchange);
    store.log(entry, &deed)?;
    Ok(deed)
}

/// The line of the log.
fn deed(r#as: As, exchange: Exchange) -> Deed {
    let r#as = match r#as {
        As::Same => "same",
        As::Attempt => "attempt",
        As::New => "new",
    };
    Deed::Replayed {
        r#as: r#as.to_owned(),
        exchange,
    }
}
