//! Checks that all receivers accept the same deliveries and refuse the same
//! requests.

use std::collections::BTreeSet;

use siohook::event::Event;
use siohook::{Dispatcher, HandlerInfo};
use siohook_benches::handwritten::{Receiver, ReceiverWithMemory, Refused};
use siohook_benches::{Request, SECRET, Subject, TOKEN, bodies, builder, cases, poll_once};

fn statuses(request: &Request) -> [u16; 3] {
    let dispatcher: Dispatcher = builder().build().unwrap();
    let receiver = Receiver::new(SECRET, TOKEN);
    let with_memory = ReceiverWithMemory::new(Receiver::new(SECRET, TOKEN), 10);
    let status = |handled: Result<(), Refused>| handled.map_or_else(|it| it.status(), |()| 200);
    [
        poll_once(dispatcher.receive(request.incoming())).status(),
        status(poll_once(receiver.receive(request))),
        status(poll_once(with_memory.receive(request))),
    ]
}

#[test]
fn every_event_has_a_handler() {
    let dispatcher = siohook_benches::dispatcher(1);
    let handled: BTreeSet<_> = dispatcher
        .handlers()
        .iter()
        .map(HandlerInfo::event)
        .collect();
    let listed: BTreeSet<_> = siohook::events().iter().map(Event::name).collect();
    assert_eq!(handled, listed);
}

#[test]
fn valid_deliveries_are_handled() {
    for case in cases() {
        Subject::siohook(1).handle(&case.request(1));
        Subject::by_hand().handle(&case.request(1));
        Subject::with_memory(1).handle(&case.request(1));
    }
}

#[test]
fn different_numbers_give_different_deliveries() {
    let dispatcher = builder().build().unwrap();
    for case in cases() {
        let outcome = |number| {
            let request = case.request(number);
            poll_once(dispatcher.receive(request.incoming()))
                .outcome()
                .as_str()
        };
        assert_eq!([1, 2, 1].map(outcome), ["done", "done", "done_before"]);
    }
}

#[test]
fn invalid_requests_are_refused() {
    let mut tampered = Request::account("SALE_NEW", &bodies::sale(), 1);
    tampered.body = bodies::sale().replace("4200", "1").into();
    assert_eq!(statuses(&tampered), [401; 3]);

    let mut unsigned = Request::account("SALE_NEW", &bodies::sale(), 1);
    unsigned.headers.remove("x-webhook-signature");
    assert_eq!(statuses(&unsigned), [401; 3]);

    let mut guessed = Request::automation(&bodies::tag_automation(1));
    guessed.query = "token=b7e1f3c8".to_owned();
    assert_eq!(statuses(&guessed), [401; 3]);

    let cut = &bodies::tag_automation(1)[..300];
    assert_eq!(statuses(&Request::automation(cut)), [400; 3]);
}
