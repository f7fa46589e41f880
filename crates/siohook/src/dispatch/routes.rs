use std::borrow::Cow;

use siohook_events::{Event, EventName, EventPattern, Mechanism, events};

use crate::delivery::Delivery;
use crate::handler::{Handlers, spelling};
use crate::verify::BodyParser;

/// The handlers of each event.
pub(crate) struct Routes {
    /// For each event of the catalogue, in its order.
    listed: Box<[Route]>,
    /// The handlers of names that the catalogue does not have: patterns and unlisted names.
    unlisted: Box<[(EventPattern<'static>, u32)]>,
}

/// The handlers of one event, as indices into the list of all handlers.
#[derive(Clone, Default)]
pub(crate) struct Route {
    pub(crate) handlers: Vec<u32>,
    /// Parses the event's payload, if a handler takes it.
    parser: Option<BodyParser>,
    /// Whether several handlers take the payload.
    pub(crate) shares_payload: bool,
}

impl Routes {
    pub(crate) fn new(handlers: &Handlers) -> Self {
        let patterns: Vec<_> = (0..)
            .zip(handlers)
            // The macro refuses a text that is not a pattern.
            .filter_map(|(at, handler)| Some((EventPattern::parse(handler.event()).ok()?, at)))
            .collect();
        let listed = events().iter().map(|event| {
            let matching = patterns
                .iter()
                .filter(|(pattern, _)| pattern.matches(event.name()));
            Route::new(handlers, event, matching.map(|(_, at)| *at).collect())
        });
        let is_listed = |pattern: &EventPattern<'_>| match pattern {
            EventPattern::Name(name) => EventName::new(name).is_listed(),
            _ => false,
        };
        Self {
            listed: listed.collect(),
            unlisted: patterns
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
        let matching = self.unlisted.iter().filter(|(pattern, _)| {
            pattern.matches(name.as_str()) && may_be_sent_by(*pattern, delivery.mechanism())
        });
        Cow::Owned(Route {
            handlers: matching.map(|(_, at)| *at).collect(),
            ..Route::default()
        })
    }

    /// The parser for an event's body, if a handler takes its payload.
    pub(crate) fn parser(&self, name: &EventName, mechanism: Mechanism) -> Option<BodyParser> {
        name.event()
            .filter(|event| event.mechanism() == mechanism)
            .and_then(|_| self.listed(name)?.parser)
    }

    fn listed(&self, name: &EventName) -> Option<&Route> {
        self.listed.get(name.event()?.index())
    }
}

/// Returns `true` if the mechanism sends names in the spelling of the pattern. A handler of
/// `SALE_*` or of an unlisted `SALE_REFUNDED` relies on signatures, so an automation with such
/// a name must not reach it.
fn may_be_sent_by(pattern: EventPattern<'_>, mechanism: Mechanism) -> bool {
    match pattern {
        EventPattern::Name(text) | EventPattern::Prefix(text) => {
            spelling::mechanism(text).is_none_or(|own| own == mechanism)
        }
        _ => true,
    }
}

impl Route {
    fn new(handlers: &Handlers, event: &Event, places: Vec<u32>) -> Self {
        let parsers: Vec<BodyParser> = places
            .iter()
            .flat_map(|&place| handlers[place as usize].requirements().payloads)
            .filter(|(name, _)| *name == event.name())
            .map(|(_, parser)| parser)
            .collect();
        Self {
            handlers: places,
            parser: parsers.first().copied(),
            shares_payload: parsers.len() > 1,
        }
    }
}
