//! Compares siohook with libraries that do the same for other senders, on the same
//! bodies. Each verifies the signature of its own scheme, parses the JSON its way,
//! and calls a handler that reads two fields.

mod in_process;
mod over_http;
mod signed;
mod subjects;

use std::error::Error;
use std::path::{Path, PathBuf};
use std::time::Duration;

use siohook_lab::{Body, Cores, full_or_brief, serve};

/// Many short rounds, so that a disturbance affects all subjects.
const ROUNDS: usize = 25;
/// CPU time of a subject in a round.
const ROUND: Duration = Duration::from_millis(100);

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments[..] {
        ["serve", service] => serve(service)?,
        ["handle", subject, body] => subjects::answer(subject, &Body::named(body)?)?,
        _ => {
            let cores = Cores::choose()?;
            in_process::measure(cores)?;
            over_http::measure(cores)?;
        }
    }
    Ok(())
}

/// A file of the laboratory.
fn file(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// CPU time of a subject before the first round, so that its code is compiled.
fn warm_up() -> Duration {
    Duration::from_millis(full_or_brief(1000, 10))
}

/// The number of deliveries in a round, if one takes this many seconds.
fn a_round(seconds: f64) -> u32 {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "it is about a million at most"
    )]
    let deliveries = (ROUND.as_secs_f64() / seconds) as u32;
    deliveries.max(1).next_multiple_of(subjects::BATCH)
}
