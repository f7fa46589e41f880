//! The machine and the versions that figures were measured with.

use std::fs;
use std::process::Command;

/// Libraries that the figures depend on.
const LIBRARIES: [&str; 8] = [
    "siohook",
    "serde_json",
    "serde",
    "hmac",
    "sha2",
    "bytes",
    "http",
    "inventory",
];

/// A sentence with compiler, processor, system and libraries.
#[must_use]
pub fn sentence() -> String {
    let lock = concat!(env!("CARGO_MANIFEST_DIR"), "/../Cargo.lock");
    sentence_of(lock, &LIBRARIES)
}

/// The same with the libraries of another lock file.
#[must_use]
pub fn sentence_of(lock: &str, libraries: &[&str]) -> String {
    let processors = read("/proc/cpuinfo");
    let processor = value(&processors, ':', "model name");
    let cores = processors.matches("model name").count();
    let lock = read(lock);
    let libraries: Vec<String> = libraries
        .iter()
        .filter_map(|name| Some(format!("{name} {}", newest(&lock, name)?)))
        .collect();
    format!(
        "<sub>{} on {processor} ({cores} cores), {}, Linux {}; {}.</sub>",
        version_of("rustc"),
        system(),
        read("/proc/sys/kernel/osrelease").trim(),
        libraries.join(", ")
    )
}

/// The name and version of the distribution, and with them the C library.
#[must_use]
pub fn system() -> String {
    value(&read("/etc/os-release"), '=', "PRETTY_NAME")
}

/// The version that a program prints.
#[must_use]
pub fn version_of(program: &str) -> String {
    let output = Command::new(program).arg("--version").output();
    let text = output.map_or(Vec::new(), |output| output.stdout);
    String::from_utf8_lossy(&text).trim().to_owned()
}

fn read(path: &str) -> String {
    fs::read_to_string(path).unwrap_or_default()
}

fn value(text: &str, separator: char, key: &str) -> String {
    let mut lines = text.lines().filter_map(|line| line.split_once(separator));
    let found = lines.find(|(own, _)| own.trim() == key);
    found.map_or("unknown".to_owned(), |(_, value)| {
        value.trim().trim_matches('"').to_owned()
    })
}

/// The newest version of a library in the lock file, which sorts versions.
fn newest<'a>(lock: &'a str, name: &str) -> Option<&'a str> {
    let entry = format!("name = \"{name}\"\nversion = \"");
    let (_, rest) = lock.rsplit_once(&entry)?;
    Some(rest.split_once('"')?.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sentence_has_a_version_of_siohook() {
        assert!(sentence().contains("siohook 0."));
    }
}
