//! Kills processes that accept and handle deliveries under load, again and again, and then checks
//! what they left behind, in SQLite or in PostgreSQL.
//!
//! ```sh
//! cargo run -p siohook-inbox --all-features --example kill -- --seconds 60 --processes 2
//! ```
//!
//! With `--postgres`, it starts a server. With `--restarts 5`, the server restarts five times
//! meanwhile, without warning.
//!
//! It ends with an error if a delivery that was acknowledged is lost, if a copy of it is accepted, if
//! a handler whose end was recorded ran again, if the runs of a process were taken back while it was
//! still there or in its lease, or if a run has another end than its handler decided.

mod checker;
mod child;
mod database;
mod handlers;

use std::env;
use std::error::Error;
use std::fmt::Display;
use std::path::Path;
use std::process::{Child, Command};
use std::thread::sleep;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use checker::SERVER;
use database::Database;

type Result<T> = std::result::Result<T, Box<dyn Error>>;

fn main() -> Result<()> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["child", place, folder, first] => child::produce(place, Path::new(folder), first.parse()?),
        ["finish", place, folder] => child::finish(place, Path::new(folder)),
        _ => kill(&Options::read(&arguments)?),
    }
}

const USAGE: &str = "arguments: --seconds N --processes N [--postgres [--restarts N]]";

struct Options {
    time: Duration,
    processes: usize,
    is_postgres: bool,
    restarts: u32,
}

impl Options {
    fn read(arguments: &[String]) -> Result<Self> {
        let mut options = Self {
            time: Duration::from_secs(60),
            processes: 2,
            is_postgres: false,
            restarts: 0,
        };
        let mut arguments = arguments.iter();
        while let Some(argument) = arguments.next() {
            let mut value = || arguments.next().ok_or("an argument needs a number");
            match argument.as_str() {
                "--seconds" => options.time = Duration::from_secs(value()?.parse()?),
                "--processes" => options.processes = value()?.parse()?,
                "--postgres" => options.is_postgres = true,
                "--restarts" => options.restarts = value()?.parse()?,
                _ => return Err(USAGE.into()),
            }
        }
        if options.restarts > 0 && !options.is_postgres {
            return Err(USAGE.into());
        }
        Ok(options)
    }
}

/// Kills one of the processes after 20 to 220 ms, and starts another one, until the time is over.
fn kill(options: &Options) -> Result<()> {
    let program = env::current_exe()?;
    let folder = program.parent().ok_or("the program lies nowhere")?;
    let folder = tempfile::tempdir_in(folder)?;
    let folder = folder.path();
    let database = if options.is_postgres {
        Database::postgres()
    } else {
        Database::sqlite(folder)?
    };
    let spawn = |role: &str, rest: &[&str]| {
        spawn(&[&[role, &database.place, path(folder)?], rest].concat())
    };
    let mut first = 0;
    let mut start = || {
        first += 10_000_000_u64;
        spawn("child", &[&first.to_string()])
    };
    // The tables are there once a process opened the inbox.
    spawn("finish", &[])?.0.wait()?;
    database.watch()?;
    let killed = handlers::Log::append(&folder.join("killed"))?;
    let note = |name: &dyn Display| {
        let since = SystemTime::now().duration_since(UNIX_EPOCH)?;
        killed.line(&format!("{name} {}", since.as_millis()));
        Ok::<_, Box<dyn Error>>(())
    };
    let end = |child: &mut Victim| {
        if let Some(status) = child.0.try_wait()? {
            return Err(format!("a process ended by itself: {status}").into());
        }
        note(&child.0.id())?;
        child.0.kill()?;
        child.0.wait()?;
        Ok::<_, Box<dyn Error>>(())
    };
    let mut children = (0..options.processes)
        .map(|_| start())
        .collect::<Result<Vec<_>>>()?;
    let (started, mut kills, mut restarts) = (Instant::now(), 0, 0);
    while started.elapsed() < options.time {
        sleep(Duration::from_millis(fastrand::u64(20..220)));
        let next = options.time * (restarts + 1) / (options.restarts + 1);
        if restarts < options.restarts && started.elapsed() > next {
            note(&SERVER)?;
            database.restart();
            note(&SERVER)?;
            restarts += 1;
        }
        let child = &mut children[fastrand::usize(0..options.processes)];
        end(child)?;
        kills += 1;
        *child = start()?;
    }
    for child in &mut children {
        end(child)?;
        kills += 1;
    }
    let drained = Instant::now();
    let mut last = spawn("finish", &[])?;
    let status = loop {
        if let Some(status) = last.0.try_wait()? {
            break status;
        }
        sleep(Duration::from_millis(100));
        database.hurry()?;
    };
    if !status.success() {
        return Err("the last process could not finish what was left".into());
    }
    println!(
        "{kills} kills of {} process(es), {restarts} restarts in {:?}, the rest was finished in {:?}",
        options.processes,
        started.elapsed(),
        drained.elapsed()
    );
    checker::check(&database, folder)
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
