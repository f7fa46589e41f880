//! The log of calls to systeme.io's API.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use serde::{Serialize, Serializer};
use siohook_events::Timestamp;

use crate::ChaosHit;

/// A call to systeme.io's API. The key is not in it.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct ApiRequest {
    /// From 1.
    pub(crate) id: u64,
    pub(crate) at: Timestamp,
    /// Real milliseconds that it took.
    pub(crate) ms: u64,
    pub(crate) method: String,
    /// With the query.
    pub(crate) path: String,
    pub(crate) status: u16,
    /// The first 64 KiB.
    #[serde(serialize_with = "text")]
    pub(crate) request_body: Bytes,
    /// The first 64 KiB.
    #[serde(serialize_with = "text")]
    pub(crate) response_body: Bytes,
    /// Members of the body that were not read.
    pub(crate) ignored: Vec<String>,
    /// What the API accepted, and systeme.io may refuse.
    pub(crate) note: Option<String>,
    /// What went wrong on purpose.
    pub(crate) chaos: Vec<ChaosHit>,
}

fn text<S: Serializer>(body: &Bytes, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&String::from_utf8_lossy(body))
}

/// The latest calls, oldest first.
#[derive(Debug)]
pub(crate) struct Requests {
    keep: usize,
    log: Mutex<Log>,
}

#[derive(Debug, Default)]
struct Log {
    last: u64,
    kept: VecDeque<Arc<ApiRequest>>,
}

impl Requests {
    pub(super) fn new(keep: usize) -> Self {
        let log = Mutex::default();
        Self { keep, log }
    }

    /// Adds a call, and gives it its id.
    pub(crate) fn push(&self, mut request: ApiRequest) -> Arc<ApiRequest> {
        let mut log = self.log();
        log.last += 1;
        request.id = log.last;
        let request = Arc::new(request);
        log.kept.push_back(Arc::clone(&request));
        if log.kept.len() > self.keep {
            log.kept.pop_front();
        }
        request
    }

    /// The calls before the one of this id, newest first.
    pub(crate) fn before(&self, id: Option<u64>, limit: usize) -> Vec<Arc<ApiRequest>> {
        let log = self.log();
        let calls = log.kept.iter().rev();
        let older = calls.filter(|call| id.is_none_or(|id| call.id < id));
        older.take(limit).cloned().collect()
    }

    pub(super) fn clear(&self) {
        self.log().kept.clear();
    }

    fn log(&self) -> MutexGuard<'_, Log> {
        self.log.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
