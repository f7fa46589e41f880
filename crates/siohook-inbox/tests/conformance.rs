//! Each store keeps the promises of the inbox, and a subject that does not is found out.

mod support;

use siohook::{Dispatcher, ReplyOutcome};
use siohook_inbox::Inbox;
use siohook_inbox::conformance::{Subject, Verdict, cases, check, is_own};

#[track_caller]
fn assert_keeps_its_promises(subject: &Subject) {
    let report = check(subject);
    println!("{report}");
    assert!(report.is_ok(), "{report}");
}

#[test]
fn memory_keeps_its_promises() {
    assert_keeps_its_promises(&Subject::new("memory", Inbox::memory));
}

#[test]
fn sqlite_keeps_its_promises() {
    let folder = support::folder();
    assert_keeps_its_promises(&support::subject("sqlite", &folder));
}

/// A dispatcher that refuses every delivery of the cases.
#[test]
fn a_report_names_what_failed() {
    let subject = Subject::new("no room", Inbox::memory).configure(|it| it.max_body_bytes(1));
    let report = check(&subject);
    assert!(!report.is_ok());
    let text = report.to_string();
    for outcome in report.outcomes() {
        let is_told = text.contains(&format!(" {} (", outcome.case.name()));
        assert_eq!(is_told, outcome.verdict != Verdict::Passed, "{outcome}");
    }
    let summary = text.lines().last().unwrap();
    assert!(summary.starts_with("no room: "), "{summary}");
}

#[test]
fn a_store_for_one_process_is_not_shared() {
    let alone = Subject::new("alone", Inbox::memory).for_one_process();
    let skipped: Vec<_> = cases()
        .iter()
        .filter(|it| it.skipped(&alone).is_some())
        .collect();
    assert!(
        skipped
            .iter()
            .any(|case| case.name() == "copies_in_two_programs")
    );
    assert!(!skipped.iter().any(|case| case.name() == "durable"));
    let shared = Subject::new("shared", Inbox::memory);
    assert!(cases().iter().all(|case| case.skipped(&shared).is_none()));
}

/// The handlers of the cases are linked, but need nothing of this dispatcher.
#[test]
fn other_dispatchers_are_built_and_answer_as_before() {
    let dispatcher = Dispatcher::builder().accept_unverified().build().unwrap();
    assert!(dispatcher.handlers().iter().all(is_own));
    for sample in siohook::testing::Sample::all() {
        let reply = siohook::testing::block_on(dispatcher.receive((&sample).into()));
        assert_eq!(reply.outcome(), ReplyOutcome::Unhandled, "{sample}");
    }
}
