//! How many requests an axum server answers in a second of CPU time: with
//! nothing behind it, with a receiver written by hand, and with siohook.

use std::error::Error;
use std::io;
use std::process::Command;

use siohook_benches::{Request, bodies};
use siohook_benches_http::{Cores, Load, Process, Wire, interleave, median, ratio, serve};

/// How often all servers are started anew: where the memory of a process happens
/// to lie makes a difference, too.
const STARTS: usize = 4;
/// Many short ones: what disturbs one of them disturbs the next server, too.
const ROUNDS: usize = 11;
/// About a tenth of a second of a server.
const REQUESTS: u32 = 6_000;
/// Enough to fill the redelivery memory.
const WARM_UP: u32 = 12_000;

/// Each server, what to call it, and which one to compare it with.
const SERVERS: [(&str, &str, Option<usize>); 6] = [
    ("bare", "bare: reads the body", None),
    ("bare", "bare once more: the noise", Some(0)),
    ("handwritten", "by hand", Some(0)),
    ("siohook", "siohook", Some(2)),
    (
        "handwritten-spawned",
        "by hand, in a task of its own",
        Some(0),
    ),
    ("siohook-detached", "siohook with `detach`", Some(4)),
];

fn main() -> Result<(), Box<dyn Error>> {
    if let Some(service) = std::env::args().nth(1) {
        return serve(&service);
    }
    let cores = Cores::choose()?;
    println!("| body | server | requests per CPU second | ratio (quartiles) | to |");
    println!("|---|---|--:|--:|---|");
    for (event, body) in [
        ("CONTACT_TAG_ADDED", bodies::tag()),
        ("SALE_NEW", bodies::sale()),
    ] {
        let wire = Wire::account(&Request::account(event, &body, 0));
        let mut seconds = vec![vec![]; SERVERS.len()];
        for start in 1..=STARTS {
            eprintln!("{event}: {start} of {STARTS}");
            let servers = SERVERS.map(|(service, ..)| Server::start(cores, service, &wire));
            let mut servers = servers.into_iter().collect::<io::Result<Vec<_>>>()?;
            let figures = interleave(ROUNDS, SERVERS.len(), |number| {
                let Server { process, load } = &mut servers[number];
                load.measure(process, REQUESTS)
            })?;
            for (all, new) in seconds.iter_mut().zip(figures) {
                all.extend(new);
            }
        }
        for (own, (_, name, base)) in seconds.iter().zip(SERVERS) {
            let rate = 1.0 / median(own);
            let (ratio, to) = base.map_or_else(Default::default, |base| {
                let name = SERVERS[base].1.split(':').next();
                let ratio = ratio(&seconds[base], own);
                (ratio.to_string(), name.unwrap_or_default())
            });
            let bytes = body.len();
            println!("| {event}, {bytes} B | {name} | {rate:.0} | {ratio} | {to} |");
        }
    }
    Ok(())
}

struct Server {
    process: Process,
    load: Load,
}

impl Server {
    fn start(cores: Cores, service: &str, wire: &Wire) -> io::Result<Self> {
        let mut command = Command::new(std::env::current_exe()?);
        let mut process = cores.measured(|| Process::start(command.arg(service)))?;
        let address = process.read_line()?.parse().map_err(io::Error::other)?;
        let mut load = Load::connect(address, wire)?;
        load.send(WARM_UP)?;
        Ok(Self { process, load })
    }
}
