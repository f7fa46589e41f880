//! Runs the program, and reads what it writes.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::ops::{Deref, DerefMut};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::Duration;

use serde_json::Value;

pub(crate) const SECRET: &str = "correct horse battery staple";
pub(crate) const TOKEN: &str = "b7e1-the-token-of-a-test";

/// Longer than anything takes on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

/// What is left of a run.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Ended {
    #[track_caller]
    pub(crate) fn good(self) -> Self {
        assert_eq!(self.code, 0, "{self:?}");
        self
    }

    /// Lines of NDJSON: each is an object with a type.
    #[track_caller]
    pub(crate) fn json(&self) -> Vec<Value> {
        let lines = self.stdout.lines().map(|line| {
            let value: Value = serde_json::from_str(line).unwrap();
            assert!(value["type"].is_string(), "{value}");
            value
        });
        lines.collect()
    }
}

/// The program without the variables of the user who runs the tests.
pub(crate) fn program() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_siohook"));
    for (name, _) in std::env::vars_os() {
        let text = name.to_string_lossy();
        if ["SIOHOOK_", "SYSTEME_", "CLICOLOR", "NO_COLOR"]
            .iter()
            .any(|own| text.starts_with(own))
        {
            command.env_remove(name);
        }
    }
    command
}

/// Whether a tool that a test uses is installed.
pub(crate) fn has(tool: &str) -> bool {
    Command::new(tool).arg("--version").output().is_ok()
}

/// Runs the program to its end, without input.
pub(crate) fn run(words: &[&str]) -> Ended {
    end(program().args(words).stdin(Stdio::null()))
}

/// Runs the program with this input.
pub(crate) fn run_with(input: &[u8], words: &[&str]) -> Ended {
    let mut command = program();
    command.args(words);
    let pipes = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = pipes.spawn().unwrap();
    child.stdin.take().unwrap().write_all(input).unwrap();
    ended(child.wait_with_output().unwrap())
}

pub(crate) fn end(command: &mut Command) -> Ended {
    ended(command.output().unwrap())
}

fn ended(output: std::process::Output) -> Ended {
    Ended {
        code: output.status.code().unwrap_or(-1),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

/// A program that runs until it is stopped. It ends with the test.
pub(crate) struct Process {
    child: Child,
    pub(crate) url: String,
    stdout: Receiver<String>,
    stderr: Receiver<String>,
    /// What was read so far.
    pub(crate) said: String,
}

impl Process {
    /// Starts it, and waits until it is ready.
    pub(crate) fn start(mut program: Command) -> Self {
        program
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut child = program.spawn().unwrap();
        let stdout = lines(child.stdout.take().unwrap());
        let stderr = lines(child.stderr.take().unwrap());
        let mut process = Self {
            child,
            url: String::new(),
            stdout,
            stderr,
            said: String::new(),
        };
        let line = process.word_line("://127.0.0.1:");
        let url = line.split_whitespace().find(|word| word.contains("://"));
        url.unwrap().clone_into(&mut process.url);
        process.word_line("ready");
        process
    }

    /// Reads words up to a line that holds this text.
    #[track_caller]
    pub(crate) fn word_line(&mut self, text: &str) -> String {
        loop {
            let line = self.stderr.recv_timeout(PATIENCE);
            let line = line.unwrap_or_else(|_| panic!("no {text:?} after {}", self.said));
            self.said.extend([&*line, "\n"]);
            if line.contains(text) {
                return line;
            }
        }
    }

    /// Reads a line of data.
    #[track_caller]
    pub(crate) fn line(&mut self) -> String {
        self.stdout.recv_timeout(PATIENCE).unwrap()
    }

    #[cfg(unix)]
    pub(crate) fn signal(&self, name: &str) {
        let id = self.child.id().to_string();
        let sent = Command::new("kill").args(["-s", name, &id]).status();
        assert!(sent.unwrap().success());
    }

    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Kills it, and waits for its end.
    pub(crate) fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Waits for the end. Returns the exit code and the data that was not read.
    pub(crate) fn end(&mut self) -> (Option<i32>, Vec<String>) {
        let code = self.child.wait().unwrap().code();
        self.said.extend(self.stderr.iter().map(|line| line + "\n"));
        (code, self.stdout.iter().collect())
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // It may have ended.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A sandbox that runs in its own process.
pub(crate) struct Sandbox(Process);

impl Sandbox {
    /// Starts one with a secret and a token.
    pub(crate) fn start(words: &[&str]) -> Self {
        let mut program = program();
        program
            .env("SYSTEME_WEBHOOK_SECRET", SECRET)
            .env("SYSTEME_WEBHOOK_TOKEN", TOKEN);
        Self::start_as(program, words)
    }

    pub(crate) fn start_as(mut program: Command, words: &[&str]) -> Self {
        program
            .args(["sandbox", "--listen", "127.0.0.1:0"])
            .args(words);
        Self(Process::start(program))
    }

    /// Runs a sub-command for this sandbox.
    pub(crate) fn run(&self, words: &[&str]) -> Ended {
        end(&mut self.command(words))
    }

    pub(crate) fn command(&self, words: &[&str]) -> Command {
        let mut program = program();
        program
            .arg("sandbox")
            .args(words)
            .env("SIOHOOK_SANDBOX_URL", &self.url)
            .stdin(Stdio::null());
        program
    }
}

impl Deref for Sandbox {
    type Target = Process;

    fn deref(&self) -> &Process {
        &self.0
    }
}

impl DerefMut for Sandbox {
    fn deref_mut(&mut self) -> &mut Process {
        &mut self.0
    }
}

/// Calls the control API of a sandbox. Returns the body of the answer, or `None` if the sandbox is
/// gone.
pub(crate) fn call(url: &str, method: &str, path: &str, body: &str) -> Option<String> {
    let address = url.trim_start_matches("http://");
    let length = body.len();
    let request = format!(
        "{method} /sandbox/v1{path} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\
         content-length: {length}\r\n\r\n{body}"
    );
    let mut stream = TcpStream::connect(address).ok()?;
    stream.write_all(request.as_bytes()).ok()?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).ok()?;
    Some(answer.split_once("\r\n\r\n")?.1.to_owned())
}

/// Reads lines as they are written.
fn lines(pipe: impl std::io::Read + Send + 'static) -> Receiver<String> {
    let (sender, receiver) = channel();
    thread::spawn(move || {
        let mut reader = BufReader::new(pipe);
        let mut line = String::new();
        while reader.read_line(&mut line).is_ok_and(|bytes| bytes > 0) {
            if sender.send(line.trim_end_matches('\n').to_owned()).is_err() {
                return;
            }
            line.clear();
        }
    });
    receiver
}
