//! An example that runs.

use std::io::{BufRead, BufReader, Read};
use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use crate::build::program;

/// How long an example may take to listen.
const PATIENCE: Duration = Duration::from_secs(30);

/// What the environment must not say by accident.
const VARIABLES: [&str; 4] = [
    "SYSTEME_WEBHOOK_SECRET",
    "SYSTEME_WEBHOOK_TOKEN",
    "SYSTEME_SOURCE_IPS",
    "SYSTEME_TRUSTED_PROXIES",
];

/// A server on a free port, which is stopped when this is dropped.
pub(crate) struct Process {
    _program: Program,
    pub(crate) address: SocketAddr,
}

struct Program(Child);

impl Process {
    pub(crate) fn start(name: &str, variables: &[(&str, &str)]) -> Self {
        let mut command = Command::new(program(name));
        for variable in VARIABLES {
            command.env_remove(variable);
        }
        let child = command
            .arg("127.0.0.1:0")
            .envs(variables.iter().copied())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn();
        let mut program =
            child.map_or_else(|error| panic!("{name} cannot be started: {error}"), Program);
        // A program whose output nobody reads stops when the pipe is full.
        let (sender, addresses) = mpsc::channel();
        let errors = program.0.stderr.take();
        thread::spawn(move || lines(errors).for_each(drop));
        let output = program.0.stdout.take();
        thread::spawn(move || {
            for address in lines(output).filter_map(|line| listening(&line)) {
                // Nobody may listen any more.
                let _ = sender.send(address);
            }
        });
        let address = addresses
            .recv_timeout(PATIENCE)
            .unwrap_or_else(|error| panic!("{name} does not say where it listens: {error}"));
        Self {
            _program: program,
            address,
        }
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn lines(output: Option<impl Read>) -> impl Iterator<Item = String> {
    let lines = output.map(|output| BufReader::new(output).split(b'\n'));
    let lines = lines.into_iter().flatten().map_while(Result::ok);
    lines.map(|line| String::from_utf8_lossy(&line).into_owned())
}

fn listening(line: &str) -> Option<SocketAddr> {
    let url = line.trim().strip_prefix("listening on http://")?;
    url.strip_suffix("/systeme")?.parse().ok()
}
