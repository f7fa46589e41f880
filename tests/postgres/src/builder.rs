use std::ffi::OsStr;
use std::fs::{self, DirBuilder, OpenOptions};
use std::hash::{BuildHasher as _, RandomState};
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpListener;
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::sync::atomic::AtomicU32;
use std::sync::{Mutex, OnceLock};
use std::{env, iter, process};

use crate::{Programs, Server};

/// The settings of a [`Server`].
///
/// ```
/// # if test_postgres::is_skipped() { return }
/// let server = test_postgres::Server::builder()
///     .setting("max_connections=20")
///     .password("secret")
///     .start();
/// assert_eq!(server.sql(&server.url(), "SHOW max_connections"), "20");
/// ```
#[derive(Debug, Default)]
#[must_use]
pub struct ServerBuilder {
    settings: Vec<String>,
    password: Option<String>,
    files: Vec<(String, String)>,
    parent: Option<PathBuf>,
}

impl ServerBuilder {
    /// Adds a setting: `name=value`.
    pub fn setting(mut self, setting: &str) -> Self {
        self.settings.push(setting.to_owned());
        self
    }

    /// Asks clients over TCP for a password (SCRAM). Without it, everyone is trusted.
    pub fn password(mut self, password: &str) -> Self {
        self.password = Some(password.to_owned());
        self
    }

    /// Writes a file into the data folder before the server starts, such as `server.key` or
    /// `pg_hba.conf`. Only the server's user can read it.
    pub fn file(mut self, name: &str, content: &str) -> Self {
        self.files.push((name.to_owned(), content.to_owned()));
        self
    }

    /// Creates the data in another folder than that of temporary files, such as one on a disk.
    pub fn data_in(mut self, parent: impl Into<PathBuf>) -> Self {
        self.parent = Some(parent.into());
        self
    }

    /// Starts the server.
    ///
    /// # Panics
    ///
    /// Panics if PostgreSQL is not installed, or if the server does not start.
    #[must_use]
    pub fn start(self) -> Server {
        let programs = Programs::find().expect("PostgreSQL is not installed");
        let folder = create_folder(&programs, &env::temp_dir());
        let data = match &self.parent {
            Some(parent) => create_folder(&programs, parent),
            None => folder.join("data"),
        };
        let template = template(&programs).join(".");
        let copy = [
            "cp".as_ref(),
            "-Rp".as_ref(),
            template.as_ref(),
            data.as_ref(),
        ];
        let watcher = watch(&programs, &folder, &data, &copy);
        let server = Server {
            programs,
            folder,
            data,
            port: free_port(),
            settings: self.settings,
            password: self.password,
            databases: AtomicU32::new(0),
            process: Mutex::new(None),
            watcher,
        };
        let access = "local all all trust\nhost all all all scram-sha-256\n";
        let access = (server.password.iter()).map(|_| ("pg_hba.conf", access));
        let files = (self.files.iter()).map(|(name, content)| (&**name, &**content));
        for (name, content) in access.chain(files) {
            write_privately(&server.programs, &server.data.join(name), content);
        }
        server.start_again();
        if let Some(password) = &server.password {
            let (socket, port) = (server.folder.display(), server.port);
            let url = format!("postgres://postgres@/postgres?host={socket}&port={port}");
            server.sql(&url, &format!("ALTER ROLE postgres PASSWORD '{password}'"));
        }
        server
    }
}

/// Creates a folder that the server's user can write to. Its path is short: a socket's may have 107
/// bytes.
fn create_folder(programs: &Programs, parent: &Path) -> PathBuf {
    let folder = parent.join(format!("pg-{}-{:x}", process::id(), random()));
    let created = DirBuilder::new().mode(0o755).create(&folder);
    created.unwrap_or_else(|it| panic!("{}: {it}", folder.display()));
    programs.give(&folder).expect("root may give a folder");
    folder
}

/// Starts the process that creates the data and removes everything in the end.
fn watch(programs: &Programs, folder: &Path, data: &Path, create: &[&OsStr]) -> Child {
    let mut command = programs.as_user("sh", folder);
    command.args(["-c", include_str!("watcher.sh"), "sh"]);
    command.args([folder, data]).args(create);
    command.stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut watcher = command
        .process_group(0)
        .stderr(Stdio::null())
        .spawn()
        .expect("there is a shell");
    let mut answer = String::new();
    if let Some(output) = watcher.stdout.take() {
        let _ = BufReader::new(output).read_line(&mut answer);
    }
    let log = fs::read_to_string(folder.join("log"));
    assert_eq!(answer, "ready\n", "{create:?}: {log:?}");
    watcher
}

/// The data of a server that never ran. To copy it takes a tenth of the time of initdb.
fn template(programs: &Programs) -> &'static Path {
    static TEMPLATE: OnceLock<(PathBuf, Child)> = OnceLock::new();
    let (data, _watcher) = TEMPLATE.get_or_init(|| {
        let folder = create_folder(programs, &env::temp_dir());
        let (data, initdb) = (folder.join("data"), programs.path("initdb"));
        let arguments = "--username=postgres --encoding=UTF8 --locale=C --no-sync --auth=trust -D";
        let arguments = arguments.split(' ').map(OsStr::new);
        let initdb = iter::once(initdb.as_ref())
            .chain(arguments)
            .chain([data.as_ref()]);
        let watcher = watch(programs, &folder, &data, &initdb.collect::<Vec<_>>());
        (data, watcher)
    });
    data
}

pub(crate) fn write_privately(programs: &Programs, path: &Path, content: &str) {
    let mut options = OpenOptions::new();
    let file = options.write(true).create(true).truncate(true).mode(0o600);
    let written = file
        .open(path)
        .and_then(|mut it| it.write_all(content.as_bytes()))
        .and_then(|()| programs.give(path));
    written.unwrap_or_else(|it| panic!("{}: {it}", path.display()));
}

/// A free port below those that the kernel gives to clients, which could take it while the server
/// is stopped.
pub(crate) fn free_port() -> u16 {
    (0..1000)
        .map(|_| 20_000 + (random() % 12_000) as u16)
        .find(|&port| TcpListener::bind(("127.0.0.1", port)).is_ok())
        .expect("a port is free")
}

fn random() -> u64 {
    RandomState::new().hash_one(0)
}
