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
use std::path::Path;
use std::process::{Command, ExitCode};

use public_api::Builder;

/// The compiler whose rustdoc describes the crates. Its JSON is unstable: each compiler
/// writes one version, and each `public-api` reads one. 1.95.0 and `public-api` 0.52.0
/// agree on version 57. rustup finds a stable compiler by its version; a nightly may be
/// installed without its date. Change this and the version in `Cargo.toml` together, and
/// write the lists again.
const TOOLCHAIN: &str = "1.95.0";

const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");
const TARGET: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../target");

/// The variable with which cargo calls this program in place of rustdoc.
const AS_RUSTDOC: &str = "SIOHOOK_API_AS_RUSTDOC";

fn main() -> Result<ExitCode, Box<dyn Error>> {
    if env::var_os(AS_RUSTDOC).is_some() {
        return rustdoc();
    }
    let is_update = env::args().skip(1).any(|argument| argument == "--write");
    let crates = published_crates()?;
    write_json(&crates)?;
    let mut exit = ExitCode::SUCCESS;
    for name in crates.iter().filter(|name| is_library(name)) {
        let found = public_items(name)?;
        let path = format!("{ROOT}/api/{name}.txt");
        if is_update {
            fs::write(path, found.join("\n") + "\n")?;
            continue;
        }
        let listed =
            fs::read_to_string(&path).map_err(|error| format!("api/{name}.txt: {error}"))?;
        let difference = difference(&listed, &found);
        if !difference.is_empty() {
            eprintln!("The public API differs from api/{name}.txt:\n{difference}");
            exit = ExitCode::FAILURE;
        }
    }
    if exit != ExitCode::SUCCESS {
        eprintln!("To update the lists: cargo run --manifest-path api/Cargo.toml -- --write");
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

/// A program has no public API.
fn is_library(name: &str) -> bool {
    Path::new(&format!("{ROOT}/crates/{name}/src/lib.rs")).is_file()
}

/// Lets rustdoc write a description of each crate as JSON. The dependencies of all published crates, with
/// the same features, are compiled already by `cargo doc` in `.ci/run`.
fn write_json(crates: &[String]) -> Result<(), Box<dyn Error>> {
    let mut cargo = Command::new("rustup");
    // Cargo describes this package to its program. A build script that reads a description would see
    // another one than usual, and what depends on it would be built again.
    for (name, _) in env::vars_os() {
        let text = name.to_string_lossy();
        if text.starts_with("CARGO_PKG_") || text.starts_with("CARGO_MANIFEST_") {
            cargo.env_remove(name);
        }
    }
    let status = cargo
        .args(["run", "--install", TOOLCHAIN, "cargo", "doc"])
        .args(crates.iter().map(|name| format!("--package={name}")))
        .args(["--no-deps", "--all-features", "--quiet"])
        .args(["--target-dir", TARGET])
        .current_dir(ROOT)
        .env("RUSTDOC", env::current_exe()?)
        .env("RUSTDOCFLAGS", "-Z unstable-options --output-format json")
        .env(AS_RUSTDOC, "1")
        .status()?;
    if status.success() {
        Ok(())
    } else {
        Err(format!("rustdoc {TOOLCHAIN}: {status}").into())
    }
}

/// Runs rustdoc, which writes JSON with this variable only. If cargo had it, all dependencies would be
/// compiled again.
fn rustdoc() -> Result<ExitCode, Box<dyn Error>> {
    let status = Command::new("rustdoc")
        .args(env::args_os().skip(1))
        .env("RUSTC_BOOTSTRAP", "1")
        .status()?;
    Ok(if status.success() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// Returns a line for each public item. An implementation of a trait has a line, and one for
/// each associated type. Auto traits and blanket implementations are left out.
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
        let is_listed = !is_of_trait || line.starts_with("pub type");
        // An implementation appears below its type and below its trait.
        if is_listed
            && !line.contains("StructuralPartialEq")
            && seen.insert((item.id(), line.clone()))
        {
            lines.push(line);
        }
    }
    Ok(lines)
}

/// Returns removed items with `-` and new items with `+`.
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
