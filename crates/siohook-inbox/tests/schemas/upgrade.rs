//! A file of version 1, opened by a program of the newest version.

use siohook::ReplyOutcome;
use siohook_inbox::{DAY, Migrate, SECOND, schema};

use crate::fixture::{definitions, newest, newest_definitions, rows, version};
use crate::program::{Place, Sent, Start};

/// The body of the first delivery, which is erased in the file.
const ERASED: &str = r#"{"type":"contact.tag.added","data":{"tag":{"id":141002,"name":"newsletter"},"contact":{"id":29143587,"email":"lea.martin@example.com","fields":[],"ip":null,"referred_by_contact_id":null,"referred_by_contact_email":null}},"account":{"email":"contact@example.com"},"created_at":"2026-11-01T09:52:38+00:00"}"#;

/// What was sent of each delivery in the file.
fn sent(place: &Place) -> Vec<Sent> {
    let file = place.shell();
    let sql = "SELECT event, message_id, body FROM siohook_delivery ORDER BY id";
    let mut deliveries = file.prepare(sql).unwrap();
    let sent = deliveries.query_map([], |row| {
        let body: Option<Vec<u8>> = row.get(2)?;
        Ok(Sent {
            event: row.get(0)?,
            message_id: row.get(1)?,
            body: body.unwrap_or_else(|| ERASED.into()),
        })
    });
    sent.unwrap().map(Result::unwrap).collect()
}

/// The starts that are still to come.
fn open_runs(place: &Place) -> Vec<Start> {
    let file = place.shell();
    let sql = "SELECT lower(hex(key)), handler, attempts + 1
               FROM siohook_run JOIN siohook_delivery ON id = delivery
               WHERE state IN ('waiting', 'running')
               ORDER BY 1, 2";
    let mut runs = file.prepare(sql).unwrap();
    let runs = runs.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)));
    runs.unwrap().map(Result::unwrap).collect()
}

#[tokio::test]
async fn nothing_is_lost_or_changed() {
    let place = Place::of_version_1();
    let before = rows(&place.shell());
    let copy = place.shell();
    assert_eq!(version(&copy), 1);
    let states = "SELECT group_concat(state, ' ') FROM
                  (SELECT DISTINCT state FROM siohook_run ORDER BY state)";
    let states: String = copy.query_row(states, [], |row| row.get(0)).unwrap();
    assert_eq!(states, "behind dead done running waiting");
    drop(copy);

    place.open().await.kill().await;
    assert_eq!(version(&place.shell()), newest());
    assert_eq!(definitions(&place.shell()), newest_definitions());
    assert_eq!(rows(&place.shell()), before);
    assert_eq!(place.number("SELECT count(*) FROM siohook_runs"), 30);
    assert_eq!(place.number("SELECT sum(replays) FROM siohook_runs"), 0);
    // One of the four that are dead is purged.
    assert_eq!(place.number("SELECT count(*) FROM siohook_dead"), 3);
}

#[tokio::test]
async fn what_waits_runs_and_what_is_over_does_not() {
    let place = Place::of_version_1();
    let (sent, open) = (sent(&place), open_runs(&place));
    assert_eq!((sent.len(), open.len()), (15, 12));

    let mut program = place.open().await;
    assert_eq!(program.counts().await, [6, 6, 1, 3]);
    program.work();
    // The process that ran six of them has ended.
    program.inbox.idle().await;
    place.clock.advance(SECOND * 4);
    program.inbox.idle().await;
    place.clock.advance(SECOND * 50);
    program.inbox.idle().await;
    assert_eq!(place.starts.get(), open);
    assert_eq!(program.counts().await, [0, 0, 1, 3]);

    for sent in &sent {
        let outcome = program.receive_again(sent).await;
        assert_eq!(outcome, ReplyOutcome::AcceptedBefore, "{sent:?}");
    }
    program.inbox.idle().await;
    assert_eq!(place.starts.get(), open);

    // What is over is forgotten in the end. One run is still behind another one.
    for _ in 0..40 {
        place.clock.advance(DAY);
        program.inbox.idle().await;
    }
    assert_eq!(program.counts().await, [0, 0, 1, 0]);
    program.kill().await;
    assert_eq!(place.number("SELECT count(*) FROM siohook_delivery"), 1);
}

#[tokio::test]
async fn migrate_never_refuses_it_by_its_version() {
    let place = Place::of_version_1();
    let never = place.builder().migrate(Migrate::Never);
    let before = rows(&place.shell());
    let error = place.try_open(never.clone()).await.err().unwrap();
    let text = format!(
        "`{}` has version 1 of the inbox's schema, and this program needs {}: run the statements of \
         `siohook_inbox::schema::sqlite`, or open it once with `Migrate::Auto`",
        place.path().canonicalize().unwrap().display(),
        newest()
    );
    assert_eq!(error.to_string(), text);
    assert_eq!(version(&place.shell()), 1);

    let missing: String = (2..).map_while(schema::sqlite).collect();
    let upgrade = format!("BEGIN EXCLUSIVE;{missing}COMMIT;");
    place.shell().execute_batch(&upgrade).unwrap();
    assert_eq!(rows(&place.shell()), before);
    let program = place.try_open(never).await.unwrap();
    assert_eq!(program.counts().await, [6, 6, 1, 3]);
}
