//! The statements that create the tables of a store and upgrade them, for those who run them
//! themselves.
//!
//! [`open`](crate::InboxBuilder::open) runs what is missing, in one transaction. With
//! [`Migrate::Never`](crate::Migrate::Never) it runs none of them and fails if one is missing, so
//! the program needs only the right to read and write rows.
//!
//! Each version is made of the one before it. The table `siohook_schema` of SQLite and
//! `siohook.schema` of PostgreSQL hold its number. Run the statements of all missing versions in one
//! transaction, in order.
//!
//! A program works with the version that it knows and with the next one, so upgrade the store one
//! version at a time while programs run: first the store, then the programs.

#[cfg(feature = "postgres")]
use crate::store::postgres_step;
#[cfg(feature = "sqlite")]
use crate::store::sqlite_step;

/// Returns the statements that make a version of SQLite's tables of the version before it, or `None`
/// if this program does not know the version.
///
/// ```
/// use siohook_inbox::schema;
///
/// // A new file needs all from version 1 on, and a file of version 1 those from version 2 on.
/// let missing: String = (1..).map_while(schema::sqlite).collect();
/// println!("BEGIN EXCLUSIVE;{missing}COMMIT;");
/// ```
#[cfg(feature = "sqlite")]
#[must_use]
pub fn sqlite(version: u32) -> Option<&'static str> {
    sqlite_step(version)
}

/// Returns the statements that make a version of PostgreSQL's tables of the version before it, or
/// `None` if this program does not know the version. The first one is 2.
///
/// They name the schema `siohook`, which has to be there. For [another
/// name](crate::InboxBuilder::schema), replace `siohook.` in them.
///
/// ```
/// use siohook_inbox::schema;
///
/// // What a new schema needs, and the rights of the program's role.
/// let missing: String = (2..).map_while(schema::postgres).collect();
/// println!("BEGIN; CREATE SCHEMA siohook;{missing}");
/// println!("GRANT USAGE ON SCHEMA siohook TO shop;");
/// println!("GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA siohook TO shop; COMMIT;");
/// ```
#[cfg(feature = "postgres")]
#[must_use]
pub fn postgres(version: u32) -> Option<&'static str> {
    postgres_step(version)
}
