//! The tables: who may create them, and programs of two versions on them.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

use serde_json::json;
use siohook::testing::{Sample, TOKEN};
use siohook::{Dispatcher, ReplyOutcome, State, on_event};
use siohook_inbox::conformance::{Subject, check};
use siohook_inbox::{Inbox, InboxBuilder, InboxError, Migrate, schema};
use test_postgres::{Server, shared};

type Starts = Arc<AtomicUsize>;

#[on_event(unlisted("postgres.tests.schema"), id = "tests.schema")]
async fn count(State(starts): State<Starts>) {
    starts.fetch_add(1, Ordering::Relaxed);
}

/// Opens the store, accepts a delivery, runs its handler, and leaves.
async fn work(builder: InboxBuilder) -> Result<(), InboxError> {
    let starts = Starts::default();
    let dispatcher = Dispatcher::builder()
        .automation_token(TOKEN)
        .select(|handler| handler.id() == "tests.schema")
        .state(Arc::clone(&starts))
        .build()
        .unwrap();
    let inbox = builder.open(&dispatcher).await?;
    let worker = tokio::spawn(inbox.clone().run());
    let sample = Sample::automation("postgres.tests.schema", json!({}));
    let reply = inbox.receiver().receive((&sample).into()).await;
    assert_eq!(reply.outcome(), ReplyOutcome::Accepted);
    inbox.idle().await;
    assert_eq!(starts.load(Ordering::Relaxed), 1);
    inbox.drain(siohook_inbox::SECOND).await;
    worker.await.unwrap()
}

/// The statements of all versions.
fn statements() -> String {
    (2..).map_while(schema::postgres).collect()
}

fn version(server: &Server, database: &str) -> u32 {
    let version = server.sql(database, "SELECT version FROM siohook.schema");
    version.parse().unwrap()
}

#[test]
fn each_step_sets_its_version() {
    let Some(server) = shared() else { return };
    let database = server.create_database();
    server.sql(&database, "CREATE SCHEMA siohook");
    assert_eq!(schema::postgres(1), None);
    for number in (2..).take_while(|&number| schema::postgres(number).is_some()) {
        server.sql(&database, schema::postgres(number).unwrap());
        assert_eq!(version(server, &database), number);
    }
}

#[tokio::test]
async fn a_role_that_may_only_change_rows_works_on_tables_of_another() {
    let Some(server) = shared() else { return };
    let database = server.create_database();
    server.sql(&database, "CREATE ROLE shop LOGIN");
    let of_shop = database.replace("postgres@", "shop@");

    let error = work(Inbox::postgres(&of_shop)).await.unwrap_err();
    assert!(error.to_string().contains("needs CREATE"), "{error}");
    let never = Inbox::postgres(&of_shop).migrate(Migrate::Never);
    let error = work(never.clone()).await.unwrap_err().to_string();
    assert!(error.contains("has version 0"), "{error}");
    assert!(
        error.contains("`siohook_inbox::schema::postgres`"),
        "{error}"
    );

    let create = format!(
        "BEGIN; CREATE SCHEMA siohook;{}
         GRANT USAGE ON SCHEMA siohook TO shop;
         GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA siohook TO shop; COMMIT;",
        statements()
    );
    server.sql(&database, &create);
    work(never).await.unwrap();
    // Nothing is missing, so nothing has to be created.
    server.sql(&database, "DELETE FROM siohook.delivery");
    work(Inbox::postgres(&of_shop)).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn many_processes_create_the_tables() {
    let Some(server) = shared() else { return };
    let database = server.create_database();
    let dispatcher = Dispatcher::builder()
        .automation_token(TOKEN)
        .allow_no_handlers()
        .select(|_| false)
        .build()
        .unwrap();
    let opening = [(); 8].map(|()| {
        let (builder, dispatcher) = (Inbox::postgres(&database), dispatcher.clone());
        tokio::spawn(async move { builder.open(&dispatcher).await })
    });
    for opened in opening {
        opened.await.unwrap().unwrap();
    }
}

/// What a later version may do: it adds, so that this one goes on working.
const NEXT: &str = "ALTER TABLE siohook.worker ADD COLUMN next text;
     ALTER TABLE siohook.delivery ADD COLUMN next text;
     ALTER TABLE siohook.run ADD COLUMN next bigint NOT NULL DEFAULT 0;
     CREATE TABLE siohook.next (delivery bigint PRIMARY KEY, next text NOT NULL);
     CREATE INDEX run_next ON siohook.run (handler, due_at) WHERE state = 'waiting';
     UPDATE siohook.schema SET version = version + 1;";

#[test]
fn tables_of_the_next_version_keep_the_promises() {
    let Some(server) = shared() else { return };
    let (database, number) = (server.create_database(), AtomicU64::new(0));
    let create = format!("CREATE SCHEMA siohook;{}{NEXT}", statements());
    let subject = Subject::new("postgres, upgraded to the next version", move || {
        let name = format!("n{}", number.fetch_add(1, Ordering::Relaxed));
        let create = create.replace("siohook.", &format!("{name}."));
        let create = create.replace("SCHEMA siohook", &format!("SCHEMA {name}"));
        server.sql(&database, &create);
        Inbox::postgres(&database).schema(name)
    });
    let report = check(&subject);
    println!("{report}");
    assert!(report.is_ok(), "{report}");
}

#[tokio::test]
async fn tables_that_are_newer_by_two_are_refused() {
    let Some(server) = shared() else { return };
    let database = server.create_database();
    work(Inbox::postgres(&database)).await.unwrap();
    let known = version(server, &database);
    server.sql(&database, "UPDATE siohook.schema SET version = version + 2");
    let error = work(Inbox::postgres(&database)).await.unwrap_err();
    let error = error.to_string();
    assert!(
        error.contains(&format!("has version {}", known + 2)),
        "{error}"
    );
    assert!(error.contains(&format!("knows {known}: update")), "{error}");
}
