//! Kills processes that accept and handle deliveries under load, again and again, and then checks
//! what they left behind.
//!
//! ```sh
//! cargo run -p siohook-inbox --example kill -- --seconds 60 --processes 2
//! ```
//!
//! It ends with an error if a delivery that was acknowledged is lost, if a copy of it is accepted, if
//! a handler whose end was recorded ran again, if the runs of a process were taken back while it was
//! still there, or if a run has another end than its handler decided.

mod checker;
mod child;
mod handlers;

use std::env;
use std::error::Error;
use std::path::Path;
use std::process::{Child, Command};
use std::thread::sleep;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

type Result<T> = std::result::Result<T, Box<dyn Error>>;

fn main() -> Result<()> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["child", folder, first] => child::produce(Path::new(folder), first.parse()?),
        ["finish", folder] => child::finish(Path::new(folder)),
        ["--seconds", seconds, "--processes", processes] => {
            kill(Duration::from_secs(seconds.parse()?), processes.parse()?)
        }
        _ => Err("arguments: --seconds N --processes N".into()),
    }
}

/// Kills one of the processes after 20 to 220 ms, and starts another one, until the time is over.
fn kill(time: Duration, processes: usize) -> Result<()> {
    let program = env::current_exe()?;
    let folder = program.parent().ok_or("the program lies nowhere")?;
    let folder = tempfile::tempdir_in(folder)?;
    let folder = folder.path();
    let mut first = 0;
    let mut start = || {
        first += 10_000_000_u64;
        spawn(&["child", path(folder)?, &first.to_string()])
    };
    checker::watch(folder)?;
    let killed = handlers::Log::append(&folder.join("killed"))?;
    let end = |child: &mut Victim| {
        if let Some(status) = child.0.try_wait()? {
            return Err(format!("a process ended by itself: {status}").into());
        }
        let since = SystemTime::now().duration_since(UNIX_EPOCH)?;
        killed.line(&format!("{} {}", child.0.id(), since.as_millis()));
        child.0.kill()?;
        child.0.wait()?;
        Ok::<_, Box<dyn Error>>(())
    };
    let mut children = (0..processes)
        .map(|_| start())
        .collect::<Result<Vec<_>>>()?;
    let (started, mut kills) = (Instant::now(), 0);
    while started.elapsed() < time {
        sleep(Duration::from_millis(fastrand::u64(20..220)));
        let child = &mut children[fastrand::usize(0..processes)];
        end(child)?;
        kills += 1;
        *child = start()?;
    }
    for child in &mut children {
        end(child)?;
        kills += 1;
    }
    let drained = Instant::now();
    if !spawn(&["finish", path(folder)?])?.0.wait()?.success() {
        return Err("the last process could not finish what was left".into());
    }
    println!(
        "{kills} kills of {processes} process(es) in {:?}, the rest was finished in {:?}",
        started.elapsed(),
        drained.elapsed()
    );
    checker::check(folder)
}

/// A process that does not outlive this one's interest in it.
struct Victim(Child);

impl Drop for Victim {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn spawn(arguments: &[&str]) -> Result<Victim> {
    let child = Command::new(env::current_exe()?).args(arguments).spawn();
    Ok(Victim(child?))
}

fn path(folder: &Path) -> Result<&str> {
    folder
        .to_str()
        .ok_or_else(|| "the folder's name is not UTF-8".into())
}
