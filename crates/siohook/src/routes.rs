use std::any::TypeId;
use std::borrow::Cow;
use std::collections::HashSet;

use siohook_events::{EventName, Mechanism, Pattern, events};

use crate::delivery::Delivery;
use crate::registry::Handlers;

/// Which handlers a delivery goes to.
pub(crate) struct Routes {
    /// For each event of the catalogue, in its order.
    listed: Box<[Route]>,
    /// Who may listen to a name that the catalogue does not have.
    others: Box<[(Pattern<'static>, u32)]>,
}

/// The handlers of one event, as places in the list of all.
#[derive(Clone, Default)]
pub(crate) struct Route {
    pub(crate) handlers: Vec<u32>,
    /// Whether two of them take the same payload.
    pub(crate) shares_payload: bool,
}

impl Routes {
    pub(crate) fn new(handlers: &Handlers) -> Self {
        let patterns: Vec<_> = (0..)
            .zip(handlers)
            // The macro lets no other text through.
            .filter_map(|(at, handler)| Some((Pattern::parse(handler.event()).ok()?, at)))
            .collect();
        let listed = events().iter().map(|event| {
            let meant = patterns
                .iter()
                .filter(|(pattern, _)| pattern.matches(event.name()));
            Route::new(handlers, meant.map(|(_, at)| *at))
        });
        let is_listed = |pattern: &Pattern<'_>| match pattern {
            Pattern::Name(name) => EventName::new(name).is_listed(),
            Pattern::Prefix(_) => false,
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

    pub(crate) fn find(&self, handlers: &Handlers, delivery: &Delivery) -> Cow<'_, Route> {
        let name = delivery.event();
        let at = events()
            .iter()
            .position(|listed| *name == *listed.name());
        if let Some(route) = at.and_then(|at| self.listed.get(at)) {
            return Cow::Borrowed(route);
        }
        let meant = self.others.iter().filter(|(pattern, _)| {
            pattern.matches(name.as_str()) && may_come_by(*pattern, delivery.mechanism())
        });
        Cow::Owned(Route::new(handlers, meant.map(|(_, at)| *at)))
    }
}

/// Whoever listens to `SALE_*` relies on signatures, so an automation that
/// calls itself `SALE_REFUNDED` does not reach him.
fn may_come_by(pattern: Pattern<'_>, mechanism: Mechanism) -> bool {
    match pattern {
        Pattern::Prefix(prefix) if prefix.ends_with('.') => mechanism == Mechanism::Automation,
        Pattern::Prefix(prefix) if prefix.ends_with('_') => mechanism == Mechanism::Account,
        Pattern::Prefix(_) | Pattern::Name(_) => true,
    }
}

impl Route {
    fn new(handlers: &Handlers, places: impl Iterator<Item = u32>) -> Self {
        let places: Vec<u32> = places.collect();
        let mut seen: HashSet<TypeId> = HashSet::new();
        let mut shares_payload = false;
        for &place in &places {
            let requirements = handlers[place as usize].requirements();
            let payloads: HashSet<_> = requirements.payloads.into_iter().collect();
            shares_payload |= payloads.into_iter().any(|payload| !seen.insert(payload));
        }
        Self {
            handlers: places,
            shares_payload,
        }
    }
}
