//! What an error of PostgreSQL means, and what to do about it. No text holds a password or a value
//! of a row.

use std::error::Error as StdError;
use std::io;

use rustls::CertificateError;
use siohook_events::Shown;
use tokio_postgres::Error;
use tokio_postgres::error::{DbError, Severity, SqlState};

use super::tls::HandshakeError;
use crate::store::{StoreError, StoreErrorKind};

pub(super) const SILENT: &str =
    "did not answer in time: check its host, its port, and the firewalls before it";

/// Explains an error of a server, which is named as [`Target::shown`](super::target::Target::shown)
/// does.
pub(super) fn store_error(server: &str, error: &Error) -> StoreError {
    let kind = if is_of_row(error) {
        StoreErrorKind::Row
    } else {
        StoreErrorKind::Unavailable
    };
    StoreError::new(kind, format!("{server} {}", explanation(error)))
}

/// Whether a value of one row was refused. The transaction has failed all the same.
pub(super) fn is_of_row(error: &Error) -> bool {
    let class = error.code().map(class);
    matches!(class, Some("22" | "23" | "54"))
}

/// Whether another connection has to be made: this one broke, or its server is a standby now.
pub(super) fn ends_connection(error: &Error) -> bool {
    match error.as_db_error() {
        Some(error) => {
            let severity = error.parsed_severity();
            matches!(severity, Some(Severity::Fatal | Severity::Panic))
                || *error.code() == SqlState::READ_ONLY_SQL_TRANSACTION
        }
        None => error.is_closed() || cause::<io::Error>(error).is_some(),
    }
}

/// The first cause of a type.
pub(super) fn cause<T: StdError + 'static>(error: &Error) -> Option<&T> {
    let mut next = StdError::source(error);
    while let Some(error) = next {
        if let Some(found) = error.downcast_ref() {
            return Some(found);
        }
        next = error.source();
    }
    None
}

fn explanation(error: &Error) -> String {
    if let Some(error) = error.as_db_error() {
        of_server(error)
    } else if let Some(error) = cause::<HandshakeError>(error) {
        of_handshake(&error.0)
    } else if let Some(error) = cause::<io::Error>(error) {
        of_socket(error)
    } else if error.is_closed() {
        CLOSED.to_owned()
    } else {
        of_client(error)
    }
}

const CLOSED: &str = "closed the connection: see its log; the inbox connects again";

/// What to do, by the code of an error or the class of it.
/// See <https://www.postgresql.org/docs/current/errcodes-appendix.html>.
const ADVICE: &[(&str, &str)] = &[
    ("08", "see the log of the pooler before it"),
    (
        "25006",
        "name its primary in the URL; some providers do this while a disk is full",
    ),
    (
        "25P03",
        "see what kept the process so long; the inbox connects again",
    ),
    (
        "26000",
        "behind a pooler that gives each transaction another connection, call `pooled`",
    ),
    (
        "28000",
        "correct the user in the URL, or allow this user, database and host in its `pg_hba.conf`; \
         if that asks for TLS, set `sslmode=require`",
    ),
    ("28P01", "correct the user or the password in the URL"),
    (
        "3D000",
        "create the database, or correct its name in the URL",
    ),
    (
        "3F000",
        "let the inbox create its schema, or create it as the documentation says",
    ),
    ("40", "it is tried again"),
    (
        "42501",
        "grant this role USAGE on the schema of the inbox, and SELECT, INSERT, UPDATE and DELETE \
         on its tables; to create them, it needs CREATE on the database",
    ),
    (
        "42P05",
        "behind a pooler that gives each transaction another connection, call `pooled`",
    ),
    (
        "42",
        "the schema has other tables than the inbox needs: set the name of another one, or mend it",
    ),
    ("53100", "free some space on its disk"),
    ("53200", "it needs more memory"),
    (
        "53300",
        "raise its `max_connections`, or put a pooler before it; each process of the inbox has two \
         connections",
    ),
    (
        "55P03",
        "another session holds a lock on the tables: end its transaction",
    ),
    (
        "57014",
        "it took too long: see what keeps the server busy, and who holds locks",
    ),
    ("57P01", "the inbox connects again"),
    ("57P02", "see its log; the inbox connects again"),
    ("57P03", "the inbox connects again"),
    (
        "57P05",
        "set its `idle_session_timeout` to 0 for this role; the inbox connects again",
    ),
    ("58", "check its disk, and see its log"),
    ("XX", "its files may be damaged: see its log"),
];

/// Classes whose messages name users, databases, tables and addresses, but no values.
const SAFE: &[&str] = &[
    "08", "25", "26", "28", "3D", "3F", "40", "42", "53", "55", "57",
];

fn of_server(error: &DbError) -> String {
    let code = error.code();
    if *code == SqlState::INVALID_PASSWORD {
        return "refuses the password: correct the user or the password in the URL".to_owned();
    }
    if matches!(class(code), "22" | "23" | "54") {
        let code = code.code();
        return format!("can't store this delivery: a value of it is refused (SQLSTATE {code})");
    }
    let by = |start: &str| ADVICE.iter().find(|(known, _)| *known == start);
    let (_, advice) = by(code.code())
        .or_else(|| by(class(code)))
        .copied()
        .unwrap_or(("", "see its log"));
    let what = if SAFE.contains(&class(code)) {
        Shown::text(error.message()).to_string()
    } else {
        format!("SQLSTATE {}", Shown::value(code.code()))
    };
    format!("says: {what}; {advice}")
}

fn of_socket(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::ConnectionRefused => {
            "refuses connections: start the server, or correct the host and the port in the URL"
                .to_owned()
        }
        io::ErrorKind::NotFound => {
            "has no such socket: start the server, or correct the folder and the port in the URL"
                .to_owned()
        }
        io::ErrorKind::PermissionDenied => {
            "has a socket that this user may not open: allow it, or set another host".to_owned()
        }
        io::ErrorKind::TimedOut => SILENT.to_owned(),
        io::ErrorKind::BrokenPipe
        | io::ErrorKind::ConnectionAborted
        | io::ErrorKind::ConnectionReset
        | io::ErrorKind::UnexpectedEof => CLOSED.to_owned(),
        io::ErrorKind::InvalidInput | io::ErrorKind::InvalidData => {
            "does not speak PostgreSQL's protocol: correct the host and the port in the URL"
                .to_owned()
        }
        _ => format!(
            "can't be reached: {}; check the name of the host, and the network",
            Shown::text(error)
        ),
    }
}

fn of_handshake(error: &io::Error) -> String {
    let cause = error.get_ref().and_then(|cause| cause.downcast_ref());
    let what = match cause {
        Some(rustls::Error::InvalidCertificate(problem)) => match problem {
            // The second is said of another authority of the same name.
            CertificateError::UnknownIssuer | CertificateError::BadSignature => {
                return "has a certificate of an unknown authority: set `sslrootcert` to the file \
                        of its authority"
                    .to_owned();
            }
            CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
                return "has a certificate for other hosts: set the host that its \
                        `subjectAltName` has, or `sslmode=verify-ca`"
                    .to_owned();
            }
            CertificateError::Expired | CertificateError::ExpiredContext { .. } => {
                return "has a certificate that has expired: renew it".to_owned();
            }
            CertificateError::Other(_) if problem.to_string().contains("CaUsedAsEndEntity") => {
                return "has a certificate that is made for an authority, not for a server: set \
                        `sslrootcert` to the certificate itself, or make one for the server"
                    .to_owned();
            }
            problem => format!("its certificate can't be used: {}", Shown::text(problem)),
        },
        _ => Shown::text(error).to_string(),
    };
    format!("has TLS that fails: {what}; correct its certificate, or see its log")
}

/// The errors that the client makes, which have no types.
fn of_client(error: &Error) -> String {
    let cause = StdError::source(error).map(ToString::to_string);
    match cause.as_deref() {
        Some("password missing") => "asks for a password: add it to the URL".to_owned(),
        Some("server does not support TLS") => {
            "has no TLS: turn it on there (`ssl = on`), or set `sslmode=prefer`".to_owned()
        }
        Some("server did not use channel binding") => {
            "does not bind the password to TLS: let it use SCRAM and TLS, or set \
             `channel_binding=prefer`"
                .to_owned()
        }
        _ if error.to_string().starts_with("error deserializing column") => {
            "has a row that was not written by the inbox: correct it".to_owned()
        }
        _ => format!("can't be used: {}", Shown::text(error)),
    }
}

fn class(code: &SqlState) -> &str {
    code.code().get(..2).unwrap_or_default()
}
