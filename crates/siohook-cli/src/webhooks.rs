//! `siohook webhooks`: the account's webhooks, over systeme.io's API.

mod automations;
mod create;
mod delete;
mod edit;
mod events;
mod find;
mod list;
mod plan;
mod sync;
mod view;

use clap::{Args, Subcommand};
use siohook_api::{Client, Error, ErrorKind};

use crate::client::NOT_FOUND;
use crate::config::Config;
use crate::secret::{Reader, Shared};
use crate::{Exit, Failure, Output, runtime};

/// See and change the account's webhooks, over systeme.io's API
#[derive(Args, Debug)]
#[command(after_long_help = EXAMPLES, arg_required_else_help = true)]
pub(crate) struct Webhooks {
    #[command(subcommand)]
    command: Command,
    #[command(flatten)]
    access: Access,
}

const EXAMPLES: &str = "\
Examples:
  siohook webhooks list
  siohook webhooks sync --url https://shop.example.com/systeme --from description.json
  siohook webhooks sync --url https://shop.example.com/systeme --events SALE_NEW,SALE_CANCELED --dry-run
  siohook webhooks list --api-url http://127.0.0.1:7400/api      of a sandbox";

#[derive(Debug, Subcommand)]
enum Command {
    List(list::List),
    Sync(sync::Sync),
    Create(create::Create),
    Edit(edit::Edit),
    Delete(delete::Delete),
}

/// Where the account is.
#[derive(Args, Debug)]
#[command(next_help_heading = "The account")]
struct Access {
    /// Where the API key is: `env:NAME`, `file:PATH`, `stdin` or `ask`. By default
    /// `SYSTEME_API_KEY`
    #[arg(long, global = true, value_name = "SOURCE", env = "SIOHOOK_API_KEY")]
    api_key: Option<String>,
    /// Where the API is. That of a sandbox is `http://127.0.0.1:7400/api`
    #[arg(long, global = true, value_name = "URL", env = "SIOHOOK_API_URL", default_value = Client::URL)]
    api_url: String,
}

/// What the commands work with.
struct Session {
    client: Client,
    reader: Reader,
    output: Output,
}

impl Webhooks {
    pub(crate) fn run(self, output: Output, config: &Config) -> Result<Exit, Failure> {
        let mut session = Session::new(&self.access, output)?;
        runtime()?.block_on(async {
            match self.command {
                Command::List(list) => list.run(&session).await,
                Command::Sync(sync) => sync.run(&mut session, config).await,
                Command::Create(create) => create.run(&mut session, config).await,
                Command::Edit(edit) => edit.run(&mut session).await,
                Command::Delete(delete) => delete.run(&session).await,
            }
        })
    }
}

impl Session {
    fn new(access: &Access, output: Output) -> Result<Self, Failure> {
        const VARIABLE: &str = "SYSTEME_API_KEY";
        let mut reader = Reader::new(output);
        let key = reader.read_or("--api-key", access.api_key.as_deref(), VARIABLE)?;
        let key = key.ok_or_else(|| {
            let message = format!("there is no API key: {VARIABLE} is not set");
            Failure::new(Exit::Usage, "no_api_key", message).hint(
                "set it, or say where the key is: --api-key file:PATH\n\
                 systeme.io makes one in your profile, under \"Public API keys\"; a sandbox takes any",
            )
        })?;
        let client = Client::builder(key.value)
            .url(&access.api_url)
            .on_exchange(move |exchange| output.details(exchange));
        let client = client
            .build()
            .map_err(|error| Failure::usage(error.to_string()))?;
        Ok(Self {
            client,
            reader,
            output,
        })
    }

    /// Reads the secret of a webhook: that of the flag, or else that of receivers.
    fn secret(&mut self, source: Option<&str>, config: &Config) -> Result<String, Failure> {
        let flags: Vec<_> = source.map(str::to_owned).into_iter().collect();
        let secrets = self.reader.all(Shared::Secret, &flags, config)?;
        let first = secrets.into_iter().next();
        first.map(|(_, secret)| secret.value).ok_or_else(|| {
            let variable = Shared::Secret.variable();
            let message = "there is no secret to sign deliveries with";
            Failure::new(Exit::Usage, "no_secret", message).hint(format!(
                "set {variable}, or say where it is: --secret file:PATH"
            ))
        })
    }
}

/// An operation of the API failed.
impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        let hint = match error.kind() {
            ErrorKind::Unauthorized => Some("is it a key of this account, and whole?"),
            ErrorKind::RateLimited => {
                Some("wait, and try again: all keys of an account share the limit")
            }
            ErrorKind::NotFound | ErrorKind::Unexpected => {
                Some("is `--api-url` the API? That of a sandbox ends in `/api`")
            }
            _ => None,
        };
        let (exit, code) = match error.kind() {
            ErrorKind::Unauthorized => (Exit::Usage, "api_key_refused"),
            ErrorKind::Forbidden => (Exit::Usage, "forbidden"),
            ErrorKind::NotFound => (Exit::Usage, NOT_FOUND),
            ErrorKind::Invalid | ErrorKind::Refused => (Exit::Usage, "bad_value"),
            ErrorKind::RateLimited => (Exit::Unreached, "rate_limited"),
            ErrorKind::Server => (Exit::Unreached, "api_failed"),
            ErrorKind::Unexpected => (Exit::Unreached, "not_the_api"),
            _ => (Exit::Unreached, "api_unreachable"),
        };
        let failure = Self::new(exit, code, error.to_string());
        match hint {
            Some(hint) => failure.hint(hint),
            None => failure,
        }
    }
}
