//! The warning for events that no handler listens to.

use siohook::{Dispatcher, DispatcherBuilder, Unhandled};
use tracing::Level;

use crate::capture::{Capture, LogEvent};
use crate::support::{self, account, automation, envelope, finish, fixture};

fn builder() -> DispatcherBuilder {
    support::builder().select(|_| false).allow_no_handlers()
}

fn without_handlers() -> Dispatcher {
    builder().build().unwrap()
}

fn warnings(capture: &Capture) -> Vec<LogEvent> {
    let logged = capture.events().into_iter();
    logged
        .filter(|logged| logged.level == Level::WARN)
        .collect()
}

fn send(dispatcher: &Dispatcher, name: &str) {
    finish(dispatcher.receive(automation(envelope(name, "{}"))));
}

#[test]
fn an_event_without_a_handler_is_warned_of_once() {
    let capture = Capture::new();
    let dispatcher = without_handlers();
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
    let logged = warnings(&capture);
    assert_eq!(logged.len(), 1);
    assert_eq!(
        logged[0].message,
        "no handler listens to `SALE_NEW`, which is answered with 200; a handler to paste:\n\n\
         #[siohook::on_event(\"SALE_NEW\")]\n\
         async fn on_sale_new(event: siohook::account::SaleNew) {\n    let _ = event;\n}\n"
    );
    assert_eq!(logged[0].target, "siohook");
    let at = logged[0].span.unwrap();
    assert_eq!(capture.spans()[at].name, "delivery");
    // Each of the three deliveries has its own event at the end.
    let ends = capture.events().into_iter();
    assert_eq!(
        ends.filter(|logged| logged.message == "SALE_NEW: unhandled")
            .count(),
        3
    );
}

#[test]
fn each_name_has_one_warning() {
    let capture = Capture::new();
    let dispatcher = builder().on_unhandled(Unhandled::Reject).build().unwrap();
    capture.during(|| {
        for name in [
            "contact.page.visited",
            "contact.a",
            "contact.b",
            "contact.a",
        ] {
            send(&dispatcher, name);
        }
    });
    let logged = warnings(&capture);
    let begin =
        |name: &str| format!("no handler listens to `{name}`, which is answered with 404; ");
    assert_eq!(logged.len(), 3);
    for (logged, name) in logged
        .iter()
        .zip(["contact.page.visited", "contact.a", "contact.b"])
    {
        assert!(
            logged.message.starts_with(&begin(name)),
            "{}",
            logged.message
        );
    }
}

#[test]
fn each_dispatcher_has_its_own_warnings() {
    let capture = Capture::new();
    let (one, other) = (without_handlers(), without_handlers());
    capture.during(|| {
        for dispatcher in [&one, &other, &one.clone(), &other] {
            send(dispatcher, "contact.tag.added");
            send(dispatcher, "contact.a");
        }
    });
    assert_eq!(warnings(&capture).len(), 4);
}

#[test]
fn unlisted_names_are_warned_of_up_to_a_limit() {
    let capture = Capture::new();
    let dispatcher = without_handlers();
    capture.during(|| (0..300).for_each(|name| send(&dispatcher, &format!("contact.n{name}"))));
    let logged = warnings(&capture);
    assert_eq!(logged.len(), 100);
    let is_last = |logged: &LogEvent| logged.message.contains("This is the 100th name");
    assert_eq!(logged.iter().position(is_last), Some(99));
    // The limit does not apply to names of the catalogue.
    capture.during(|| send(&dispatcher, "contact.tag.added"));
    assert_eq!(warnings(&capture).len(), 101);
}

#[test]
fn a_name_that_no_handler_can_have_is_shown_safely() {
    let capture = Capture::new();
    let dispatcher = without_handlers();
    capture.during(|| {
        send(&dispatcher, "contact.*");
        send(&dispatcher, "a b\\u001b[31m\\n");
        for letter in ["a", "b"] {
            send(&dispatcher, &letter.repeat(100_000));
        }
    });
    let logged: Vec<_> = warnings(&capture)
        .into_iter()
        .map(|logged| logged.message)
        .collect();
    let expected = |name: &str| {
        format!(
            "no handler listens to `{name}`, which is answered with 200; no handler can have this name"
        )
    };
    assert_eq!(
        logged,
        [
            expected("contact.*"),
            expected("a b\\u{1b}[31m\\n"),
            expected(&format!("{}…", "a".repeat(197))),
        ]
    );
}

/// A program that raises the level later still gets the warning.
#[test]
fn a_warning_that_no_subscriber_shows_is_given_again() {
    let dispatcher = without_handlers();
    let errors_only = Capture::up_to(Level::ERROR);
    errors_only.during(|| send(&dispatcher, "contact.tag.added"));
    assert!(errors_only.events().is_empty());
    let capture = Capture::new();
    capture.during(|| send(&dispatcher, "contact.tag.added"));
    assert_eq!(warnings(&capture).len(), 1);
}

#[test]
fn a_refused_request_gives_no_warning_of_a_missing_handler() {
    let capture = Capture::new();
    let dispatcher = without_handlers();
    capture.during(|| finish(dispatcher.receive(automation("{}"))));
    let logged = warnings(&capture);
    assert_eq!(logged.len(), 1);
    assert!(logged[0].message.starts_with("refused: "));
}
