//! What is said when deliveries can come.

use std::io::{self, IsTerminal as _};
use std::net::SocketAddr;
use std::path::Path;

use serde_json::json;
use siohook_events::Shown;

use super::delivery::Endpoint;
use crate::Failure;
use crate::inspector::Inspector;
use crate::output::{self, BOLD, FAINT, Output};
use crate::text::without_query;

pub(super) fn announce(
    output: Output,
    address: SocketAddr,
    endpoint: &Endpoint,
    inspector: Option<&Inspector>,
    has_keys: bool,
) -> Result<(), Failure> {
    let url = format!("http://{address}");
    let forward = endpoint.forward.as_ref();
    let to = forward.map(|forward| without_query(forward.receiver.url()));
    // Whoever reads that it is ready may look for the key at once.
    let page = inspector
        .map(|inspector| page(endpoint, inspector))
        .transpose()?;
    if output.is_json {
        let folder = endpoint.store.folder().display().to_string();
        let ready = json!({
            "endpoint": url,
            "inspector": inspector.map(Inspector::origin),
            "forward_to": to,
            "store": folder,
        });
        output::json("ready", ready)?;
    }
    let fact = |name: &str, value: &str| {
        let value = Shown::text(value);
        output.words(format_args!("{FAINT}{name:<12}{FAINT:#}{value}"));
    };
    fact(
        "endpoint",
        &format!("{url:<30}for systeme.io, through a tunnel:"),
    );
    fact("", &format!("{:30}cloudflared tunnel --url {url}", ""));
    if let Some(page) = page {
        fact("inspector", &page);
    }
    if let Some(to) = to {
        fact("forwards to", to);
    }
    fact("records in", &below_home(endpoint.store.folder()));
    if endpoint.explainer.is_none() {
        fact("verdicts", "not checked: there is no secret and no token");
    }
    let keys = if has_keys { "  `?` lists the keys" } else { "" };
    output.words(format_args!("{BOLD}ready{BOLD:#}{FAINT}{keys}{FAINT:#}"));
    Ok(())
}

/// A path as a shell takes it: `~/.local/state/siohook/deliveries`.
fn below_home(folder: &Path) -> String {
    let home = etcetera::home_dir().ok();
    let below = home
        .as_deref()
        .and_then(|home| folder.strip_prefix(home).ok());
    match below {
        Some(below) if cfg!(unix) => format!("~/{}", below.display()),
        _ => folder.display().to_string(),
    }
}

/// Where the page is, with its key for a person alone: a log is read by others.
fn page(endpoint: &Endpoint, inspector: &Inspector) -> Result<String, Failure> {
    if io::stderr().is_terminal() {
        return Ok(format!("{}  for you alone", inspector.url()));
    }
    let file = endpoint
        .store
        .keep_private("inspector.key", inspector.key())?;
    let file = below_home(&file);
    Ok(format!("{:<30}its key is in {file}", inspector.origin()))
}
