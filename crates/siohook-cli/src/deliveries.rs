//! `siohook deliveries`: what was recorded here.

mod delete;
pub(crate) mod export;
mod list;
mod mask;
pub(crate) mod search;
mod show;
pub(crate) mod summary;
pub(crate) mod target;

use base64::Engine as _;
use clap::{Args, Subcommand};
use serde_json::{Value, json};

use crate::config::Config;
use crate::store::{Deed, Store};
use crate::{Exit, Failure, Output};

/// See, share and delete the deliveries that were recorded here
#[derive(Args, Debug)]
#[command(after_long_help = EXAMPLES, arg_required_else_help = true)]
pub(crate) struct Deliveries {
    #[command(subcommand)]
    command: Command,
}

const EXAMPLES: &str = "\
Examples:
  siohook deliveries list --event 'SALE_*' --since 2h
  siohook deliveries show @1
  siohook deliveries export @1 --as curl
  siohook deliveries export k3f9qa --as http --mask > sale.http
  siohook deliveries delete --older 30d";

#[derive(Debug, Subcommand)]
enum Command {
    List(list::List),
    Show(show::Show),
    Export(export::Export),
    Delete(delete::Delete),
}

impl Deliveries {
    pub(crate) fn run(
        self,
        store: &Store,
        output: Output,
        config: &Config,
    ) -> Result<Exit, Failure> {
        match self.command {
            Command::List(list) => list.run(store, output, config),
            Command::Show(show) => show.run(store, output),
            Command::Export(export) => export.run(store),
            Command::Delete(delete) => delete.run(store, output),
        }
    }
}

/// A member of JSON with this name if the bytes are UTF-8, or else with `_base64` after it.
pub(crate) fn member(name: &str, bytes: &[u8]) -> (String, Value) {
    str::from_utf8(bytes).map_or_else(
        |_| (format!("{name}_base64"), json!(base64(bytes))),
        |text| (name.to_owned(), json!(text)),
    )
}

/// What was done with a delivery, without the value of a token in the URL.
pub(crate) fn shown_deed(deed: &Deed) -> Value {
    let mut deed = json!(deed);
    if let Some(Value::String(to)) = deed.get_mut("to") {
        *to = target::shown(to.as_bytes());
    }
    deed
}

fn base64(bytes: &[u8]) -> String {
    base64::engine::general_purpose::STANDARD.encode(bytes)
}
