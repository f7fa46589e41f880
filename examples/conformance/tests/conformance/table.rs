//! The table of frameworks and cases in `examples/README.md`.
//!
//! It is written from the exceptions alone: what it says is so because the other
//! tests pass.

use std::fmt::Write;
use std::fs;
use std::path::Path;

use siohook_conformance::cases;

use crate::frameworks::{FRAMEWORKS, OTHERS};

const BEGIN: &str = "<!-- conformance: written by UPDATE_TABLE=1 -->\n";
const END: &str = "<!-- /conformance -->\n";

fn examples() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
}

#[test]
fn the_table_is_current() {
    let table = table();
    println!("{table}");
    let path = examples().join("README.md");
    let readme = fs::read_to_string(&path).expect("there is a README");
    let (before, rest) = readme.split_once(BEGIN).expect("the table begins");
    let (committed, after) = rest.split_once(END).expect("the table ends");
    if std::env::var_os("UPDATE_TABLE").is_some() {
        let readme = format!("{before}{BEGIN}{table}{END}{after}");
        fs::write(&path, readme).expect("the README can be written");
    } else {
        let how = "run it with UPDATE_TABLE=1 in the environment";
        assert!(committed == table, "the table is not current: {how}");
    }
}

#[test]
fn every_example_is_tried_or_known_to_be_no_server() {
    let mut found: Vec<_> = fs::read_dir(examples())
        .expect("there are examples")
        .filter_map(Result::ok)
        .filter(|entry| entry.path().join("Cargo.toml").exists())
        .filter_map(|entry| entry.file_name().into_string().ok())
        .filter(|name| !OTHERS.contains(&name.as_str()))
        .collect();
    found.sort();
    let mut tried: Vec<_> = FRAMEWORKS.iter().map(|framework| framework.name).collect();
    tried.sort_unstable();
    assert_eq!(found, tried);
}

/// A line for each case, a column for each framework, and the reasons of all
/// exceptions beneath.
fn table() -> String {
    let mut table = String::from("\n| case | |");
    let mut rule = String::from("|---|---|");
    for framework in FRAMEWORKS {
        // Writing to a string does not fail.
        let _ = write!(table, " {} |", framework.name);
        rule.push_str(":-:|");
    }
    table.push('\n');
    table.push_str(&rule);
    let mut reasons: Vec<(&str, &str)> = vec![];
    for case in cases() {
        let _ = write!(table, "\n| `{}` | {} |", case.name(), case.checks());
        for framework in FRAMEWORKS {
            let exceptions = framework.exceptions();
            let exception = exceptions.iter().find(|known| known.case == case.name());
            let Some(exception) = exception else {
                table.push_str(" yes |");
                continue;
            };
            let reason = (framework.name, exception.reason);
            let known = reasons.iter().position(|known| *known == reason);
            let number = known.unwrap_or_else(|| {
                reasons.push(reason);
                reasons.len() - 1
            });
            let _ = write!(table, " no ({}) |", number + 1);
        }
    }
    table.push_str("\n\n");
    for (number, (framework, reason)) in (1..).zip(reasons) {
        let _ = writeln!(table, "{number}. {framework}: {reason}.");
    }
    table
}
