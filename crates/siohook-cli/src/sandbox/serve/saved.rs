use tokio::sync::watch::Receiver;

use crate::output;

/// Says when the sandbox can't be saved, and when it can again, until it ends.
pub(super) async fn follow(mut not_saved: Receiver<Option<String>>) {
    while not_saved.changed().await.is_ok() {
        match &*not_saved.borrow() {
            Some(error) => output::must(format_args!("not saved, goes on in memory: {error}")),
            None => output::must("saved again"),
        }
    }
}
