//! Measures how many requests an axum server answers in a second of CPU time: without
//! a receiver, with a receiver written by hand, and with siohook.

use std::error::Error;
use std::io;
use std::process::Command;

use siohook_benches::Request;
use siohook_benches::measure::Rounds;
use siohook_lab::{Body, Cores, Load, Process, Shown, Wire, compare, full_or_brief, serve};

/// Many short rounds, so that a disturbance affects all servers.
const ROUNDS: usize = 44;
/// A server restarts after this many rounds, because the memory layout of a process
/// affects its speed.
const ROUNDS_OF_A_PROCESS: usize = 11;
/// They take a server about a tenth of a second.
const REQUESTS: u32 = 6_000;
/// Enough to fill the redelivery memory.
const WARM_UP: u32 = 12_000;

const SERVERS: [&str; 7] = [
    "bare",
    "bare",
    "by-hand",
    "with-memory",
    "siohook",
    "by-hand-spawned",
    "siohook-detached",
];

const BARE: &str = "axum that only reads the body";
const PLAIN: &str = "siohook on axum";
const DETACHED: &str = "siohook on axum with `detach`";

/// The measured server, the one it is compared with, and the numbers of both.
const ROWS: [(&str, &str, [usize; 2]); 6] = [
    (BARE, "the same again (noise)", [1, 0]),
    (PLAIN, BARE, [4, 0]),
    (PLAIN, "by hand", [4, 2]),
    (PLAIN, "by hand, with a memory", [4, 3]),
    (DETACHED, "by hand", [6, 2]),
    (DETACHED, "by hand, in its own task", [6, 5]),
];

fn main() -> Result<(), Box<dyn Error>> {
    if let Some(service) = std::env::args().nth(1) {
        return serve(&service);
    }
    let cores = Cores::choose()?;
    let mut bodies = vec![];
    for body in Body::all() {
        eprintln!("over HTTP: {}", body.event);
        let wire = Wire::account(&Request::account(body.event, &body.text, 0));
        let servers = SERVERS.map(|service| Server::start(cores, service, &wire));
        let mut servers = servers.into_iter().collect::<io::Result<Vec<_>>>()?;
        bodies.push(Rounds::<{ SERVERS.len() }>::measure(
            full_or_brief(ROUNDS, 2),
            |number| {
                let measured = servers[number].measure();
                measured.unwrap_or_else(|error| panic!("{}: {error}", SERVERS[number]))
            },
        ));
    }
    for (what, compared_with, subjects) in ROWS {
        let what = format!("{what}, requests per CPU second");
        compare(&what, compared_with, subjects, &bodies, Shown::PerSecond);
    }
    Ok(())
}

struct Server<'a> {
    cores: Cores,
    service: &'static str,
    wire: &'a Wire,
    process: Process,
    load: Load,
    rounds: usize,
}

impl<'a> Server<'a> {
    fn start(cores: Cores, service: &'static str, wire: &'a Wire) -> io::Result<Self> {
        let mut command = Command::new(std::env::current_exe()?);
        let mut process = cores.measured(|| Process::start(command.arg(service)))?;
        let address = process.read_line()?.parse().map_err(io::Error::other)?;
        let mut load = Load::connect(address, wire)?;
        load.send(WARM_UP)?;
        Ok(Self {
            cores,
            service,
            wire,
            process,
            load,
            rounds: 0,
        })
    }

    /// Seconds of CPU time for each request.
    fn measure(&mut self) -> io::Result<f64> {
        if self.rounds == full_or_brief(ROUNDS_OF_A_PROCESS, 1) {
            *self = Self::start(self.cores, self.service, self.wire)?;
        }
        self.rounds += 1;
        self.load.measure(&self.process, REQUESTS)
    }
}
