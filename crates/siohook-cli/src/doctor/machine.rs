//! What this machine has: settings, secrets, recorded deliveries, ports, the time.

use std::env;
use std::net::{Ipv4Addr, TcpListener};

use siohook_events::Shown;

use super::check::{Check, Sheet};
use super::clock;
use crate::config::{self, Config};
use crate::global::Global;
use crate::secret::{Reader, Shared};
use crate::store::{Contents, Store, shown};
use crate::text::{deliveries, size};
use crate::{Failure, Output};

/// Where `sandbox` listens, and where `listen` does with its pages.
const PORTS: [u16; 3] = [7400, 7464, 7465];

pub(super) fn look_at(global: &Global, output: Output, sheet: &mut Sheet) -> Result<(), Failure> {
    let config = settings(global, sheet)?;
    let mut reader = Reader::new(output);
    for shared in [Shared::Secret, Shared::Token] {
        for check in sources(shared, &config, &mut reader) {
            sheet.add(check)?;
        }
    }
    let store = Store::new(global)?;
    let contents = store.contents();
    sheet.add(recorded(&store, &contents))?;
    sheet.add(ports())?;
    let entries = contents.map(|contents| contents.entries);
    sheet.add(clock::check(&entries.unwrap_or_default()))
}

fn settings(global: &Global, sheet: &mut Sheet) -> Result<Config, Failure> {
    let config = match Config::read(global.config.as_deref()) {
        Ok(config) => config,
        Err(failure) => {
            let check = Check::fail("config", failure.code, failure.message);
            sheet.add(check.hint(failure.hint.unwrap_or_default()))?;
            return Ok(Config::default());
        }
    };
    let files = config::files(global.config.as_deref());
    let files: Vec<_> = files.iter().map(|file| shown(file)).collect();
    sheet.add(if files.is_empty() {
        Check::skip("config", "no siohook.toml here or above")
    } else {
        Check::ok("config", files.join(", "))
    })?;
    if let Some(unused) = config.inbox.unused() {
        sheet.add(Check::warn("inbox", "setting_unused", unused))?;
    }
    Ok(config)
}

/// Where each secret is, and whether it looks like one.
fn sources(shared: Shared, config: &Config, reader: &mut Reader) -> Vec<Check> {
    let name = shared.name();
    let variable = shared.variable();
    let mut sources = vec![];
    if env::var_os(variable).is_some() {
        sources.push((variable.to_owned(), format!("env:{variable}")));
    }
    for (label, source) in shared.configured(config) {
        let source_shown = Shown::value(source);
        sources.push((
            format!("{}, from {source_shown}", Shown::value(label)),
            source.clone(),
        ));
    }
    if sources.is_empty() {
        let message = format!("none: {variable} is not set, and no file names another");
        return vec![Check::skip(name, message)];
    }
    let check = |(what, source): (String, String)| match reader.read(shared.flag(), &source) {
        Ok(secret) => match oddity(&secret.value) {
            None => Check::ok(name, what),
            Some((code, oddity)) => Check::fail(name, code, format!("{what}: it {oddity}"))
                .hint("systeme.io signs with what was typed there: store it without"),
        },
        Err(failure) => Check::fail(name, "secret_unreadable", failure.message),
    };
    sources.into_iter().map(check).collect()
}

/// What a secret has that was probably not typed at systeme.io.
fn oddity(secret: &str) -> Option<(&'static str, &'static str)> {
    let is_quoted = ['"', '\'']
        .iter()
        .any(|quote| secret.len() > 1 && secret.starts_with(*quote) && secret.ends_with(*quote));
    if secret.trim() != secret {
        Some(("secret_spaces", "begins or ends with white space"))
    } else if is_quoted {
        Some(("secret_quotes", "is in quotes"))
    } else {
        None
    }
}

fn recorded(store: &Store, contents: &Result<Contents, Failure>) -> Check {
    let folder = shown(store.folder());
    let contents = match contents {
        Ok(contents) => contents,
        Err(failure) => return Check::fail("store", failure.code, &*failure.message),
    };
    if !store.folder().exists() {
        return Check::skip("store", format!("{folder} is not there yet"));
    }
    let lengths = contents.entries.iter().map(|entry| {
        let length = entry.path.metadata().map_or(0, |file| file.len());
        usize::try_from(length).unwrap_or(usize::MAX)
    });
    let length = lengths.fold(0, usize::saturating_add);
    let message = format!(
        "{folder}: {}, {}",
        deliveries(contents.entries.len()),
        size(length)
    );
    match mode_for_others(store, contents) {
        Some((mode, 0)) => Check::warn(
            "store",
            "store_listed",
            format!("{message}; others can list it (mode {mode:o})"),
        ),
        Some((mode, files)) => Check::fail(
            "store",
            "store_open",
            format!("{message}; others can read {files} of them (folder: mode {mode:o})"),
        ),
        None => return Check::ok("store", message),
    }
    .hint("deliveries hold names and addresses: chmod -R go-rwx")
}

/// The mode of the folder if others can use it, and how many of its files they can read.
#[cfg(unix)]
fn mode_for_others(store: &Store, contents: &Contents) -> Option<(u32, usize)> {
    use std::os::unix::fs::PermissionsExt as _;
    let mode = |path: &std::path::Path| Some(path.metadata().ok()?.permissions().mode() & 0o777);
    let is_open = |mode: &u32| mode & 0o077 != 0;
    let folder = mode(store.folder()).filter(is_open)?;
    let files = contents
        .entries
        .iter()
        .filter_map(|entry| mode(&entry.path));
    Some((folder, files.filter(is_open).count()))
}

#[cfg(not(unix))]
fn mode_for_others(_: &Store, _: &Contents) -> Option<(u32, usize)> {
    None
}

fn ports() -> Check {
    let is_taken = |port: &u16| TcpListener::bind((Ipv4Addr::LOCALHOST, *port)).is_err();
    let list = |ports: &[u16]| {
        let ports: Vec<_> = ports.iter().map(u16::to_string).collect();
        ports.join(", ")
    };
    let taken: Vec<_> = PORTS.into_iter().filter(is_taken).collect();
    if taken.is_empty() {
        Check::ok("ports", format!("{} are free", list(&PORTS)))
    } else {
        Check::warn("ports", "port_taken", format!("taken: {}", list(&taken)))
            .hint("is siohook running? `--listen` names another port")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_hardly_typed_is_seen() {
        for (secret, code) in [
            ("correct horse", None),
            ("it's", None),
            ("\"", None),
            (" a", Some("secret_spaces")),
            ("a\r", Some("secret_spaces")),
            ("\"a\"", Some("secret_quotes")),
            ("'a'", Some("secret_quotes")),
        ] {
            assert_eq!(oddity(secret).map(|(code, _)| code), code, "{secret}");
        }
    }
}
