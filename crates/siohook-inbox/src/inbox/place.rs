#[cfg(feature = "postgres")]
use super::postgres;
#[cfg(feature = "sqlite")]
use super::sqlite;
use crate::clock::Clock;
#[cfg(feature = "testing")]
use crate::store::Memory;
#[cfg(feature = "sqlite")]
use crate::store::{Lending, SqliteSettings, sqlite_records};
#[cfg(feature = "postgres")]
use crate::store::{PostgresRecords, PostgresSettings};
use crate::store::{Records, Store};
use crate::{InboxError, Migrate};

/// Where deliveries are stored.
#[derive(Clone, Debug)]
pub(crate) enum Place {
    #[cfg(feature = "sqlite")]
    Sqlite(SqliteSettings),
    #[cfg(feature = "postgres")]
    Postgres(PostgresSettings),
    #[cfg(feature = "testing")]
    Memory(Memory),
}

impl Place {
    pub(super) fn accept_volatile(&mut self) {
        match self {
            #[cfg(feature = "sqlite")]
            Self::Sqlite(settings) => settings.accept_volatile = true,
            #[cfg(feature = "postgres")]
            Self::Postgres(settings) => settings.accept_volatile = true,
            #[allow(unreachable_patterns)]
            _ => {}
        }
    }

    #[cfg_attr(
        not(any(feature = "sqlite", feature = "postgres")),
        allow(unused_variables)
    )]
    pub(super) fn migrate(&mut self, migrate: Migrate) {
        match self {
            #[cfg(feature = "sqlite")]
            Self::Sqlite(settings) => settings.migrate = migrate,
            #[cfg(feature = "postgres")]
            Self::Postgres(settings) => settings.migrate = migrate,
            #[allow(unreachable_patterns)]
            _ => {}
        }
    }

    /// What is wrong with the settings, for a program with these handlers.
    #[cfg_attr(not(feature = "postgres"), allow(unused_variables))]
    pub(super) fn problems(&self, handlers: &[&str]) -> Vec<String> {
        match self {
            #[cfg(feature = "postgres")]
            Self::Postgres(settings) => postgres::problems(settings, handlers),
            #[allow(unreachable_patterns)]
            _ => vec![],
        }
    }

    /// Lets the operator of one inbox use the connection of its worker, if the store allows no other.
    pub(super) fn lend(&mut self) {
        match self {
            #[cfg(feature = "sqlite")]
            Self::Sqlite(settings) => settings.lending = Lending::default(),
            #[allow(unreachable_patterns)]
            _ => {}
        }
    }

    /// The same place, whatever the current folder is by the time it is opened.
    pub(crate) fn absolute(self) -> Self {
        match self {
            #[cfg(feature = "sqlite")]
            Self::Sqlite(mut settings) => {
                if let Ok(path) = std::path::absolute(&settings.path) {
                    settings.path = path;
                }
                Self::Sqlite(settings)
            }
            #[allow(unreachable_patterns)]
            place => place,
        }
    }

    /// Opens the store for an operator, on this thread.
    #[cfg_attr(
        not(any(feature = "sqlite", feature = "postgres")),
        allow(clippy::unnecessary_wraps)
    )]
    #[cfg_attr(not(feature = "postgres"), allow(unused_variables))]
    pub(crate) fn records(self, clock: &Clock) -> Result<Box<dyn Records>, InboxError> {
        match self {
            #[cfg(feature = "sqlite")]
            Self::Sqlite(settings) => Ok(sqlite_records(&settings)?),
            #[cfg(feature = "postgres")]
            Self::Postgres(settings) => Ok(Box::new(PostgresRecords::open(&PostgresSettings {
                is_by_hand: clock.is_by_hand(),
                ..settings
            })?)),
            #[cfg(feature = "testing")]
            Self::Memory(memory) => Ok(Box::new(memory.records())),
        }
    }

    /// Opens the store on this thread.
    #[cfg_attr(not(feature = "sqlite"), allow(clippy::unnecessary_wraps))]
    #[cfg_attr(not(feature = "postgres"), allow(unused_variables))]
    pub(super) fn open(
        self,
        handlers: Vec<&'static str>,
        clock: &Clock,
    ) -> Result<Box<dyn Store>, InboxError> {
        match self {
            #[cfg(feature = "sqlite")]
            Self::Sqlite(settings) => sqlite::open(settings, handlers),
            #[cfg(feature = "postgres")]
            Self::Postgres(settings) => postgres::open(PostgresSettings {
                handlers,
                is_by_hand: clock.is_by_hand(),
                ..settings
            }),
            #[cfg(feature = "testing")]
            Self::Memory(memory) => Ok(Box::new(memory.open(handlers))),
        }
    }
}
