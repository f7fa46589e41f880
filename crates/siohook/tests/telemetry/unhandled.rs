//! The warning for events that no handler listens to.

use siohook::{Dispatcher, DispatcherBuilder, Unhandled};
use tracing::Level;

use crate::capture::{Capture, Said};
use crate::support::{self, account, automation, envelope, finish, fixture};

fn builder() -> DispatcherBuilder {
    support::builder().select(|_| false).allow_no_handlers()
}

fn deaf() -> Dispatcher {
    builder().build().unwrap()
}

fn warnings(capture: &Capture) -> Vec<Said> {
    let said = capture.events().into_iter();
    said.filter(|said| said.level == Level::WARN).collect()
}

fn hear(dispatcher: &Dispatcher, name: &str) {
    finish(dispatcher.receive(automation(envelope(name, "{}"))));
}

#[test]
fn an_event_that_nobody_listens_to_is_warned_of_once() {
    let capture = Capture::new();
    let dispatcher = deaf();
    capture.during(|| {
        for message in 0..3 {
            let incoming = account("SALE_NEW", fixture("account/SALE_NEW"))
                .header("x-webhook-message-id", format!("m-{message}"));
            assert_eq!(
                finish(dispatcher.receive(incoming)).outcome().as_str(),
                "unhandled"
            );
        }
    });
    let said = warnings(&capture);
    assert_eq!(said.len(), 1);
    assert_eq!(
        said[0].message,
        "no handler listens to `SALE_NEW`, which is answered with 200; a handler to paste:\n\n\
         #[siohook::on_event(\"SALE_NEW\")]\n\
         async fn on_sale_new(event: siohook::account::SaleNew) {\n    let _ = event;\n}\n"
    );
    assert_eq!(said[0].target, "siohook");
    let at = said[0].span.unwrap();
    assert_eq!(capture.spans()[at].name, "delivery");
    // Each of the three is told, all the same.
    let told = capture.events().into_iter();
    assert_eq!(
        told.filter(|said| said.message == "SALE_NEW: unhandled")
            .count(),
        3
    );
}

#[test]
fn each_name_has_its_warning() {
    let capture = Capture::new();
    let dispatcher = builder().on_unhandled(Unhandled::Reject).build().unwrap();
    capture.during(|| {
        for name in [
            "contact.page.visited",
            "contact.a",
            "contact.b",
            "contact.a",
        ] {
            hear(&dispatcher, name);
        }
    });
    let said = warnings(&capture);
    let begin =
        |name: &str| format!("no handler listens to `{name}`, which is answered with 404; ");
    assert_eq!(said.len(), 3);
    for (said, name) in said
        .iter()
        .zip(["contact.page.visited", "contact.a", "contact.b"])
    {
        assert!(said.message.starts_with(&begin(name)), "{}", said.message);
    }
}

#[test]
fn dispatchers_do_not_share_what_they_warned_of() {
    let capture = Capture::new();
    let (one, other) = (deaf(), deaf());
    capture.during(|| {
        for dispatcher in [&one, &other, &one.clone(), &other] {
            hear(dispatcher, "contact.tag.added");
            hear(dispatcher, "contact.a");
        }
    });
    assert_eq!(warnings(&capture).len(), 4);
}

#[test]
fn names_from_outside_are_warned_of_up_to_a_limit() {
    let capture = Capture::new();
    let dispatcher = deaf();
    capture.during(|| (0..300).for_each(|name| hear(&dispatcher, &format!("contact.n{name}"))));
    let said = warnings(&capture);
    assert_eq!(said.len(), 100);
    let is_last = |said: &Said| said.message.contains("No more than these 100 names");
    assert_eq!(said.iter().position(is_last), Some(99));
    // Those of the catalogue are few by themselves.
    capture.during(|| hear(&dispatcher, "contact.tag.added"));
    assert_eq!(warnings(&capture).len(), 101);
}

#[test]
fn a_name_that_no_handler_can_have_is_shown_safely() {
    let capture = Capture::new();
    let dispatcher = deaf();
    capture.during(|| {
        hear(&dispatcher, "contact.*");
        hear(&dispatcher, "a b\\u001b[31m\\n");
        for letter in ["a", "b"] {
            hear(&dispatcher, &letter.repeat(100_000));
        }
    });
    let said: Vec<_> = warnings(&capture)
        .into_iter()
        .map(|said| said.message)
        .collect();
    let expected = |name: &str| {
        format!(
            "no handler listens to `{name}`, which is answered with 200; no handler can have this name"
        )
    };
    assert_eq!(
        said,
        [
            expected("contact.*"),
            expected("a b\\u{1b}[31m\\n"),
            expected(&format!("{}…", "a".repeat(197))),
        ]
    );
}

/// Who raises the level later has not missed it.
#[test]
fn a_warning_that_nobody_heard_is_given_again() {
    let dispatcher = deaf();
    let deafened = Capture::up_to(Level::ERROR);
    deafened.during(|| hear(&dispatcher, "contact.tag.added"));
    assert!(deafened.events().is_empty());
    let capture = Capture::new();
    capture.during(|| hear(&dispatcher, "contact.tag.added"));
    assert_eq!(warnings(&capture).len(), 1);
}

/// Others may listen to the same event, while this delivery is in progress or
/// refused.
#[test]
fn nothing_is_warned_of_but_that_nobody_listens() {
    let capture = Capture::new();
    let dispatcher = deaf();
    capture.during(|| finish(dispatcher.receive(automation("{}"))));
    let said = warnings(&capture);
    assert_eq!(said.len(), 1);
    assert!(said[0].message.starts_with("refused: "));
}
