//! The file of the inbox: where it may lie, and whether it is still there.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use super::errors;
use crate::store::{Migrate, Result, StoreError};
use crate::sync::lock;

/// The files that a connection has open, as they were found at open.
#[derive(Clone, Debug)]
pub(super) struct Place {
    path: PathBuf,
    files: Vec<(PathBuf, FileId)>,
}

impl Place {
    /// Remembers the files of a connection, which has written to them.
    pub(super) fn new(path: &Path) -> Result<Self> {
        let mut files = Vec::with_capacity(3);
        for suffix in ["", "-wal", "-shm"] {
            let path = beside(path, suffix);
            match FileId::at(&path) {
                Ok(id) => files.push((path, id)),
                // A connection that has the file for itself keeps its locks in memory.
                Err(error) if suffix == "-shm" && error.kind() == io::ErrorKind::NotFound => {}
                Err(error) => return Err(errors::file_error(&path, &error)),
            }
        }
        let path = path.to_owned();
        Ok(Self { path, files })
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Fails if what is written now can't be found again under the path.
    pub(super) fn check(&self) -> Result<()> {
        for (path, id) in &self.files {
            if FileId::at(path).ok() != Some(*id) {
                let path = errors::shown(path);
                return Err(StoreError::unavailable(format!("{path} {}", errors::MOVED)));
            }
        }
        Ok(())
    }
}

/// What tells a file from others, whatever its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct FileId {
    #[cfg(unix)]
    device: u64,
    #[cfg(unix)]
    inode: u64,
}

impl FileId {
    pub(super) fn at(path: &Path) -> io::Result<Self> {
        fs::metadata(path).map(|found| Self::new(&found))
    }

    pub(super) fn of(file: &File) -> io::Result<Self> {
        file.metadata().map(|found| Self::new(&found))
    }

    #[cfg(unix)]
    fn new(found: &fs::Metadata) -> Self {
        use std::os::unix::fs::MetadataExt as _;

        Self {
            device: found.dev(),
            inode: found.ino(),
        }
    }

    /// A file that is open can't be moved or deleted here.
    #[cfg(not(unix))]
    fn new(_: &fs::Metadata) -> Self {
        Self {}
    }
}

/// Creates the file unless it is there, and returns its path without links.
pub(super) fn prepare(path: &Path, accept_volatile: bool, migrate: Migrate) -> Result<PathBuf> {
    let wrap = |error| errors::file_error(path, &error);
    if path.as_os_str().is_empty() || path.as_os_str() == ":memory:" {
        return Err(StoreError::unavailable(
            "an inbox in memory loses what it acknowledged: name a file, test with \
             `Inbox::memory()` of the feature `testing`, or give a URL to `Inbox::postgres`",
        ));
    }
    if !accept_volatile {
        check_file_system(path).map_err(wrap)??;
    }
    if migrate == Migrate::Never && !path.exists() {
        return Err(StoreError::unavailable(format!(
            "{} does not exist, and `Migrate::Never` creates nothing: open it once with \
             `Migrate::Auto`",
            errors::shown(path)
        )));
    }
    create(path).map_err(wrap)?;
    let path = fs::canonicalize(path).map_err(wrap)?;
    if path.is_dir() {
        return Err(wrap(io::ErrorKind::IsADirectory.into()));
    }
    #[cfg(target_os = "linux")]
    check_access(&path).map_err(wrap)?;
    Ok(path)
}

/// Fails if the file can't be read and written. SQLite opens one that can only be read, and fails
/// later for another reason.
#[cfg(target_os = "linux")]
pub(super) fn check_access(path: &Path) -> io::Result<()> {
    use rustix::fs::Access;

    Ok(rustix::fs::access(
        path,
        Access::READ_OK | Access::WRITE_OK,
    )?)
}

/// Creates the database unless it is there.
///
/// A file that is there is not opened, because a process that closes a file gives up all its POSIX
/// locks on it, those of SQLite's connections among them. See
/// <https://sqlite.org/howtocorrupt.html>.
fn create(path: &Path) -> io::Result<()> {
    static CREATING: Mutex<()> = Mutex::new(());
    // No connection opens the file before it is closed here.
    let _creating = lock(&CREATING);
    match private().create_new(true).open(path) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            if !path.exists() {
                // A link to where the file is to be.
                private().create(true).truncate(false).open(path)?;
            }
            Ok(())
        }
        created => created.map(drop),
    }
}

/// How to open a file that only this user can read.
pub(super) fn private() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.read(true).write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

/// A file beside the database, with its name and more.
pub(super) fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}

/// Looks at the file, or at the folder that it will be created in.
#[cfg(target_os = "linux")]
fn check_file_system(path: &Path) -> io::Result<Result<()>> {
    let folder = match path.parent() {
        Some(folder) if folder != Path::new("") => folder,
        _ => Path::new("."),
    };
    let system = match rustix::fs::statfs(path) {
        Err(rustix::io::Errno::NOENT) => rustix::fs::statfs(folder)?,
        found => found?,
    };
    // The type of the field differs between processors. The constants have 32 bits.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    let magic = system.f_type as u32;
    Ok(refuse(path, magic))
}

#[cfg(not(target_os = "linux"))]
fn check_file_system(_: &Path) -> io::Result<Result<()>> {
    Ok(Ok(()))
}

#[cfg(any(target_os = "linux", test))]
pub(super) fn refuse(path: &Path, magic: u32) -> Result<()> {
    let Some((_, name, risk)) = VOLATILE.iter().find(|(found, ..)| *found == magic) else {
        return Ok(());
    };
    let why = match risk {
        Risk::Memory => "is lost when the machine restarts: set a path on a disk",
        Risk::Layer => "is lost with the container: mount a volume, and set a path in it",
        Risk::Network => {
            "may be lost or damaged, because locks and syncs can't be relied on: set a path on a \
             local disk"
        }
    };
    Err(StoreError::unavailable(format!(
        "{} is on {name}, where what is stored {why}, or call `accept_volatile()`",
        errors::shown(path)
    )))
}

#[cfg(any(target_os = "linux", test))]
#[derive(Clone, Copy)]
enum Risk {
    Memory,
    Layer,
    Network,
}

/// The constants of `statfs`, from `linux/magic.h` and the sources of the file systems.
#[cfg(any(target_os = "linux", test))]
const VOLATILE: [(u32, &str, Risk); 20] = [
    (0x0102_1994, "tmpfs", Risk::Memory),
    (0x8584_58f6, "ramfs", Risk::Memory),
    (0x9584_58f6, "hugetlbfs", Risk::Memory),
    (0x794c_7630, "overlayfs", Risk::Layer),
    (0x6175_6673, "aufs", Risk::Layer),
    (0x0000_6969, "NFS", Risk::Network),
    (0x0000_517b, "SMB", Risk::Network),
    (0xfe53_4d42, "SMB", Risk::Network),
    (0xff53_4d42, "CIFS", Risk::Network),
    (0x0102_1997, "9p", Risk::Network),
    // A network file system or not: the constant does not tell.
    (0x6573_5546, "FUSE", Risk::Network),
    (0x00c3_6400, "Ceph", Risk::Network),
    (0x5346_414f, "AFS", Risk::Network),
    (0x6b41_4653, "AFS", Risk::Network),
    (0x7375_7245, "Coda", Risk::Network),
    (0x0bd0_0bd0, "Lustre", Risk::Network),
    (0x4750_4653, "GPFS", Risk::Network),
    (0x786f_4256, "vboxsf", Risk::Network),
    (0xbacb_acbc, "VMware's shared folders", Risk::Network),
    (0x7c7c_6673, "Parallels' shared folders", Risk::Network),
];
