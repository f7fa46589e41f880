//! Keeps the account in its folder.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{oneshot, watch};
use tokio::task::{JoinHandle, spawn_blocking};
use tokio::time::sleep;

use crate::account::Account;
use crate::state::{DataDir, State, StateFileError};

/// Changes of this time are saved together.
const PAUSE: Duration = Duration::from_millis(200);

/// The time after which saving is tried again without a change.
const RETRY: Duration = Duration::from_secs(5);

/// The task that saves. It saves a last time when this is dropped.
#[derive(Debug)]
pub(super) struct Saver {
    end: oneshot::Sender<()>,
    task: JoinHandle<Result<(), StateFileError>>,
}

impl Saver {
    /// Keeps an account that was saved in this state.
    pub(super) fn start(account: &Arc<Account>, data: DataDir, saved: State) -> Self {
        let mut events = account.events.last();
        events.mark_changed();
        let (end, ended) = oneshot::channel();
        let task = run(Arc::clone(account), events, Arc::new(data), saved, ended);
        let task = tokio::spawn(task);
        Self { end, task }
    }

    /// Saves, and closes the folder.
    pub(super) async fn finish(self) -> Result<(), StateFileError> {
        drop(self.end);
        // The task ends without a panic.
        self.task.await.unwrap_or(Ok(()))
    }
}

async fn run(
    account: Arc<Account>,
    mut events: watch::Receiver<u64>,
    data: Arc<DataDir>,
    mut saved: State,
    mut ended: oneshot::Receiver<()>,
) -> Result<(), StateFileError> {
    loop {
        let is_saved = account.not_saved().borrow().is_none();
        let next = async {
            // The account is there, so it does not fail.
            tokio::select! {
                _ = events.changed() => {}
                () = sleep(RETRY), if !is_saved => {}
            }
            sleep(PAUSE).await;
        };
        let is_last = tokio::select! {
            () = next => false,
            _ = &mut ended => true,
        };
        let state = account.read(Clone::clone);
        let mut result = Ok(());
        if state != saved {
            let (data, copy) = (Arc::clone(&data), state.clone());
            // It is not cancelled, so it ends without an error of its own.
            result = spawn_blocking(move || data.save(&copy))
                .await
                .unwrap_or(Ok(()));
            if result.is_ok() {
                saved = state;
            }
        }
        if is_last {
            return result.and(account.sender.sync_file());
        }
        let of_messages = account.sender.tend_file();
        let failure = result.err().map(|error| error.to_string());
        account.note_saved(failure.or(of_messages));
    }
}
