use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::Duration;

use tokio::sync::oneshot;

use super::{Accept, Command, Run};

/// What is written together.
#[derive(Default)]
pub(super) struct Group {
    pub(super) accepts: Vec<(Accept, oneshot::Sender<()>)>,
    pub(super) ends: Vec<Run>,
}

impl Group {
    /// Takes what is waiting, at most `most` commands, after it waited for the first one. Returns
    /// whether others follow.
    pub(super) fn take(
        &mut self,
        commands: &Receiver<Command>,
        most: usize,
        patience: Duration,
    ) -> bool {
        let mut next = match commands.recv_timeout(patience) {
            Ok(command) => Some(command),
            Err(RecvTimeoutError::Timeout) => None,
            Err(RecvTimeoutError::Disconnected) => return false,
        };
        let (mut taken, mut goes_on) = (0, true);
        while let Some(command) = next {
            match command {
                Command::Accept(accept, reply) => self.accepts.push((accept, reply)),
                Command::Done(run) => self.ends.push(run),
                Command::Stop => goes_on = false,
            }
            taken += 1;
            next = (taken < most).then(|| commands.try_recv().ok()).flatten();
        }
        goes_on
    }
}
