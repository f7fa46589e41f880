//! Where a secret comes from: it is never an argument itself.

use std::env;
use std::fs;
use std::io::Read as _;

use siohook_events::Shown;

use crate::config::Config;
use crate::{Exit, Failure, Output};

/// A secret and where it came from. It has no `Debug`, which would show it.
pub(crate) struct Secret {
    pub(crate) value: String,
    /// `SYSTEME_WEBHOOK_SECRET`, a path, `the standard input`.
    pub(crate) source: String,
}

/// What a receiver knows as well: the secret of account webhooks, or the token of automations.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shared {
    Secret,
    Token,
}

impl Shared {
    pub(crate) const fn flag(self) -> &'static str {
        match self {
            Self::Secret => "--secret",
            Self::Token => "--token",
        }
    }

    /// The variable of the environment in which receivers have it.
    pub(crate) const fn variable(self) -> &'static str {
        match self {
            Self::Secret => "SYSTEME_WEBHOOK_SECRET",
            Self::Token => "SYSTEME_WEBHOOK_TOKEN",
        }
    }

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Secret => "secret",
            Self::Token => "token",
        }
    }

    /// Where the files of settings say that they are, by their labels.
    pub(crate) fn configured(self, config: &Config) -> &[(String, String)] {
        match self {
            Self::Secret => &config.secrets,
            Self::Token => &config.tokens,
        }
    }

    /// Where they are, with their labels.
    fn sources(self, flags: &[String], config: &Config) -> Vec<(Option<String>, String)> {
        if !flags.is_empty() {
            return flags.iter().map(|flag| labelled(flag)).collect();
        }
        if env::var_os(self.variable()).is_some() {
            return vec![(None, format!("env:{}", self.variable()))];
        }
        let configured = self.configured(config).iter().cloned();
        configured
            .map(|(label, source)| (Some(label), source))
            .collect()
    }
}

/// Reads secrets. The standard input can be read once.
#[derive(Debug)]
pub(crate) struct Reader {
    output: Output,
    has_read_stdin: bool,
}

impl Reader {
    pub(crate) fn new(output: Output) -> Self {
        Self {
            output,
            has_read_stdin: false,
        }
    }

    /// Reads secrets with their labels: those of the flags, or else that of the receivers' variable,
    /// or else those of the files of settings.
    pub(crate) fn all(
        &mut self,
        shared: Shared,
        flags: &[String],
        config: &Config,
    ) -> Result<Vec<(String, Secret)>, Failure> {
        let sources = shared.sources(flags, config).into_iter();
        let secrets = sources.map(|(label, source)| {
            let secret = self.read(shared.flag(), &source)?;
            Ok((label.unwrap_or_else(|| secret.source.clone()), secret))
        });
        secrets.collect()
    }

    /// Reads the first of [all](Self::all).
    pub(crate) fn first(
        &mut self,
        shared: Shared,
        flag: Option<&str>,
        config: &Config,
    ) -> Result<Option<Secret>, Failure> {
        let flags = Vec::from_iter(flag.map(str::to_owned));
        let first = shared.sources(&flags, config).into_iter().next();
        first
            .map(|(_, source)| self.read(shared.flag(), &source))
            .transpose()
    }

    /// Reads the secret of a flag, or of a variable if the flag was not given and the variable is
    /// set.
    pub(crate) fn read_or(
        &mut self,
        flag: &str,
        source: Option<&str>,
        variable: &str,
    ) -> Result<Option<Secret>, Failure> {
        match source {
            Some(source) => self.read(flag, source).map(Some),
            None if env::var_os(variable).is_some() => {
                self.read(flag, &format!("env:{variable}")).map(Some)
            }
            None => Ok(None),
        }
    }

    /// Reads the secret of a flag. No error repeats what the flag had.
    pub(crate) fn read(&mut self, flag: &str, source: &str) -> Result<Secret, Failure> {
        let (value, source) = match source.split_once(':') {
            Some(("env", name)) => (read_env(flag, name)?, shown(name)),
            Some(("file", path)) => (read_file(flag, path)?, shown(path)),
            None if source == "stdin" => (self.read_stdin(flag)?, "the standard input".to_owned()),
            None if source == "ask" => (self.ask(flag)?, "the prompt".to_owned()),
            _ => return Err(not_a_source(flag)),
        };
        if value.is_empty() {
            return Err(Failure::usage(format!("{flag}: {source} is empty")));
        }
        Ok(Secret { value, source })
    }

    fn read_stdin(&mut self, flag: &str) -> Result<String, Failure> {
        if std::mem::replace(&mut self.has_read_stdin, true) {
            let message = format!("{flag}: `stdin` was read for another secret");
            return Err(Failure::usage(message));
        }
        let mut bytes = vec![];
        let read = std::io::stdin().read_to_end(&mut bytes);
        read.map_err(|error| Failure::file("standard input", &error))?;
        text(flag, "the standard input", bytes)
    }

    fn ask(&self, flag: &str) -> Result<String, Failure> {
        if !self.output.has_input {
            return Err(
                Failure::usage(format!("{flag} ask: there is no terminal to ask at"))
                    .hint("use env:NAME or file:PATH"),
            );
        }
        let name = flag.trim_start_matches('-');
        rpassword::prompt_password(format!("{name}: "))
            .map_err(|error| Failure::file("terminal", &error))
    }
}

/// Splits `LABEL=SOURCE`, whose label may be absent.
fn labelled(flag: &str) -> (Option<String>, String) {
    match flag.split_once('=') {
        Some((label, source)) if !label.contains(':') => {
            (Some(label.to_owned()), source.to_owned())
        }
        _ => (None, flag.to_owned()),
    }
}

fn read_env(flag: &str, name: &str) -> Result<String, Failure> {
    env::var(name).map_err(|error| {
        let why = match error {
            env::VarError::NotPresent => "not set",
            env::VarError::NotUnicode(_) => "not UTF-8",
        };
        Failure::usage(format!("{flag}: {} is {why}", shown(name)))
    })
}

fn read_file(flag: &str, path: &str) -> Result<String, Failure> {
    let bytes = fs::read(path)
        .map_err(|error| Failure::file(format_args!("{flag}: {}", shown(path)), &error))?;
    text(flag, &shown(path), bytes)
}

/// Takes one line break off the end, as editors and `echo` add it.
fn text(flag: &str, source: &str, bytes: Vec<u8>) -> Result<String, Failure> {
    let mut text = String::from_utf8(bytes)
        .map_err(|_| Failure::usage(format!("{flag}: {source} is not UTF-8")))?;
    if text.ends_with('\n') {
        text.pop();
        if text.ends_with('\r') {
            text.pop();
        }
    }
    Ok(text)
}

fn not_a_source(flag: &str) -> Failure {
    let name = match flag {
        "--token" => "token",
        "--api-key" => "key",
        _ => "secret",
    };
    Failure::new(
        Exit::Usage,
        "secret_on_command_line",
        format!(
            "{flag} takes where the {name} is, not the {name}: that would stay in the shell's\n\
             history and be seen in `ps`"
        ),
    )
    .hint(
        "env:NAME     an environment variable\n\
         file:PATH    a file, for instance /run/secrets/systeme\n\
         stdin        the standard input\n\
         ask          ask for it here",
    )
}

fn shown(name: &str) -> String {
    Shown::value(name).to_string()
}
