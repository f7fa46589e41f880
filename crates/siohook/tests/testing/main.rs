//! The test kit, used as a user of the crate does.

mod assertions;
mod attempts;
mod dispatchers;
mod handlers;
#[cfg(feature = "tower")]
mod requests;
mod samples;
mod trust;

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, Location, catch_unwind};
use std::sync::{Once, OnceLock};

use handlers::Seen;
use siohook::testing::{Sample, TestDispatcher, TestReport, block_on};
use siohook::{Reason, ReplyOutcome};

/// A dispatcher of the handlers with this path.
fn only(path: &str) -> (TestDispatcher, Seen) {
    let seen = Seen::default();
    let builder = TestDispatcher::builder().only(path).state(seen.clone());
    (builder.build(), seen)
}

/// The report of a sample that is sent to the handlers with this path.
fn send(path: &str, sample: &Sample) -> TestReport {
    block_on(only(path).0.send(sample))
}

/// The message of a panic. Checks that its location is in the test, and not in the test kit.
#[track_caller]
fn panic_of<T>(run: impl FnOnce() -> T) -> String {
    thread_local! {
        static RAISED_AT: Cell<Option<(String, u32)>> = const { Cell::new(None) };
    }
    static HOOK: Once = Once::new();
    static BEFORE: OnceLock<Box<dyn Fn(&std::panic::PanicHookInfo<'_>) + Send + Sync>> =
        OnceLock::new();
    HOOK.call_once(|| {
        BEFORE.get_or_init(std::panic::take_hook);
        std::panic::set_hook(Box::new(|info| {
            let place = info.location();
            RAISED_AT.set(place.map(|it| (it.file().to_owned(), it.line())));
            BEFORE.get().unwrap()(info);
        }));
    });
    let here = Location::caller();
    let panic = catch_unwind(AssertUnwindSafe(run)).map(|_| ()).unwrap_err();
    let (file, line) = RAISED_AT.take().unwrap();
    assert_eq!(file, here.file());
    assert!((here.line()..here.line() + 10).contains(&line), "{line}");
    match panic.downcast::<String>() {
        Ok(text) => *text,
        Err(panic) => (*panic.downcast::<&'static str>().unwrap()).to_owned(),
    }
}
