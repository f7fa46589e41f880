//! The text of a file of settings. No error shows a value, which may be a secret.

use std::path::Path;

use siohook_events::Shown;
use toml::{Table, Value};

use super::place::{has_password, is_place};
use super::{Config, Inbox};
use crate::{Exit, Failure};

/// Reads the text of a file.
pub(super) fn parse(path: &Path, text: &str) -> Result<Config, Failure> {
    let file = Shown::value(path.display()).to_string();
    let table: Table = text.parse().map_err(|error: toml::de::Error| {
        // Its text shows the line, which may hold a secret.
        let before = error.span().and_then(|span| text.get(..span.start));
        let line = 1 + before.unwrap_or_default().matches('\n').count();
        wrong(format!(
            "{file}, line {line}: {}",
            Shown::text(error.message())
        ))
    })?;
    let mut reader = Reader { file: &file };
    reader.config(table)
}

/// Reads the keys of a file.
struct Reader<'a> {
    file: &'a str,
}

impl Reader<'_> {
    fn config(&mut self, table: Table) -> Result<Config, Failure> {
        let mut config = Config::default();
        for (key, value) in table {
            match &*key {
                "forward_to" => config.forward_to = Some(self.text(&key, value)?),
                "secrets" => config.secrets = self.sources(&key, value)?,
                "tokens" => config.tokens = self.sources(&key, value)?,
                "inbox" => config.inbox = self.inbox(value)?,
                _ => {
                    return Err(self.unknown(
                        "",
                        &key,
                        &["forward_to", "secrets", "tokens", "inbox"],
                    ));
                }
            }
        }
        Ok(config)
    }

    fn inbox(&mut self, value: Value) -> Result<Inbox, Failure> {
        let mut inbox = Inbox::default();
        for (key, value) in self.table("inbox", value)? {
            let name = format!("inbox.{key}");
            match &*key {
                "url" => {
                    let url = self.text(&name, value)?;
                    if has_password(&url) {
                        return Err(self.no_source(&name, "a URL with a password"));
                    }
                    inbox.url = Some(url);
                }
                "key" => inbox.key = Some(self.source(&name, value)?),
                "pooled" => inbox.pooled = Some(self.switch(&name, value)?),
                _ => return Err(self.unknown("inbox.", &key, &["url", "key", "pooled"])),
            }
        }
        Ok(inbox)
    }

    fn sources(&mut self, key: &str, value: Value) -> Result<Vec<(String, String)>, Failure> {
        let table = self.table(key, value)?.into_iter();
        let sources = table.map(|(label, value)| {
            let source = self.source(&format!("{key}.{label}"), value)?;
            Ok((label, source))
        });
        sources.collect()
    }

    /// A place of a secret that a file can name.
    fn source(&mut self, key: &str, value: Value) -> Result<String, Failure> {
        let source = self.text(key, value)?;
        if is_place(&source) {
            Ok(source)
        } else {
            Err(self.no_source(key, "a secret"))
        }
    }

    fn text(&mut self, key: &str, value: Value) -> Result<String, Failure> {
        match value {
            Value::String(text) => Ok(text),
            _ => Err(wrong(format!(
                "{}: `{}` is not a text",
                self.file,
                Shown::value(key)
            ))),
        }
    }

    fn switch(&mut self, key: &str, value: Value) -> Result<bool, Failure> {
        match value {
            Value::Boolean(is_on) => Ok(is_on),
            _ => Err(wrong(format!(
                "{}: `{}` is neither `true` nor `false`",
                self.file,
                Shown::value(key)
            ))),
        }
    }

    fn table(&mut self, key: &str, value: Value) -> Result<Table, Failure> {
        match value {
            Value::Table(table) => Ok(table),
            _ => Err(wrong(format!("{}: `{key}` is not a table", self.file))
                .hint(format!("write it as `[{key}]`, with one setting a line"))),
        }
    }

    fn unknown(&self, prefix: &str, key: &str, known: &[&str]) -> Failure {
        let message = format!(
            "{}: there is no setting `{prefix}{}`",
            self.file,
            Shown::value(key)
        );
        let near = siohook_sender::nearest(key, known.iter().copied());
        let hint = near.map_or_else(
            || format!("there are: {}", known.join(", ")),
            |near| format!("did you mean `{prefix}{near}`?"),
        );
        wrong(message).hint(hint)
    }

    fn no_source(&self, key: &str, what: &str) -> Failure {
        let message = format!(
            "{}: `{}` takes where {what} is, not {what} itself",
            self.file,
            Shown::value(key)
        );
        Failure::new(Exit::Usage, "secret_in_file", message)
            .hint("env:NAME     an environment variable\nfile:PATH    a file")
    }
}

fn wrong(message: String) -> Failure {
    Failure::new(Exit::Usage, "config", message)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str) -> Result<Config, Failure> {
        parse(Path::new("siohook.toml"), text)
    }

    #[test]
    fn a_file_names_the_receiver_and_where_secrets_are() {
        let config = parsed(
            "forward_to = 'http://127.0.0.1:3000/systeme'\n\
             [secrets]\nold = 'file:/run/secrets/old'\nmain = 'env:SYSTEME_WEBHOOK_SECRET'\n\
             [tokens]\nhook = 'env:TOKEN'\n\
             [inbox]\nurl = 'sqlite:inbox.db'\nkey = 'env:KEY'\npooled = true\n",
        )
        .unwrap();
        assert_eq!(config.forward_to.unwrap(), "http://127.0.0.1:3000/systeme");
        let labels: Vec<_> = config.secrets.iter().map(|(label, _)| &**label).collect();
        assert_eq!(labels, ["old", "main"], "in the order of the file");
        assert_eq!(config.tokens, [("hook".to_owned(), "env:TOKEN".to_owned())]);
        assert_eq!(config.inbox.url.as_deref(), Some("sqlite:inbox.db"));
        assert!(config.inbox.unused().unwrap().contains("inbox.key"));
        assert_eq!(config.inbox.key.unwrap(), "env:KEY");
        assert_eq!(config.inbox.pooled, Some(true));
    }

    #[test]
    fn what_is_wrong_is_said_without_a_secret() {
        for (text, message, hint) in [
            (
                "forward-to = 'x'",
                "there is no setting `forward-to`",
                "did you mean `forward_to`?",
            ),
            (
                "[secret]\nmain = 'env:A'",
                "there is no setting `secret`",
                "did you mean `secrets`?",
            ),
            (
                "[inbox]\nrul = 'x'",
                "there is no setting `inbox.rul`",
                "did you mean `inbox.url`?",
            ),
            (
                "colour = 1",
                "there is no setting `colour`",
                "there are: forward_to, secrets, tokens, inbox",
            ),
            ("forward_to = 1", "`forward_to` is not a text", ""),
            (
                "[inbox]\npooled = 'yes'",
                "`inbox.pooled` is neither `true` nor `false`",
                "",
            ),
            (
                "secrets = 'env:A'",
                "`secrets` is not a table",
                "write it as `[secrets]`, with one setting a line",
            ),
            (
                "[secrets]\nmain = 'hunter2'",
                "`secrets.main` takes where a secret is, not a secret itself",
                "env:NAME     an environment variable\nfile:PATH    a file",
            ),
            (
                "[secrets]\nmain = 'ask'",
                "`secrets.main` takes where a secret is, not a secret itself",
                "env:NAME     an environment variable\nfile:PATH    a file",
            ),
            (
                "[inbox]\nurl = 'postgres://a:hunter2@db/shop'",
                "`inbox.url` takes where a URL with a password is, not a URL with a password itself",
                "env:NAME     an environment variable\nfile:PATH    a file",
            ),
            ("\n[secrets]\nmain = hunter2", "", ""),
        ] {
            let failure = parsed(text).unwrap_err();
            assert_eq!(failure.exit, Exit::Usage);
            let start = if message.is_empty() {
                "siohook.toml, line 3: "
            } else {
                "siohook.toml: "
            };
            assert!(failure.message.starts_with(start), "{failure:?}");
            assert!(failure.message.contains(message), "{failure:?}");
            assert_eq!(failure.hint.as_deref().unwrap_or_default(), hint);
            assert!(!format!("{failure:?}").contains("hunter2"), "{failure:?}");
        }
    }
}
