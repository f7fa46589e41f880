use std::fs;
use std::io::{self, BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::Duration;

use nix::time::{ClockId, clock_getcpuclockid, clock_gettime};
use nix::unistd::Pid;

/// A child process that reads and prints lines. It ends when its standard input ends,
/// so no child outlives this process.
#[derive(Debug)]
pub struct Process {
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
}

impl Process {
    /// Starts the process.
    ///
    /// # Errors
    ///
    /// The program can't be started.
    pub fn start(command: &mut Command) -> io::Result<Self> {
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|error| io::Error::new(error.kind(), format!("{command:?}: {error}")))?;
        match (child.stdin.take(), child.stdout.take()) {
            (Some(input), Some(output)) => Ok(Self {
                child,
                input,
                output: BufReader::new(output),
            }),
            _ => Err(io::Error::other("the process has no pipes")),
        }
    }

    /// Reads the next line that the process prints.
    ///
    /// # Errors
    ///
    /// The process has ended.
    pub fn read_line(&mut self) -> io::Result<String> {
        let mut line = String::new();
        if self.output.read_line(&mut line)? == 0 {
            return Err(io::Error::other("a measured process has ended"));
        }
        Ok(line.trim_end().to_owned())
    }

    /// Writes a line to the standard input of the process.
    ///
    /// # Errors
    ///
    /// The process has ended.
    pub fn write_line(&mut self, line: &str) -> io::Result<()> {
        writeln!(self.input, "{line}")?;
        self.input.flush()
    }

    /// CPU time of the process and all its threads, user and system.
    ///
    /// # Errors
    ///
    /// The process has ended.
    pub fn cpu_time(&self) -> io::Result<Duration> {
        let id = i32::try_from(self.child.id()).map_err(io::Error::other)?;
        Ok(clock_gettime(clock_getcpuclockid(Pid::from_raw(id))?)?.into())
    }
}

/// CPU time of this process, user and system.
///
/// # Errors
///
/// The system has no such clock.
pub fn own_cpu_time() -> io::Result<Duration> {
    Ok(clock_gettime(ClockId::CLOCK_PROCESS_CPUTIME_ID)?.into())
}

/// Resident memory of this process, in bytes.
///
/// # Errors
///
/// This is not Linux.
pub fn resident_bytes() -> io::Result<f64> {
    let statm = fs::read_to_string("/proc/self/statm")?;
    let pages = statm.split(' ').nth(1).unwrap_or_default();
    let pages: u32 = pages.parse().map_err(io::Error::other)?;
    // `x86_64` and most others have pages of this size.
    Ok(f64::from(pages) * 4096.0)
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
