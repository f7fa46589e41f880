//! Keys that are read while a listener runs.

use std::io::{self, IsTerminal as _};
use std::thread;
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, poll};
use rustix::process::getpgrp;
use rustix::termios::{LocalModes, OptionalActions, Termios, tcgetattr, tcgetpgrp, tcsetattr};
use tokio::sync::mpsc::{self, UnboundedReceiver};

use crate::Output;

/// How often a program in the background looks whether it is in front again.
const BEHIND: Duration = Duration::from_millis(500);

/// A terminal that hands over each key at once, and does not show it. When this is dropped, it is as
/// before.
pub(super) struct Keyboard {
    before: Termios,
    keys: UnboundedReceiver<u8>,
}

impl Keyboard {
    /// Reads keys if there is a person who can press them.
    pub(super) fn new(output: Output) -> Option<Self> {
        let has_person = output.has_input && !output.is_json && io::stderr().is_terminal();
        if !has_person || !is_in_front() {
            return None;
        }
        let before = tcgetattr(io::stdin()).ok()?;
        let mut by_key = before.clone();
        // ^C goes on to send a signal.
        by_key
            .local_modes
            .remove(LocalModes::ICANON | LocalModes::ECHO);
        tcsetattr(io::stdin(), OptionalActions::Now, &by_key).ok()?;
        let (sender, keys) = mpsc::unbounded_channel();
        thread::spawn(move || {
            while let Some(key) = read() {
                if sender.send(key).is_err() {
                    return;
                }
            }
        });
        Some(Self { before, keys })
    }

    /// The next key. Waits for ever if the terminal is gone.
    pub(super) async fn next(&mut self) -> char {
        match self.keys.recv().await {
            Some(key) => char::from(key),
            None => std::future::pending().await,
        }
    }
}

impl Drop for Keyboard {
    fn drop(&mut self) {
        // The terminal may be gone.
        let _ = tcsetattr(io::stdin(), OptionalActions::Now, &self.before);
    }
}

/// Whether the keys are for this program. A program that reads them in the background is stopped.
fn is_in_front() -> bool {
    tcgetpgrp(io::stdin()).is_ok_and(|group| group == getpgrp())
}

fn read() -> Option<u8> {
    loop {
        let stdin = io::stdin();
        match poll(&mut [PollFd::new(&stdin, PollFlags::IN)], None) {
            Err(rustix::io::Errno::INTR) => {}
            Err(_) => return None,
            Ok(_) if is_in_front() => {
                let mut key = [0];
                // Not through a buffer, into which `poll` does not look.
                return (rustix::io::read(stdin, &mut key).ok()? > 0).then_some(key[0]);
            }
            Ok(_) => thread::sleep(BEHIND),
        }
    }
}
