//! A pooler between the inbox and the server gives each transaction another connection.

use std::sync::atomic::{AtomicU64, Ordering};

use siohook::testing::{Sample, TOKEN, block_on};
use siohook::{Dispatcher, ReplyOutcome, on_event};
use siohook_inbox::Inbox;
use siohook_inbox::conformance::{Subject, Verdict, check};
use test_postgres::{Pooler, Server, is_skipped};

#[test]
fn the_promises_are_kept_behind_a_pooler() {
    if is_skipped() {
        return;
    }
    let server = Server::start();
    let Some(pooler) = Pooler::start(&server) else {
        return;
    };
    // What the inbox does not set would be wrong.
    server.sql(
        &server.url(),
        "ALTER ROLE postgres SET synchronous_commit TO off;
         ALTER ROLE postgres SET default_transaction_isolation TO serializable",
    );
    let (url, number) = (pooler.url(&server.create_database()), AtomicU64::new(0));
    let subject = Subject::new("postgres, behind a pooler", move || {
        let number = number.fetch_add(1, Ordering::Relaxed);
        Inbox::postgres(&url)
            .pooled()
            .schema(format!("case{number}"))
    });
    let report = check(&subject);
    println!("{report}");
    let broken = report.outcomes().iter().filter(|outcome| {
        // Processes look for work once a second.
        let is_known = outcome.case.name() == "elsewhere_at_once";
        outcome.verdict != Verdict::Passed && !is_known
    });
    assert_eq!(broken.count(), 0, "{report}");
}

#[on_event(unlisted("postgres.tests.pooler"), id = "tests.pooler")]
fn handle() {}

/// A pooler that keeps prepared statements, as later ones do, works by chance.
#[test]
fn an_inbox_that_does_not_know_of_its_pooler_is_told() {
    if is_skipped() {
        return;
    }
    let server = Server::start();
    let Some(pooler) = Pooler::start(&server) else {
        return;
    };
    let database = server.create_database();
    let dispatcher = Dispatcher::builder()
        .automation_token(TOKEN)
        .select(|handler| handler.id() == "tests.pooler")
        .build()
        .unwrap();
    let open = || block_on(Inbox::postgres(pooler.url(&database)).open(&dispatcher));
    let why = match (open(), open()) {
        (Ok(one), Ok(other)) => {
            let sample = Sample::automation("postgres.tests.pooler", serde_json::json!({}));
            let reply = block_on(one.receiver().receive((&sample).into()));
            if reply.outcome() == ReplyOutcome::Accepted {
                return;
            }
            drop(other);
            block_on(one.health()).unwrap_err()
        }
        (Err(why), _) | (_, Err(why)) => why,
    };
    assert!(why.to_string().contains("call `pooled`"), "{why}");
}
