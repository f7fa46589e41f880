//! What it costs to store deliveries before they are answered, and to run their handlers:
//! `README.md` has the figures.

mod accept;
mod budget;
mod by_hand;
mod contestant;
mod deliveries;
mod handlers;
mod idle;
mod kept;
mod life;
mod load;
mod memory;
mod options;
mod rounds;

use std::error::Error;
use std::fs;

use siohook_benches::{machine, section};

use self::budget::Budget;
use self::options::Options;

const README: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/README.md");
const LOCK: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.lock");
const LIBRARIES: [&str; 5] = [
    "siohook",
    "siohook-inbox",
    "rusqlite",
    "tokio",
    "serde_json",
];
const PARTS: [&str; 5] = ["accept", "life", "idle", "kept", "memory"];

type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// What a part prints, and what it says about the budgets.
struct Part {
    text: String,
    budgets: Vec<Budget>,
}

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() -> Result<()> {
    if let Some(path) = memory::path_of_child() {
        return memory::child(&path).await;
    }
    let options = Options::read()?;
    fs::create_dir_all(options.data())?;
    let load = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let load = load.split(' ').next().unwrap_or_default();
    let about = format!(
        "{}\n<sub>SQLite {}; {} rounds of {:?}; load before it began: {load}.</sub>",
        machine::sentence_of(LOCK, &LIBRARIES),
        rusqlite::version(),
        options.rounds,
        options.time,
    );
    let mut budgets = vec![];
    for part in &options.parts {
        let measured = match part.as_str() {
            "accept" => accept::measure(&options).await?,
            "life" => life::measure(&options).await?,
            "idle" => idle::measure(&options).await?,
            "kept" => kept::measure(&options).await?,
            _ => memory::measure(&options)?,
        };
        publish(part, &format!("{}\n{about}", measured.text));
        budgets.extend(measured.budgets);
    }
    println!("{}", budget::table(&budgets));
    if options.parts.len() == PARTS.len() && section::is_update() {
        section::write(README, "budgets", &budget::table(&budgets).to_string());
    }
    fs::remove_dir_all(options.data())?;
    Ok(())
}

/// Prints a section of the README, and writes it there with the argument `--write`.
fn publish(name: &str, text: &str) {
    println!("## {name}\n\n{text}\n");
    if section::is_update() {
        section::write(README, name, text);
    }
}
