//! Where the folder is, and what lies in it if it is among a user's own files.

use std::fs::OpenOptions;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use etcetera::base_strategy::{BaseStrategy as _, choose_native_strategy};

use crate::{Exit, Failure};

/// The folder of this user: `~/.local/state/siohook/deliveries`, on macOS
/// `~/Library/Application Support/siohook/deliveries`, on Windows
/// `%LOCALAPPDATA%\siohook\deliveries`.
pub(super) fn usual() -> Result<PathBuf, Failure> {
    let base = choose_native_strategy().map_err(|_| {
        Failure::new(
            Exit::Here,
            "store",
            "there is no home directory to keep deliveries in",
        )
        .hint("name a folder with `--store DIR`")
    })?;
    let folder = match base.state_dir() {
        Some(state) => state,
        None if cfg!(windows) => base.cache_dir(),
        None => base.data_dir(),
    };
    Ok(folder.join("siohook").join("deliveries"))
}

/// Keeps deliveries out of a repository, and git from changing their line ends if a user adds
/// them. Files that are there already stay.
pub(super) fn keep_out_of_git(folder: &Path) -> io::Result<()> {
    let folder = folder.canonicalize()?;
    let is_below_here = std::env::current_dir().is_ok_and(|here| folder.starts_with(here));
    let is_in_repository = || folder.ancestors().any(|above| above.join(".git").exists());
    if !is_below_here && !is_in_repository() {
        return Ok(());
    }
    for (name, text) in [(".gitignore", "*\n"), (".gitattributes", "*.http -text\n")] {
        let file = OpenOptions::new()
            .write(true)
            .create_new(true)
            .open(folder.join(name));
        match file {
            Ok(mut file) => file.write_all(text.as_bytes())?,
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}
