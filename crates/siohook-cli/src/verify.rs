//! `siohook verify`: whether a delivery is from systeme.io, and why not.

mod credentials;
mod subject;

use std::path::{Path, PathBuf};

use clap::Args;
use serde::Serialize;
use siohook::explain::{Explainer, Explanation};
use siohook::{Incoming, Reason};
use siohook_events::headers::{EVENT, SIGNATURE};
use siohook_sender::Capture;

use self::credentials::WAYS;
pub(crate) use self::credentials::{Credentials, Keys, no_secret};
use self::subject::Subject;
use crate::config::Config;
use crate::output::{self, BAD, FAINT, GOOD};
use crate::store::{Entry, Selector, Store};
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

/// A line of `--json`.
#[derive(Serialize)]
struct Verdict<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<&'a str>,
    #[serde(flatten)]
    explanation: &'a Explanation,
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
