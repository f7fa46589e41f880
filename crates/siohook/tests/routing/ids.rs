//! An id names one handler of a delivery.

use siohook::{DispatcherBuilder, HandlerInfo, on_event};

use crate::support::{
    self, TAG_ADDED, account, automation, finish, fixtures, function, only, within,
};

/// The first attribute registers the function for an event that the second reaches too.
#[on_event("SALE_NEW")]
#[on_event("SALE_*")]
fn annotated_twice() {}

#[on_event("SALE_NEW")]
#[on_event("contact.*")]
fn annotated_apart() {}

macro_rules! same_path {
    ($($event:literal)*) => {$(
        const _: () = {
            #[on_event($event)]
            fn same_path() {}
        };
    )*};
}
same_path!("contact.tag.added" "*" "SALE_NEW" "SALE_CANCELED");

#[on_event("SALE_NEW")]
fn path() {}

#[on_event("contact.tag.added", id = "routing::ids::path")]
fn has_the_path_of_another() {}

#[on_event("SALE_*", "contact.*", "customer.*", id = "several")]
fn several() {}

#[on_event("*")]
fn all() {}

fn builder(functions: &'static [&'static str]) -> DispatcherBuilder {
    support::builder()
        .select(within(module_path!()))
        .select(only(functions))
}

fn problems(builder: DispatcherBuilder) -> Vec<String> {
    let error = builder.build().unwrap_err();
    error.problems().iter().map(ToString::to_string).collect()
}

#[test]
fn a_function_that_is_annotated_twice_for_an_event_is_reported() {
    let place = support::location(file!(), include_str!("ids.rs"), "annotated_twice");
    let handler = format!("routing::ids::annotated_twice ({place})");
    assert_eq!(
        problems(builder(&["annotated_twice"])),
        [format!(
            "{handler} has the id \"routing::ids::annotated_twice\", which {handler} also has; \
             write all events of a function into one `#[on_event]`, and give each function that a \
             macro makes an id of its own"
        )]
    );
    let events = |event| builder(&["annotated_twice"]).select(move |it| it.event() == event);
    events("SALE_NEW").build().unwrap();
    events("SALE_*").build().unwrap();
    builder(&["annotated_apart"]).build().unwrap();
}

#[test]
fn functions_with_one_path_are_reported_if_a_delivery_reaches_both() {
    let events = |events: &'static [&'static str]| {
        builder(&["same_path"]).select(move |handler| events.contains(&handler.event()))
    };
    // Each but the first, which is the one of `*`.
    assert_eq!(problems(builder(&["same_path"])).len(), 3);
    assert_eq!(problems(events(&["*", "SALE_NEW"])).len(), 1);
    events(&["contact.tag.added", "SALE_NEW", "SALE_CANCELED"])
        .build()
        .unwrap();
}

#[test]
fn an_id_that_is_the_path_of_another_handler_is_reported() {
    let [problem] = &*problems(builder(&["path", "has_the_path_of_another"])) else {
        panic!("one problem");
    };
    assert!(
        problem.contains("has the id \"routing::ids::path\""),
        "{problem}"
    );
    assert!(
        problem.ends_with("; give each handler an id of its own"),
        "{problem}"
    );
}

#[test]
fn listeners_are_the_handlers_that_dispatch_calls() {
    let dispatcher = builder(&["all", "path", "several"]).build().unwrap();
    let unlisted = r#"{"type":"contact.community.joined","data":{}}"#;
    let unheard = r#"{"type":"SALE_NEW","data":{}}"#;
    let fixtures = fixtures();
    let listed = fixtures.iter().map(support::Fixture::incoming);
    let others = [
        automation(unlisted),
        automation(unheard),
        account("SALE_PAUSED", "{}"),
    ];
    let mut numbers = vec![];
    for incoming in listed.chain(others) {
        let Ok(delivery) = dispatcher.verify(incoming) else {
            continue;
        };
        let called = finish(dispatcher.dispatch(&delivery));
        let called = called
            .handlers()
            .iter()
            .map(|it| (it.id(), it.info().event()));
        let called: Vec<_> = called.collect();
        let listeners = dispatcher.listeners(&delivery);
        let listed = listeners.iter().map(|it| (it.id(), it.event()));
        assert_eq!(listed.collect::<Vec<_>>(), called, "{delivery:?}");
        let mut ids: Vec<_> = listeners.iter().map(HandlerInfo::id).collect();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), listeners.len());
        numbers.push(listeners.len());
    }
    assert!(numbers.contains(&1) && numbers.contains(&3), "{numbers:?}");
}

#[test]
fn listeners_are_written_as_a_table() {
    let dispatcher = builder(&["all", "several", "path"]).build().unwrap();
    let delivery = dispatcher.verify(automation(TAG_ADDED)).unwrap();
    let listeners = dispatcher.listeners(&delivery);
    let names = listeners.iter().map(|it| function(it.name()));
    assert_eq!(names.collect::<Vec<_>>(), ["all", "several"]);
    assert_eq!(listeners.to_string().lines().count(), 3);
}
