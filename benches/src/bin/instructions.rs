//! Counts the instructions of a delivery with valgrind, and compares them with
//! the record in `benches/instructions.json`. Other programs on the machine
//! don't change the count.
//!
//! ```sh
//! cargo run --release -p siohook-benches --bin instructions
//! cargo run --release -p siohook-benches --bin instructions -- --write
//! ```
//!
//! The second command updates the record and the README.

use std::env;
use std::fmt::Write;
use std::fs;
use std::process::{Command, ExitCode};
use std::thread;

use rlsf::SmallGlobalTlsf;
use serde::{Deserialize, Serialize};
use siohook::Mechanism;
use siohook_benches::{Case, Subject, cases, machine, section};

/// With the allocator of the C library, a random hash decides how a table grows, that decides where
/// later allocations find room, and a delivery takes up to 8 % more or fewer instructions.
#[global_allocator]
static ALLOCATOR: SmallGlobalTlsf = SmallGlobalTlsf::new();

const RECORD: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/instructions.json");

/// A larger relative difference from the record is a failure. So are fewer
/// instructions: an outdated record would hide the loss of a gain.
const TOLERANCE: f64 = 0.05;

/// Below the default, so that each delivery soon evicts another.
const REMEMBERED: usize = 1_000;
/// Deliveries of both runs. Their cost cancels out, like the start of the process.
const BEFORE: u64 = 2_000;
const COUNTED: u64 = 10_000;

/// The argument with which this program runs itself under valgrind.
const DELIVER: &str = "deliver";

#[derive(Serialize, Deserialize)]
struct Record {
    measured_with: Vec<String>,
    deliveries: Vec<Counts>,
}

/// Instructions for one delivery.
#[derive(Serialize, Deserialize)]
struct Counts {
    delivery: String,
    siohook: u64,
    /// The part of `siohook` in the hash function. Valgrind emulates no SHA-256
    /// instructions, so hashing takes many times as many as usual.
    siohook_hashing: u64,
    by_hand: u64,
    by_hand_hashing: u64,
    by_hand_with_a_memory: u64,
}

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    if let [DELIVER, subject, case, count] = *arguments.iter().map(|a| &**a).collect::<Vec<_>>() {
        deliver(subject, case, count.parse().expect("the count is a number"));
        return ExitCode::SUCCESS;
    }
    let found = Record {
        measured_with: vec![
            machine::version_of("rustc"),
            machine::version_of("valgrind"),
            machine::system(),
        ],
        deliveries: count_all(),
    };
    section::publish("instructions", &table(&found));
    if section::is_update() {
        let json = serde_json::to_string_pretty(&found).expect("a record can be written as JSON");
        fs::write(RECORD, json + "\n").expect("the record can be written");
        return ExitCode::SUCCESS;
    }
    let text = fs::read_to_string(RECORD).expect("the record can be read");
    let record: Record = serde_json::from_str(&text).expect("the record is valid");
    match difference(&record, &found) {
        None => ExitCode::SUCCESS,
        Some(difference) => {
            eprintln!("{difference}");
            ExitCode::FAILURE
        }
    }
}

fn deliver(subject: &str, case: &str, count: u64) {
    let subject = match subject {
        "siohook" => Subject::siohook(REMEMBERED),
        "by hand" => Subject::by_hand(),
        "by hand, with a memory" => Subject::with_memory(REMEMBERED),
        "hashing" => Subject::hashing(),
        "nothing" => Subject::Nothing,
        other => panic!("unknown subject {other:?}"),
    };
    let case = cases()
        .into_iter()
        .find(|known| known.name() == case)
        .expect("the case is known");
    for number in 0..count {
        subject.handle(&case.request(number));
    }
}

fn count_all() -> Vec<Counts> {
    let of = |case: &Case| {
        let preparing = per_delivery("nothing", case.name());
        let count = |subject| per_delivery(subject, case.name()).saturating_sub(preparing);
        let hashing = count("hashing");
        // Automations are not signed, so the receiver by hand does not hash them.
        let is_signed = case.request(0).mechanism == Mechanism::Account;
        Counts {
            delivery: case.name().to_owned(),
            siohook: count("siohook"),
            siohook_hashing: hashing,
            by_hand: count("by hand"),
            by_hand_hashing: if is_signed { hashing } else { 0 },
            by_hand_with_a_memory: count("by hand, with a memory"),
        }
    };
    thread::scope(|scope| {
        let threads: Vec<_> = (0..cases().len())
            .map(|at| scope.spawn(move || of(&cases()[at])))
            .collect();
        threads
            .into_iter()
            .map(|thread| thread.join().expect("valgrind is installed"))
            .collect()
    })
}

fn per_delivery(subject: &str, case: &str) -> u64 {
    let all = |deliveries| count(subject, case, deliveries);
    (all(BEFORE + COUNTED) - all(BEFORE)) / COUNTED
}

/// Instructions of a separate process for this many deliveries.
fn count(subject: &str, case: &str, deliveries: u64) -> u64 {
    let program = env::current_exe().expect("the program is a file");
    let output = Command::new("valgrind")
        .args(["--tool=cachegrind", "--cache-sim=no"])
        .arg("--cachegrind-out-file=/dev/null")
        .arg(program)
        .args([DELIVER, subject, case, &deliveries.to_string()])
        // Environment variables may tune the C library.
        .env_clear()
        .envs(env::var_os("PATH").map(|path| ("PATH", path)))
        .output()
        .expect("valgrind is installed");
    let text = String::from_utf8_lossy(&output.stderr);
    let line = text.lines().find(|line| line.contains("refs:"));
    let digits: String = line
        .and_then(|line| line.split_once("refs:"))
        .filter(|_| output.status.success())
        .unwrap_or_else(|| panic!("valgrind failed: {text}"))
        .1
        .chars()
        .filter(char::is_ascii_digit)
        .collect();
    digits.parse().expect("the count is a number")
}

impl Counts {
    fn siohook_less_hashing(&self) -> f64 {
        as_f64(self.siohook.saturating_sub(self.siohook_hashing))
    }

    fn by_hand_less_hashing(&self) -> f64 {
        as_f64(self.by_hand.saturating_sub(self.by_hand_hashing))
    }
}

fn as_f64(count: u64) -> f64 {
    f64::from(u32::try_from(count).expect("a delivery takes fewer than 2^32 instructions"))
}

fn table(record: &Record) -> String {
    let mut table = "\
| delivery | by hand | by hand, with a memory | siohook | siohook / by hand | siohook / by hand, with a memory | by hand, less hashing | siohook, less hashing |
|---|--:|--:|--:|--:|--:|--:|--:|
"
    .to_owned();
    for counts in &record.deliveries {
        let (by_hand, siohook) = (counts.by_hand_less_hashing(), counts.siohook_less_hashing());
        let _ = writeln!(
            table,
            "| {} | {} | {} | {} | {:.2} | {:.2} | {by_hand} | {siohook} |",
            counts.delivery,
            counts.by_hand,
            counts.by_hand_with_a_memory,
            counts.siohook,
            as_f64(counts.siohook) / as_f64(counts.by_hand),
            as_f64(counts.siohook) / as_f64(counts.by_hand_with_a_memory),
        );
    }
    table
}

/// Describes how the counts differ from the record, and how to update it.
fn difference(record: &Record, found: &Record) -> Option<String> {
    let mut text = String::new();
    for now in &found.deliveries {
        let known = |then: &&Counts| then.delivery == now.delivery;
        let Some(then) = record.deliveries.iter().find(known) else {
            let _ = writeln!(text, "{:?} is not on record.", now.delivery);
            continue;
        };
        let (was, is) = (then.siohook_less_hashing(), now.siohook_less_hashing());
        if (is / was - 1.0).abs() > TOLERANCE {
            let _ = writeln!(
                text,
                "{:?}: siohook took {was} instructions without hashing, and takes {is}: {:+.1} %.",
                now.delivery,
                (is / was - 1.0) * 100.0
            );
        }
    }
    if text.is_empty() {
        return None;
    }
    for (then, now) in record.measured_with.iter().zip(&found.measured_with) {
        if then != now {
            let _ = writeln!(
                text,
                "The record was made with {then}, this run with {now}."
            );
        }
    }
    text += "If this is intended, update the record: \
             cargo run --release -p siohook-benches --bin instructions -- --write";
    Some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(rustc: &str, siohook: u64) -> Record {
        Record {
            measured_with: vec![rustc.to_owned()],
            deliveries: vec![Counts {
                delivery: "tag".to_owned(),
                siohook,
                siohook_hashing: 1000,
                by_hand: 2000,
                by_hand_hashing: 1000,
                by_hand_with_a_memory: 3000,
            }],
        }
    }

    #[test]
    fn more_and_fewer_instructions_are_reported() {
        for (siohook, is_reported) in [(2000, false), (2049, false), (2051, true), (1949, true)] {
            let difference = difference(&record("1.95", 2000), &record("1.95", siohook));
            assert_eq!(difference.is_some(), is_reported, "{siohook}");
        }
    }

    #[test]
    fn another_compiler_is_named_only_if_the_instructions_differ() {
        let text = difference(&record("1.95", 2000), &record("1.96", 3000)).unwrap();
        assert!(text.contains("takes 2000: +100.0 %."), "{text}");
        assert!(text.contains("The record was made with 1.95, this run with 1.96."));
        assert!(difference(&record("1.95", 2000), &record("1.96", 2000)).is_none());
    }
}
