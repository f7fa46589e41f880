//! Settings that files have: `siohook.toml` of a project, and `config.toml` of a user.
//!
//! A file says where secrets are. It never holds one.

mod file;
mod place;

use std::env;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use siohook_events::Shown;

use crate::Failure;
pub(crate) use place::{has_password, is_place};

/// Name of the file of a project.
const PROJECT: &str = "siohook.toml";

/// What the files say. The file of the project comes first, one setting at a time.
#[derive(Debug, Default)]
pub(crate) struct Config {
    /// The receiver.
    pub(crate) forward_to: Option<String>,
    /// Where secrets are, by their labels, in the order of the file.
    pub(crate) secrets: Vec<(String, String)>,
    /// Where tokens are.
    pub(crate) tokens: Vec<(String, String)>,
    pub(crate) inbox: Inbox,
}

/// `[inbox]`.
#[derive(Debug, Default)]
pub(crate) struct Inbox {
    /// `sqlite:PATH`, or where a URL with a password is.
    pub(crate) url: Option<String>,
    /// Where the key of encrypted bodies is. No version of the inbox encrypts them yet.
    pub(crate) key: Option<String>,
    /// Whether PostgreSQL is behind a pooler.
    pub(crate) pooled: Option<bool>,
}

impl Inbox {
    /// Says which setting changes nothing.
    pub(crate) fn unused(&self) -> Option<&'static str> {
        let text = "this version of the inbox does not encrypt bodies: inbox.key is not used";
        self.key.as_ref().map(|_| text)
    }
}

impl Config {
    /// Reads the file of `--config`, or else those that are found.
    pub(crate) fn read(given: Option<&Path>) -> Result<Self, Failure> {
        if let Some(path) = given {
            let text = fs::read_to_string(path);
            let text = text.map_err(|error| Failure::file(Shown::value(path.display()), &error))?;
            return file::parse(path, &text);
        }
        let mut config = Self::default();
        for path in project().into_iter().chain(user()) {
            match fs::read_to_string(&path) {
                Ok(text) => config = config.or(file::parse(&path, &text)?),
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) => return Err(Failure::file(Shown::value(path.display()), &error)),
            }
        }
        Ok(config)
    }

    fn or(self, other: Self) -> Self {
        let first = |a: Vec<_>, b| if a.is_empty() { b } else { a };
        Self {
            forward_to: self.forward_to.or(other.forward_to),
            secrets: first(self.secrets, other.secrets),
            tokens: first(self.tokens, other.tokens),
            inbox: Inbox {
                url: self.inbox.url.or(other.inbox.url),
                key: self.inbox.key.or(other.inbox.key),
                pooled: self.inbox.pooled.or(other.inbox.pooled),
            },
        }
    }
}

/// The files that [`Config::read`] reads and that are there.
pub(crate) fn files(given: Option<&Path>) -> Vec<PathBuf> {
    if let Some(given) = given {
        return vec![given.to_owned()];
    }
    let mut files: Vec<_> = project().into_iter().chain(user()).collect();
    files.retain(|file| file.exists());
    files
}

/// The file in this directory or in one above it, up to the root of the repository.
fn project() -> Option<PathBuf> {
    let here = env::current_dir().ok()?;
    for directory in here.ancestors() {
        let file = directory.join(PROJECT);
        if file.exists() {
            return Some(file);
        }
        if directory.join(".git").exists() {
            break;
        }
    }
    None
}

/// The file of the user: `~/.config/siohook/config.toml`.
fn user() -> Option<PathBuf> {
    use etcetera::BaseStrategy as _;
    let directories = etcetera::choose_base_strategy().ok()?;
    Some(directories.config_dir().join("siohook").join("config.toml"))
}
