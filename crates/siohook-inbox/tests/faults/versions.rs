//! Two versions of a program on one file, each in a process of its own.

use std::collections::BTreeSet;

use crate::process::Process;
use crate::program::{LATER, Ledger, Program, is_shared, wait_until};

#[test]
fn each_version_runs_the_handlers_that_it_has() {
    if !is_shared() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let ledger = Ledger(folder.path().to_owned());
    let mut old = Process::start(folder.path(), "a,b");
    let mut new = Process::start(folder.path(), "b,c");
    old.ask("work");
    new.ask("work");
    for n in 0..20 {
        assert_eq!(old.ask(&format!("send {n}")), "accepted");
        // Whichever process has it stored.
        assert_eq!(new.ask(&format!("send {n}")), "accepted_before");
        assert_eq!(new.ask(&format!("send {}", n + 100)), "accepted");
    }
    // This one has to run again when the old version is gone.
    assert_eq!(old.ask(&format!("send {LATER}")), "accepted");
    let expected = |numbers: std::ops::Range<u64>, handlers: [&'static str; 2]| {
        let runs = move |n| handlers.map(|handler| (handler.to_owned(), n, 1));
        numbers.flat_map(runs)
    };
    let expected: BTreeSet<_> = expected(0..20, ["a", "b"])
        .chain(expected(100..120, ["b", "c"]))
        .chain(expected(LATER..LATER + 1, ["a", "b"]))
        .collect();
    wait_until("each run has ended", || {
        ledger.ended().len() >= expected.len()
    });
    assert_eq!(old.ask("drain"), "drained");
    let (old_id, new_id) = (old.id(), new.id());
    old.finish();
    let ended = ledger.ended();
    assert_eq!(ended.len(), expected.len(), "each ran once");
    let runs: BTreeSet<_> = ended
        .iter()
        .map(|it| (it.handler.clone(), it.n, it.attempt))
        .collect();
    assert_eq!(runs, expected);
    for run in &ended {
        match &*run.handler {
            "a" => assert_eq!(run.process, old_id),
            "c" => assert_eq!(run.process, new_id),
            _ => {}
        }
    }

    // `b` is tried again by the new version, and `a` waits for a version that has it.
    wait_until("b runs again", || {
        ledger.ended().len() == expected.len() + 1
    });
    let last = |ledger: &Ledger| {
        let ended = ledger.ended();
        let last = ended.into_iter().filter(|it| it.attempt == 2);
        last.map(|it| (it.handler, it.process)).collect::<Vec<_>>()
    };
    assert_eq!(last(&ledger), [("b".to_owned(), new_id)]);
    let newest = Program::open(folder.path(), &["b", "c"]);
    assert_eq!(newest.stats().orphans(), 1);
    drop(newest);
    let newest = Program::open(folder.path(), &["a", "b", "c"]);
    newest.work();
    newest.wait_until_idle();
    let own = std::process::id();
    assert_eq!(
        last(&ledger),
        [("a".to_owned(), own), ("b".to_owned(), new_id)]
    );
    assert_eq!(newest.stats().orphans() + newest.stats().dead(), 0);
}
