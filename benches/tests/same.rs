//! What is compared does the same: all receivers accept what is right and
//! refuse what is not.

use siohook::Dispatcher;
use siohook_benches::handwritten::{CarefulReceiver, Receiver, Refused};
use siohook_benches::{Case, Contender, Request, SECRET, TOKEN, bodies, builder, cases, finish};

fn all(request: &Request) -> [u16; 3] {
    let dispatcher: Dispatcher = builder().build().unwrap();
    let receiver = Receiver::new(SECRET, TOKEN);
    let careful = CarefulReceiver::new(Receiver::new(SECRET, TOKEN), 10);
    let status = |handled: Result<(), Refused>| handled.map_or_else(|it| it.status(), |()| 200);
    [
        finish(dispatcher.receive(request.incoming())).status(),
        status(finish(receiver.receive(request))),
        status(finish(careful.receive(request))),
    ]
}

#[test]
fn what_is_right_is_handled() {
    let long = Case::account("long", "CONTACT_TAG_ADDED", &bodies::tag_of(100_000));
    for case in cases().into_iter().chain([long]) {
        Contender::siohook(1).handle(&case.request(1));
        Contender::by_hand().handle(&case.request(1));
        Contender::careful(1).handle(&case.request(1));
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
    assert_eq!(all(&tampered), [401; 3]);

    let mut unsigned = Request::account("SALE_NEW", &bodies::sale(), 1);
    unsigned.headers.remove("x-webhook-signature");
    assert_eq!(all(&unsigned), [401; 3]);

    let mut guessed = Request::automation(&bodies::tag_automation(1));
    guessed.query = "token=b7e1f3c8".to_owned();
    assert_eq!(all(&guessed), [401; 3]);

    let cut = &bodies::tag_automation(1)[..300];
    assert_eq!(all(&Request::automation(cut)), [400; 3]);
}
