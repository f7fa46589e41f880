#[cfg(feature = "sqlite")]
use super::sqlite;
use crate::InboxError;
#[cfg(feature = "testing")]
use crate::store::Memory;
#[cfg(feature = "sqlite")]
use crate::store::SqliteSettings;
use crate::store::Store;

/// Where deliveries are stored.
#[derive(Clone, Debug)]
pub(crate) enum Place {
    #[cfg(feature = "sqlite")]
    Sqlite(SqliteSettings),
    #[cfg(feature = "testing")]
    Memory(Memory),
}

impl Place {
    /// Opens the store on this thread.
    #[cfg_attr(not(feature = "sqlite"), allow(clippy::unnecessary_wraps))]
    pub(super) fn open(self, handlers: Vec<&'static str>) -> Result<Box<dyn Store>, InboxError> {
        match self {
            #[cfg(feature = "sqlite")]
            Self::Sqlite(settings) => sqlite::open(settings, handlers),
            #[cfg(feature = "testing")]
            Self::Memory(memory) => Ok(Box::new(memory.open(handlers))),
        }
    }
}
