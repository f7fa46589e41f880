use std::sync::Arc;
use std::sync::atomic::Ordering;

use tokio::sync::OwnedMutexGuard;

use super::link::Session;
use crate::store::Result;

/// An open transaction, which has its connection for itself: a sign of life in it would be rolled
/// back with it.
///
/// If it is dropped without an end, the connection has to be broken.
pub(super) struct Transaction {
    session: Arc<Session>,
    _alone: OwnedMutexGuard<()>,
}

impl Transaction {
    pub(super) async fn begin(session: Arc<Session>) -> Result<Self> {
        let alone = session.alone().await;
        session.batch(&session.connection.begin).await?;
        session.is_in_transaction.store(true, Ordering::Relaxed);
        Ok(Self {
            session,
            _alone: alone,
        })
    }

    pub(super) fn session(&self) -> Arc<Session> {
        Arc::clone(&self.session)
    }

    pub(super) async fn commit(self) -> Result<()> {
        self.end("COMMIT").await
    }

    pub(super) async fn rollback(self) {
        // If it fails, the connection is broken, and the server rolls back.
        let _ = self.end("ROLLBACK").await;
    }

    async fn end(self, sql: &str) -> Result<()> {
        self.session
            .is_in_transaction
            .store(false, Ordering::Relaxed);
        self.session.batch(sql).await
    }
}
