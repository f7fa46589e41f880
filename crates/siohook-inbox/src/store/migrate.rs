/// Whether [`open`](crate::InboxBuilder::open) may change the tables of the store.
///
/// ```
/// use siohook_inbox::{Inbox, Migrate};
///
/// let builder = Inbox::sqlite("inbox.db").migrate(Migrate::Never);
/// # let _ = builder;
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Migrate {
    /// Tables that are missing are created, and those of an earlier version get what they lack,
    /// in one transaction. The version before goes on working on them.
    #[default]
    Auto,
    /// `open` fails unless the tables are there and new enough. [`schema`](crate::schema) has the
    /// statements that make them.
    Never,
}
