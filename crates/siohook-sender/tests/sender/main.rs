//! Samples, their edits, and their requests.

mod attempts;
mod captured;
mod captures;
#[cfg(feature = "http")]
mod conversions;
mod edits;
mod fixtures;
mod near;
mod requests;
mod samples;
mod trust;
mod urls;

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, Location, catch_unwind};
use std::sync::{Once, OnceLock};

use siohook_sender::Sample;

/// The body as text.
fn body(sample: &Sample) -> &str {
    str::from_utf8(sample.body()).unwrap()
}

/// The values of a header. Its name is case-insensitive.
fn values(sample: &Sample, name: &str) -> Vec<String> {
    let headers = sample.headers().into_iter();
    let of_name = headers.filter(|(own, _)| own.eq_ignore_ascii_case(name));
    of_name.map(|(_, value)| value).collect()
}

/// The message of a panic. Its location has to be the line of the test, and not a line of the
/// crate.
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
