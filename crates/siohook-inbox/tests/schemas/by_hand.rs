//! A schema that was made by the statements of the module `schema`.

use rusqlite::Connection;
use siohook::ReplyOutcome;
use siohook::testing::Sample;
use siohook_inbox::{Migrate, schema};

use crate::fixture::{newest, version};
use crate::program::Place;

#[test]
fn each_step_sets_its_version() {
    let file = Connection::open_in_memory().unwrap();
    for number in 1..=newest() {
        file.execute_batch(schema::sqlite(number).unwrap()).unwrap();
        assert_eq!(version(&file), number);
    }
    assert_eq!(schema::sqlite(0), None);
    assert_eq!(schema::sqlite(newest() + 1), None);
}

#[tokio::test]
async fn a_program_that_never_migrates_works_on_it() {
    let place = Place::new();
    let all: String = (1..).map_while(schema::sqlite).collect();
    let create = format!("BEGIN EXCLUSIVE;{all}COMMIT;");
    place.shell().execute_batch(&create).unwrap();
    let never = place.builder().migrate(Migrate::Never);
    let mut program = place.try_open(never).await.unwrap();
    program.work();
    let outcome = program.receive(&Sample::of("SALE_NEW")).await;
    assert_eq!(outcome, ReplyOutcome::Accepted);
    program.inbox.idle().await;
    assert_eq!(place.starts.get().len(), 2);
}
