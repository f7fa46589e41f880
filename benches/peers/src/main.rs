//! siohook beside libraries that do the same for other senders, on the same
//! bodies: each checks its own scheme's signature, reads the JSON as it does,
//! and calls a handler that looks at two fields.

mod body;
mod contestants;
mod in_process;
mod over_http;
mod signed;

use std::error::Error;
use std::path::PathBuf;
use std::time::Duration;

use siohook_benches_http::{Cores, serve};

use self::body::Body;

/// Many short ones: what disturbs one of them disturbs the next contestant, too.
const ROUNDS: usize = 25;
/// What a contestant takes of the CPU in a round.
const ROUND: Duration = Duration::from_millis(100);
/// What it takes before the first one, so that it is compiled.
const WARM_UP: Duration = Duration::from_secs(1);

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments[..] {
        ["serve", service] => serve(service)?,
        ["handle", contestant, body] => contestants::answer(contestant, &Body::named(body)?)?,
        _ => {
            let cores = Cores::choose()?;
            in_process::compare(cores)?;
            println!();
            over_http::compare(cores)?;
        }
    }
    Ok(())
}

/// A file of this folder, where cargo starts this program.
fn file(path: &str) -> Result<PathBuf, Box<dyn Error>> {
    let folder = std::env::var_os("CARGO_MANIFEST_DIR").ok_or("start this with `run`")?;
    Ok(PathBuf::from(folder).join(path))
}

/// How many deliveries make a round, if one takes this many seconds.
fn a_round(seconds: f64) -> u32 {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "it is about a million at most"
    )]
    let deliveries = (ROUND.as_secs_f64() / seconds) as u32;
    deliveries.max(1).next_multiple_of(contestants::BATCH)
}
