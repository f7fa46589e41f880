//! `cfg` above or below the attribute leaves a handler out.

use siohook::on_event;

#[cfg(any())]
#[on_event("SALE_NEW")]
async fn absent(_: DoesNotExist) {}

#[on_event("SALE_NEW")]
#[cfg(any())]
async fn also_absent(_: DoesNotExist) {}

#[cfg(all())]
#[on_event("SALE_NEW")]
#[cfg_attr(all(), allow(unused))]
async fn present() {}

#[test]
fn a_handler_may_be_left_out() {
    let dispatcher = siohook::Dispatcher::builder()
        .accept_unverified()
        .build()
        .unwrap();
    assert_eq!(dispatcher.handlers().len(), 1);
}
