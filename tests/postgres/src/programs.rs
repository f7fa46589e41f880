use std::ffi::OsStr;
use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, io};

/// The programs of PostgreSQL, and the user who runs them.
#[derive(Debug, Clone)]
pub(crate) struct Programs {
    folder: PathBuf,
    /// Of the user `postgres` and its group. A server refuses to run as root.
    ids: Option<(u32, u32)>,
}

impl Programs {
    /// Finds the programs of the newest version that Debian installed, or those in `PATH`.
    pub(crate) fn find() -> Option<Self> {
        let version = |folder: &PathBuf| {
            let version = folder.parent()?.file_name()?.to_str()?;
            version.parse::<u32>().ok()
        };
        let debian = fs::read_dir("/usr/lib/postgresql").into_iter().flatten();
        let mut debian: Vec<_> = debian.flatten().map(|it| it.path().join("bin")).collect();
        debian.sort_by_key(|it| std::cmp::Reverse(version(it)));
        let path = env::var_os("PATH").unwrap_or_default();
        let folder = debian
            .into_iter()
            .chain(env::split_paths(&path))
            .find(|it| {
                ["postgres", "initdb", "psql"]
                    .iter()
                    .all(|name| it.join(name).exists())
            })?;
        let is_root = fs::metadata("/proc/self").is_ok_and(|it| it.uid() == 0);
        let ids = if is_root { Some(postgres()?) } else { None };
        Some(Self { folder, ids })
    }

    /// A program, as the user who runs the server, in a folder that this user can read.
    pub(crate) fn command(&self, program: &str, folder: &Path) -> Command {
        self.as_user(self.folder.join(program), folder)
    }

    /// Any program, as the user who runs the server.
    pub(crate) fn as_user(&self, program: impl AsRef<OsStr>, folder: &Path) -> Command {
        let mut command = Command::new(program);
        command.current_dir(folder).env("LC_ALL", "C");
        // The variables of libpq decide nothing here.
        for (name, _) in env::vars_os() {
            if name.to_string_lossy().starts_with("PG") {
                command.env_remove(name);
            }
        }
        if let Some((user, group)) = self.ids {
            command.uid(user).gid(group);
        }
        command
    }

    /// The path of a program.
    pub(crate) fn path(&self, program: &str) -> PathBuf {
        self.folder.join(program)
    }

    /// Gives a file to the user who runs the server.
    pub(crate) fn give(&self, path: &Path) -> io::Result<()> {
        self.ids.map_or(Ok(()), |(user, group)| {
            std::os::unix::fs::chown(path, Some(user), Some(group))
        })
    }
}

/// The ids of the user `postgres` and its group.
fn postgres() -> Option<(u32, u32)> {
    let users = fs::read_to_string("/etc/passwd").ok()?;
    let mut fields = users
        .lines()
        .find_map(|line| line.strip_prefix("postgres:"))?
        .split(':');
    let user = fields.nth(1)?.parse().ok()?;
    Some((user, fields.next()?.parse().ok()?))
}
