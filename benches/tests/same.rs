//! What is compared does the same: both receivers accept what is right and
//! refuse what is not.

use siohook::Dispatcher;
use siohook_benches::handwritten::Receiver;
use siohook_benches::{Case, Contender, Request, SECRET, TOKEN, bodies, builder, cases, finish};

fn both(request: &Request) -> (u16, u16) {
    let dispatcher: Dispatcher = builder().build().unwrap();
    let receiver = Receiver::new(SECRET, TOKEN);
    let by_hand = finish(receiver.receive(request));
    (
        finish(dispatcher.receive(request.incoming())).status(),
        by_hand.map_or_else(|refused| refused.status(), |()| 200),
    )
}

#[test]
fn what_is_right_is_handled() {
    let long = Case::account("long", "CONTACT_TAG_ADDED", &bodies::tag_of(100_000));
    for case in cases().into_iter().chain([long]) {
        Contender::siohook(1).handle(&case.request(1));
        Contender::by_hand().handle(&case.request(1));
    }
}

#[test]
fn two_deliveries_of_different_numbers_are_different() {
    let dispatcher = builder().build().unwrap();
    for case in cases() {
        let outcome = |number| {
            let request = case.request(number);
            finish(dispatcher.receive(request.incoming())).outcome()
        };
        assert_eq!([1, 2, 1].map(outcome), ["done", "done", "done_before"]);
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

    let mut guessed = Request::automation(&bodies::tag_automation(1));
    guessed.query = "token=b7e1f3c8".to_owned();
    assert_eq!(both(&guessed), (401, 401));

    let cut = &bodies::tag_automation(1)[..300];
    assert_eq!(both(&Request::automation(cut)), (400, 400));
}
