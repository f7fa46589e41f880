//! A program without linked handlers. It is a binary of its own, because handlers of other tests
//! would be linked.

mod support;

use support::{TAG_ADDED, automation, finish};

#[test]
fn the_error_names_the_possible_causes() {
    let error = support::builder().build().unwrap_err();
    assert_eq!(
        error.to_string(),
        "the dispatcher can't be built:\n  \
         - no handler is linked. The linker leaves out a crate that the program does not name: if \
         the handlers are in a crate `handlers`, write `use handlers as _;` where the dispatcher \
         is built. From a static library the linker takes only what is called: build it with \
         `lto = true`, or link it with `--whole-archive`. On a platform without constructors \
         (some WebAssembly hosts) handlers can't be collected. If this is intended, add \
         `.allow_no_handlers()`"
    );
    let selected = support::builder().select(|_| true).build().unwrap_err();
    assert_eq!(selected, error);
}

/// The test names a handler in a crate that is not linked.
#[cfg(feature = "testing")]
#[test]
#[should_panic(expected = "no handler is linked. The linker leaves out a crate")]
fn a_test_dispatcher_reports_the_same() {
    let builder = siohook::testing::TestDispatcher::builder();
    let _ = builder.only("grant").build();
}

#[test]
fn a_dispatcher_without_handlers_can_be_allowed() {
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
fn missing_trust_is_reported_as_well_as_missing_handlers() {
    let error = siohook::Dispatcher::builder().build().unwrap_err();
    assert_eq!(error.problems().len(), 2);
}
