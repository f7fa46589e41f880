//! The state file.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::Path;

use super::{State, StateFileError};

/// # Files
impl State {
    /// Reads an account from a file: see [`from_json`](Self::from_json).
    ///
    /// ```
    /// use std::path::Path;
    ///
    /// use siohook_sandbox::state::State;
    ///
    /// let error = State::read_file(Path::new("no-such-file.json")).unwrap_err();
    /// assert!(error.to_string().starts_with("`no-such-file.json` can't be read: "));
    /// ```
    ///
    /// # Errors
    ///
    /// If the file can't be read, or is not an account.
    pub fn read_file(path: &Path) -> Result<Self, StateFileError> {
        let json = fs::read(path).map_err(|error| StateFileError::read(path, error))?;
        Self::from_json(&json).map_err(|error| StateFileError::Content {
            path: path.to_owned(),
            error,
        })
    }

    /// Writes the account into a file: see [`to_json`](Self::to_json).
    ///
    /// The file is whole at any time. A temporary file beside it, which only this user can read,
    /// takes its place when all bytes are on the disk. If anything fails, the file stays as it
    /// was. A path that is a symbolic link is refused, because the link would be replaced.
    ///
    /// ```
    /// use siohook_sandbox::state::State;
    ///
    /// let folder = tempfile::tempdir()?;
    /// let path = folder.path().join("state.json");
    /// State::new(7).write_file(&path)?;
    /// assert_eq!(State::read_file(&path)?, State::new(7));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// If the file can't be written.
    pub fn write_file(&self, path: &Path) -> Result<(), StateFileError> {
        let json = self.to_json();
        replace(path, |file| file.write_all(&json)).map(drop)
    }
}

/// How the name of a file begins and ends that is not in its place yet.
const UNFINISHED: (&str, &str) = (".state", ".tmp");

/// Removes what a process left in a folder that was killed while it wrote a file.
pub(super) fn remove_unfinished(folder: &Path) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name();
        let name = name.to_string_lossy();
        if name.starts_with(UNFINISHED.0) && name.ends_with(UNFINISHED.1) {
            fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}

/// Writes a file beside `path`, which takes its place when all bytes are on the disk. Returns the
/// file, open at its end.
pub(crate) fn replace(
    path: &Path,
    write: impl FnOnce(&mut BufWriter<&File>) -> io::Result<()>,
) -> Result<File, StateFileError> {
    if let Ok(target) = fs::read_link(path) {
        let path = path.to_owned();
        return Err(StateFileError::Link { path, target });
    }
    write_and_move(path, write).map_err(|error| StateFileError::write(path, error))
}

fn write_and_move(
    path: &Path,
    write: impl FnOnce(&mut BufWriter<&File>) -> io::Result<()>,
) -> io::Result<File> {
    let folder = path.parent().filter(|folder| *folder != Path::new(""));
    let folder = folder.unwrap_or(Path::new("."));
    // It has mode 0600, and is removed when it is dropped.
    let file = tempfile::Builder::new()
        .prefix(UNFINISHED.0)
        .suffix(UNFINISHED.1)
        .tempfile_in(folder)?;
    let mut writer = BufWriter::new(file.as_file());
    write(&mut writer)?;
    writer.flush()?;
    drop(writer);
    file.as_file().sync_all()?;
    let file = file.persist(path)?;
    // The file is in its place. Not every system can sync a folder.
    let _ = File::open(folder).and_then(|folder| folder.sync_all());
    Ok(file)
}
