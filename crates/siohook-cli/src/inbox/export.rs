use clap::{Args, ValueEnum};
use siohook_inbox::Operator;

use super::failure;
use super::show::members;
use super::stored::request;
use crate::deliveries::member;
use crate::output;
use crate::{Exit, Failure};

/// Write deliveries in a form for other programs. An inbox keeps neither signature nor token
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  siohook inbox export 118 --as body
  siohook inbox export 118 --as http | siohook deliveries export - --as http --mask")]
pub(super) struct Export {
    /// Numbers of deliveries
    #[arg(value_name = "ID", required = true)]
    ids: Vec<i64>,
    /// In which form
    #[arg(long = "as", value_name = "FORM")]
    form: Form,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Form {
    /// A file that editors open. Its headers are those that systeme.io would send
    Http,
    /// An object a line
    Json,
    /// The bytes of the body
    Body,
}

impl Export {
    pub(super) async fn run(self, inbox: &Operator) -> Result<Exit, Failure> {
        if self.form != Form::Json && self.ids.len() > 1 {
            let message = "a file holds one delivery, and several are to be exported";
            return Err(Failure::usage(message).hint("export one at a time"));
        }
        for id in self.ids {
            let stored = inbox.delivery(id).await.map_err(failure)?;
            if self.form == Form::Http {
                output::bytes(&request(&stored)?.to_bytes())?;
                continue;
            }
            let body = stored.body().ok_or_else(|| {
                Failure::new(
                    Exit::Usage,
                    "erased",
                    format!("inbox:{id} has no body any more"),
                )
            })?;
            if self.form == Form::Body {
                output::bytes(body)?;
            } else {
                let mut delivery = members(&stored);
                let (name, value) = member("body", body);
                delivery[name] = value;
                output::json("inbox", delivery)?;
            }
        }
        Ok(Exit::Good)
    }
}
