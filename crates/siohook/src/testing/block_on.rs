/// Runs a future to its end on this thread, which sleeps while it waits: for
/// tests of handlers that need no runtime.
///
/// A handler that needs one (tokio's timers, sockets) is tested in a
/// `#[tokio::test]`, with `.await` in place of this.
///
/// ```
/// use siohook::testing::block_on;
///
/// assert_eq!(block_on(async { 1 + 1 }), 2);
/// ```
pub fn block_on<F: Future>(future: F) -> F::Output {
    pollster::block_on(future)
}
