//! The program `siohook`, which looks at the examples from outside.

use std::env;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;

use serde_json::Value;

/// Returns the program `siohook` with these words, and without the settings of the user who runs
/// the tests.
pub(crate) fn siohook(words: &[&str]) -> Command {
    static PROGRAM: OnceLock<PathBuf> = OnceLock::new();
    let program = PROGRAM.get_or_init(|| env::var_os("SIOHOOK").map_or_else(build, PathBuf::from));
    let mut command = Command::new(program);
    for (name, _) in env::vars_os() {
        let is_setting = |prefix| name.to_string_lossy().starts_with(prefix);
        if ["SIOHOOK_", "SYSTEME_"].into_iter().any(is_setting) {
            command.env_remove(name);
        }
    }
    command.args(words).stdin(Stdio::null());
    command
}

/// Builds it: cargo makes the programs of another package available to tests on nightly only.
fn build() -> PathBuf {
    let workspace = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."));
    let mut cargo = Command::new(env!("CARGO"));
    cargo
        .args(["build", "--package=siohook-cli", "--bin=siohook"])
        .arg("--message-format=json-render-diagnostics")
        .current_dir(workspace)
        .stdin(Stdio::null())
        .stderr(Stdio::inherit());
    // Cargo describes this package to the test. A build script that reads a description would see
    // another one than usual, and what depends on it would be built again.
    for (name, _) in env::vars_os() {
        let text = name.to_string_lossy();
        let is_description = |prefix| text.starts_with(prefix);
        if ["CARGO_PKG_", "CARGO_MANIFEST_", "CARGO_BIN_"]
            .into_iter()
            .any(is_description)
        {
            cargo.env_remove(name);
        }
    }
    let built = cargo.output().expect("there is cargo");
    assert!(built.status.success(), "siohook can't be built");
    let messages = String::from_utf8(built.stdout).expect("JSON is UTF-8");
    let messages = messages.lines().map(serde_json::from_str::<Value>);
    let mut programs = messages.filter_map(|message| {
        let message = message.expect("cargo writes JSON");
        let is_program = message["target"]["name"] == "siohook";
        let program = message["executable"].as_str().filter(|_| is_program)?;
        Some(PathBuf::from(program))
    });
    programs.next().expect("cargo names what it built")
}
