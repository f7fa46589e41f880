//! The store keeps the promises of the inbox.

use std::sync::atomic::{AtomicU64, Ordering};

use siohook_inbox::Inbox;
use siohook_inbox::conformance::{Subject, check};

#[test]
fn postgres_keeps_its_promises() {
    let Some(server) = test_postgres::shared() else {
        return;
    };
    let (url, number) = (server.create_database(), AtomicU64::new(0));
    let subject = Subject::new("postgres", move || {
        let number = number.fetch_add(1, Ordering::Relaxed);
        // The name of the schema needs care in statements.
        Inbox::postgres(&url).schema(format!("case \"{number}\""))
    });
    let report = check(&subject);
    println!("{report}");
    assert!(report.is_ok(), "{report}");
}
