//! Connections that are cut, a server that is silent, restarts or is full, and processes that stop.

mod cuts;
mod leases;
mod outages;
mod rights;

use std::env;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use siohook::ReplyOutcome;
use siohook_inbox::{Inbox, InboxBuilder};
use tempfile::TempDir;
use test_postgres::{Proxy, Server, shared};

use crate::process::{self, Process};
use crate::program::{Ledger, Program};

const URL: &str = "FAULTS_URL";
const LEASE: &str = "FAULTS_LEASE";
const MS: Duration = Duration::from_millis(1);
const SECOND: Duration = Duration::from_secs(1);

/// A database, a way to it, and a folder in which handlers write.
struct Place<'a> {
    server: &'a Server,
    database: String,
    proxy: Proxy,
    folder: TempDir,
}

impl<'a> Place<'a> {
    /// On the server of all tests, or `None` if PostgreSQL is not installed.
    fn shared() -> Option<Place<'static>> {
        shared().map(Place::on)
    }

    fn on(server: &'a Server) -> Self {
        Self {
            server,
            database: server.create_database(),
            proxy: Proxy::start(server.port()),
            folder: tempfile::tempdir().unwrap(),
        }
    }

    fn ledger(&self) -> Ledger {
        Ledger(self.folder.path().to_owned())
    }

    fn program(&self, builder: InboxBuilder, handlers: &[&str]) -> Program {
        Program::with(builder, self.folder.path(), handlers).unwrap()
    }

    /// Opens a program with the handlers `a` and `b`, and runs them.
    fn open(&self, builder: InboxBuilder) -> Program {
        let program = self.program(builder, &["a", "b"]);
        program.work();
        program
    }

    fn direct(&self) -> InboxBuilder {
        Inbox::postgres(&self.database)
    }

    fn through_proxy(&self) -> InboxBuilder {
        Inbox::postgres(self.proxy.url(&self.database)).lease(SECOND)
    }

    /// Starts a process.
    fn process(&self, lease: Duration, handlers: &str) -> Process {
        let mut command = Command::new("/proc/self/exe");
        let lease = lease.as_millis().to_string();
        command.env(URL, &self.database).env(LEASE, lease);
        let mut process = Process::spawn(&mut command, self.folder.path(), handlers);
        assert_eq!(process.answer(), "open");
        process
    }

    fn sql(&self, sql: &str) -> String {
        self.server.sql(&self.database, sql)
    }

    /// How many rows of runs there are with a condition.
    fn runs(&self, condition: &str) -> u64 {
        let count = format!("SELECT count(*) FROM siohook.run WHERE {condition}");
        self.sql(&count).parse().unwrap()
    }
}

/// Sends a delivery until it is acknowledged, as the sender does.
fn send(program: &Program, n: u64) -> ReplyOutcome {
    let end = Instant::now() + SECOND * 30;
    loop {
        match program.send(n).outcome() {
            ReplyOutcome::NotStored => assert!(Instant::now() < end, "{:?}", program.health()),
            outcome => return outcome,
        }
        std::thread::sleep(MS * 5);
    }
}

/// The process that [`Place::process`] starts.
pub(crate) fn serve() {
    #[cfg(all(feature = "tracing", feature = "metrics"))]
    let other = {
        use tracing_subscriber::layer::SubscriberExt as _;

        use crate::capture::Capture;
        use crate::recorder::Recorder;

        let (capture, recorder) = (Capture::default(), Recorder::default());
        metrics::set_global_recorder(recorder.clone()).unwrap();
        let subscriber = tracing_subscriber::registry().with(capture.clone());
        tracing::subscriber::set_global_default(subscriber).unwrap();
        move |command: &str| match command {
            "warnings" => {
                let warnings = capture.events(tracing::Level::WARN);
                let warnings = warnings.into_iter().map(|warning| warning.message);
                Some(warnings.collect::<Vec<_>>().join("; "))
            }
            counter => {
                let counters = recorder.seen().counters;
                counters.get(counter).map(ToString::to_string)
            }
        }
    };
    #[cfg(not(all(feature = "tracing", feature = "metrics")))]
    let other = |_: &str| None;
    let builder = |_: &Path| {
        let lease: u64 = env::var(LEASE).unwrap().parse().unwrap();
        Inbox::postgres(env::var(URL).unwrap()).lease(Duration::from_millis(lease))
    };
    process::serve(builder, other);
}
