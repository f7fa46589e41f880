//! A program whose handlers were not linked. A binary of its own, because it must have none.

mod support;

use support::{TAG_ADDED, automation, finish};

#[test]
fn it_is_told_what_may_be_the_cause() {
    let error = support::builder().build().unwrap_err();
    assert_eq!(
        error.to_string(),
        "the dispatcher can't be built:\n  \
         - no handler is linked. A crate that nobody names is left out by the linker: if the \
         handlers are in a crate `handlers`, write `use handlers as _;` where the dispatcher is \
         built. Of a static library the linker takes only what is called: build it with \
         `lto = true`, or link it with `--whole-archive`. On a platform without constructors (some WebAssembly hosts) handlers can't be \
         collected. If none are meant, `.allow_no_handlers()`"
    );
    let selected = support::builder().select(|_| true).build().unwrap_err();
    assert_eq!(selected, error);
}

/// Whoever forgot to name the crate of his handlers has named one of them.
#[cfg(feature = "testing")]
#[test]
#[should_panic(expected = "no handler is linked. A crate that nobody names is left out")]
fn a_test_of_one_is_told_the_same() {
    let builder = siohook::testing::TestDispatcher::builder();
    let _ = builder.only("grant").build();
}

#[test]
fn none_may_be_meant() {
    let dispatcher = support::builder().allow_no_handlers().build().unwrap();
    assert!(dispatcher.handlers().is_empty());
    assert_eq!(dispatcher.to_string(), "event  handler  location");
    assert_eq!(
        finish(dispatcher.receive(automation(TAG_ADDED)))
            .outcome()
            .as_str(),
        "unhandled"
    );
}

#[test]
fn nothing_is_trusted_all_the_same() {
    let error = siohook::Dispatcher::builder().build().unwrap_err();
    assert_eq!(error.problems().len(), 2);
}
