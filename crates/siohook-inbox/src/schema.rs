//! The statements that create the tables of a store and upgrade them, for those who run them
//! themselves.
//!
//! [`open`](crate::InboxBuilder::open) runs what is missing, in one transaction. With
//! [`Migrate::Never`](crate::Migrate::Never) it runs none of them and fails if one is missing, so
//! the program needs only the right to read and write rows.
//!
//! Each version is made of the one before it, and the table `siohook_schema` holds its number. Run
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
//! A program works with the version that it knows and with the next one, so upgrade the store one
//! version at a time while programs run: first the store, then the programs.

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
#[must_use]
pub fn sqlite(version: u32) -> Option<&'static str> {
    sqlite_step(version)
}
