//! `siohook verify`: whether a delivery is from systeme.io, and why not.

use std::path::{Path, PathBuf};

use clap::Args;
use serde::Serialize;
use siohook::explain::{Explainer, Explanation};
use siohook::{Incoming, Reason};
use siohook_events::Shown;
use siohook_events::headers::{EVENT, SIGNATURE};
use siohook_sender::Capture;

use crate::config::Config;
use crate::output::{self, BAD, BOLD, FAINT, GOOD};
use crate::secret::{Reader, Secret, Shared};
use crate::store::{Entry, Found, Selector, Store};
use crate::{Exit, Failure, Output, input};

/// Say whether a delivery is from systeme.io, and why not
///
/// It is tried with each secret and token, as a receiver with all of them would do. No output holds a
/// secret, a token or the signature that would be right.
#[derive(Args, Debug)]
#[command(after_long_help = "\
Examples:
  siohook verify @1 --explain
  siohook verify sale.http --secret main=env:SYSTEME_WEBHOOK_SECRET --secret old=file:old.txt
  siohook verify --event SALE_NEW --signature 5f2a… --body body.json")]
pub(crate) struct Verify {
    /// An id, the beginning of one, `@1` for the latest, a file, or `-` for the standard input
    #[arg(value_name = "ID|FILE", required_unless_present = "body")]
    which: Option<Selector>,
    /// Show each step
    #[arg(long)]
    explain: bool,
    #[command(flatten)]
    credentials: Credentials,
    /// Value of `X-Webhook-Event`, for a body alone
    #[arg(long, value_name = "NAME", requires = "body")]
    event: Option<String>,
    /// Value of `X-Webhook-Signature`, for a body alone
    #[arg(long, value_name = "HEX", requires = "body")]
    signature: Option<String>,
    /// A body alone, `-` for the standard input
    #[arg(long, value_name = "FILE", conflicts_with = "which")]
    body: Option<PathBuf>,
}

/// Secrets and tokens of a receiver.
#[derive(Args, Debug, Default)]
pub(crate) struct Credentials {
    /// Where a secret is, repeatable: `[LABEL=]` and `env:NAME`, `file:PATH`, `stdin` or `ask`. By
    /// default `SYSTEME_WEBHOOK_SECRET` if it is set, else all of `[secrets]`
    #[arg(
        long,
        value_name = "[LABEL=]SOURCE",
        env = "SIOHOOK_SECRET",
        value_delimiter = ','
    )]
    secret: Vec<String>,
    /// Where a token is, like `--secret`. By default `SYSTEME_WEBHOOK_TOKEN`, else all of `[tokens]`
    #[arg(
        long,
        value_name = "[LABEL=]SOURCE",
        env = "SIOHOOK_TOKEN",
        value_delimiter = ','
    )]
    token: Vec<String>,
}

impl Credentials {
    /// An explainer with them. `None` if there are none.
    pub(crate) fn explainer(
        &self,
        output: Output,
        config: &Config,
    ) -> Result<Option<Explainer>, Failure> {
        Ok(self.keys(output, config)?.explainer())
    }

    /// Reads them.
    pub(crate) fn keys(&self, output: Output, config: &Config) -> Result<Keys, Failure> {
        let mut reader = Reader::new(output);
        Ok(Keys {
            secrets: reader.all(Shared::Secret, &self.secret, config)?,
            tokens: reader.all(Shared::Token, &self.token, config)?,
        })
    }
}

/// Secrets and tokens with their labels. They have no `Debug`, which would show them.
#[derive(Default)]
pub(crate) struct Keys {
    pub(crate) secrets: Vec<(String, Secret)>,
    pub(crate) tokens: Vec<(String, Secret)>,
}

impl Keys {
    /// An explainer with them. `None` if there are none.
    pub(crate) fn explainer(&self) -> Option<Explainer> {
        if self.secrets.is_empty() && self.tokens.is_empty() {
            return None;
        }
        let mut explainer = Explainer::new();
        for variable in [Shared::Secret, Shared::Token].map(Shared::variable) {
            explainer = explainer.variable(variable);
        }
        for (label, secret) in &self.secrets {
            explainer = explainer.account_secret(label, &secret.value);
        }
        for (label, token) in &self.tokens {
            explainer = explainer.automation_token(label, &token.value);
        }
        Some(explainer)
    }
}

/// A line of `--json`.
#[derive(Serialize)]
struct Verdict<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<&'a str>,
    #[serde(flatten)]
    explanation: &'a Explanation,
}

/// What is verified.
struct Subject {
    name: Option<String>,
    id: Option<String>,
    event: Option<String>,
    bytes: usize,
    received_at: Option<String>,
}

impl Verify {
    pub(crate) fn run(
        self,
        store: &Store,
        output: Output,
        config: &Config,
    ) -> Result<Exit, Failure> {
        let explainer = self.credentials.explainer(output, config)?;
        let explainer = explainer.ok_or_else(no_secret)?;
        let (subject, request, explainer) = match (&self.which, &self.body) {
            (Some(which), _) => {
                let found = store.find(which)?;
                let explainer = with_file(explainer, store, &found.capture, found.entry.as_ref())?;
                let subject = Subject::of(&found);
                (subject, incoming(&found.capture), explainer)
            }
            (None, Some(body)) => {
                let (subject, request) = self.alone(body)?;
                (subject, request, explainer)
            }
            (None, None) => unreachable!("the parser wants one of both"),
        };
        let id = subject.id.as_deref();
        let explanation = explainer.explain(request);
        if explanation.reason() == Some(Reason::NotConfigured) {
            let cause = explanation.hint().unwrap_or("there is no secret for it");
            return Err(Failure::new(Exit::Usage, "no_secret", cause).hint(WAYS));
        }
        if output.is_json {
            let explanation = &explanation;
            output::json("verdict", Verdict { id, explanation })?;
        } else if self.explain {
            output::line(subject.heading())?;
            output::line("")?;
            for line in explanation.to_string().lines() {
                output::line(painted(line))?;
            }
        } else {
            output::line(subject.line(&explanation))?;
        }
        Ok(if explanation.is_trusted() {
            Exit::Good
        } else {
            Exit::Bad
        })
    }

    /// A body with what its headers had.
    fn alone(&self, path: &Path) -> Result<(Subject, Incoming), Failure> {
        let (_, body) = input::read(path)?;
        let bytes = body.len();
        let mut request = Incoming::post(body);
        for (name, value) in [(EVENT, &self.event), (SIGNATURE, &self.signature)] {
            if let Some(value) = value {
                request = request.header(name, value.trim());
            }
        }
        let subject = Subject {
            name: None,
            id: None,
            event: self.event.clone(),
            bytes,
            received_at: None,
        };
        Ok((subject, request))
    }
}

/// Tells an explainer what is known of a recorded delivery.
pub(crate) fn with_file(
    mut explainer: Explainer,
    store: &Store,
    capture: &Capture,
    entry: Option<&Entry>,
) -> Result<Explainer, Failure> {
    if let Some(digest) = capture.body_sha256() {
        explainer = explainer.recorded_sha256(digest);
    }
    let (Some(message), Some(entry)) = (capture.message_id(), entry) else {
        return Ok(explainer);
    };
    for other in store.contents()?.entries {
        if other.id == entry.id {
            continue;
        }
        // What is damaged is no candidate.
        let Ok(candidate) = other.read() else {
            continue;
        };
        if candidate.message_id() == Some(message) && candidate.body() != capture.body() {
            explainer = explainer.other_body(&other.id, candidate.body().clone());
        }
    }
    Ok(explainer)
}

/// A captured request as a receiver gets it.
pub(crate) fn incoming(capture: &Capture) -> Incoming {
    let target = String::from_utf8_lossy(capture.target());
    let query = target.split_once('?').map_or("", |(_, query)| query);
    let headers = capture.headers();
    Incoming::new(capture.method(), capture.body().clone())
        .query(query)
        .headers(headers)
}

impl Subject {
    fn of(
        Found {
            name,
            capture,
            entry,
        }: &Found,
    ) -> Self {
        Self {
            name: Some(name.clone()),
            id: entry.as_ref().map(|entry| entry.id.clone()),
            event: capture.event(),
            bytes: capture.body().len(),
            received_at: capture.received_at().map(|time| time.to_string()),
        }
    }

    /// `0c2h5e  SALE_NEW  1,094 bytes  received 2026-11-26 11:02:19Z`
    fn heading(&self) -> String {
        let time = self.received_at.as_deref().map(|time| {
            let time = time.get(..19).unwrap_or(time).replace('T', " ");
            format!("received {time}Z")
        });
        let bytes = format!("{} bytes", thousands(self.bytes));
        let parts = [self.name.clone(), self.event.clone(), Some(bytes), time];
        let parts = parts.into_iter().flatten();
        let parts: Vec<_> = parts.map(|part| Shown::value(part).to_string()).collect();
        format!("{BOLD}{}{BOLD:#}", parts.join("  "))
    }

    /// `0c2h5e  SALE_NEW  ✘ not verified: signature_wrong (401). Something …`
    fn line(&self, explanation: &Explanation) -> String {
        let text = explanation.to_string();
        let verdict = text.rsplit("\n\n").next().unwrap_or_default();
        let verdict: Vec<_> = verdict.lines().map(str::trim).collect();
        let (mark, style) = if explanation.is_trusted() {
            ('✔', GOOD)
        } else {
            ('✘', BAD)
        };
        let known = [&self.name, &self.event].into_iter().flatten();
        let known: String = known
            .map(|part| format!("{}  ", Shown::value(part)))
            .collect();
        format!("{known}{style}{mark}{style:#} {}", verdict.join(" "))
    }
}

/// `1094` as `1,094`.
fn thousands(number: usize) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A line of an explanation in colours.
fn painted(line: &str) -> String {
    let mut letters = line.trim_start().chars();
    let style = match letters.next() {
        Some('✔') => GOOD,
        Some('✘') => BAD,
        Some('–') => FAINT,
        _ => return line.to_owned(),
    };
    let mark = &line[..line.len() - letters.as_str().len()];
    format!("{style}{mark}{style:#}{}", letters.as_str())
}

const WAYS: &str = "export SYSTEME_WEBHOOK_SECRET=…, or SYSTEME_WEBHOOK_TOKEN for automations\n\
                    --secret file:PATH, or another source\n\
                    `[secrets]` in siohook.toml";

pub(crate) fn no_secret() -> Failure {
    Failure::new(
        Exit::Usage,
        "no_secret",
        "there is no secret and no token to verify with",
    )
    .hint(WAYS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn large_numbers_have_commas() {
        for (number, text) in [
            (0, "0"),
            (999, "999"),
            (1094, "1,094"),
            (1_048_576, "1,048,576"),
        ] {
            assert_eq!(thousands(number), text);
        }
    }
}
