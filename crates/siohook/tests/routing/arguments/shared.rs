use super::*;

type Events = Arc<Mutex<Vec<automation::TagAdded>>>;

#[on_event("contact.tag.added")]
fn first_sharer(mut event: automation::TagAdded, State(events): State<Events>) {
    events.lock().unwrap().push(event.clone());
    event.tag.name.clear();
}

#[on_event("contact.tag.added")]
fn second_sharer(event: automation::TagAdded, State(events): State<Events>) {
    events.lock().unwrap().push(event);
}

#[on_event("contact.tag.added", "CONTACT_TAG_ADDED")]
fn third_sharer(event: unified::TagAdded, State(seen): State<Seen>) {
    seen.note(event.tag.name);
}

fn sharing() -> (Dispatcher, Events, Seen) {
    let (events, seen) = (Events::default(), Seen::default());
    let dispatcher = builder()
        .select(only(&["first_sharer", "second_sharer", "third_sharer"]))
        .state(Arc::clone(&events))
        .state(seen.clone())
        .build()
        .unwrap();
    (dispatcher, events, seen)
}

/// A handler that changes its copy does not affect the others.
#[test]
fn handlers_of_the_same_payload_get_equal_copies() {
    let (dispatcher, events, seen) = sharing();
    let delivery = dispatcher.verify(automation(TAG_ADDED)).unwrap();
    let report = finish(dispatcher.dispatch(&delivery));
    assert_eq!(report.reply().outcome().as_str(), "done");
    let expected: automation::TagAdded = delivery.data().unwrap();
    assert_eq!(*events.lock().unwrap(), [expected.clone(), expected]);
    assert_eq!(seen.take(), ["vip"]);
}

#[test]
fn handlers_of_the_same_payload_get_the_same_mismatch() {
    let (dispatcher, events, _) = sharing();
    let body = envelope("contact.tag.added", r#"{"tag":{"id":1,"name":"x"}}"#);
    let report = dispatch(&dispatcher, automation(body));
    let mismatch = "not called: not a `siohook_events::automation::TagAdded`: \
                    missing field `contact` (line 1 column 36)";
    let outcomes = support::outcomes(&report);
    assert_eq!(outcomes.len(), 3);
    assert!(
        outcomes.iter().all(|(_, outcome)| outcome == mismatch),
        "{report}"
    );
    assert!(events.lock().unwrap().is_empty());
}
