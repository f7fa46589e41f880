//! Every edge of the state machine, without threads: a test holds the writers of several processes
//! over one disk, sends them commands, takes the runs that they hand over, and moves the clock.

mod crashes;
mod failures;
pub(crate) mod faulty;
mod leaving;
mod model;
#[cfg(all(feature = "postgres", unix))]
mod postgres_disk;
mod process;
pub(crate) mod property;
mod runs;
mod sharing;
#[cfg(feature = "sqlite")]
mod sqlite_disk;
pub(crate) mod world;

use self::world::World;
use crate::store::Memory;

/// Runs a test over each kind of store that is on one machine: a group is stored as a whole or not
/// at all, and processes see at once what others change.
fn on_each_local_store(test: impl Fn(World)) {
    test(World::new(Memory::new()));
    #[cfg(feature = "sqlite")]
    test(World::new(sqlite_disk::SqliteDisk::new()));
}

/// Runs a test over each kind of store.
fn on_each_store(test: impl Fn(World)) {
    on_each_local_store(&test);
    #[cfg(all(feature = "postgres", unix))]
    if let Some(disk) = postgres_disk::PostgresDisk::new() {
        test(World::new(disk));
    }
}
