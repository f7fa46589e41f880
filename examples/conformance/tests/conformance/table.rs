//! The tables of what frameworks cannot do and of what `siohook doctor` says of them, in
//! `examples/README.md`.
//!
//! They are written from what the other tests expect alone: what they say is so because those
//! pass.

use std::fmt::Write;
use std::fs;
use std::path::Path;

use siohook_conformance::cases;

use crate::doctor;
use crate::frameworks::{FRAMEWORKS, HTTP1_ONLY, OTHERS};

fn examples() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
}

#[test]
fn the_tables_are_current() {
    let path = examples().join("README.md");
    let readme = fs::read_to_string(&path).expect("there is a README");
    let current = with_table(&readme, "conformance", &table());
    let current = with_table(&current, "doctor", &doctor::table());
    if std::env::var_os("UPDATE_TABLE").is_some() {
        fs::write(&path, current).expect("the README can be written");
    } else {
        let how = "run it with UPDATE_TABLE=1 in the environment";
        assert!(
            readme == current,
            "a table is not current: {how}\n{current}"
        );
    }
}

/// A text with a table between the marks of this name.
fn with_table(text: &str, name: &str, table: &str) -> String {
    let begin = format!("<!-- {name}: written by UPDATE_TABLE=1 -->\n");
    let end = format!("<!-- /{name} -->\n");
    let (before, rest) = text.split_once(&begin).expect("the table begins");
    let (_, after) = rest.split_once(&end).expect("the table ends");
    format!("{before}{begin}{table}{end}{after}")
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
