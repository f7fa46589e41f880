use std::io;

use nix::sched::{CpuSet, sched_getaffinity, sched_setaffinity};
use nix::unistd::Pid;

/// Two cores: one for the measured process, one for this program.
#[derive(Clone, Copy, Debug)]
pub struct Cores {
    measured: usize,
    own: usize,
}

impl Cores {
    /// Takes the first and the last core that this thread may use, and moves it
    /// to the first.
    ///
    /// # Errors
    ///
    /// This thread may use only one core.
    pub fn choose() -> io::Result<Self> {
        let all = sched_getaffinity(Pid::from_raw(0))?;
        let mut cores = (0..CpuSet::count()).filter(|&core| all.is_set(core).unwrap_or(false));
        let (Some(own), Some(measured)) = (cores.next(), cores.next_back()) else {
            let text = "needs two cores: one for the server, one for the load";
            return Err(io::Error::other(text));
        };
        pin(own)?;
        Ok(Self { measured, own })
    }

    /// Calls `start` on the core for the measured process. Children and threads stay
    /// on the core where they were started.
    ///
    /// # Errors
    ///
    /// The system refuses, or `start` fails.
    pub fn measured<T>(self, start: impl FnOnce() -> io::Result<T>) -> io::Result<T> {
        pin(self.measured)?;
        let started = start();
        pin(self.own)?;
        started
    }
}

fn pin(core: usize) -> io::Result<()> {
    let mut cores = CpuSet::new();
    cores.set(core)?;
    Ok(sched_setaffinity(Pid::from_raw(0), &cores)?)
}
