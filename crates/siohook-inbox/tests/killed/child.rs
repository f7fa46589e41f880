//! The process of an operator, which is killed.

use std::env;
use std::io::{BufRead as _, BufReader, Write as _, stdin};
use std::process::{self, ChildStdout, Command, Stdio};

use siohook::testing::block_on;

use crate::calls::{BACKUP, CALLS, Call};
use crate::store::{self, Store};

const PLACE: &str = "KILLED_PLACE";
const CALL: &str = "KILLED_CALL";
pub(crate) const COPY: &str = "KILLED_COPY";
/// Other output of the test harness has no such line.
const OPEN: &str = "= open";

pub(crate) struct Child {
    process: process::Child,
    _output: BufReader<ChildStdout>,
}

impl Child {
    /// Starts the process, which opens the store.
    pub(crate) fn start(store: &Store, call: &Call) -> Self {
        let mut process = Command::new(env::current_exe().unwrap())
            .args(["--exact", "child", "--ignored", "--nocapture"])
            .env(PLACE, store.place())
            .env(CALL, call.name)
            .env(COPY, store.beside("copy.db"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut output = BufReader::new(process.stdout.take().unwrap());
        let mut line = String::new();
        while !line.contains(OPEN) {
            line.clear();
            assert_ne!(output.read_line(&mut line).unwrap(), 0, "{}", call.name);
        }
        Self {
            process,
            _output: output,
        }
    }

    /// Lets it make the call.
    pub(crate) fn go(&mut self) {
        let input = self.process.stdin.as_mut().unwrap();
        writeln!(input, "go").unwrap();
    }

    pub(crate) fn has_ended(&mut self) -> bool {
        self.process.try_wait().unwrap().is_some()
    }

    /// `kill -9`.
    pub(crate) fn kill(mut self) {
        let _ = self.process.kill();
        self.process.wait().unwrap();
    }
}

/// What the process does.
pub(crate) fn serve() {
    let (place, name) = (env::var(PLACE).unwrap(), env::var(CALL).unwrap());
    let mut calls = CALLS.iter().chain([&BACKUP]);
    let call = calls.find(|call| call.name == name).unwrap();
    let operator = block_on(store::builder(&place).operator()).unwrap();
    println!("\n{OPEN}");
    stdin().read_line(&mut String::new()).unwrap();
    block_on((call.carry_out)(operator));
}
