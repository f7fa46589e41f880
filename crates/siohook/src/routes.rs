use std::borrow::Cow;

use siohook_events::{Event, EventName, EventPattern, Mechanism, events};

use crate::delivery::Delivery;
use crate::registry::Handlers;
use crate::verify::read::{self, Reader};

/// Which handlers a delivery goes to.
pub(crate) struct Routes {
    /// For each event of the catalogue, in its order.
    listed: Box<[Route]>,
    /// Who may listen to a name that the catalogue does not have.
    others: Box<[(EventPattern<'static>, u32)]>,
}

/// The handlers of one event, as places in the list of all.
#[derive(Clone, Default)]
pub(crate) struct Route {
    pub(crate) handlers: Vec<u32>,
    /// Reads the event's payload, if one of them takes it.
    reader: Option<Reader>,
    /// Whether it is taken more than once.
    pub(crate) shares_payload: bool,
}

impl Routes {
    pub(crate) fn new(handlers: &Handlers) -> Self {
        let patterns: Vec<_> = (0..)
            .zip(handlers)
            // The macro lets no other text through.
            .filter_map(|(at, handler)| Some((EventPattern::parse(handler.event()).ok()?, at)))
            .collect();
        let listed = events().iter().map(|event| {
            let meant = patterns
                .iter()
                .filter(|(pattern, _)| pattern.matches(event.name()));
            Route::new(handlers, event, meant.map(|(_, at)| *at).collect())
        });
        let is_listed = |pattern: &EventPattern<'_>| match pattern {
            EventPattern::Name(name) => EventName::new(name).is_listed(),
            EventPattern::Prefix(_) => false,
        };
        Self {
            listed: listed.collect(),
            others: patterns
                .iter()
                .filter(|(pattern, _)| !is_listed(pattern))
                .copied()
                .collect(),
        }
    }

    pub(crate) fn find(&self, delivery: &Delivery) -> Cow<'_, Route> {
        let name = delivery.event();
        if let Some(route) = self.listed(name) {
            return Cow::Borrowed(route);
        }
        let meant = self.others.iter().filter(|(pattern, _)| {
            pattern.matches(name.as_str()) && may_come_by(*pattern, delivery.mechanism())
        });
        Cow::Owned(Route {
            handlers: meant.map(|(_, at)| *at).collect(),
            ..Route::default()
        })
    }

    /// How to read a delivery of this event.
    pub(crate) fn reader(&self, name: &EventName, mechanism: Mechanism) -> Reader {
        let own = name
            .event()
            .filter(|event| event.mechanism() == mechanism)
            .and_then(|_| self.listed(name)?.reader);
        own.unwrap_or_else(|| read::bare(mechanism))
    }

    fn listed(&self, name: &EventName) -> Option<&Route> {
        self.listed.get(name.event()?.index())
    }
}

/// Whoever listens to `SALE_*` relies on signatures, so an automation that
/// calls itself `SALE_REFUNDED` does not reach him.
fn may_come_by(pattern: EventPattern<'_>, mechanism: Mechanism) -> bool {
    match pattern {
        EventPattern::Prefix(prefix) if prefix.ends_with('.') => mechanism == Mechanism::Automation,
        EventPattern::Prefix(prefix) if prefix.ends_with('_') => mechanism == Mechanism::Account,
        EventPattern::Prefix(_) | EventPattern::Name(_) => true,
    }
}

impl Route {
    fn new(handlers: &Handlers, event: &Event, places: Vec<u32>) -> Self {
        let readers: Vec<Reader> = places
            .iter()
            .flat_map(|&place| handlers[place as usize].requirements().payloads)
            .filter(|(name, _)| *name == event.name())
            .map(|(_, reader)| reader)
            .collect();
        Self {
            handlers: places,
            reader: readers.first().copied(),
            shares_payload: readers.len() > 1,
        }
    }
}
