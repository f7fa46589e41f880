//! A program in a process of its own, which takes commands by lines.

use std::env;
use std::fs::{self, DirEntry, OpenOptions};
use std::io::{BufRead as _, BufReader, Write as _, stdin};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

use siohook::ReplyOutcome;
use siohook::testing::block_on;
use siohook_inbox::InboxBuilder;

use crate::program::{Program, incoming, wait_until};

const FOLDER: &str = "FAULTS_FOLDER";
const HANDLERS: &str = "FAULTS_HANDLERS";
const VOLATILE: &str = "FAULTS_VOLATILE";
/// Other output of the test harness has no such start.
const ANSWER: &str = "= ";
const PRODUCERS: u64 = 16;

/// A process. It is killed when this is dropped.
pub(crate) struct Process {
    child: Child,
    commands: Option<ChildStdin>,
    answers: BufReader<ChildStdout>,
}

impl Process {
    /// Starts a program with an inbox in `folder`.
    pub(crate) fn start(folder: &Path, handlers: &str) -> Self {
        let mut process = Self::spawn(&mut Command::new("/proc/self/exe"), folder, handlers);
        assert_eq!(process.answer(), "open");
        process
    }

    /// Starts a program by a command, which is one of `sh`, `strace` and so on with the path of
    /// this executable.
    pub(crate) fn spawn(command: &mut Command, folder: &Path, handlers: &str) -> Self {
        let mut child = command
            .args([
                "--exact",
                "child",
                "--ignored",
                "--nocapture",
                "--test-threads=1",
            ])
            .env(FOLDER, folder)
            .env(HANDLERS, handlers)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        Self {
            commands: child.stdin.take(),
            answers: BufReader::new(child.stdout.take().unwrap()),
            child,
        }
    }

    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Sends a command and waits for its answer.
    pub(crate) fn ask(&mut self, command: &str) -> String {
        self.send(command);
        self.answer()
    }

    /// Sends a command.
    pub(crate) fn send(&mut self, command: &str) {
        writeln!(self.commands.as_mut().unwrap(), "{command}").unwrap();
    }

    pub(crate) fn answer(&mut self) -> String {
        self.try_answer().expect("the process has not ended")
    }

    /// Waits for an answer. Returns `None` if the process ends before.
    pub(crate) fn try_answer(&mut self) -> Option<String> {
        loop {
            let mut line = String::new();
            if self.answers.read_line(&mut line).unwrap() == 0 {
                return None;
            }
            if let Some((_, answer)) = line.split_once(ANSWER) {
                return Some(answer.trim_end().to_owned());
            }
        }
    }

    /// Sends a signal, such as `STOP`.
    pub(crate) fn signal(&self, signal: &str) {
        let kill = format!("kill -{signal} {}", self.id());
        let mut sh = Command::new("sh");
        assert!(sh.args(["-c", &kill]).status().unwrap().success());
        let tasks = format!("/proc/{}/task", self.id());
        let is_stopped = |task: DirEntry| {
            let status = fs::read_to_string(task.path().join("status")).unwrap_or_default();
            status.contains("State:\tT")
        };
        wait_until("the signal has arrived", || {
            let mut tasks = fs::read_dir(&tasks).unwrap();
            signal != "STOP" || tasks.all(|task| is_stopped(task.unwrap()))
        });
    }

    /// Waits until the process ends by itself.
    pub(crate) fn finish(mut self) {
        self.commands = None;
        assert!(self.child.wait().unwrap().success());
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The process that [`Process`] starts, with an inbox of a folder. `other` answers commands that only
/// some tests have.
pub(crate) fn serve(
    builder: impl FnOnce(&Path) -> InboxBuilder,
    other: impl Fn(&str) -> Option<String>,
) {
    let folder = PathBuf::from(env::var_os(FOLDER).expect("a test starts this"));
    let handlers = env::var(HANDLERS).unwrap();
    let handlers: Vec<_> = handlers.split(',').collect();
    let builder = match env::var_os(VOLATILE) {
        Some(_) => builder(&folder),
        None => builder(&folder).accept_volatile(),
    };
    let program = match Program::with(builder, &folder, &handlers) {
        Ok(program) => Arc::new(program),
        Err(error) => return answer(&error.to_string()),
    };
    answer("open");
    let mut shell = None;
    for line in stdin().lines() {
        let line = line.unwrap();
        let (command, argument) = line.split_once(' ').unwrap_or((&line, ""));
        match command {
            "work" => {
                program.work();
                answer("working");
            }
            "send" => answer(
                &program
                    .send(argument.parse().unwrap())
                    .outcome()
                    .to_string(),
            ),
            "send_until_refused" => {
                let refused = program.send_until_refused(argument.parse().unwrap(), 10_000);
                answer(&refused.to_string());
            }
            "health" => answer(&program.health().err().unwrap_or_default()),
            "produce" => {
                produce(&program, &folder, argument.parse().unwrap());
                answer("produced");
            }
            "load" => {
                let (program, folder) = (Arc::clone(&program), folder.clone());
                thread::spawn(move || produce(&program, &folder, u64::MAX));
                answer("loading");
            }
            "lock" => {
                let file = rusqlite::Connection::open(folder.join("inbox.db")).unwrap();
                file.execute_batch("BEGIN IMMEDIATE").unwrap();
                shell = Some(file);
                answer("locked");
            }
            "unlock" => {
                shell = None;
                answer("unlocked");
            }
            "drain" => {
                program.drain();
                answer("drained");
            }
            command => match other(command) {
                Some(text) => answer(&text),
                None => panic!("unknown command: {line}"),
            },
        }
    }
    drop(shell);
    // As a process that is killed: nothing is written at the end.
    std::process::exit(0);
}

fn answer(text: &str) {
    println!("\n{ANSWER}{text}");
}

/// Sends deliveries 0 to `end` by many threads, and writes a line for each that is acknowledged.
fn produce(program: &Program, folder: &Path, end: u64) {
    let path = folder.join("acknowledged");
    let file = OpenOptions::new()
        .append(true)
        .create(true)
        .open(path)
        .unwrap();
    let next = AtomicU64::new(0);
    thread::scope(|scope| {
        for _ in 0..PRODUCERS {
            scope.spawn(|| {
                loop {
                    let n = next.fetch_add(1, Ordering::Relaxed);
                    if n >= end {
                        return;
                    }
                    let reply = block_on(program.receiver.receive(incoming(n, 0)));
                    if reply.outcome() == ReplyOutcome::Accepted {
                        (&file).write_all(format!("{n}\n").as_bytes()).unwrap();
                    }
                }
            });
        }
    });
}

/// What the process wrote of its deliveries.
pub(crate) fn acknowledged(folder: &Path) -> Vec<u64> {
    let lines = fs::read_to_string(folder.join("acknowledged")).unwrap_or_default();
    lines.lines().map(|line| line.parse().unwrap()).collect()
}
