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

/// Each server, what to call it, and which ones to compare it with.
const SERVERS: [(&str, &str, &[usize]); 7] = [
    ("bare", "bare: reads the body", &[]),
    ("bare", "bare once more: the noise", &[0]),
    ("handwritten", "by hand", &[0]),
    ("careful", "by hand, with a memory", &[0, 2]),
    ("siohook", "siohook", &[2, 3]),
    ("handwritten-spawned", "by hand, in a task of its own", &[0]),
    ("siohook-detached", "siohook with `detach`", &[2, 5]),
];

fn main() -> Result<(), Box<dyn Error>> {
    if let Some(service) = std::env::args().nth(1) {
        return serve(&service);
    }
    let cores = Cores::choose()?;
    println!("| body | server | requests per CPU second | ratio (quartiles) |");
    println!("|---|---|--:|---|");
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
        for (own, (_, name, others)) in seconds.iter().zip(SERVERS) {
            let rate = 1.0 / median(own);
            let ratios = others.iter().map(|&other| {
                let name = SERVERS[other].1.split(':').next().unwrap_or_default();
                format!("{} of {name}", ratio(&seconds[other], own))
            });
            let (bytes, ratios) = (body.len(), ratios.collect::<Vec<_>>().join("; "));
            println!("| {event}, {bytes} B | {name} | {rate:.0} | {ratios} |");
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
