//! Measures how many deliveries a server with one core handles in a second.

use std::error::Error;
use std::io;
use std::net::SocketAddr;
use std::process::Command;
use std::time::Duration;

use siohook_benches::measure::Rounds;
use siohook_benches::{Request, SECRET};
use siohook_lab::{Body, Cores, Load, Process, Shown, Wire, compare, full_or_brief};

use crate::signed::{self, ENCODED_SECRET};
use crate::{ROUNDS, a_round, file, warm_up};

#[derive(Clone, Copy)]
enum Peer {
    Siohook,
    Octokit,
    Stripe,
    StandardWebhooks,
}

/// The first is compared with all others.
const SERVERS: [(Peer, &str); 5] = [
    (Peer::Siohook, "siohook on axum with `detach`"),
    (Peer::Siohook, "siohook again (noise)"),
    (
        Peer::Octokit,
        "`@octokit/webhooks`, `createNodeMiddleware` on `node:http`",
    ),
    (Peer::Stripe, "`stripe` on `express`"),
    (
        Peer::StandardWebhooks,
        "`standardwebhooks` on `uvicorn` with `uvloop` and `httptools`",
    ),
];

pub(crate) fn measure(cores: Cores) -> Result<(), Box<dyn Error>> {
    let mut bodies = vec![];
    for body in Body::all() {
        eprintln!("over HTTP: {}", body.event);
        let mut servers = vec![];
        for (peer, _) in SERVERS {
            servers.push(Server::start(cores, peer, &body)?);
        }
        bodies.push(Rounds::<{ SERVERS.len() }>::measure(
            full_or_brief(ROUNDS, 2),
            |number| {
                let measured = servers[number].measure();
                measured.unwrap_or_else(|error| panic!("{}: {error}", SERVERS[number].1))
            },
        ));
    }
    for (number, (_, name)) in SERVERS.iter().enumerate().skip(1) {
        let what = "siohook on axum with `detach`, requests per CPU second";
        compare(what, name, [0, number], &bodies, Shown::PerSecond);
    }
    Ok(())
}

struct Server<'a> {
    peer: Peer,
    body: &'a Body,
    process: Process,
    address: SocketAddr,
    round: u32,
}

impl<'a> Server<'a> {
    fn start(cores: Cores, peer: Peer, body: &'a Body) -> Result<Self, Box<dyn Error>> {
        let mut command = peer.command()?;
        let mut process = cores.measured(|| Process::start(&mut command))?;
        let mut server = Self {
            peer,
            body,
            address: process.read_line()?.parse()?,
            process,
            round: crate::subjects::BATCH,
        };
        let mut used = Duration::ZERO;
        while used < warm_up() {
            let seconds = server.measure()?;
            used += Duration::from_secs_f64(seconds * f64::from(server.round));
            server.round = a_round(seconds);
        }
        Ok(server)
    }

    /// Seconds of CPU time for each request. Connections and signatures are new each
    /// time, because servers close idle connections and signatures expire.
    fn measure(&mut self) -> io::Result<f64> {
        let wire = self.peer.wire(self.body);
        Load::connect(self.address, &wire)?.measure(&self.process, self.round)
    }
}

impl Peer {
    fn command(self) -> Result<Command, Box<dyn Error>> {
        let mut command = match self {
            Self::Siohook => Command::new(std::env::current_exe()?),
            Self::Octokit | Self::Stripe => Command::new("node"),
            Self::StandardWebhooks => Command::new(file("python/venv/bin/python")),
        };
        match self {
            Self::Siohook => command.args(["serve", "siohook-detached"]),
            Self::Octokit => command.arg(file("node/octokit.js")).arg(SECRET),
            Self::Stripe => command.arg(file("node/stripe.js")).arg(SECRET),
            Self::StandardWebhooks => command.arg(file("python/server.py")).arg(ENCODED_SECRET),
        };
        Ok(command)
    }

    fn wire(self, body: &Body) -> Wire {
        let (request, answer) = match self {
            Self::Siohook => {
                return Wire::account(&Request::account(body.event, &body.text, 0));
            }
            Self::Octokit => (signed::github(&body.text), "ok\n"),
            Self::Stripe => (signed::stripe(&body.text), r#"{"received":true}"#),
            Self::StandardWebhooks => (signed::standard(&body.text, 0), r#"{"received":true}"#),
        };
        Wire::post(&request, answer)
    }
}
