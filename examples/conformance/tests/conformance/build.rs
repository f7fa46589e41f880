//! Where the examples are, once they are built.

use std::collections::HashMap;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::LazyLock;

use serde_json::Value;

/// The program of an example.
pub(crate) fn program(name: &str) -> PathBuf {
    // Several builds at once would only wait for each other.
    static PROGRAMS: LazyLock<HashMap<String, PathBuf>> = LazyLock::new(build);
    let package = format!("example-{name}");
    let program = PROGRAMS.get(&package);
    program
        .unwrap_or_else(|| panic!("there is no program {package}"))
        .clone()
}

/// Builds the programs of the workspace. With a test among the targets, features
/// are those of `cargo test --workspace --all-features`, so that no dependency is built twice.
fn build() -> HashMap<String, PathBuf> {
    let mut cargo = Command::new(env!("CARGO"));
    cargo
        .args([
            "build",
            "--workspace",
            "--all-features",
            "--bins",
            "--test",
            "conformance",
        ])
        .args(["--quiet", "--message-format", "json-render-diagnostics"])
        .current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
        .stderr(Stdio::inherit());
    if !cfg!(debug_assertions) {
        cargo.arg("--release");
    }
    let output = cargo.output().expect("cargo can be started");
    assert!(output.status.success(), "the examples do not compile");
    output
        .stdout
        .split(|&byte| byte == b'\n')
        .filter_map(|line| {
            let message: Value = serde_json::from_slice(line).ok()?;
            let program = message.get("executable")?.as_str()?;
            let name = message.get("target")?.get("name")?.as_str()?;
            Some((name.to_owned(), PathBuf::from(program)))
        })
        .collect()
}
