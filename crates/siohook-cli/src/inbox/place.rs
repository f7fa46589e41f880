//! Where an inbox is.

use clap::Args;
use clap::builder::BoolishValueParser;
use siohook_inbox::{Inbox, InboxBuilder, Operator};

use super::failure;
use crate::config::{Config, has_password, is_place};
use crate::secret::Reader;
use crate::{Exit, Failure, Output};

#[derive(Args, Debug, Default)]
pub(crate) struct Place {
    /// The inbox: `sqlite:PATH`, or `env:NAME` or `file:PATH` where the URL of PostgreSQL is. By
    /// default that of siohook.toml
    // Where it is parsed, an error would show it.
    #[arg(
        long,
        global = true,
        value_name = "URL",
        env = "SIOHOOK_INBOX",
        help_heading = "Which inbox"
    )]
    inbox: Option<String>,
    /// Schema of PostgreSQL
    #[arg(
        long,
        global = true,
        value_name = "NAME",
        default_value = "siohook",
        help_heading = "Which inbox"
    )]
    schema: String,
    /// PostgreSQL is behind a pooler that gives each transaction another connection, such as PgBouncer.
    /// By default `inbox.pooled` of siohook.toml
    #[arg(
        long,
        global = true,
        env = "SIOHOOK_INBOX_POOLED",
        value_parser = BoolishValueParser::new(),
        help_heading = "Which inbox"
    )]
    pooled: bool,
}

impl Place {
    /// Opens the inbox, which exists already. Nothing is changed in it.
    pub(crate) async fn open(&self, output: Output, config: &Config) -> Result<Operator, Failure> {
        if let Some(unused) = config.inbox.unused() {
            output.words(unused);
        }
        let mut builder = self.builder(output, config)?.schema(&*self.schema);
        if self.pooled || config.inbox.pooled == Some(true) {
            builder = builder.pooled();
        }
        // How durable it is was decided by the receiver.
        let opened = builder.accept_volatile().operator().await;
        opened.map_err(failure)
    }

    fn builder(&self, output: Output, config: &Config) -> Result<InboxBuilder, Failure> {
        let (name, url) = match (&self.inbox, &config.inbox.url) {
            (Some(url), _) => ("--inbox", url),
            (None, Some(url)) => ("inbox.url", url),
            (None, None) => {
                return Err(Failure::usage("there is no inbox to look into").hint(
                    "add `--inbox sqlite:PATH`, or write `url = \"sqlite:PATH\"` below `[inbox]` into \
                     siohook.toml",
                ));
            }
        };
        if !is_place(url) {
            return sqlite(url).ok_or_else(|| not_a_place(name));
        }
        let url = Reader::new(output).read(name, url)?.value;
        Ok(match url.strip_prefix("sqlite:") {
            Some(path) => Inbox::sqlite(path),
            None => Inbox::postgres(url),
        })
    }
}

fn sqlite(url: &str) -> Option<InboxBuilder> {
    let path = url.strip_prefix("sqlite:").filter(|path| !path.is_empty());
    path.filter(|_| !has_password(url)).map(Inbox::sqlite)
}

fn not_a_place(name: &str) -> Failure {
    Failure::new(
        Exit::Usage,
        "secret_on_command_line",
        format!(
            "{name} takes a file of SQLite, or where the URL of PostgreSQL is, not that URL: its\n\
             password would be seen in `ps` and stay in files"
        ),
    )
    .hint(
        "sqlite:PATH  a file of SQLite\n\
         env:NAME     an environment variable, for instance DATABASE_URL\n\
         file:PATH    a file that has the URL",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_file_is_named_by_itself() {
        assert!(sqlite("sqlite:inbox.db").is_some());
        for url in [
            "",
            "inbox.db",
            "sqlite:",
            "postgres://db.example.com/shop",
            "postgres://shop:hunter2@db.example.com/shop",
            "sqlite:postgres://shop:hunter2@db.example.com/shop",
            "host=db.example.com password=hunter2",
        ] {
            assert!(sqlite(url).is_none(), "{url}");
        }
        assert!(!format!("{:?}", not_a_place("--inbox")).contains("hunter2"));
    }
}
