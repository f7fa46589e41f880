//! What processes tell each other: that there may be something to claim. A hint can get lost; each
//! process looks once a second anyway.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI32, Ordering};
use std::time::{Duration, Instant};

use futures_channel::mpsc::Receiver;
use futures_util::StreamExt as _;
use tokio::sync::Notify;
use tokio::task::JoinHandle;
use tokio::time::sleep;
use tokio_postgres::Notification;

use super::link::{Current, Session};
use super::statements::NOTIFY;
use crate::store::Result;

/// How often a process tells others at most. All notifications of a server go through one lock.
const APART: Duration = Duration::from_millis(5);

/// How often a process looks without a hint.
const LOOK: Duration = Duration::from_secs(1);

/// The hints of a process.
pub(super) struct Hints {
    heard: Arc<Heard>,
    looked: Instant,
    told: Instant,
    /// A hint will be sent in a moment.
    is_planned: Arc<AtomicBool>,
    listener: Option<JoinHandle<()>>,
}

#[derive(Default)]
struct Heard {
    has_hint: AtomicBool,
    wake: Notify,
    /// The connection whose hints are those of this process.
    own: AtomicI32,
}

impl Hints {
    pub(super) fn new() -> Self {
        Self {
            heard: Arc::default(),
            looked: Instant::now(),
            told: Instant::now(),
            is_planned: Arc::default(),
            listener: None,
        }
    }

    /// Listens on a connection, unless it does already.
    pub(super) async fn listen(&mut self, session: &Arc<Session>) -> Result<()> {
        if let Some(notifications) = session.connection.notifications() {
            let channel = session.names().quoted();
            let listens = session.batch(&format!("LISTEN {channel}")).await;
            // Another connection tries again.
            listens.inspect_err(|_| session.give_up())?;
            let listener = tokio::spawn(listen(Arc::clone(&self.heard), notifications));
            if let Some(before) = self.listener.replace(listener) {
                before.abort();
            }
            // What was told in between was not heard.
            self.heard.has_hint.store(true, Ordering::Relaxed);
        }
        Ok(())
    }

    /// Says which connection tells others.
    pub(super) fn tell_by(&self, session: &Session) {
        self.heard
            .own
            .store(session.connection.pid, Ordering::Relaxed);
    }

    /// Tells others that there may be something to claim, now or in a few milliseconds.
    pub(super) fn tell(&mut self, current: Current) {
        if self.is_planned.swap(true, Ordering::Relaxed) {
            return;
        }
        let wait = APART.saturating_sub(self.told.elapsed());
        self.told = Instant::now() + wait;
        let is_planned = Arc::clone(&self.is_planned);
        tokio::spawn(async move {
            sleep(wait).await;
            is_planned.store(false, Ordering::Relaxed);
            if let Some(session) = current.upgrade() {
                // Others look anyway, a little later.
                let _ = tell(&session).await;
            }
        });
    }

    /// Whether it is time to look: someone said so, or a second has passed.
    pub(super) fn take(&mut self) -> bool {
        let is_time = self.looked.elapsed() >= LOOK;
        let has_hint = self.heard.has_hint.swap(false, Ordering::Relaxed);
        if is_time || has_hint {
            self.looked = Instant::now();
        }
        is_time || has_hint
    }

    /// Waits for the next hint.
    pub(super) async fn next(&self) {
        if !self.heard.has_hint.load(Ordering::Relaxed) {
            self.heard.wake.notified().await;
        }
    }
}

/// Tells others at once.
pub(super) async fn tell(session: &Session) -> Result<()> {
    let channel = session.names().schema();
    session.query(NOTIFY, &[&channel]).await.map(drop)
}

async fn listen(heard: Arc<Heard>, mut notifications: Receiver<Notification>) {
    while let Some(hint) = notifications.next().await {
        if hint.process_id() != heard.own.load(Ordering::Relaxed) {
            heard.has_hint.store(true, Ordering::Relaxed);
            heard.wake.notify_one();
        }
    }
}
