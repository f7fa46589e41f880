//! Texts in the assertions of `siohook::testing`.

use std::panic::{AssertUnwindSafe, catch_unwind};

use serde_json::json;
use siohook::ReplyOutcome;
use siohook::testing::{Sample, TestDispatcher, TestReport, block_on};

use crate::support::hostile::{Printed, check, values};

fn sent(value: &str, only: &str) -> TestReport {
    let sample = Sample::account(value, json!({"contact": value})).with_message_id(value);
    let dispatcher = TestDispatcher::builder()
        .only(only)
        .configure(|builder| builder.max_body_bytes(usize::MAX))
        .build();
    block_on(dispatcher.send(&sample))
}

/// The message of a failing assertion.
fn message(report: &TestReport, assert: fn(&TestReport)) -> Printed {
    let panic = catch_unwind(AssertUnwindSafe(|| assert(report))).unwrap_err();
    Printed::lines("assertion", *panic.downcast::<String>().unwrap())
}

#[test]
fn an_assertion_shows_a_part_of_a_text() {
    for value in values() {
        for (handler, bytes) in [("fails", 2048), ("succeeds", 200), ("panics", 2048)] {
            let report = sent(&value, handler);
            let mut all = vec![
                Printed::lines("TestReport", report.to_string()),
                Printed::lines("TestReport", format!("{report:?}")),
            ];
            all.push(message(&report, |it| {
                it.assert_outcome(ReplyOutcome::Unhandled);
            }));
            assert!(all.iter().all(Printed::shows_some));
            check(&all, handler, bytes);
        }
    }
}

#[test]
fn a_sample_and_a_path_are_shown_in_part() {
    for value in values() {
        let sample = Sample::account(&value, json!({})).with_message_id(&value);
        check(&Printed::both("Sample", &sample), "sample", 200);
        let report = sent(&value, "fails");
        let path = AssertUnwindSafe(|| _ = report.handler(&value));
        let panic = catch_unwind(path).unwrap_err();
        let message = Printed::lines("path", *panic.downcast::<String>().unwrap());
        check(&[message], "path", 200);
    }
}
