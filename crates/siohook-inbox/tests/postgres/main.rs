//! The inbox in PostgreSQL, with a server that is started for these tests.

#[cfg(target_os = "linux")]
mod faults;
mod pooler;
mod promises;
mod schema;

// The program of the tests of other faults, over another store.
#[cfg(target_os = "linux")]
#[path = "../faults/process.rs"]
#[allow(dead_code, reason = "other tests use the rest")]
mod process;
#[cfg(target_os = "linux")]
#[path = "../faults/program.rs"]
#[allow(dead_code, reason = "other tests use the rest")]
mod program;
#[cfg(target_os = "linux")]
#[path = "../faults/space.rs"]
#[allow(dead_code, reason = "other tests use the rest")]
mod space;

#[cfg(all(target_os = "linux", feature = "tracing", feature = "metrics"))]
#[path = "../telemetry/capture.rs"]
#[allow(dead_code, reason = "other tests use the rest")]
mod capture;
#[cfg(all(target_os = "linux", feature = "tracing", feature = "metrics"))]
#[path = "../telemetry/recorder.rs"]
#[allow(dead_code, reason = "other tests use the rest")]
mod recorder;

#[cfg(target_os = "linux")]
#[test]
#[ignore = "other tests start it as a process of its own"]
fn child() {
    faults::serve();
}

/// Ends a test that can't run here.
#[cfg(target_os = "linux")]
fn skip(why: &str) {
    assert!(
        std::env::var_os("SIOHOOK_SKIP_NOTHING").is_none(),
        "it can't be tested: {why}"
    );
    eprintln!("skipped: {why}");
}
