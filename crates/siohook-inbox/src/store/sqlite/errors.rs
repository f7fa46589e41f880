//! What an error of SQLite means, and what to do about it. No text holds a value of a row.

use std::io;
use std::path::Path;

use rusqlite::{Error, ErrorCode, ffi};
use siohook_events::Shown;

use crate::store::{StoreError, StoreErrorKind};

/// Explains an error of a transaction.
pub(super) fn store_error(path: &Path, error: &Error) -> StoreError {
    let kind = match error.sqlite_error_code() {
        Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => StoreErrorKind::Damaged,
        _ => StoreErrorKind::Unavailable,
    };
    StoreError::new(kind, format!("{} {}", shown(path), explanation(error)))
}

/// Explains an error of a statement that concerns its row only, or returns `None`.
pub(super) fn row_error(path: &Path, error: &Error) -> Option<StoreError> {
    let why = match error.sqlite_error_code()? {
        ErrorCode::TooBig => "it is larger than SQLite allows",
        ErrorCode::ConstraintViolation => "a constraint of the tables refuses it",
        _ => return None,
    };
    let text = format!("{} can't store this delivery: {why}", shown(path));
    Some(StoreError::new(StoreErrorKind::Row, text))
}

/// Explains why a row can't be read that was changed by hand, or returns `None`.
pub(super) fn unreadable_row(path: &Path, error: &Error) -> Option<StoreError> {
    let is_of_row = matches!(
        error,
        Error::FromSqlConversionFailure(..)
            | Error::IntegralValueOutOfRange(..)
            | Error::InvalidColumnType(..)
            | Error::QueryReturnedNoRows
    );
    let text = || format!("{} {}", shown(path), unreadable(error));
    is_of_row.then(|| StoreError::new(StoreErrorKind::Row, text()))
}

/// Explains why a file of the inbox can't be created or opened.
pub(super) fn file_error(path: &Path, error: &io::Error) -> StoreError {
    let why = match error.kind() {
        io::ErrorKind::NotFound => {
            "can't be created: its folder does not exist; create the folder, or set another path"
        }
        io::ErrorKind::PermissionDenied => NO_RIGHT,
        io::ErrorKind::ReadOnlyFilesystem => READ_ONLY,
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => FULL,
        io::ErrorKind::IsADirectory => "is a folder; set the path of a file",
        io::ErrorKind::NotADirectory => {
            "can't be created: a part of its path is not a folder; set another path"
        }
        io::ErrorKind::Unsupported => {
            "can't be locked: its file system has no locks; set a path on a local disk"
        }
        _ => {
            let text = Shown::text(error);
            return StoreError::unavailable(format!(
                "{} can't be opened: {text}; check its disk",
                shown(path)
            ));
        }
    };
    StoreError::unavailable(format!("{} {why}", shown(path)))
}

/// A path, as it stands in the text of an error.
pub(super) fn shown(path: &Path) -> String {
    format!("`{}`", Shown::text(path.display()))
}

pub(super) fn is_busy(error: &Error) -> bool {
    let code = error.sqlite_error_code();
    matches!(
        code,
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked)
    )
}

pub(super) fn is_interrupt(error: &Error) -> bool {
    error.sqlite_error_code() == Some(ErrorCode::OperationInterrupted)
}

const NO_RIGHT: &str =
    "can't be opened: this user needs the right to read and write it, and its folder";
const READ_ONLY: &str = "can't be written: its disk is mounted read-only; mount it read-write, \
                         or set another path";
pub(super) const DAMAGED: &str = "is damaged; stop the program, and restore a backup or save what \
                                  can be read with the command `.recover` of the SQLite shell";
const FULL: &str = "can't grow: its disk is full; free some space";
pub(super) const MOVED: &str = "was moved, deleted or replaced while the inbox was open; put it \
                                back, or stop the program and start it again";

fn explanation(error: &Error) -> String {
    let Some(ffi::Error {
        code,
        extended_code,
    }) = error.sqlite_error()
    else {
        return unreadable(error);
    };
    let text = match code {
        ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked => {
            "is locked by another process; close the shell or the program that holds it"
        }
        ErrorCode::DiskFull => FULL,
        ErrorCode::ReadOnly if *extended_code == ffi::SQLITE_READONLY_DBMOVED => MOVED,
        ErrorCode::ReadOnly => {
            "can't be written: this user needs the right to write it, and its folder"
        }
        ErrorCode::CannotOpen | ErrorCode::PermissionDenied => NO_RIGHT,
        ErrorCode::NotADatabase => {
            "is not an SQLite database, or its first page is damaged; set the path of another \
             file, or restore a backup"
        }
        ErrorCode::DatabaseCorrupt => DAMAGED,
        ErrorCode::SystemIoFailure => {
            let code = ffi::code_to_str(*extended_code);
            return format!(
                "can't be read or written ({code}); check its disk, the space on it, and the \
                 limit of file sizes"
            );
        }
        ErrorCode::OutOfMemory => "needs memory that the system does not give",
        _ => {
            let code = ffi::code_to_str(*extended_code);
            let message = match error {
                // The text of a statement that can't be prepared. Others may hold values.
                Error::SqliteFailure(_, Some(message)) if *extended_code == ffi::SQLITE_ERROR => {
                    Shown::text(message).to_string()
                }
                _ => "try again".to_owned(),
            };
            return format!("failed: {code}; {message}");
        }
    };
    text.to_owned()
}

/// An error of a row or of a statement, not of the file.
fn unreadable(error: &Error) -> String {
    match error {
        Error::FromSqlConversionFailure(column, ..)
        | Error::IntegralValueOutOfRange(column, _)
        | Error::InvalidColumnType(column, ..) => {
            format!("has a row whose column {column} was not written by the inbox; correct it")
        }
        Error::QueryReturnedNoRows => {
            "lacks a row that others refer to; restore it, or delete the others".to_owned()
        }
        // A statement that can't be prepared, as far as 200 bytes go.
        _ => format!(
            "has other tables than the inbox needs ({}); set the path of another file, or mend \
             them",
            Shown::value(error)
        ),
    }
}
