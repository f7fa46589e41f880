use std::fs::{DirBuilder, File, OpenOptions};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use fs4::{FileExt, TryLockError};

use super::file::remove_unfinished;
use super::{State, StateFileError};

/// Folder that keeps an account. One sandbox at a time can use it.
///
/// * `state.json` is the account, made for version control. It is written a moment after a change.
/// * `messages.jsonl` has a line for each message and for each thing that comes of it. The line is
///   written before the change is seen, so it is there after `kill -9`. The file is written anew at
///   the start, and when half of it is about messages that are gone.
/// * The empty file `lock` is locked until the folder is dropped, and by the system also if the
///   process is killed.
///
/// Only this user can read the files. Secrets and tokens are in them in clear.
///
/// At the start, what waits is sent at its time by the clock of the account, or at once if that has
/// passed. An attempt that was under way when the process was killed is made again. The clock goes
/// on from the time that it showed. One that moves by itself shows the system's time if that is
/// later, and [`Builder::now`](crate::Builder::now) sets another one. Success rates of
/// subscriptions, the log of calls to the public API and [`Chaos`](crate::Chaos) begin anew.
///
/// ```
/// use siohook_sandbox::state::{DataDir, State};
///
/// let folder = tempfile::tempdir()?;
/// let data = DataDir::open(folder.path().join("data"))?;
/// assert_eq!(data.load()?, None);
/// data.save(&State::new(7))?;
/// assert_eq!(data.load()?, Some(State::new(7)));
///
/// let error = DataDir::open(data.path()).unwrap_err();
/// assert!(error.to_string().contains("is in use by another sandbox"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct DataDir {
    path: PathBuf,
    _lock: File,
}

impl DataDir {
    /// Opens a folder, and locks it. One that does not exist is created, and only this user can
    /// enter it.
    ///
    /// # Errors
    ///
    /// If the folder can't be created or written, or another sandbox uses it.
    pub fn open(path: impl Into<PathBuf>) -> Result<Self, StateFileError> {
        let path = path.into();
        create(&path).map_err(|error| StateFileError::write(&path, error))?;
        let lock = path.join("lock");
        let file = OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(false)
            .open(&lock)
            .map_err(|error| StateFileError::write(&lock, error))?;
        match FileExt::try_lock(&file) {
            Ok(()) => {
                let removed = remove_unfinished(&path);
                removed.map_err(|error| StateFileError::write(&path, error))?;
                Ok(Self { path, _lock: file })
            }
            Err(TryLockError::WouldBlock) => Err(StateFileError::InUse { path }),
            Err(TryLockError::Error(error)) => Err(StateFileError::write(&lock, error)),
        }
    }

    /// Returns the path of the folder.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Reads the account. `None` if none was saved yet.
    ///
    /// # Errors
    ///
    /// If the file can't be read, or is not an account.
    pub fn load(&self) -> Result<Option<State>, StateFileError> {
        match State::read_file(&self.state_file()) {
            Err(StateFileError::Read { error, .. }) if error.kind() == ErrorKind::NotFound => {
                Ok(None)
            }
            result => result.map(Some),
        }
    }

    /// Writes the account: see [`State::write_file`].
    ///
    /// # Errors
    ///
    /// If the file can't be written. It stays as it was.
    pub fn save(&self, account: &State) -> Result<(), StateFileError> {
        account.write_file(&self.state_file())
    }

    /// Path of the file with the messages.
    pub(crate) fn messages_file(&self) -> PathBuf {
        self.path.join("messages.jsonl")
    }

    fn state_file(&self) -> PathBuf {
        self.path.join("state.json")
    }
}

fn create(path: &Path) -> std::io::Result<()> {
    let mut builder = DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.recursive(true).create(path)
}
