use std::fs::{self, OpenOptions};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::{Programs, ServerBuilder};

/// How long a server may take to start or to stop on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);
const STEP: Duration = Duration::from_millis(20);

/// A PostgreSQL server on a free port of loopback and on a Unix socket, with its data in a
/// temporary folder.
///
/// It is stopped and removed when it is dropped, and when the process ends in any way: a static one
/// is never dropped, and a killed process drops nothing.
#[derive(Debug)]
pub struct Server {
    pub(crate) programs: Programs,
    pub(crate) folder: PathBuf,
    pub(crate) data: PathBuf,
    pub(crate) port: u16,
    pub(crate) settings: Vec<String>,
    pub(crate) password: Option<String>,
    pub(crate) databases: AtomicU32,
    pub(crate) process: Mutex<Option<Child>>,
    pub(crate) watcher: Child,
}

impl Server {
    /// Whether the programs of PostgreSQL are on this machine.
    #[must_use]
    pub fn is_installed() -> bool {
        Programs::find().is_some()
    }

    /// Starts a server with PostgreSQL's own settings: `fsync` is on.
    #[must_use]
    pub fn start() -> Self {
        Self::builder().start()
    }

    /// Starts a server with other settings, each as `name=value`.
    #[must_use]
    pub fn with(settings: &[&str]) -> Self {
        let builder = Self::builder();
        settings.iter().fold(builder, |it, x| it.setting(x)).start()
    }

    /// A server that is not started yet.
    pub fn builder() -> ServerBuilder {
        ServerBuilder::default()
    }

    /// The URL of the database `postgres`, for its superuser.
    #[must_use]
    pub fn url(&self) -> String {
        self.url_of("postgres")
    }

    /// The URL of a database.
    #[must_use]
    pub fn url_of(&self, database: &str) -> String {
        let password = self.password.as_ref();
        let password = password.map_or_else(String::new, |it| format!(":{it}"));
        let port = self.port;
        format!("postgres://postgres{password}@127.0.0.1:{port}/{database}")
    }

    /// Creates an empty database and returns its URL.
    pub fn create_database(&self) -> String {
        let number = self.databases.fetch_add(1, Ordering::Relaxed);
        self.replace_database(&format!("test_{number}"))
    }

    /// Creates an empty database of a name, in place of one that exists, and returns its URL.
    pub fn replace_database(&self, name: &str) -> String {
        let drop = format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)");
        for sql in [drop, format!("CREATE DATABASE {name}")] {
            self.sql(&self.url(), &sql);
        }
        self.url_of(name)
    }

    /// Runs SQL in the database of a URL and returns the rows, each a line with `|` between its
    /// columns.
    ///
    /// # Panics
    ///
    /// Panics with the server's message if a statement fails.
    pub fn sql(&self, url: &str, sql: &str) -> String {
        self.try_sql(url, sql).unwrap_or_else(|it| panic!("{it}"))
    }

    /// Does the same as [`sql`](Self::sql).
    ///
    /// # Errors
    ///
    /// The message of the server.
    pub fn try_sql(&self, url: &str, sql: &str) -> Result<String, String> {
        let mut command = self.programs.command("psql", &self.folder);
        command.args(["-XAtq", "-v", "ON_ERROR_STOP=1", "-d", url, "-c", sql]);
        let output = command.output().map_err(|it| format!("psql: {it}"))?;
        if output.status.success() {
            Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
        } else {
            Err(String::from_utf8_lossy(&output.stderr).into_owned())
        }
    }

    /// The port on 127.0.0.1. It stays the same when the server is started again.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The folder of the Unix socket.
    #[must_use]
    pub fn socket(&self) -> &Path {
        &self.folder
    }

    /// The folder of the data.
    #[must_use]
    pub fn data(&self) -> &Path {
        &self.data
    }

    /// What the server has logged.
    #[must_use]
    pub fn log(&self) -> String {
        fs::read_to_string(self.folder.join("log")).unwrap_or_default()
    }

    /// Stops the server: it disconnects the clients and ends in order.
    pub fn stop(&self) {
        self.end("INT");
    }

    /// Kills all processes of the server at once. Everything that was committed is on the disk.
    pub fn kill(&self) {
        self.end("KILL");
    }

    /// Ends the server without order, as `pg_ctl --mode=immediate` does, and starts it again.
    pub fn restart_immediate(&self) {
        self.end("QUIT");
        self.start_again();
    }

    /// Starts a server that was stopped or killed.
    ///
    /// # Panics
    ///
    /// Panics with the server's log if it does not start.
    pub fn start_again(&self) {
        let mut process = self.process();
        assert!(process.is_none(), "the server runs");
        let end = Instant::now() + PATIENCE;
        // Another program may have the port for a moment, and the processes of a killed server may
        // not be gone yet.
        while !self.starts(process.insert(self.spawn()), end) {
            assert!(Instant::now() < end, "no start: {}", self.log());
            sleep(STEP);
        }
    }

    /// Stops all processes of the server with SIGSTOP: connections stay, and nothing answers.
    pub fn freeze(&self) {
        self.signal("STOP");
    }

    /// Lets the server go on after [`freeze`](Self::freeze).
    pub fn thaw(&self) {
        self.signal("CONT");
    }

    fn process(&self) -> MutexGuard<'_, Option<Child>> {
        self.process.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn spawn(&self) -> Child {
        let log = OpenOptions::new()
            .append(true)
            .open(self.folder.join("log"));
        let log = log.expect("the watcher creates the log");
        let socket = self.folder.display();
        let mut command = self.programs.command("postgres", &self.folder);
        command.arg("-D").arg(&self.data);
        for setting in [
            "listen_addresses=127.0.0.1",
            &format!("port={}", self.port),
            &format!("unix_socket_directories={socket}"),
        ] {
            command.args(["-c", setting]);
        }
        for setting in &self.settings {
            command.args(["-c", setting]);
        }
        // An interrupt of the terminal is for the test: the server ends after it.
        command.process_group(0).stdin(Stdio::null());
        command.stdout(Stdio::null()).stderr(log);
        command.spawn().expect("postgres is there")
    }

    /// Whether a process accepts connections before it ends.
    fn starts(&self, process: &mut Child, end: Instant) -> bool {
        while Instant::now() < end {
            if process.try_wait().expect("it is our process").is_some() {
                return false;
            }
            let mut command = self.programs.command("pg_isready", &self.folder);
            let port = self.port.to_string();
            command.args(["-q", "-p", &port, "-h"]).arg(&self.folder);
            if command.status().is_ok_and(|it| it.success()) {
                return true;
            }
            sleep(STEP);
        }
        false
    }

    fn end(&self, signal: &str) {
        if signal == "KILL" {
            self.signal(signal);
        }
        let mut process = self.process();
        let mut process = process.take().expect("the server runs");
        send(signal, &[process.id().to_string()]);
        let end = Instant::now() + PATIENCE;
        while process.try_wait().expect("it is our process").is_none() {
            assert!(Instant::now() < end, "no end: {}", self.log());
            sleep(Duration::from_millis(1));
        }
    }

    /// Sends a signal to the server and to its processes, each of which is a group of its own.
    fn signal(&self, signal: &str) {
        let process = self.process();
        let id = process.as_ref().expect("the server runs").id();
        // First the one that starts the others.
        send(signal, &[id.to_string()]);
        send(signal, &children(id));
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.watcher.stdin.take());
        if let Some(process) = &mut *self.process() {
            let _ = process.wait();
        }
        let _ = self.watcher.wait();
    }
}

fn children(id: u32) -> Vec<String> {
    let children = fs::read_to_string(format!("/proc/{id}/task/{id}/children"));
    let children = children.expect("the kernel lists children");
    children.split_whitespace().map(str::to_owned).collect()
}

fn send(signal: &str, ids: &[String]) {
    // A process may have ended meanwhile.
    let script = r#"signal=$1; shift; for id; do kill -"$signal" "$id"; done 2>/dev/null; true"#;
    let mut command = Command::new("sh");
    command.args(["-c", script, "sh", signal]).args(ids);
    assert!(command.status().is_ok_and(|it| it.success()), "no signal");
}
