use std::fmt::Write as _;

use clap::Args;
use serde_json::{Value, json};
use siohook_events::Shown;
use siohook_sender::Capture;

use super::list::answer;
use super::summary::{Attempts, Summary};
use super::{member, shown_deed, target};
use crate::output::{self, BOLD, FAINT, Output};
use crate::sandbox::pretty;
use crate::store::{Deed, Entry, Exchange, Found, Log, Selector, Store};
use crate::text::{size, time};
use crate::{Exit, Failure};

/// Show a delivery, and what was done with it
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  siohook deliveries show @1                 the latest one
  siohook deliveries show k3f9qa --hex       each byte of its body
  siohook deliveries show @1 --body | jq .   its body as it was received")]
pub(super) struct Show {
    /// An id, the beginning of one, @1 for the latest, a file, or - for the standard input
    #[arg(value_name = "ID")]
    which: Selector,
    #[command(flatten)]
    part: Part,
}

#[derive(Args, Debug)]
#[group(multiple = false)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of the user")]
struct Part {
    /// Write the bytes of the request, with its signature or token
    #[arg(long, conflicts_with = "json")]
    raw: bool,
    /// Write the bytes of the body
    #[arg(long, conflicts_with = "json")]
    body: bool,
    /// Only the headers, as they were received
    #[arg(long, conflicts_with = "json")]
    headers: bool,
    /// The bytes of the body as numbers, 16 a line
    #[arg(long, conflicts_with = "json")]
    hex: bool,
    /// Only the body, its JSON spread over lines
    #[arg(long, conflicts_with = "json")]
    pretty: bool,
}

impl Show {
    pub(super) fn run(self, store: &Store, output: Output) -> Result<Exit, Failure> {
        let found = store.find(&self.which)?;
        let capture = &found.capture;
        if self.part.raw {
            output::bytes(&[&capture.head()[..], capture.body()].concat())?;
        } else if self.part.body {
            output::bytes(capture.body())?;
        } else if self.part.headers {
            headers(capture)?;
        } else if self.part.hex {
            hex(capture.body())?;
        } else if self.part.pretty {
            body(capture)?;
        } else {
            let log = found.entry.as_ref().map(Entry::deeds).unwrap_or_default();
            let summary = Summary::new(capture, found.entry.as_ref(), attempt(store, &found)?);
            if output.is_json {
                write_json(&summary, capture, &log)?;
            } else {
                write(&summary, capture, &log)?;
            }
            for skipped in &log.skipped {
                output::must(format_args!("skipped {skipped}"));
            }
        }
        Ok(Exit::Good)
    }
}

/// The number of an attempt among those in the store.
fn attempt(store: &Store, found: &Found) -> Result<Option<usize>, Failure> {
    let Some(entry) = &found.entry else {
        return Ok(None);
    };
    let mut attempts = Attempts::default();
    for other in store.contents()?.entries {
        if other.path == entry.path {
            break;
        }
        if let Ok(capture) = other.read() {
            attempts.next(&capture);
        }
    }
    Ok(attempts.next(&found.capture))
}

fn write_json(summary: &Summary, capture: &Capture, log: &Log) -> Result<(), Failure> {
    let mut delivery = json!(summary);
    if let Value::Object(delivery) = &mut delivery {
        delivery.extend([member("body", capture.body())]);
    }
    output::json("delivery", delivery)?;
    for deed in &log.deeds {
        let mut deed = shown_deed(deed);
        deed["id"] = json!(summary.id);
        let kind = deed["type"].as_str().unwrap_or_default().to_owned();
        if let Value::Object(members) = &mut deed {
            members.remove("type");
        }
        output::json(&kind, deed)?;
    }
    Ok(())
}

fn write(summary: &Summary, capture: &Capture, log: &Log) -> Result<(), Failure> {
    let event = summary.event.as_deref().unwrap_or("unknown event");
    output::line(format_args!("{BOLD}{}{BOLD:#}", Shown::value(event)))?;
    let fact = |name: &str, value: &str| {
        let value = Shown::text(value);
        output::line(format_args!("{FAINT}{name:<10}{FAINT:#}{value}"))
    };
    if let Some(id) = &summary.id {
        fact("id", id)?;
    }
    if let Some(at) = &summary.received_at {
        fact("received", &time(at))?;
    }
    if let Some(peer) = summary.peer {
        let client = summary.client.filter(|client| *client != peer);
        let client = client
            .map(|client| format!(", for {client}"))
            .unwrap_or_default();
        fact("from", &format!("{peer}{client}"))?;
    }
    if let Some(id) = &summary.message_id {
        let attempt = summary.attempt.unwrap_or(1);
        fact("message", &format!("{id}, attempt {attempt}"))?;
    }
    if !summary.marks.is_empty() {
        fact("marks", &summary.marks.join(", "))?;
    }
    if let Some(file) = &summary.file {
        fact("file", file)?;
    }
    for deed in &log.deeds {
        output::line(deed_line(deed))?;
    }
    output::line("")?;
    headers(capture)?;
    output::line(format_args!(
        "{FAINT}body, {}{FAINT:#}",
        size(summary.bytes)
    ))?;
    body(capture)
}

fn deed_line(deed: &Deed) -> String {
    let exchange = |name: &str, exchange: &Exchange| {
        let (answer, style) = answer(exchange);
        format!(
            "{FAINT}{name:<10}{FAINT:#}{}  {style}→ {}{style:#}  {} ms  {}",
            Shown::value(time(&exchange.at)),
            Shown::value(answer),
            exchange.elapsed_ms,
            target::shown(exchange.to.as_bytes()),
        )
    };
    match deed {
        Deed::Forward(forward) => exchange("forwarded", forward),
        Deed::Replayed {
            exchange: replay, ..
        } => exchange("replayed", replay),
        Deed::Answered { at, status } => {
            let at = time(at);
            format!("{FAINT}answered  {FAINT:#}{}  {status}", Shown::value(at))
        }
    }
}

/// Writes the request line and the headers, without the value of a token.
fn headers(capture: &Capture) -> Result<(), Failure> {
    output::line(format_args!(
        "{} {} {}",
        Shown::value(capture.method()),
        target::shown(capture.target()),
        Shown::value(capture.version()),
    ))?;
    for (name, value) in capture.headers() {
        let value = String::from_utf8_lossy(value);
        let (name, value) = (Shown::value(name), Shown::text(value));
        output::line(format_args!("{FAINT}{name}:{FAINT:#} {value}"))?;
    }
    for trailer in capture.trailers() {
        let trailer = String::from_utf8_lossy(trailer);
        output::line(format_args!(
            "{FAINT}trailer{FAINT:#} {}",
            Shown::text(trailer)
        ))?;
    }
    Ok(())
}

fn body(capture: &Capture) -> Result<(), Failure> {
    let text = String::from_utf8_lossy(capture.body());
    for line in pretty(&text).lines() {
        output::line(Shown::text(line))?;
    }
    Ok(())
}

/// Writes lines of an offset, 16 bytes, and those of them that are letters of ASCII.
fn hex(bytes: &[u8]) -> Result<(), Failure> {
    for (row, bytes) in bytes.chunks(16).enumerate() {
        let mut numbers = String::new();
        for (column, byte) in bytes.iter().enumerate() {
            let gap = if column == 8 { "  " } else { " " };
            let _ = write!(numbers, "{gap}{byte:02x}");
        }
        let letter = |byte: &u8| match byte {
            b' '..=b'~' => char::from(*byte),
            _ => '.',
        };
        let letters: String = bytes.iter().map(letter).collect();
        output::line(format_args!("{:08x} {numbers:<49}  |{letters}|", row * 16))?;
    }
    Ok(())
}
