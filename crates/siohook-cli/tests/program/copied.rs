use siohook::testing::{SECRET, Sample, TestDispatcher, block_on};

// SALE_NEW: siohook deliveries export k3f9qa --as http --mask > k3f9qa.http
#[test]
fn sale_new_k3f9qa() {
    let sample = Sample::captured(include_bytes!("k3f9qa.http")).signed_with(SECRET);
    let dispatcher = TestDispatcher::builder().build();
    block_on(dispatcher.send(&sample)).assert_done();
}
