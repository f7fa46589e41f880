//! The system calls of a process that accepts deliveries: each acknowledgement comes after the sync
//! that makes its delivery durable.

use std::collections::HashMap;
use std::env;
use std::path::Path;
use std::process::Command;

use crate::process::{Process, acknowledged};
use crate::program::marker;
use crate::skip;

const DELIVERIES: u64 = 400;

#[test]
fn an_acknowledgement_comes_after_its_sync() {
    if !can_trace() {
        return skip("strace is not installed, or may not trace");
    }
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let trace = folder.path().join("trace");
    let mut strace = Command::new("strace");
    strace
        .args(["-f", "-y", "-xx", "-s", "65536", "-o"])
        .arg(&trace)
        .args(["-e", "trace=fsync,fdatasync,write,pwrite64"])
        .arg(env::current_exe().unwrap());
    let mut process = Process::spawn(&mut strace, folder.path(), "a,b");
    assert_eq!(process.answer(), "open");
    assert_eq!(process.ask(&format!("produce {DELIVERIES}")), "produced");
    process.finish();

    let calls = read(&trace);
    let wal = |call: &&Call| call.file.ends_with("inbox.db-wal");
    let is_sync = |call: &&Call| call.name == "fsync" || call.name == "fdatasync";
    let syncs: Vec<_> = calls.iter().filter(wal).filter(is_sync).collect();
    let writes: Vec<_> = calls
        .iter()
        .filter(wal)
        .filter(|it| it.name == "pwrite64")
        .collect();
    // The first line of the log is that of delivery 7, for example.
    let acknowledgements: HashMap<u64, &Call> = calls
        .iter()
        .filter(|call| call.file.ends_with("acknowledged"))
        .map(|call| {
            let line = String::from_utf8(call.data.clone()).unwrap();
            (line.trim_end().parse().unwrap(), call)
        })
        .collect();
    assert_eq!(acknowledgements.len() as u64, DELIVERIES);
    assert_eq!(acknowledged(folder.path()).len() as u64, DELIVERIES);

    let mut first = usize::MAX;
    for (&n, acknowledgement) in &acknowledgements {
        let marker = marker(n).into_bytes();
        let holds = |call: &&Call| call.data.windows(marker.len()).any(|part| part == marker);
        let page = writes.iter().position(holds);
        let page = page.expect("the body is in the WAL");
        // A frame is two writes: its header, and a page.
        let commit = (page - 1..writes.len())
            .find(|&at| is_commit(writes[at]))
            .unwrap();
        first = first.min(writes[commit].begun);
        let committed = writes[commit + 1].ended;
        let is_durable = syncs
            .iter()
            .any(|sync| sync.begun > committed && sync.ended < acknowledgement.begun);
        assert!(is_durable, "delivery {n} was acknowledged before its sync");
    }

    let groups = writes.iter().filter(|call| is_commit(call));
    let groups = groups.filter(|call| call.begun >= first).count();
    let syncs_then = syncs.iter().filter(|call| call.begun > first).count();
    assert_eq!(syncs_then, groups, "one sync a group");
    assert!(
        groups < acknowledgements.len(),
        "{groups} groups for {DELIVERIES} deliveries of 16 producers"
    );
    let last = acknowledgements
        .values()
        .map(|call| call.ended)
        .max()
        .unwrap();
    let later = calls
        .iter()
        .filter(is_sync)
        .filter(|call| call.begun > last);
    assert_eq!(later.count(), 0, "what is acknowledged needs no sync");
}

pub(crate) fn can_trace() -> bool {
    let traced = Command::new("strace")
        .args(["-o", "/dev/null", "true"])
        .status();
    traced.is_ok_and(|status| status.success())
}

/// Whether a write to a WAL is the header of a frame that ends a transaction: it has the size of
/// the database after it, which is zero in other frames.
fn is_commit(call: &Call) -> bool {
    const FRAME_HEADER: usize = 24;
    call.data.len() == FRAME_HEADER && call.data[4..8] != [0; 4]
}

/// A system call, with the lines of the trace at which it began and ended.
#[derive(Debug)]
struct Call {
    name: String,
    file: String,
    /// What was written.
    data: Vec<u8>,
    begun: usize,
    ended: usize,
}

/// Reads the calls that succeeded.
fn read(trace: &Path) -> Vec<Call> {
    let trace = std::fs::read_to_string(trace).unwrap();
    let mut unfinished = HashMap::<&str, (usize, &str)>::new();
    let mut calls = vec![];
    for (at, line) in trace.lines().enumerate() {
        let (thread, call) = line.split_once(' ').unwrap();
        let call = call.trim_start();
        if call.starts_with("---") || call.starts_with("+++") {
            continue;
        }
        if let Some(start) = call.strip_suffix(" <unfinished ...>") {
            unfinished.insert(thread, (at, start));
            continue;
        }
        let (begun, start, end) = match call.strip_prefix("<... ") {
            Some(rest) => {
                let (begun, start) = unfinished.remove(thread).unwrap();
                (begun, start, rest)
            }
            None => (at, call, call),
        };
        let (_, result) = end.rsplit_once(" = ").unwrap();
        if result.starts_with(['-', '?']) {
            continue;
        }
        let (name, arguments) = start.split_once('(').unwrap();
        let (_, file) = arguments.split_once('<').unwrap_or_default();
        let (file, rest) = file.split_once('>').unwrap_or_default();
        calls.push(Call {
            name: name.to_owned(),
            file: String::from_utf8(unescape(file)).unwrap(),
            data: bytes(rest),
            begun,
            ended: at,
        });
    }
    calls
}

/// The bytes of `, "\x61\x62", …`.
fn bytes(arguments: &str) -> Vec<u8> {
    let Some((_, text)) = arguments.split_once('"') else {
        return vec![];
    };
    let (text, rest) = text.split_once('"').unwrap();
    assert!(!rest.starts_with("..."), "the trace is cut");
    unescape(text)
}

/// The bytes of `\x61\x62`.
fn unescape(text: &str) -> Vec<u8> {
    let bytes = text.split("\\x").skip(1);
    bytes
        .map(|byte| u8::from_str_radix(byte, 16).unwrap())
        .collect()
}
