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
const PARTS: [&str; 6] = ["accept", "life", "idle", "kept", "memory", "operator"];
const SQLITE: &str = "sqlite";
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
    if options.databases.contains(&SQLITE) {
        let sqlite = Database::sqlite();
        for part in &options.parts {
            let measured = report(&options, &sqlite, std::slice::from_ref(part)).await?;
            publish(part, &measured.text, true);
            budgets.extend(measured.budgets);
        }
    }
    if options.databases.contains(&POSTGRES) {
        let postgres = Database::postgres(&options);
        let measured = report(&options, &postgres, &options.parts).await?;
        publish(POSTGRES, &measured.text, options.has_all_parts());
        budgets.extend(measured.budgets.into_iter().map(Budget::in_postgres));
    }
    let table = budget::table(&budgets).to_string();
    publish("budgets", &table, options.is_everything());
    fs::remove_dir_all(options.data())?;
    Ok(())
}

/// Measures parts in a database, and says on what they were measured.
async fn report(options: &Options, database: &Database, parts: &[&str]) -> Result<Part> {
    let load = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let load = load.split(' ').next().unwrap_or_default().to_owned();
    let (mut tables, mut budgets) = (vec![], vec![]);
    for part in parts {
        let measured = Box::pin(measure(part, options, database)).await?;
        tables.push(measured.text);
        budgets.extend(measured.budgets);
    }
    let text = format!(
        "{}\n{}\n<sub>{}; {} rounds of {:?}; load before it began: {load}.</sub>",
        tables.join("\n"),
        machine::sentence_of(LOCK, &LIBRARIES),
        database.version(),
        options.rounds,
        options.time,
    );
    Ok(Part { text, budgets })
}

async fn measure(part: &str, options: &Options, database: &Database) -> Result<Part> {
    match part {
        "accept" => accept::measure(options, database).await,
        "life" => life::measure(options, database).await,
        "idle" => idle::measure(options, database).await,
        "kept" => kept::measure(options, database).await,
        "memory" => memory::measure(options, database),
        "operator" => operator::measure(options, database).await,
        _ => unreachable!("{part} is no part"),
    }
}

/// Prints a section of the README. With the argument `--write`, writes it there if it is whole.
fn publish(name: &str, text: &str, is_whole: bool) {
    println!("## {name}\n\n{text}\n");
    if is_whole && section::is_update() {
        section::write(README, name, text);
    }
}
