//! Measures the heap of a dispatcher before its first delivery.

use siohook_benches::dispatcher;

#[global_allocator]
static ALLOCATOR: dhat::Alloc = dhat::Alloc;

#[test]
fn a_dispatcher_with_17_handlers_takes_less_than_8_kib() {
    let _profiler = dhat::Profiler::builder().testing().build();
    let before = dhat::HeapStats::get().curr_bytes;
    let dispatchers: Vec<_> = (0..100).map(|_| dispatcher(10_000)).collect();
    let each = (dhat::HeapStats::get().curr_bytes - before) / dispatchers.len();
    println!("{each} bytes");
    assert_eq!(dispatchers[0].handlers().len(), 17);
    assert!(each < 8 * 1024, "{each}");
}
