//! `siohook listen`.

mod answers;
mod bytes;
mod ends;
mod inspector;
mod kept;
mod limits;
mod open;
mod relay;
mod shown;
mod terminal;
mod tunnel;

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::ops::{Deref, DerefMut};
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;
use siohook_sender::Sample;

use crate::run::{Ended, Process, SECRET, TOKEN, end, program};

/// A listener that runs in its own process, and its folder.
struct Listener {
    process: Process,
    folder: tempfile::TempDir,
}

impl Listener {
    /// Starts one that writes JSON, with a secret and a token.
    fn start(words: &[&str]) -> Self {
        Self::start_in(tempfile::tempdir().unwrap(), &[&["--json"], words].concat())
    }

    fn start_in(folder: tempfile::TempDir, words: &[&str]) -> Self {
        let mut program = program();
        surround(&mut program, folder.path());
        program
            .args(["listen", "--listen", "127.0.0.1:0"])
            .args(words);
        let process = Process::start(program);
        let mut listener = Self { process, folder };
        if words.contains(&"--json") {
            assert_eq!(listener.json()["type"], "ready");
        }
        listener
    }

    fn address(&self) -> &str {
        self.url.trim_start_matches("http://")
    }

    /// Sends the bytes of a request, and reads to the end.
    fn send(&self, request: &[u8]) -> String {
        send(self.address(), request)
    }

    /// The next line of data.
    #[track_caller]
    fn json(&mut self) -> Value {
        serde_json::from_str(&self.line()).unwrap()
    }

    fn store(&self) -> PathBuf {
        self.folder.path().join("deliveries")
    }

    /// The files of deliveries.
    fn files(&self) -> Vec<PathBuf> {
        files(&self.store(), "http")
    }

    /// The lines of all logs, without times.
    fn deeds(&self) -> Vec<Value> {
        let logs = files(&self.store(), "log").into_iter();
        let logs = logs.map(|log| fs::read_to_string(log).unwrap());
        let logs: String = logs.collect();
        let lines = logs.lines().map(|line| {
            let mut line: Value = serde_json::from_str(line).unwrap();
            let members = line.as_object_mut().unwrap();
            members.remove("at");
            members.remove("elapsed_ms");
            line
        });
        lines.collect()
    }

    /// Ends it, after which all logs are written.
    fn deeds_at_end(&mut self) -> Vec<Value> {
        self.signal("TERM");
        assert_eq!(self.end().0, Some(0));
        self.deeds()
    }

    /// Runs another command for its folder.
    fn run(&self, words: &[&str]) -> Ended {
        let mut program = program();
        surround(&mut program, self.folder.path());
        end(program.args(words))
    }
}

impl Deref for Listener {
    type Target = Process;

    fn deref(&self) -> &Process {
        &self.process
    }
}

impl DerefMut for Listener {
    fn deref_mut(&mut self) -> &mut Process {
        &mut self.process
    }
}

fn surround(program: &mut Command, folder: &Path) {
    program
        .env("SIOHOOK_STORE", folder.join("deliveries"))
        .env("SYSTEME_WEBHOOK_SECRET", SECRET)
        .env("SYSTEME_WEBHOOK_TOKEN", TOKEN)
        .current_dir(folder);
}

fn files(folder: &Path, extension: &str) -> Vec<PathBuf> {
    let files = fs::read_dir(folder).unwrap();
    let files = files.map(|file| file.unwrap().path());
    let mut files: Vec<_> = files
        .filter(|file| file.extension().is_some_and(|own| own == extension))
        .collect();
    files.sort();
    files
}

fn send(address: &str, request: &[u8]) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.write_all(request).unwrap();
    answer(&mut stream)
}

/// Reads an answer to its end.
fn answer(stream: &mut TcpStream) -> String {
    let mut answer = vec![];
    stream.read_to_end(&mut answer).unwrap();
    String::from_utf8(answer).unwrap()
}

fn status(answer: &str) -> &str {
    answer.split(' ').nth(1).unwrap_or_default()
}

fn body(answer: &str) -> &str {
    answer.split_once("\r\n\r\n").map_or("", |(_, body)| body)
}

/// A signed sale, as systeme.io sends it.
fn sale() -> Vec<u8> {
    let sale = Sample::of("SALE_NEW").signed_with(SECRET);
    sale.request("/systeme").unwrap().to_http1()
}
