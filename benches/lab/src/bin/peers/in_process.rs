//! Measures the time of a delivery that a server has already read.

use std::error::Error;
use std::process::Command;
use std::time::Duration;

use siohook_benches::SECRET;
use siohook_benches::measure::Rounds;
use siohook_lab::{Body, Cores, Process, Shown, compare, full_or_brief};

use crate::{ROUNDS, a_round, file, warm_up};

enum Language {
    Rust,
    Node,
}
use Language::{Node, Rust};

/// The first is compared with all others.
const SUBJECTS: [(Language, &str, &str); 10] = [
    (Rust, "siohook", "siohook"),
    (Rust, "siohook", "siohook again (noise)"),
    (Rust, "by-hand", "by hand"),
    (Rust, "with-memory", "by hand, with a memory"),
    (
        Rust,
        "standardwebhooks",
        "`standardwebhooks` and `serde_json`, same structs",
    ),
    (
        Rust,
        "standardwebhooks-value",
        "`standardwebhooks` and `serde_json::Value`",
    ),
    (Rust, "svix", "`svix` and `serde_json`, same structs"),
    (Rust, "svix-value", "`svix` and `serde_json::Value`"),
    (Node, "octokit", "`@octokit/webhooks`, `verifyAndReceive`"),
    (Node, "stripe", "`stripe`, `constructEvent`"),
];

pub(crate) fn measure(cores: Cores) -> Result<(), Box<dyn Error>> {
    let mut bodies = vec![];
    for body in Body::all() {
        eprintln!("in process: {}", body.event);
        let mut subjects = vec![];
        for (language, name, _) in &SUBJECTS {
            subjects.push(Running::start(cores, language, name, &body)?);
        }
        bodies.push(Rounds::<{ SUBJECTS.len() }>::measure(
            full_or_brief(ROUNDS, 2),
            |number| {
                let measured = subjects[number].measure();
                measured.unwrap_or_else(|error| panic!("{}: {error}", SUBJECTS[number].2))
            },
        ));
    }
    for (number, (_, _, name)) in SUBJECTS.iter().enumerate().skip(1) {
        let what = "siohook in process, µs of CPU time";
        compare(what, name, [0, number], &bodies, Shown::Micros);
    }
    Ok(())
}

/// A process that handles the requested number of deliveries.
struct Running {
    process: Process,
    round: u32,
}

impl Running {
    fn start(
        cores: Cores,
        language: &Language,
        name: &str,
        body: &Body,
    ) -> Result<Self, Box<dyn Error>> {
        let mut command = match language {
            Rust => {
                let mut command = Command::new(std::env::current_exe()?);
                command.args(["handle", name, body.name]);
                command
            }
            Node => {
                let mut command = Command::new("node");
                command.arg(file("node/in-process.js"));
                command.args([name, SECRET, &body.text]);
                command
            }
        };
        let mut running = Self {
            process: cores.measured(|| Process::start(&mut command))?,
            round: crate::subjects::BATCH,
        };
        let mut used = Duration::ZERO;
        while used < warm_up() {
            let seconds = running.measure()?;
            used += Duration::from_secs_f64(seconds * f64::from(running.round));
            running.round = a_round(seconds);
        }
        Ok(running)
    }

    /// Seconds of CPU time for each delivery.
    fn measure(&mut self) -> std::io::Result<f64> {
        self.process.write_line(&self.round.to_string())?;
        let nanos = self.process.read_line()?;
        let nanos: f64 = nanos.parse().map_err(std::io::Error::other)?;
        Ok(nanos / 1e9 / f64::from(self.round))
    }
}
