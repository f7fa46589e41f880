use std::fmt;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use siohook_events::Shown;

use super::ParseStateError;

/// Error of a state file or of a folder with one. Its text names the file and says what to do.
///
/// ```
/// use std::io::ErrorKind::StorageFull;
///
/// use siohook_sandbox::state::StateFileError;
///
/// let (path, error) = ("data/state.json".into(), StorageFull.into());
/// assert_eq!(
///     StateFileError::Write { path, error }.to_string(),
///     "`data/state.json` can't be written: no storage space: free some space",
/// );
/// ```
#[derive(Debug)]
#[non_exhaustive]
pub enum StateFileError {
    /// The file can't be read.
    Read {
        /// Path of the file.
        path: PathBuf,
        /// Why.
        error: io::Error,
    },
    /// The file or the folder can't be written.
    Write {
        /// Path of the file or the folder.
        path: PathBuf,
        /// Why.
        error: io::Error,
    },
    /// The file is not an account.
    Content {
        /// Path of the file.
        path: PathBuf,
        /// Why.
        error: ParseStateError,
    },
    /// A line of the file can't be read.
    Line {
        /// Path of the file.
        path: PathBuf,
        /// Number of the line, from 1.
        line: usize,
        /// Why.
        why: String,
    },
    /// The file to write is a symbolic link.
    Link {
        /// Path of the link.
        path: PathBuf,
        /// Path to which it leads.
        target: PathBuf,
    },
    /// Another sandbox uses the folder.
    InUse {
        /// Path of the folder.
        path: PathBuf,
    },
}

impl StateFileError {
    pub(crate) fn damaged(path: &Path, line: usize, why: String) -> Self {
        let path = path.to_owned();
        Self::Line { path, line, why }
    }

    pub(crate) fn read(path: &Path, error: io::Error) -> Self {
        let path = path.to_owned();
        Self::Read { path, error }
    }

    pub(crate) fn write(path: &Path, error: io::Error) -> Self {
        let path = path.to_owned();
        Self::Write { path, error }
    }
}

impl fmt::Display for StateFileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Read { path, error } => {
                let (path, cause, advice) = (shown(path), Shown::text(error), to_read(error));
                write!(f, "`{path}` can't be read: {cause}: {advice}")
            }
            Self::Write { path, error } => {
                let (path, cause, advice) = (shown(path), Shown::text(error), to_write(error));
                write!(f, "`{path}` can't be written: {cause}: {advice}")
            }
            Self::Content { path, error } => {
                write!(f, "`{}` is not an account: {error}", shown(path))
            }
            Self::Line { path, line, why } => write!(
                f,
                "`{}` is damaged in line {line}: {}: mend the line, or remove the file to go on \
                 without messages",
                shown(path),
                Shown::text(why)
            ),
            Self::Link { path, target } => write!(
                f,
                "`{}` is a symbolic link, which would be replaced: write `{}`",
                shown(path),
                shown(target)
            ),
            Self::InUse { path } => write!(
                f,
                "`{}` is in use by another sandbox: close that one, or use another folder",
                shown(path)
            ),
        }
    }
}

impl std::error::Error for StateFileError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Read { error, .. } | Self::Write { error, .. } => Some(error),
            Self::Content { error, .. } => Some(error),
            Self::Line { .. } | Self::Link { .. } | Self::InUse { .. } => None,
        }
    }
}

fn to_read(error: &io::Error) -> &'static str {
    match error.kind() {
        ErrorKind::NotFound => "check the path",
        ErrorKind::PermissionDenied => "allow this user to read it",
        ErrorKind::IsADirectory => "give the path of a file",
        _ => "check the file",
    }
}

fn to_write(error: &io::Error) -> &'static str {
    match error.kind() {
        ErrorKind::NotFound => "create its folder",
        ErrorKind::PermissionDenied => "allow this user to write in its folder",
        ErrorKind::ReadOnlyFilesystem => "choose a folder that can be written",
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => "free some space",
        ErrorKind::IsADirectory => "give the path of a file",
        ErrorKind::NotADirectory | ErrorKind::AlreadyExists => "give the path of a folder",
        _ => "check its folder",
    }
}

fn shown(path: &Path) -> String {
    Shown::text(path.display()).to_string()
}
