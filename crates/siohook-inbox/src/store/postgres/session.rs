//! What is set and what is checked when a connection begins.

use tokio_postgres::{Client, SimpleQueryMessage, SimpleQueryRow};

/// What a connection is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    /// Stores deliveries.
    Accept,
    /// Records ends, claims, and listens.
    Work,
    /// Answers the operator, who waits longer than a sender.
    Operator,
}

/// The settings of every session.
///
/// A statement ends before the sender of a delivery loses patience. Plans are the same for any
/// parameters, so they are made once; compiling one would take longer than running it.
const SETTINGS: &str = "SET synchronous_commit TO on; \
     SET lock_timeout TO '2s'; \
     SET plan_cache_mode TO force_generic_plan; \
     SET jit TO off; \
     SET max_parallel_workers_per_gather TO 0; \
     SET default_transaction_isolation TO 'read committed'; \
     SET client_min_messages TO warning; \
     SET timezone TO 'UTC'; ";

const SHORT: &str = "SET statement_timeout TO '5s'; \
     SET idle_in_transaction_session_timeout TO '10s'; ";

const LONG: &str = "SET statement_timeout TO '60s'; \
     SET idle_in_transaction_session_timeout TO '60s'; ";

/// An operator asks seldom, and each time for something else.
const BY_VALUES: &str = "SET plan_cache_mode TO force_custom_plan; SET enable_bitmapscan TO off; ";

/// Plans that were made while the tables were empty stay right when they are full.
const BY_INDEX: &str = "SET enable_seqscan TO off; ";

/// Ends and claims name their deliveries in an array, and stop at the last run that they want. So
/// tables are read by an index in its order, and a hash joins what was found: the work grows with the
/// batch alone, whatever the server believes of its tables.
const BY_BATCH: &str = "SET enable_bitmapscan TO off; \
     SET enable_sort TO off; \
     SET enable_nestloop TO off; \
     SET enable_mergejoin TO off; ";

const STATE: &str = "SELECT pg_backend_pid(), current_setting('fsync'), \
     current_setting('full_page_writes'), current_setting('transaction_read_only'), \
     pg_is_in_recovery()";

/// What begins a transaction. Behind a pooler, it has the settings: in the session, they would stay
/// for whoever is next.
pub(super) fn transaction(role: Role, is_pooled: bool) -> String {
    if is_pooled {
        let local = settings(role).replace("SET ", "SET LOCAL ");
        format!("BEGIN ISOLATION LEVEL READ COMMITTED; {local}")
    } else {
        "BEGIN; ".to_owned()
    }
}

fn settings(role: Role) -> String {
    let settings: &[&str] = match role {
        Role::Accept => &[SETTINGS, SHORT, BY_INDEX],
        Role::Work => &[SETTINGS, SHORT, BY_INDEX, BY_BATCH],
        Role::Operator => &[SETTINGS, LONG, BY_INDEX, BY_VALUES],
    };
    settings.concat()
}

/// What a server says of a session.
pub(super) struct State {
    pub(super) pid: i32,
    problem: Option<&'static str>,
    volatile: Option<&'static str>,
}

/// Sets what the role needs, and asks for the rest, in one round trip.
pub(super) async fn begin(
    client: &Client,
    role: Role,
    is_pooled: bool,
) -> Result<State, tokio_postgres::Error> {
    let sql = if is_pooled {
        format!("{}{STATE}; COMMIT", transaction(role, is_pooled))
    } else {
        format!("{}{STATE}", settings(role))
    };
    let answers = client.simple_query(&sql).await?;
    let row = answers.iter().find_map(|answer| match answer {
        SimpleQueryMessage::Row(row) => Some(row),
        _ => None,
    });
    Ok(State::read(row))
}

impl State {
    fn read(row: Option<&SimpleQueryRow>) -> Self {
        let column = |index| row.and_then(|row| row.get(index)).unwrap_or_default();
        let problem = if column(4) == "t" {
            Some(STANDBY)
        } else if column(3) == "on" {
            Some(READ_ONLY)
        } else {
            None
        };
        let volatile = if column(1) == "off" {
            Some(NO_FSYNC)
        } else if column(2) == "off" {
            Some(NO_FULL_PAGES)
        } else {
            None
        };
        Self {
            pid: column(0).parse().unwrap_or_default(),
            problem,
            volatile,
        }
    }

    /// Why the server can't be used.
    pub(super) fn problem(&self, accept_volatile: bool) -> Option<&'static str> {
        self.problem.or(self.volatile.filter(|_| !accept_volatile))
    }
}

const STANDBY: &str = "is a standby, which can't be written: name the primary in the URL, or both";

const READ_ONLY: &str = "is read-only, since `default_transaction_read_only` is on: turn it off; \
                         some providers turn it on while the disk is full";

const NO_FSYNC: &str = "runs with `fsync = off`, so it can lose what was acknowledged: turn it on, \
                        or call `accept_volatile` in a test";

const NO_FULL_PAGES: &str = "runs with `full_page_writes = off`, so a power cut can damage it: \
                             turn it on, or call `accept_volatile` if its file system never \
                             writes half a page";

/// Why a server can't be used, from what it says before the first statement.
pub(super) fn greeting_problem(version: Option<&str>, encoding: Option<&str>) -> Option<String> {
    let major = version.and_then(major);
    if let (Some(major), Some(version)) = (major, version)
        && major < 12
    {
        return Some(format!(
            "is PostgreSQL {version}, and the inbox needs 12 or later: upgrade it"
        ));
    }
    match encoding {
        None | Some("UTF8" | "SQL_ASCII") => None,
        Some(encoding) => Some(format!(
            "has a database in the encoding {encoding}, which lacks characters of deliveries: \
             create one with `ENCODING 'UTF8' TEMPLATE template0`"
        )),
    }
}

/// The 15 of `15.18 (Debian 15.18-0)`, and of `15beta1`.
fn major(version: &str) -> Option<u32> {
    let end = version.find(|c: char| !c.is_ascii_digit());
    version[..end.unwrap_or(version.len())].parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn servers_before_12_and_poor_encodings_are_refused() {
        let is_refused = |version, encoding| greeting_problem(version, encoding).is_some();
        for version in ["12.0", "15.18 (Debian 15.18-0+deb12u1)", "18beta1", "next"] {
            assert!(!is_refused(Some(version), Some("UTF8")), "{version}");
        }
        for version in ["11.22", "9.6.24", "8.0.2"] {
            let problem = greeting_problem(Some(version), Some("UTF8")).unwrap();
            assert!(problem.contains(version) && problem.contains("12 or later"));
        }
        assert!(!is_refused(None, None), "a pooler may not say");
        assert!(!is_refused(Some("15.1"), Some("SQL_ASCII")));
        let problem = greeting_problem(Some("15.1"), Some("LATIN1")).unwrap();
        assert!(problem.contains("LATIN1") && problem.contains("UTF8"));
    }
}
