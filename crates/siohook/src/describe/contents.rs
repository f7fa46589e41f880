//! Collects what is in a description.

use std::collections::BTreeSet;

use siohook_events::{EventName, EventPattern, Mechanism, events};

use super::{Description, Event, Handler, Limits, Pattern, Secret, Setup, Trust};
use crate::dispatch::{Core, Unhandled};
use crate::handler::{HandlerInfo, spelling};
use crate::verify::IpAllowList;

impl Description {
    /// Describes every event that systeme.io is known to send, without handlers.
    ///
    /// ```
    /// use siohook::describe::Description;
    ///
    /// let catalogue = Description::of_catalogue();
    /// assert_eq!(catalogue.events.len(), siohook::events().len());
    /// assert!(catalogue.trust.is_none());
    /// ```
    #[must_use]
    pub fn of_catalogue() -> Self {
        Self::new(
            events().iter().map(siohook_events::Event::name).collect(),
            &[],
        )
    }

    pub(crate) fn of(core: &Core) -> Self {
        let handlers: Vec<Handler> = core.handlers.iter().map(Handler::new).collect();
        let mut names = BTreeSet::new();
        for handler in &handlers {
            match handler.pattern() {
                Some(EventPattern::Name(name)) => _ = names.insert(name),
                Some(pattern) => names.extend(pattern.listed().map(siohook_events::Event::name)),
                None => {}
            }
        }
        let verifier = &core.verifier;
        let secret = |secret: &crate::verify::Secret| Secret {
            label: secret.label().to_string(),
            events: secret.events().map(<[String]>::to_vec),
        };
        Self {
            trust: Some(Trust {
                secrets: verifier.secrets.iter().map(secret).collect(),
                tokens: verifier.tokens.len(),
                source_ips: verifier.source_ips.as_ref().map(IpAllowList::texts),
                trusted_proxies: verifier.trusted_proxies.texts(),
                accepts_reserialized_bodies: verifier.accept_reserialized,
                accepts_unverified: verifier.accept_unverified,
            }),
            limits: Some(Limits {
                max_body_bytes: verifier.max_body_bytes,
                redelivery_memory: core.memory_capacity,
                rejects_unhandled: core.unhandled == Unhandled::Reject,
                panics_abort: cfg!(panic = "abort"),
            }),
            ..Self::new(names, &handlers)
        }
    }

    fn new(names: BTreeSet<&'static str>, handlers: &[Handler]) -> Self {
        let events: Vec<Event> = names
            .into_iter()
            .map(|name| Event::new(name, handlers))
            .collect();
        let patterns: BTreeSet<&'static str> = handlers
            .iter()
            .filter(|handler| matches!(handler.pattern(), Some(EventPattern::Prefix(_))))
            .map(|handler| handler.listens_to)
            .collect();
        let patterns = patterns.into_iter().map(|pattern| Pattern {
            pattern,
            reaches: events
                .iter()
                .filter(|event| event.handlers.iter().any(|it| it.listens_to == pattern))
                .map(|event| event.name)
                .collect(),
            handlers: sorted(handlers, |it| it.listens_to == pattern),
        });
        let of = |mechanism| {
            let needed =
                |event: &&Event| event.likely_mechanism() == mechanism && event.is_asked_for();
            events
                .iter()
                .filter(needed)
                .map(|event| event.name)
                .collect()
        };
        Self {
            patterns: patterns.collect(),
            setup: Setup {
                account_webhook: of(Mechanism::Account),
                automations: of(Mechanism::Automation),
            },
            events,
            trust: None,
            limits: None,
        }
    }

    /// Returns the events that have a handler, but whose deliveries are always refused,
    /// because no secret, token or source address is configured that covers them. Events
    /// matched only by `*` are not listed.
    ///
    /// ```standalone_crate
    /// use siohook::{Dispatcher, on_event};
    ///
    /// #[on_event("SALE_NEW")]
    /// fn grant() {}
    ///
    /// // A token does not cover account webhooks.
    /// let dispatcher = Dispatcher::builder().automation_token("7kX2mQ9f").build()?;
    /// assert_eq!(dispatcher.describe().refused(), ["SALE_NEW"]);
    /// # Ok::<(), siohook::BuildError>(())
    /// ```
    #[must_use]
    pub fn refused(&self) -> Vec<&'static str> {
        let Some(trust) = &self.trust else {
            return vec![];
        };
        let refused = |event: &&Event| event.is_asked_for() && !trust.may_accept(event);
        self.events
            .iter()
            .filter(refused)
            .map(|event| event.name)
            .collect()
    }

    /// Returns the paths of the handlers without an `id`, sorted. Their id is the path, so it
    /// changes when the function is renamed or moved: see the page
    /// [`retries`](crate::guide::retries#when-a-function-is-renamed).
    ///
    /// ```standalone_crate
    /// use siohook::{Dispatcher, on_event};
    ///
    /// #[on_event("SALE_NEW", id = "shop.grant")]
    /// fn grant() {}
    ///
    /// #[on_event("SALE_*")]
    /// fn audit() {}
    ///
    /// let dispatcher = Dispatcher::builder().account_secret("main", "correct horse").build()?;
    /// let without_id = dispatcher.describe().without_id();
    /// assert_eq!(without_id.len(), 1);
    /// assert!(without_id[0].ends_with("::audit"));
    /// # Ok::<(), siohook::BuildError>(())
    /// ```
    #[must_use]
    pub fn without_id(&self) -> Vec<&'static str> {
        let of_events = self.events.iter().flat_map(|event| &event.handlers);
        let of_patterns = self.patterns.iter().flat_map(|pattern| &pattern.handlers);
        let without = of_events.chain(of_patterns).filter(|it| !it.has_id);
        let names: BTreeSet<_> = without.map(|handler| handler.name).collect();
        names.into_iter().collect()
    }
}

impl Event {
    fn new(name: &'static str, handlers: &[Handler]) -> Self {
        let listed = EventName::new(name).event();
        let mechanism = listed.map(siohook_events::Event::mechanism);
        let reached = |handler: &Handler| {
            handler
                .pattern()
                .is_some_and(|pattern| pattern.matches(name))
        };
        Self {
            name,
            is_listed: listed.is_some(),
            mechanism,
            summary: listed.map(siohook_events::Event::summary),
            payload: listed.map(|event| format!("{}::{}", event.mechanism(), event.payload())),
            unified: listed.and_then(|event| Some(format!("unified::{}", event.unified()?))),
            handlers: sorted(handlers, reached),
        }
    }

    /// Returns `true` if a handler names the event or matches it by a prefix.
    fn is_asked_for(&self) -> bool {
        self.handlers.iter().any(|it| it.listens_to != "*")
    }

    /// Returns the mechanism that sends the event. If the catalogue does not have it, the
    /// spelling decides: names of account webhooks have no dot and no lower-case letter.
    ///
    /// ```standalone_crate
    /// use siohook::{Dispatcher, Mechanism, on_event};
    ///
    /// #[on_event(unlisted("BADGE_WON"))]
    /// fn won() {}
    ///
    /// let dispatcher = Dispatcher::builder().account_secret("main", "correct horse").build()?;
    /// let event = &dispatcher.describe().events[0];
    /// assert_eq!(event.mechanism, None);
    /// assert_eq!(event.likely_mechanism(), Mechanism::Account);
    /// # Ok::<(), siohook::BuildError>(())
    /// ```
    #[must_use]
    pub fn likely_mechanism(&self) -> Mechanism {
        let is_account = !self.name.contains(|c: char| c == '.' || c.is_lowercase());
        self.mechanism.unwrap_or(if is_account {
            Mechanism::Account
        } else {
            Mechanism::Automation
        })
    }
}

impl Handler {
    fn new(info: &HandlerInfo) -> Self {
        Self {
            name: info.name(),
            id: info.id(),
            has_id: info.registration().id.is_some(),
            location: info.location(),
            listens_to: info.event(),
        }
    }

    /// It is always `Some`: the macro refuses a text that is not a pattern.
    fn pattern(&self) -> Option<EventPattern<'static>> {
        EventPattern::parse(self.listens_to).ok()
    }
}

impl Trust {
    /// Returns `true` if some delivery of this event can be accepted.
    fn may_accept(&self, event: &Event) -> bool {
        let covers =
            |text: &String| EventPattern::parse(text).is_ok_and(|it| it.matches(event.name));
        let signed = self.secrets.iter().any(|secret| {
            let events = secret.events.as_ref();
            events.is_none_or(|events| events.iter().any(covers))
        });
        let unsigned = self.tokens > 0 || self.source_ips.is_some();
        self.accepts_unverified
            || match event.mechanism.or_else(|| spelling::mechanism(event.name)) {
                Some(Mechanism::Account) => signed,
                Some(_) => unsigned,
                None => signed || unsigned,
            }
    }
}

fn sorted(handlers: &[Handler], chosen: impl Fn(&Handler) -> bool) -> Vec<Handler> {
    let chosen = handlers.iter().filter(|handler| chosen(handler));
    let mut handlers: Vec<Handler> = chosen.cloned().collect();
    handlers.sort();
    handlers
}
