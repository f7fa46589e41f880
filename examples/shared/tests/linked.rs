//! Handlers in a library crate are found by a program that names the crate.

use example_shared as _;
use siohook::Dispatcher;

#[test]
fn handlers_of_a_library_are_linked() {
    let dispatcher = Dispatcher::builder()
        .accept_unverified()
        .state(example_shared::Members::default())
        .build()
        .expect("the library has handlers");
    let handlers = dispatcher.handlers();
    assert!(
        handlers
            .iter()
            .any(|handler| handler.name() == "example_shared::handlers::grant")
    );
}
