//! What is compared does the same: both receivers accept what is right and
//! refuse what is not.

use siohook::Dispatcher;
use siohook_benches::handwritten::Receiver;
use siohook_benches::{Request, SECRET, TOKEN, bodies, builder, finish};

fn both(request: &Request) -> (u16, u16) {
    let dispatcher: Dispatcher = builder().build().unwrap();
    let receiver = Receiver::new(SECRET, TOKEN);
    let by_hand = if request.headers.contains_key("x-webhook-event") {
        finish(receiver.account(&request.headers, &request.body))
    } else {
        finish(receiver.automation(&request.query, &request.body))
    };
    (
        finish(dispatcher.receive(request.incoming())).status(),
        by_hand.map_or_else(|refused| refused.status(), |()| 200),
    )
}

#[test]
fn what_is_right_is_handled() {
    let requests = [
        Request::account("CONTACT_TAG_ADDED", &bodies::tag(), 1),
        Request::account("CONTACT_TAG_ADDED", &bodies::tag_of(100_000), 1),
        Request::account("SALE_NEW", &bodies::sale(), 1),
        Request::automation(&bodies::tag_automation()),
        Request::automation(&bodies::sale_automation()),
    ];
    for request in requests {
        assert_eq!(both(&request), (200, 200), "{request:?}");
    }
}

#[test]
fn what_is_wrong_is_refused() {
    let mut tampered = Request::account("SALE_NEW", &bodies::sale(), 1);
    tampered.body = bodies::sale().replace("4200", "1").into();
    assert_eq!(both(&tampered), (401, 401));

    let mut unsigned = Request::account("SALE_NEW", &bodies::sale(), 1);
    unsigned.headers.remove("x-webhook-signature");
    assert_eq!(both(&unsigned), (401, 401));

    let mut guessed = Request::automation(&bodies::tag_automation());
    guessed.query = "token=b7e1f3c8".to_owned();
    assert_eq!(both(&guessed), (401, 401));

    let cut = &bodies::tag_automation()[..300];
    assert_eq!(both(&Request::automation(cut)), (400, 400));
}
