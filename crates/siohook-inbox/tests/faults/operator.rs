//! A program that is killed while an operator changes many runs.

use std::collections::BTreeSet;
use std::path::Path;

use rusqlite::{Connection, OpenFlags};
use siohook::testing::block_on;
use siohook_inbox::Inbox;

use crate::process::Process;
use crate::program::{Ledger, Program, incoming, is_shared, stored, wait_until};

const DELIVERIES: u64 = 3000;

/// Counts the runs in a state, beside programs that write.
fn count(folder: &Path, state: &str) -> u64 {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY;
    let file = Connection::open_with_flags(folder.join("inbox.db"), flags).unwrap();
    let sql = "SELECT count(*) FROM siohook_run WHERE state = ?1";
    let count = file.query_row(sql, [state], |row| row.get::<_, i64>(0));
    count.unwrap().unsigned_abs()
}

/// Leaves a file whose runs are dead.
fn dead(folder: &Path) {
    let program = Program::open(folder, &["a"]);
    std::thread::scope(|scope| {
        for part in 0..16 {
            let program = &program;
            scope.spawn(move || {
                for n in (part..DELIVERIES).step_by(16) {
                    block_on(program.receiver.receive(incoming(n, 0)));
                }
            });
        }
    });
    drop(program);
    let file = Connection::open(folder.join("inbox.db")).unwrap();
    let sql =
        "UPDATE siohook_run SET state = 'dead', reason = 'exhausted', ended_at = 0, attempts = 3";
    assert_eq!(file.execute(sql, []).unwrap() as u64, DELIVERIES);
}

#[test]
fn a_retry_that_is_killed_half_way_goes_on_where_it_stopped() {
    if !is_shared() {
        return;
    }
    let mut was_half_way = false;
    for _ in 0..20 {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path();
        dead(folder);
        let mut process = Process::start(folder, "a");
        process.send("retry");
        wait_until("some runs wait", || count(folder, "waiting") > 0);
        // `kill -9`.
        drop(process);

        assert_eq!(
            stored(folder).len() as u64,
            DELIVERIES,
            "and the file is sound"
        );
        let (waiting, left) = (count(folder, "waiting"), count(folder, "dead"));
        assert_eq!(waiting + left, DELIVERIES);
        let builder = Inbox::sqlite(folder.join("inbox.db")).accept_volatile();
        let inbox = block_on(builder.operator()).unwrap();
        assert_eq!(block_on(inbox.dead().retry()).unwrap(), left);
        drop(inbox);
        let program = Program::open(folder, &["a"]);
        program.work();
        program.wait_until_idle();
        assert_eq!(program.stats().dead(), 0);
        let ended = Ledger(folder.to_owned()).ended();
        assert_eq!(ended.len() as u64, DELIVERIES, "each runs once");
        let numbers: BTreeSet<_> = ended.iter().map(|entry| entry.n).collect();
        assert_eq!(numbers.len() as u64, DELIVERIES);
        was_half_way |= left > 0;
        if was_half_way {
            return;
        }
    }
    panic!("no kill came in the middle");
}
