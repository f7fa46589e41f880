/// Runs a future to its end on this thread, for tests of handlers that need no runtime. The
/// thread sleeps while the future waits.
///
/// Test a handler that uses tokio's timers or sockets in a `#[tokio::test]`, with `.await`
/// instead of this function.
///
/// ```
/// use siohook::testing::block_on;
///
/// assert_eq!(block_on(async { 1 + 1 }), 2);
/// ```
pub fn block_on<F: Future>(future: F) -> F::Output {
    pollster::block_on(future)
}
