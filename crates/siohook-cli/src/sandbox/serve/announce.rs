//! What is said when a sandbox listens.

use serde_json::json;
use siohook_events::Shown;
use siohook_sandbox::Sandbox;

use super::args::Serve;
use super::start::Sources;
use crate::Failure;
use crate::output::{self, BOLD, FAINT, Output};
use crate::secret::Shared;
use crate::text::without_query;

pub(super) fn announce(
    output: Output,
    serve: &Serve,
    sandbox: &Sandbox,
    sources: &Sources,
) -> Result<(), Failure> {
    let to = serve.to.as_deref().map(without_query);
    if output.is_json {
        let ready = json!({
            "url": sandbox.url(),
            "to": to,
            "secret_from": sources.secret,
            "token_from": sources.token,
        });
        output::json("ready", ready)?;
    }
    let fact = |name: &str, value: &str| {
        let value = Shown::text(value);
        output.words(format_args!("{FAINT}{name:<10}{FAINT:#}{value}"));
    };
    fact("sandbox", sandbox.url());
    fact(
        "sends to",
        to.unwrap_or("no receiver: add --to URL, or webhooks and rules"),
    );
    for (name, source) in [("secret", &sources.secret), ("token", &sources.token)] {
        match source {
            Some(source) => fact(name, &format!("from {source}")),
            None => fact(name, "made up, for the receiver's environment"),
        }
    }
    // The only place in which they are written.
    for (name, source, value) in [
        (Shared::Secret.variable(), &sources.secret, sandbox.secret()),
        (Shared::Token.variable(), &sources.token, sandbox.token()),
    ] {
        if source.is_none() {
            output::must(format_args!("  export {name}={value}"));
        }
    }
    // A sandbox with a certificate answers HTTP too.
    let url = sandbox.url().replacen("https://", "http://", 1);
    let rest = match &*url {
        "http://127.0.0.1:7400" => String::new(),
        url => format!(" --url {url}"),
    };
    fact("fire", &format!("siohook sandbox fire SALE_NEW{rest}"));
    output.words(format_args!("{BOLD}ready{BOLD:#}"));
    Ok(())
}
