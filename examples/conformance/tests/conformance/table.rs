//! The table of what frameworks cannot do, in `examples/README.md`.
//!
//! It is written from the exceptions alone: what it says is so because the other
//! tests pass.

use std::fmt::Write;
use std::fs;
use std::path::Path;

use siohook_conformance::cases;

use crate::frameworks::{FRAMEWORKS, HTTP1_ONLY, OTHERS};

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

/// How many cases there are, and a line for each thing that a framework cannot do.
fn table() -> String {
    let count = cases().len();
    let mut table = format!(
        "\nThere are {count} cases. Every server passes all of them, except:\n\n\
         | server | fails | because |\n|---|---|---|\n"
    );
    for framework in FRAMEWORKS {
        let (name, exceptions) = (framework.name, framework.exceptions());
        for exceptions in exceptions.chunk_by(|one, next| one.reason == next.reason) {
            let reason = exceptions[0].reason;
            let cases: Vec<_> = exceptions
                .iter()
                .map(|exception| format!("`{}`", exception.case))
                .collect();
            let cases = match reason {
                HTTP1_ONLY => "all of HTTP/2".to_owned(),
                _ => cases.join(", "),
            };
            // Writing to a string does not fail.
            let _ = writeln!(table, "| {name} | {cases} | {reason} |");
        }
    }
    table
}
