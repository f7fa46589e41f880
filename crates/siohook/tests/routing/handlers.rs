//! The list of linked handlers, and selections of it.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use siohook::{Dispatcher, DispatcherBuilder, HandlerInfo, State, on_event};

use crate::support::{self, TAG_ADDED, automation, finish, function, location, only, within};

type Count = Arc<AtomicUsize>;

// Not sorted, so that a list in the order of the source fails.

#[on_event("contact.tag.added", "SALE_NEW", id = "two")]
fn zebra() {}

#[on_event("contact.tag.added")]
fn counts(State(count): State<Count>) {
    count.fetch_add(1, Ordering::SeqCst);
}

#[on_event("*")]
async fn mule() {}

mod stable {
    use siohook::on_event;

    #[on_event("contact.tag.added")]
    pub(crate) fn ant() {}
}

#[on_event(unlisted("contact.community.joined"))]
fn yak() {}

#[on_event("SALE_*", "contact.*")]
fn bee() {}

#[on_event("SALE_NEW")]
fn cow() {}

fn builder() -> DispatcherBuilder {
    support::builder().select(within(module_path!()))
}

fn dispatcher() -> Dispatcher {
    builder().state(Count::default()).build().unwrap()
}

/// The events and functions in the order of the list.
const LISTED: [(&str, &str); 9] = [
    ("*", "mule"),
    ("SALE_*", "bee"),
    ("SALE_NEW", "cow"),
    ("SALE_NEW", "zebra"),
    ("contact.*", "bee"),
    ("contact.community.joined", "yak"),
    ("contact.tag.added", "counts"),
    ("contact.tag.added", "ant"),
    ("contact.tag.added", "zebra"),
];

fn place(function: &str) -> String {
    location(file!(), include_str!("handlers.rs"), function)
}

#[test]
fn handlers_are_sorted_by_event_then_path() {
    let dispatcher = dispatcher();
    let handlers = dispatcher.handlers();
    let listed: Vec<_> = handlers
        .iter()
        .map(|it| (it.event(), function(it.name())))
        .collect();
    assert_eq!(listed, LISTED);
    assert!(handlers.is_sorted_by_key(|it| (it.event(), it.name())));
    // A reference to `Handlers` is iterable, like a slice.
    for handler in handlers {
        assert_eq!(
            handler.location().to_string(),
            place(function(handler.name()))
        );
    }
}

#[test]
fn handlers_are_written_as_a_table() {
    let places = LISTED.map(|(_, function)| place(function));
    let paths = [
        "routing::handlers::mule       ",
        "routing::handlers::bee        ",
        "routing::handlers::cow        ",
        "routing::handlers::zebra      ",
        "routing::handlers::bee        ",
        "routing::handlers::yak        ",
        "routing::handlers::counts     ",
        "routing::handlers::stable::ant",
        "routing::handlers::zebra      ",
    ];
    let rows = LISTED.iter().zip(paths).zip(places);
    let rows = rows.map(|(((event, _), path), place)| format!("{event:24}  {path}  {place}"));
    let heading = "event                     handler                         location".to_owned();
    let table = [heading]
        .into_iter()
        .chain(rows)
        .collect::<Vec<_>>()
        .join("\n");
    let dispatcher = dispatcher();
    assert_eq!(dispatcher.handlers().to_string(), table);
    assert_eq!(dispatcher.to_string(), table);
}

#[test]
fn a_location_points_to_the_name_of_the_function() {
    let dispatcher = dispatcher();
    let ant = dispatcher
        .handlers()
        .iter()
        .find(|it| function(it.name()) == "ant");
    let location = ant.unwrap().location();
    assert_eq!(location.file(), file!());
    let line = include_str!("handlers.rs")
        .lines()
        .nth(location.line() as usize - 1);
    let column = location.column() as usize - 1;
    assert!(line.unwrap()[column..].starts_with("ant()"));
}

#[test]
fn the_id_defaults_to_the_path() {
    let dispatcher = dispatcher();
    let ids = |event| {
        let named = dispatcher
            .handlers()
            .iter()
            .filter(move |it| it.event() == event);
        named.map(HandlerInfo::id).collect::<Vec<_>>()
    };
    assert_eq!(ids("SALE_NEW"), ["routing::handlers::cow", "two"]);
}

#[test]
fn only_selected_handlers_are_listed_and_run() {
    let count = Count::default();
    let selected = builder()
        .state(Arc::clone(&count))
        .select(|handler| handler.event() == "contact.tag.added")
        .select(|handler| handler.id() != "two")
        .build()
        .unwrap();
    let names: Vec<_> = selected
        .handlers()
        .iter()
        .map(|it| function(it.name()))
        .collect();
    assert_eq!(names, ["counts", "ant"]);
    let delivery = selected.verify(automation(TAG_ADDED)).unwrap();
    let report = finish(selected.dispatch(&delivery));
    assert_eq!(support::outcomes(&report).len(), 2);
    assert_eq!(count.load(Ordering::SeqCst), 1);
}

#[test]
fn a_handler_can_be_selected_for_one_of_its_events() {
    let one = builder()
        .select(|handler| handler.event() == "SALE_*")
        .build()
        .unwrap();
    let listed: Vec<_> = one
        .handlers()
        .iter()
        .map(|it| (it.event(), function(it.name())))
        .collect();
    assert_eq!(listed, [("SALE_*", "bee")]);
    assert_eq!(
        finish(one.receive(automation(TAG_ADDED)))
            .outcome()
            .as_str(),
        "unhandled"
    );
}

#[test]
fn only_selected_handlers_need_their_states() {
    assert!(builder().build().is_err());
    assert!(builder().select(only(&["cow"])).build().is_ok());
}

#[test]
fn a_report_is_sorted_like_the_list() {
    let dispatcher = dispatcher();
    let delivery = dispatcher.verify(automation(TAG_ADDED)).unwrap();
    for _ in 0..2 {
        let report = finish(dispatcher.dispatch(&delivery));
        let handlers = report.handlers().iter();
        let names: Vec<_> = handlers
            .map(|it| (it.info().event(), function(it.name())))
            .collect();
        let expected = LISTED
            .into_iter()
            .filter(|(event, _)| ["*", "contact.*", "contact.tag.added"].contains(event));
        assert_eq!(names, expected.collect::<Vec<_>>());
    }
}

#[test]
fn clones_share_a_memory_and_other_dispatchers_do_not() {
    let counts = [Count::default(), Count::default()];
    let [one, other] = counts.clone().map(|count| {
        let tags = builder().select(|handler| handler.event() == "contact.tag.added");
        tags.state(count).build().unwrap()
    });
    let outcome = |dispatcher: &Dispatcher| {
        finish(dispatcher.receive(automation(TAG_ADDED)))
            .outcome()
            .as_str()
    };
    assert_eq!(outcome(&one), "done");
    assert_eq!(outcome(&other), "done");
    assert_eq!(counts.map(|count| count.load(Ordering::SeqCst)), [1, 1]);
    let clone = one.clone();
    assert_eq!([outcome(&clone), outcome(&one)], ["done_before"; 2]);
}

#[test]
fn a_dispatcher_returns_the_catalogue_of_the_crate() {
    let events = dispatcher().events();
    assert!(std::ptr::eq(events, siohook::events()));
    let names: Vec<_> = events.iter().map(siohook::event::Event::name).collect();
    assert!(names.contains(&"SALE_CANCELED") && names.contains(&"subscription.payment.failed"));
}

#[test]
fn a_dispatcher_can_be_cloned_sent_and_shared() {
    fn check<T: Clone + Send + Sync + 'static>(_: &T) {}
    fn sent<T: Send>(_: &T) {}
    let dispatcher = dispatcher();
    check(&dispatcher);
    sent(&dispatcher.receive(automation(TAG_ADDED)));
    sent(&dispatcher.idle());
}
