use std::net::TcpStream;
use std::os::unix::process::CommandExt as _;
use std::path::PathBuf;
use std::process::{Child, Stdio};
use std::thread::{self, sleep};
use std::time::{Duration, Instant};
use std::{env, fs};

use crate::Server;
use crate::builder::{free_port, write_privately};

/// `PgBouncer` before a server: each transaction of a client gets another connection of the server, of
/// which there are few.
///
/// It ends when it is dropped, and when the process ends in any way.
///
/// ```
/// # if test_postgres::is_skipped() { return }
/// use test_postgres::{Pooler, Server};
///
/// let server = Server::start();
/// let Some(pooler) = Pooler::start(&server) else {
///     return; // a message was printed
/// };
/// let database = server.create_database();
/// assert_eq!(server.sql(&pooler.url(&database), "SELECT 1 + 1"), "2");
/// ```
#[derive(Debug)]
pub struct Pooler {
    server: u16,
    port: u16,
    watcher: Child,
}

impl Pooler {
    /// Starts it, or returns `None` with a message if it is not installed.
    ///
    /// # Panics
    ///
    /// Panics if it does not start, and if it is not installed while the environment has
    /// `SIOHOOK_SKIP_NOTHING`.
    #[must_use]
    pub fn start(server: &Server) -> Option<Self> {
        let Some(program) = find() else {
            let thread = thread::current();
            let message = format!(
                "{}: PgBouncer is not installed (Debian's package is `pgbouncer`)",
                thread.name().unwrap_or("a test")
            );
            assert!(env::var_os("SIOHOOK_SKIP_NOTHING").is_none(), "{message}");
            eprintln!("skipped {message}");
            return None;
        };
        let port = free_port();
        let (socket, of_server) = (server.socket().display(), server.port());
        let settings = format!(
            "[databases]
             * = host={socket} port={of_server} user=postgres
             [pgbouncer]
             listen_addr = 127.0.0.1
             listen_port = {port}
             unix_socket_dir =
             auth_type = any
             pool_mode = transaction
             default_pool_size = 3
             max_client_conn = 100
             logfile = {socket}/pooler-{port}.log"
        );
        let file = server.socket().join(format!("pooler-{port}.ini"));
        let settings: Vec<_> = settings.lines().map(str::trim).collect();
        write_privately(&server.programs, &file, &settings.join("\n"));
        let mut command = server.programs.as_user("sh", server.socket());
        // Standard input is a pipe, which the kernel closes however the process ends.
        let script = r#"trap '' PIPE INT TERM HUP; "$1" -q "$2" & cat >/dev/null; kill -KILL $!"#;
        command.args(["-c", script, "sh"]).args([&program, &file]);
        let watcher = command
            .process_group(0)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("there is a shell");
        let end = Instant::now() + Duration::from_secs(10);
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            let log = server.socket().join(format!("pooler-{port}.log"));
            assert!(
                Instant::now() < end,
                "no start: {:?}",
                fs::read_to_string(log)
            );
            sleep(Duration::from_millis(20));
        }
        Some(Self {
            server: of_server,
            port,
            watcher,
        })
    }

    /// The URL of a database of the server, through the pooler.
    #[must_use]
    pub fn url(&self, database: &str) -> String {
        let [server, port] = [self.server, self.port].map(|it| format!("@127.0.0.1:{it}/"));
        database.replacen(&server, &port, 1)
    }
}

impl Drop for Pooler {
    fn drop(&mut self) {
        drop(self.watcher.stdin.take());
        let _ = self.watcher.wait();
    }
}

fn find() -> Option<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    let mut folders = env::split_paths(&path).chain(["/usr/sbin".into()]);
    folders.find_map(|folder| Some(folder.join("pgbouncer")).filter(|it| it.exists()))
}
