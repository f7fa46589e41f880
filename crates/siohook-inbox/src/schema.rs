//! The statements that create the tables of a store and upgrade them, for those who run them
//! themselves.
//!
//! [`open`](crate::InboxBuilder::open) runs what is missing, in one transaction. With
//! [`Migrate::Never`](crate::Migrate::Never) it runs none of them and fails if one is missing, so
//! the program needs only the right to read and write rows.
//!
//! Each version is made of the one before it, and the table `siohook_schema`, or `siohook.schema`, holds its number. Run
//! the statements of all missing versions in one transaction, in order:
//!
//! ```
//! use siohook_inbox::schema;
//!
//! // A new file needs them from version 1 on, and a file of version 1 from version 2 on.
//! let missing: String = (1..).map_while(schema::sqlite).collect();
//! println!("BEGIN EXCLUSIVE;{missing}COMMIT;");
//! ```
//!
//! Both stores count their versions together. PostgreSQL begins with version 2.
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
/// assert!(schema::sqlite(1).unwrap().contains("CREATE TABLE siohook_delivery"));
/// assert_eq!(schema::sqlite(0), None);
/// ```
#[cfg(feature = "sqlite")]
#[must_use]
pub fn sqlite(version: u32) -> Option<&'static str> {
    sqlite_step(version)
}

/// Returns the statements that make a version of PostgreSQL's tables of the version before it, or
/// `None` if this program does not know the version.
///
/// They name the schema `siohook`, which has to be there: `CREATE SCHEMA siohook`. The role of the
/// program then needs `USAGE` on the schema, and `SELECT`, `INSERT`, `UPDATE` and `DELETE` on its tables.
///
/// ```
/// use siohook_inbox::schema;
///
/// assert!(schema::postgres(2).unwrap().contains("CREATE TABLE siohook.delivery"));
/// assert_eq!(schema::postgres(1), None, "it began with version 2");
/// ```
#[cfg(feature = "postgres")]
#[must_use]
pub fn postgres(version: u32) -> Option<&'static str> {
    postgres_step(version)
}
