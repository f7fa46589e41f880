use std::collections::HashSet;
use std::fs;
use std::io::{self, Write as _};
use std::path::PathBuf;
use std::sync::PoisonError;
use std::time::{Duration, SystemTime};

use jiff::Timestamp;
use siohook_sender::Capture;

use super::{Entry, Store, durable, entry, place};
use crate::Failure;

/// How often another id is tried. There are a billion.
const TRIES: usize = 100;

/// Longer than a file is written.
const WRITING: Duration = Duration::from_secs(60 * 60);

/// Extension of a file that is being written.
const PART: &str = "part";

impl Store {
    /// Keeps a received request under a new id, which becomes its name. When it returns, file and
    /// folder are synced.
    pub(crate) fn record(&self, capture: Capture) -> Result<Entry, Failure> {
        self.write(capture).map_err(|error| self.unusable(&error))
    }

    /// Makes the folder, and a file in it that goes again.
    pub(crate) fn prepare(&self) -> Result<(), Failure> {
        let prepare = || {
            self.create()?;
            let part = self.folder.join(format!(".{}.{PART}", entry::random_id()));
            durable::private()
                .write(true)
                .create_new(true)
                .open(&part)?;
            durable::remove(&part)
        };
        prepare().map_err(|error| self.unusable(&error))
    }

    /// Keeps a text about the inspector of this run, for its owner alone. Returns the file.
    pub(crate) fn keep_private(&self, name: &str, text: &str) -> Result<PathBuf, Failure> {
        let path = self.folder.join(name);
        let keep = || {
            // A file of before may be for others as well.
            durable::remove(&path)?;
            let mut file = durable::private()
                .write(true)
                .create_new(true)
                .open(&path)?;
            writeln!(file, "{text}")
        };
        keep().map_err(|error| self.unusable(&error))?;
        Ok(path)
    }

    fn create(&self) -> io::Result<()> {
        durable::create_folder(&self.folder)?;
        if self.is_given {
            place::keep_out_of_git(&self.folder)?;
        }
        Ok(())
    }

    fn write(&self, capture: Capture) -> io::Result<Entry> {
        self.create()?;
        let received_at = capture
            .received_at()
            .map_or_else(SystemTime::now, SystemTime::from);
        let time = Timestamp::try_from(received_at).map_err(io::Error::other)?;
        for _ in 0..TRIES {
            let id = entry::random_id();
            // Its name keeps other processes from the same id.
            let part = self.folder.join(format!(".{id}.{PART}"));
            let mut file = match durable::private().write(true).create_new(true).open(&part) {
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => continue,
                file => file?,
            };
            let written = self.take(&id).and_then(|is_free| {
                if !is_free {
                    return Ok(None);
                }
                let capture = capture.clone().with_name(&id);
                file.write_all(&capture.to_bytes())?;
                file.sync_all()?;
                let entry = Entry::new(&self.folder, time, id, capture.event().as_deref());
                fs::rename(&part, &entry.path)?;
                durable::sync_folder(&self.folder)?;
                Ok(Some(entry))
            });
            match written {
                Ok(Some(entry)) => return Ok(entry),
                Ok(None) => durable::remove(&part)?,
                Err(error) => {
                    // The first error is the one to tell.
                    let _ = durable::remove(&part);
                    return Err(error);
                }
            }
        }
        Err(io::Error::other("no free id was found"))
    }

    /// Removes what processes left that ended while they wrote.
    pub(crate) fn sweep(&self) -> Result<(), Failure> {
        let sweep = || -> io::Result<()> {
            for file in fs::read_dir(&self.folder)? {
                let file = file?;
                let is_part = file
                    .path()
                    .extension()
                    .is_some_and(|extension| extension == PART);
                let age = file.metadata()?.modified()?.elapsed().unwrap_or_default();
                if is_part && age > WRITING {
                    durable::remove(&file.path())?;
                }
            }
            Ok(())
        };
        match sweep() {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            swept => swept.map_err(|error| self.unusable(&error)),
        }
    }

    /// Takes an id. Returns `false` if a delivery has it.
    pub(super) fn take(&self, id: &str) -> io::Result<bool> {
        let mut ids = self.ids.lock().unwrap_or_else(PoisonError::into_inner);
        let ids = match &mut *ids {
            Some(ids) => ids,
            none => {
                let mut taken = HashSet::new();
                for file in fs::read_dir(&self.folder)? {
                    taken.extend(Entry::of(&file?.path()).map(|entry| entry.id));
                }
                none.insert(taken)
            }
        };
        Ok(ids.insert(id.to_owned()))
    }
}
