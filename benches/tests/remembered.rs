//! Measures the heap of a remembered delivery.

use siohook_benches::{Request, bodies, dispatcher, poll_once};

#[global_allocator]
static ALLOCATOR: dhat::Alloc = dhat::Alloc;

/// The number of deliveries that a dispatcher remembers by default.
const REMEMBERED: u32 = 10_000;

/// Bytes for each remembered delivery. The last deliveries evict others.
fn bytes_each(message_id: impl Fn(u32) -> String) -> usize {
    let dispatcher = dispatcher(REMEMBERED as usize);
    let tag = Request::account("CONTACT_TAG_ADDED", &bodies::tag(), 0);
    let deliver = |number| {
        let mut request = tag.clone();
        let id = message_id(number).try_into().expect("an id is ASCII");
        request.headers.insert("x-webhook-message-id", id);
        let reply = poll_once(dispatcher.receive(request.incoming()));
        assert_eq!(reply.status(), 200);
    };
    let before = dhat::HeapStats::get().curr_bytes;
    (0..REMEMBERED + 10).for_each(deliver);
    let grown = dhat::HeapStats::get().curr_bytes - before;
    grown / REMEMBERED as usize
}

#[test]
fn a_remembered_delivery_takes_less_than_96_bytes_for_ids_of_any_length() {
    let _profiler = dhat::Profiler::builder().testing().build();
    let usual = bytes_each(|number| format!("01a0e6f0-4c11-7d20-9f3e-{number:012x}"));
    let long = bytes_each(|number| format!("{number:05000}"));
    println!("{usual} bytes; {long} bytes with ids of 5 kB");
    assert!(usual < 96, "{usual}");
    assert_eq!(usual, long);
}
