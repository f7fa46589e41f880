//! What it costs to store deliveries before they are answered, and to run their handlers:
//! `README.md` has the figures.

mod accept;
mod budget;
mod by_hand;
mod calls;
mod contestant;
mod database;
mod deliveries;
mod handlers;
mod idle;
mod kept;
mod life;
mod load;
mod memory;
mod operator;
mod options;
mod rounds;

use std::error::Error;
use std::fs;

use siohook_benches::{machine, section};

use self::budget::Budget;
use self::database::Database;
use self::options::Options;

const README: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/README.md");
const LOCK: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.lock");
const LIBRARIES: [&str; 6] = [
    "siohook",
    "siohook-inbox",
    "rusqlite",
    "tokio-postgres",
    "tokio",
    "serde_json",
];
const PARTS: [&str; 7] = [
    "accept", "life", "idle", "kept", "memory", "operator", POSTGRES,
];
/// All other parts, in PostgreSQL.
const POSTGRES: &str = "postgres";

type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// What a part prints, and what it says about the budgets.
struct Part {
    text: String,
    budgets: Vec<Budget>,
}

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() -> Result<()> {
    if let Some(place) = memory::place_of_child() {
        return memory::child(&place).await;
    }
    let options = Options::read()?;
    fs::create_dir_all(options.data())?;
    let mut budgets = vec![];
    for part in &options.parts {
        let load = fs::read_to_string("/proc/loadavg").unwrap_or_default();
        let load = load.split(' ').next().unwrap_or_default();
        let database = if part == POSTGRES {
            Database::postgres(&options)
        } else {
            Database::sqlite()
        };
        let measured = measure(part, &options, &database).await?;
        let text = format!(
            "{}\n{}\n<sub>{}; {} rounds of {:?}; load before it began: {load}.</sub>",
            measured.text,
            machine::sentence_of(LOCK, &LIBRARIES),
            database.version(),
            options.rounds,
            options.time,
        );
        publish(part, &text);
        budgets.extend(measured.budgets);
    }
    println!("{}", budget::table(&budgets));
    if options.parts.len() == PARTS.len() && section::is_update() {
        section::write(README, "budgets", &budget::table(&budgets).to_string());
    }
    fs::remove_dir_all(options.data())?;
    Ok(())
}

async fn measure(part: &str, options: &Options, database: &Database) -> Result<Part> {
    match part {
        "accept" => accept::measure(options, database).await,
        "life" => life::measure(options, database).await,
        "idle" => idle::measure(options, database).await,
        "kept" => kept::measure(options, database).await,
        "memory" => memory::measure(options, database),
        "operator" => operator::measure(options, database).await,
        _ => measure_all(options, database).await,
    }
}

/// Measures all other parts in one database.
async fn measure_all(options: &Options, database: &Database) -> Result<Part> {
    let (mut tables, mut budgets) = (vec![], vec![]);
    for part in PARTS.into_iter().filter(|part| *part != POSTGRES) {
        let measured = Box::pin(measure(part, options, database)).await?;
        tables.push(measured.text);
        budgets.extend(measured.budgets.into_iter().map(Budget::in_postgres));
    }
    let text = tables.join("\n");
    Ok(Part { text, budgets })
}

/// Prints a section of the README, and writes it there with the argument `--write`.
fn publish(name: &str, text: &str) {
    println!("## {name}\n\n{text}\n");
    if section::is_update() {
        section::write(README, name, text);
    }
}
