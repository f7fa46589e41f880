//! A handler with another path to the crate.

use super::*;

pub(crate) use siohook as hooks;

#[hooks::on_event("SALE_NEW", crate = crate::arguments::renamed::hooks)]
pub(crate) async fn through_another_path(delivery: hooks::Delivery, _: State<Seen>) {
    let _ = delivery;
}

#[test]
fn the_crate_may_have_another_name() {
    assert_eq!(seen_by(&["through_another_path"], sale()), [""; 0]);
}
