//! An example that runs.

use std::io::{BufRead, BufReader, Read};
use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use siohook_conformance::{SECRET, TOKEN};

/// How long an example may take to say something.
const PATIENCE: Duration = Duration::from_secs(30);

/// A server on a free port, which is killed when this is dropped.
pub(crate) struct Process {
    program: Program,
    output: mpsc::Receiver<String>,
    pub(crate) address: SocketAddr,
}

struct Program(Child);

impl Process {
    pub(crate) fn start(program: &str, variables: &[(&str, &str)]) -> Self {
        let child = Command::new(program)
            .arg("127.0.0.1:0")
            .env("SYSTEME_WEBHOOK_SECRET", SECRET)
            .env("SYSTEME_WEBHOOK_TOKEN", TOKEN)
            // An example may ask for it.
            .env("SYSTEME_SOURCE_IPS", "0.0.0.0/0")
            .env_remove("SYSTEME_TRUSTED_PROXIES")
            .envs(variables.iter().copied())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn();
        let mut program = child.map_or_else(
            |error| panic!("{program} cannot be started: {error}"),
            Program,
        );
        // What it says is seen if the test fails. If it were not read, the program would stop when
        // the pipe is full.
        let errors = lines(program.0.stderr.take());
        thread::spawn(move || errors.for_each(|line| println!("{line}")));
        let (sender, output) = mpsc::channel();
        let lines = lines(program.0.stdout.take());
        thread::spawn(move || {
            for line in lines {
                println!("{line}");
                // The test may have seen enough.
                let _ = sender.send(line);
            }
        });
        let address = said(&output, listening);
        Self {
            program,
            output,
            address,
        }
    }

    /// Waits until it prints this line.
    #[cfg(unix)]
    pub(crate) fn wait_for(&self, expected: &str) {
        said(&self.output, |line| (line == expected).then_some(()));
    }

    #[cfg(unix)]
    pub(crate) fn child(&mut self) -> &mut Child {
        &mut self.program.0
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// What the first line says that says something.
fn said<T>(output: &mpsc::Receiver<String>, meaning: impl Fn(&str) -> Option<T>) -> T {
    loop {
        let line = output.recv_timeout(PATIENCE);
        let line = line.unwrap_or_else(|error| panic!("the program says no such thing: {error}"));
        if let Some(meant) = meaning(&line) {
            return meant;
        }
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
