//! The thread of an operator, which has a connection of its own.

use std::sync::Arc;
use std::sync::mpsc::{SendError, Sender, channel};
use std::thread::{self, JoinHandle};

use super::Shared;
use crate::InboxError;
use crate::store::Records;

/// What the thread does. It drops the second argument before it replies.
pub(super) type Job = Box<dyn FnOnce(&mut Connection, Busy) + Send>;

/// Shows that a job is not done.
pub(super) type Busy = Arc<()>;

/// A connection that is opened when it is needed.
pub(super) struct Connection {
    shared: Arc<Shared>,
    records: Option<Box<dyn Records>>,
}

impl Connection {
    /// Does something with the store. After an error, the next call opens it anew.
    pub(super) fn call<T>(
        &mut self,
        call: impl FnOnce(&mut dyn Records, &Shared) -> Result<T, InboxError>,
    ) -> Result<T, InboxError> {
        let opened = self.records.take();
        let mut records = match opened.filter(|records| !records.has_ended()) {
            Some(records) => records,
            None => self.shared.place.clone().records(&self.shared.clock)?,
        };
        let result = call(&mut *records, &self.shared);
        if !matches!(result, Err(InboxError::Store(_))) {
            self.records = Some(records);
        }
        result
    }
}

/// Takes jobs, one after the other.
pub(super) struct Thread {
    jobs: Option<Sender<(Job, Busy)>>,
    handle: Option<JoinHandle<()>>,
    busy: Busy,
}

impl Thread {
    pub(super) fn start(shared: Arc<Shared>) -> Result<Self, InboxError> {
        let (jobs, receiver) = channel::<(Job, Busy)>();
        let mut connection = Connection {
            shared,
            records: None,
        };
        let work = move || {
            for (job, busy) in receiver {
                job(&mut connection, busy);
            }
        };
        let handle = thread::Builder::new()
            .name("siohook-operator".to_owned())
            .spawn(work)
            .map_err(|error| InboxError::thread(&error))?;
        Ok(Self {
            jobs: Some(jobs),
            handle: Some(handle),
            busy: Arc::default(),
        })
    }

    /// Sends a job, or returns it if the thread has ended.
    pub(super) fn send(&self, job: Job) -> Result<(), Job> {
        match &self.jobs {
            Some(jobs) => {
                let sent = jobs.send((job, Arc::clone(&self.busy)));
                sent.map_err(|SendError((job, _))| job)
            }
            None => Err(job),
        }
    }
}

impl Drop for Thread {
    /// Closes the connection. A job whose caller does not wait for it any more goes on.
    fn drop(&mut self) {
        drop(self.jobs.take());
        if Arc::strong_count(&self.busy) == 1
            && let Some(handle) = self.handle.take()
        {
            let _ = handle.join();
        }
    }
}
