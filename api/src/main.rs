//! Compares the public API of each published crate, with all features, with the
//! list in this folder.
//!
//! ```sh
//! cargo run --manifest-path api/Cargo.toml
//! cargo run --manifest-path api/Cargo.toml -- --write
//! ```
//!
//! The second command writes the lists.

use std::collections::HashSet;
use std::env;
use std::error::Error;
use std::fs;
use std::process::{Command, ExitCode};

use public_api::Builder;

/// The compiler whose rustdoc describes the crates. Its JSON is unstable: each compiler
/// writes one version, and each `public-api` reads one. 1.95.0 and `public-api` 0.52.0
/// agree on version 57. A stable compiler has a number that rustup finds on any machine;
/// a nightly may be installed there without its date. Change this and the version in
/// `Cargo.toml` together, and write the lists again.
const TOOLCHAIN: &str = "1.95.0";

const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");
/// A folder of its own: elsewhere `RUSTC_BOOTSTRAP` makes dependencies compile again.
const TARGET: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/target/rustdoc");

fn main() -> Result<ExitCode, Box<dyn Error>> {
    let is_written = env::args().skip(1).any(|argument| argument == "--write");
    let crates = published_crates()?;
    write_json(&crates)?;
    let mut exit = ExitCode::SUCCESS;
    for name in &crates {
        let found = public_items(name)?;
        let path = format!("{ROOT}/api/{name}.txt");
        if is_written {
            fs::write(path, found.join("\n") + "\n")?;
            continue;
        }
        let listed =
            fs::read_to_string(&path).map_err(|error| format!("api/{name}.txt: {error}"))?;
        let difference = difference(&listed, &found);
        if !difference.is_empty() {
            eprintln!("The public API is not the one in api/{name}.txt:\n{difference}");
            exit = ExitCode::FAILURE;
        }
    }
    if exit != ExitCode::SUCCESS {
        eprintln!("To list what there is: cargo run --manifest-path api/Cargo.toml -- --write");
    }
    Ok(exit)
}

fn published_crates() -> Result<Vec<String>, Box<dyn Error>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(format!("{ROOT}/crates"))? {
        let entry = entry?;
        if entry.path().is_dir() {
            names.push(entry.file_name().to_string_lossy().into_owned());
        }
    }
    names.sort();
    Ok(names)
}

/// Has rustdoc describe the crates.
fn write_json(crates: &[String]) -> Result<(), Box<dyn Error>> {
    let status = Command::new("rustup")
        .args(["run", "--install", TOOLCHAIN, "cargo", "doc"])
        .args(["--no-deps", "--all-features", "--quiet"])
        .args(["--target-dir", TARGET])
        .args(crates.iter().flat_map(|name| ["--package", name]))
        .current_dir(ROOT)
        // JSON is for nightly compilers, unless a stable one is told otherwise.
        .env("RUSTC_BOOTSTRAP", "1")
        .env("RUSTDOCFLAGS", "-Z unstable-options --output-format json")
        .status()?;
    if status.success() {
        Ok(())
    } else {
        Err(format!("rustdoc {TOOLCHAIN}: {status}").into())
    }
}

/// A line for each public item. A trait's implementation has a line, its types have more;
/// what all types have is left out.
fn public_items(name: &str) -> Result<Vec<String>, public_api::Error> {
    let json = format!("{TARGET}/doc/{}.json", name.replace('-', "_"));
    let api = Builder::from_rustdoc_json(json)
        .omit_blanket_impls(true)
        .omit_auto_trait_impls(true)
        .build()?;
    let mut lines = Vec::new();
    let mut trait_impls = HashSet::new();
    let mut seen = HashSet::new();
    for item in api.items() {
        let line = item.to_string();
        if line.starts_with("impl") && line.contains(" for ") {
            trait_impls.insert(item.id());
        }
        let is_of_trait = item.parent_id().is_some_and(|id| trait_impls.contains(&id));
        let is_said = !is_of_trait || line.starts_with("pub type");
        // An implementation stands below its type and below its trait.
        if is_said
            && !line.contains("StructuralPartialEq")
            && seen.insert((item.id(), line.clone()))
        {
            lines.push(line);
        }
    }
    Ok(lines)
}

/// What is listed and gone with `-`, what is new with `+`.
fn difference(listed: &str, found: &[String]) -> String {
    let gone = listed
        .lines()
        .filter(|line| !found.iter().any(|item| item == line));
    let listed: HashSet<&str> = listed.lines().collect();
    let new = found.iter().filter(|item| !listed.contains(item.as_str()));
    gone.map(|line| format!("- {line}\n"))
        .chain(new.map(|item| format!("+ {item}\n")))
        .collect()
}
