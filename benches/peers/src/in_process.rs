//! A delivery that has been read by some server: how long does it take?

use std::error::Error;
use std::process::Command;
use std::time::Duration;

use siohook_benches::SECRET;
use siohook_benches_http::{Cores, Process, interleave, median, ratio};

use crate::body::Body;
use crate::{ROUNDS, WARM_UP, a_round, file};

enum Language {
    Rust,
    Node,
}
use Language::{Node, Rust};

/// The first is compared with all others.
const CONTESTANTS: [(Language, &str, &str); 10] = [
    (Rust, "siohook", "siohook"),
    (Rust, "siohook", "siohook once more: the noise"),
    (Rust, "handwritten", "by hand"),
    (Rust, "careful", "by hand, with a memory"),
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
    (Node, "octokit", "`@octokit/webhooks`: `verifyAndReceive`"),
    (Node, "stripe", "`stripe`: `constructEvent`"),
];

pub(crate) fn compare(cores: Cores) -> Result<(), Box<dyn Error>> {
    println!("| body | in process | µs of CPU time | siohook is … times as fast (quartiles) |");
    println!("|---|---|--:|--:|");
    for body in Body::all() {
        eprintln!("in process, {}: {ROUNDS} rounds", body.event);
        let mut contestants = vec![];
        for (language, name, _) in &CONTESTANTS {
            contestants.push(Contestant::start(cores, language, name, &body)?);
        }
        let seconds = interleave(ROUNDS, contestants.len(), |number| {
            contestants[number].measure()
        })?;
        for (own, (_, _, name)) in seconds.iter().zip(&CONTESTANTS) {
            let (micros, ratio) = (1e6 * median(own), ratio(own, &seconds[0]));
            let (event, bytes) = (body.event, body.text.len());
            println!("| {event}, {bytes} B | {name} | {micros:.2} | {ratio:.2} |");
        }
    }
    Ok(())
}

/// A process that handles as many deliveries as it is told to.
struct Contestant {
    process: Process,
    round: u32,
}

impl Contestant {
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
                command.arg(file("node/in-process.js")?);
                command.args([name, SECRET, &body.text]);
                command
            }
        };
        let mut contestant = Self {
            process: cores.measured(|| Process::start(&mut command))?,
            round: crate::contestants::BATCH,
        };
        let mut used = Duration::ZERO;
        while used < WARM_UP {
            let seconds = contestant.measure()?;
            used += Duration::from_secs_f64(seconds * f64::from(contestant.round));
            contestant.round = a_round(seconds);
        }
        Ok(contestant)
    }

    /// Seconds for each delivery.
    fn measure(&mut self) -> std::io::Result<f64> {
        self.process.write_line(&self.round.to_string())?;
        let nanos = self.process.read_line()?;
        let nanos: f64 = nanos.parse().map_err(std::io::Error::other)?;
        Ok(nanos / 1e9 / f64::from(self.round))
    }
}
