pub(crate) mod curl;
mod har;
pub(crate) mod sample;

use std::fs;

use clap::{Args, ValueEnum};
use serde_json::{Value, json};

use super::summary::Summary;
use super::{mask, member};
use crate::output;
use crate::store::{Entry, Found, Selector, Store, shown};
use crate::{Exit, Failure};

/// Write deliveries in a form for other programs. It holds signatures and tokens
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  siohook deliveries export @1 --as curl
  siohook deliveries export k3f9qa --as http --mask > sale.http
  siohook deliveries export k3f9qa 0c2h5e --as har > deliveries.har")]
pub(super) struct Export {
    /// Ids, beginnings of ids, @1 for the latest, files, or - for the standard input
    #[arg(value_name = "ID", required = true)]
    which: Vec<Selector>,
    /// In which form
    #[arg(long = "as", value_name = "FORM")]
    form: Form,
    /// Replace e-mails, names, phones, addresses, IPs, tokens and signatures
    #[arg(long)]
    mask: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Form {
    /// The file, which editors open and send
    Http,
    /// A command for a shell, which sends the same bytes
    Curl,
    /// A test in Rust
    Sample,
    /// An HTTP archive
    Har,
    /// An object a line
    Json,
    /// The bytes of the body
    Body,
}

impl Export {
    pub(super) fn run(self, store: &Store) -> Result<Exit, Failure> {
        let is_verbatim = matches!(self.form, Form::Http | Form::Body);
        if is_verbatim && self.which.len() > 1 {
            let message = "a file holds one delivery, and several are to be exported";
            return Err(Failure::usage(message).hint("export one at a time"));
        }
        let mut entries = vec![];
        for selector in &self.which {
            let found = store.find(selector)?;
            match self.form {
                Form::Http => self.write_file(found)?,
                Form::Sample => {
                    let code = sample::code(&found, self.mask)?;
                    output::bytes(code.as_bytes())?;
                }
                Form::Curl => {
                    output::bytes(curl::command(&self.masked(found)?.capture).as_bytes())?;
                }
                Form::Har => {
                    let log = found.entry.as_ref().map(Entry::deeds);
                    let found = self.masked(found)?;
                    // An answer may repeat what is masked.
                    let last = log
                        .as_ref()
                        .and_then(|log| log.last())
                        .filter(|_| !self.mask);
                    entries.push(har::entry(&found.capture, last));
                }
                Form::Json => self.write_json(found)?,
                Form::Body => output::bytes(self.masked(found)?.capture.body())?,
            }
        }
        if self.form == Form::Har {
            let archive = serde_json::to_string_pretty(&har::archive(entries));
            let archive = archive.map_err(std::io::Error::from)?;
            output::bytes(output::escaped(&archive).as_bytes())?;
            output::bytes(b"\n")?;
        }
        Ok(Exit::Good)
    }

    fn write_file(&self, found: Found) -> Result<(), Failure> {
        let file = match &found.entry {
            // Unmasked, it stays as it is.
            Some(entry) if !self.mask => {
                fs::read(&entry.path).map_err(|error| Failure::file(shown(&entry.path), &error))?
            }
            _ => self.masked(found)?.capture.to_bytes(),
        };
        output::bytes(&file)?;
        Ok(())
    }

    fn masked(&self, found: Found) -> Result<Found, Failure> {
        if !self.mask {
            return Ok(found);
        }
        let capture = mask::masked(&found.capture)
            .map_err(|error| Failure::usage(format!("it can't be masked: {error}")))?;
        Ok(Found { capture, ..found })
    }

    fn write_json(&self, found: Found) -> Result<(), Failure> {
        let Found { capture, entry, .. } = self.masked(found)?;
        let header = |(name, value)| {
            let members = [("name".to_owned(), json!(name)), member("value", value)];
            Value::Object(members.into_iter().collect())
        };
        let headers: Vec<Value> = capture.headers().map(header).collect();
        let mut summary = Summary::new(&capture, entry.as_ref(), None);
        if self.mask {
            // Its path may have the name of a user.
            summary.file = None;
        }
        let mut delivery = json!(summary);
        if let Value::Object(delivery) = &mut delivery {
            delivery.extend([
                ("method".to_owned(), json!(capture.method())),
                member("target", capture.target()),
                ("headers".to_owned(), json!(headers)),
                member("body", capture.body()),
            ]);
        }
        output::json("delivery", delivery)?;
        Ok(())
    }
}
