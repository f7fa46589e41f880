//! Compares the page on trust with the tests that it names.

use std::collections::BTreeSet;
use std::path::Path;
use std::{env, fs};

/// Adds the names of the functions in the Rust files of a folder.
fn add_functions(folder: &Path, names: &mut BTreeSet<String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            if path.file_name().is_some_and(|name| name != "target") {
                add_functions(&path, names);
            }
        } else if path.extension().is_some_and(|it| it == "rs") {
            let text = fs::read_to_string(&path).unwrap();
            let functions = text.lines().filter_map(|line| {
                let (_, rest) = line.split_once("fn ")?;
                Some(rest.split('(').next()?.to_owned())
            });
            names.extend(functions);
        }
    }
}

#[test]
fn the_tests_of_the_threats_exist() {
    let repository = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut functions = BTreeSet::new();
    for folder in ["benches", "crates", "examples"] {
        add_functions(&repository.join(folder), &mut functions);
    }
    let page = include_str!("../src/guide/trust.md");
    let (_, threats) = page.split_once("# Threats").unwrap();
    let cells = threats.lines().filter_map(|line| {
        let (_, cell) = line.strip_suffix(" |")?.rsplit_once(" | ")?;
        Some(cell)
    });
    let tests: Vec<_> = cells
        .flat_map(|cell| cell.split('`').skip(1).step_by(2))
        .map(|test| test.rsplit([':', ' ']).next().unwrap())
        .filter(|name| name.contains('_') && !name.starts_with('…'))
        .collect();
    assert!(tests.len() > 30, "{tests:?}");
    let missing: Vec<_> = tests
        .iter()
        .filter(|name| !functions.contains(**name))
        .collect();
    assert!(missing.is_empty(), "{missing:#?}");
}
