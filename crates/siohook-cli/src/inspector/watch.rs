//! Changes by other processes: `siohook replay` in another terminal writes to the same store.

use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::time::sleep;

use super::change::Change;
use super::{Subject, blocking};

/// How often the store is looked at.
const PAUSE: Duration = Duration::from_secs(1);

/// A look at a large store takes longer. So many times as long, nothing is looked at.
const REST: u32 = 50;

/// Readers that are told of more than this ask for the list.
const MOST: usize = 100;

/// Tells readers what changed in the store without a word, until the future is dropped.
pub(super) async fn watch(subject: Arc<Subject>) {
    let mut pause = PAUSE;
    loop {
        sleep(pause).await;
        if !subject.changes.has_readers() {
            continue;
        }
        let start = Instant::now();
        let own = Arc::clone(&subject);
        // A store that can't be read is an error of what the page asks for.
        let changes = blocking(move || Ok(own.index.untold()?)).await;
        let changes = changes.unwrap_or_default();
        if changes.len() > MOST {
            subject.changes.tell(Change::Many);
        } else {
            for change in changes {
                subject.changes.tell(change);
            }
        }
        pause = PAUSE.max(start.elapsed() * REST);
    }
}
