use std::io;
use std::net::SocketAddr;

use serde::Serialize;

use crate::Exit;

/// Why a command ended early: what, and what to do. Texts from outside are escaped when they are
/// put in.
#[derive(Clone, Debug)]
pub(crate) struct Failure {
    pub(crate) exit: Exit,
    /// Stable name for programs.
    pub(crate) code: &'static str,
    /// Lines for a person.
    pub(crate) message: String,
    pub(crate) hint: Option<String>,
}

impl Failure {
    pub(crate) fn new(exit: Exit, code: &'static str, message: impl Into<String>) -> Self {
        Self {
            exit,
            code,
            message: message.into(),
            hint: None,
        }
    }

    /// An argument or a variable of the environment can't be used.
    pub(crate) fn usage(message: impl Into<String>) -> Self {
        Self::new(Exit::Usage, "usage", message)
    }

    /// A file can't be read or written.
    pub(crate) fn file(path: impl std::fmt::Display, error: &io::Error) -> Self {
        Self::new(Exit::Here, "file", format!("{path}: {error}"))
    }

    /// Another program listens there.
    pub(crate) fn port_taken(address: SocketAddr) -> Self {
        let port = address.port().checked_add(1).unwrap_or_default();
        let next = SocketAddr::new(address.ip(), port);
        Self::new(Exit::Here, "port_taken", format!("{address} is taken"))
            .hint(format!("end what listens there, or try --listen {next}"))
    }

    pub(crate) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    pub(crate) fn to_json(&self) -> String {
        #[derive(Serialize)]
        struct Line<'a> {
            r#type: &'static str,
            code: &'static str,
            message: String,
            hint: Option<&'a str>,
            exit: u8,
        }
        let line = Line {
            r#type: "error",
            code: self.code,
            message: self.message.replace('\n', " "),
            hint: self.hint.as_deref(),
            exit: self.exit.code(),
        };
        serde_json::to_string(&line).expect("texts and a number are JSON")
    }
}

/// An error of the standard output. A reader that has seen enough is not a failure.
impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        let exit = match error.kind() {
            io::ErrorKind::BrokenPipe => Exit::Good,
            _ => Exit::Here,
        };
        Self::new(exit, "output", format!("standard output: {error}"))
    }
}
