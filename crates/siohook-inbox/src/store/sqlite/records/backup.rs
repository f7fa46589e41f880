//! A copy of the whole file, while others use it.

use std::ffi::OsStr;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use rusqlite::Connection;

use super::super::place::{beside, private};
use super::super::{connection, errors, integrity};
use super::statements::BACK_UP;
use crate::InboxError;

/// Copies what is stored in `path` into a new file.
pub(super) fn backup(source: &Connection, path: &Path, to: &Path) -> Result<(), InboxError> {
    let to = resolve(to)?;
    // It has the name only when it is whole.
    let part = beside(&to, ".part");
    let part_text = part.to_str().ok_or_else(|| {
        InboxError::Request(format!(
            "{} is not UTF-8, as SQLite needs",
            errors::shown(&to)
        ))
    })?;
    let created = private().create_new(true).open(&part);
    drop(created.map_err(|error| not_created(&part, &error))?);
    let written = write(source, path, part_text, &part).and_then(|()| publish(&part, &to));
    if written.is_err() {
        let _ = fs::remove_file(&part);
    }
    written
}

/// The path of the new file, in a folder that exists.
fn resolve(to: &Path) -> Result<PathBuf, InboxError> {
    let folder = match to.parent() {
        Some(folder) if folder != Path::new("") => folder,
        _ => Path::new("."),
    };
    let folder = fs::canonicalize(folder).map_err(|error| file_error(to, &error))?;
    let name = to.file_name().unwrap_or(OsStr::new(""));
    let to = folder.join(name);
    if name.is_empty() || to.symlink_metadata().is_ok() {
        return Err(InboxError::Request(format!(
            "{} exists already: name a new file for the backup",
            errors::shown(&to)
        )));
    }
    Ok(to)
}

fn write(source: &Connection, path: &Path, part_text: &str, part: &Path) -> Result<(), InboxError> {
    source
        .execute(BACK_UP, [part_text])
        .map_err(|error| copy_error(path, part, &error))?;
    let file = private().open(part).and_then(|file| file.sync_all());
    file.map_err(|error| file_error(part, &error))?;
    let mut copy = connection::reader(part).map_err(|error| errors::store_error(part, &error))?;
    integrity::quick_check(&mut copy, part, || false)?;
    Ok(())
}

/// Gives the file its name, which no other one has got meanwhile: that would have met the part.
fn publish(part: &Path, to: &Path) -> Result<(), InboxError> {
    let renamed = fs::rename(part, to).and_then(|()| sync_folder(to));
    renamed.map_err(|error| file_error(to, &error))
}

#[cfg(unix)]
fn sync_folder(of: &Path) -> io::Result<()> {
    let folder = of.parent().unwrap_or(Path::new("/"));
    fs::File::open(folder)?.sync_all()
}

/// Folders can't be opened as files here.
#[cfg(not(unix))]
fn sync_folder(_: &Path) -> io::Result<()> {
    Ok(())
}

fn not_created(part: &Path, error: &io::Error) -> InboxError {
    match error.kind() {
        io::ErrorKind::AlreadyExists => InboxError::Request(format!(
            "{} exists: another backup is being written, or was interrupted; delete the file, \
             unless it grows",
            errors::shown(part)
        )),
        _ => file_error(part, error),
    }
}

fn file_error(path: &Path, error: &io::Error) -> InboxError {
    errors::file_error(path, error).into()
}

/// The full disk is that of the copy. Other errors are those of the file that is read.
fn copy_error(path: &Path, part: &Path, error: &rusqlite::Error) -> InboxError {
    let is_of_copy = matches!(
        error.sqlite_error_code(),
        Some(
            rusqlite::ErrorCode::DiskFull
                | rusqlite::ErrorCode::CannotOpen
                | rusqlite::ErrorCode::SystemIoFailure
        )
    );
    let path = if is_of_copy { part } else { path };
    errors::store_error(path, error).into()
}
