//! How many instructions a delivery takes, counted by valgrind. They don't
//! depend on what else the machine does, so they are compared with those that
//! are on record in `benches/instructions.json`.
//!
//! ```sh
//! cargo run --release -p siohook-benches --bin instructions
//! cargo run --release -p siohook-benches --bin instructions -- --write
//! ```
//!
//! The second command puts them on record, and into the README.

use std::env;
use std::fmt::Write;
use std::fs;
use std::process::{Command, ExitCode};
use std::thread;

use serde::{Deserialize, Serialize};
use siohook::Mechanism;
use siohook_benches::{Case, Subject, cases, machine, section};

const RECORD: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/instructions.json");

/// Whatever is further away than this from what is on record is a failure: fewer
/// instructions as well, because a record that lags lets them come back unseen.
const TOLERANCE: f64 = 0.05;

/// Fewer than by default, so that soon each delivery evicts another.
const REMEMBERED: usize = 1_000;
/// Two runs have these in common, and the start of the process.
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
    /// Of which in the hash function: valgrind has no instructions for SHA-256,
    /// so there are many more of them than usual.
    siohook_hashing: u64,
    by_hand: u64,
    by_hand_hashing: u64,
    by_hand_with_a_memory: u64,
}

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    if let [DELIVER, subject, case, count] = *arguments.iter().map(|a| &**a).collect::<Vec<_>>() {
        deliver(subject, case, count.parse().expect("a count"));
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
    if section::is_written() {
        let json = serde_json::to_string_pretty(&found).expect("it has no map");
        fs::write(RECORD, json + "\n").expect("the record can be written");
        return ExitCode::SUCCESS;
    }
    let text = fs::read_to_string(RECORD).expect("there is a record");
    let record: Record = serde_json::from_str(&text).expect("the record is one");
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
        other => panic!("there is no subject {other:?}"),
    };
    let case = cases()
        .into_iter()
        .find(|known| known.name() == case)
        .expect("it is one of the cases");
    for number in 0..count {
        subject.handle(&case.request(number));
    }
}

fn count_all() -> Vec<Counts> {
    let of = |case: &Case| {
        let preparing = per_delivery("nothing", case.name());
        let count = |subject| per_delivery(subject, case.name()).saturating_sub(preparing);
        let hashing = count("hashing");
        // Automations are not signed: only a memory of them needs a digest.
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
    (count(subject, case, BEFORE + COUNTED) - count(subject, case, BEFORE)) / COUNTED
}

/// What a process of its own takes for this many deliveries.
fn count(subject: &str, case: &str, deliveries: u64) -> u64 {
    let program = env::current_exe().expect("the program is a file");
    let output = Command::new("valgrind")
        .args(["--tool=cachegrind", "--cache-sim=no"])
        .arg("--cachegrind-out-file=/dev/null")
        .arg(program)
        .args([DELIVER, subject, case, &deliveries.to_string()])
        // The system's C library may be tuned there.
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
    digits.parse().expect("it is a number")
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
    f64::from(u32::try_from(count).expect("a delivery takes fewer than four milliards"))
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

/// What is not as it was, and what to do about it.
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
                "{:?} took siohook {was} instructions beside hashing, and takes {is}: {:+.1} %.",
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
            let _ = writeln!(text, "The record is of {then}, and this is {now}.");
        }
    }
    text += "If that is as it should be, put it on record: \
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
    fn more_and_fewer_instructions_are_told() {
        for (siohook, told) in [(2000, false), (2049, false), (2051, true), (1949, true)] {
            let difference = difference(&record("1.95", 2000), &record("1.95", siohook));
            assert_eq!(difference.is_some(), told, "{siohook}");
        }
    }

    #[test]
    fn another_compiler_is_told_of_a_difference_alone() {
        let text = difference(&record("1.95", 2000), &record("1.96", 3000)).unwrap();
        assert!(text.contains("takes 2000: +100.0 %."), "{text}");
        assert!(text.contains("The record is of 1.95, and this is 1.96."));
        assert!(difference(&record("1.95", 2000), &record("1.96", 2000)).is_none());
    }
}
