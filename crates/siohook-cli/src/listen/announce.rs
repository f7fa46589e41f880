//! What is said when deliveries can come.

use std::net::SocketAddr;
use std::path::Path;

use serde_json::json;
use siohook_events::Shown;

use super::delivery::Endpoint;
use crate::Failure;
use crate::output::{self, BOLD, FAINT, Output};
use crate::text::without_query;

pub(super) fn announce(
    output: Output,
    address: SocketAddr,
    endpoint: &Endpoint,
) -> Result<(), Failure> {
    let url = format!("http://{address}");
    let forward = endpoint.forward.as_ref();
    let to = forward.map(|forward| without_query(forward.receiver.url()));
    if output.is_json {
        let folder = endpoint.store.folder().display().to_string();
        let ready = json!({"endpoint": url, "forward_to": to, "store": folder});
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
    if let Some(to) = to {
        fact("forwards to", to);
    }
    fact("records in", &below_home(endpoint.store.folder()));
    if endpoint.explainer.is_none() {
        fact("verdicts", "not checked: there is no secret and no token");
    }
    output.words(format_args!("{BOLD}ready{BOLD:#}"));
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
