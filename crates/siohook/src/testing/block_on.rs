/// Runs a future to its end on this thread, for tests of handlers that need no runtime. The
/// thread sleeps while the future waits.
///
/// Test a handler that uses tokio (timers, sockets, a database client) in a `#[tokio::test]`,
/// with `.await` instead of this function. Inside a `#[tokio::test]` this function hangs: it
/// blocks the thread that the runtime needs.
///
/// ```
/// use siohook::testing::block_on;
///
/// assert_eq!(block_on(async { 1 + 1 }), 2);
/// ```
pub fn block_on<F: Future>(future: F) -> F::Output {
    pollster::block_on(future)
}
