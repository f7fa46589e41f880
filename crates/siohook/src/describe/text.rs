//! Writes a description as text.

use std::fmt::{self, Debug, Display, Formatter};

use siohook_events::Shown;

use super::{Description, Event, Handler, Limits, Pattern, Secret, Setup, Trust};

impl Display for Description {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str("Events\n")?;
        for event in &self.events {
            write!(f, "{event}")?;
        }
        for event in self.refused() {
            writeln!(
                f,
                "  {event} is refused: no secret, token or source address is configured for it"
            )?;
        }
        if !self.patterns.is_empty() {
            f.write_str("\nPatterns, which also match names that are not published\n")?;
            for pattern in &self.patterns {
                write!(f, "{pattern}")?;
            }
        }
        write!(f, "\nTo set up at systeme.io\n{}", self.setup)?;
        if let Some(trust) = &self.trust {
            write!(f, "\nTrusted by\n{trust}")?;
        }
        let without_id = self.without_id();
        if !without_id.is_empty() {
            f.write_str("\nWithout an `id`, so the path of the function is the id\n")?;
            for name in without_id {
                writeln!(f, "  {name}")?;
            }
        }
        if let Some(limits) = &self.limits {
            write!(f, "\nLimits\n{limits}")?;
        }
        Ok(())
    }
}

impl Display for Event {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "  {}", self.name)?;
        match (&self.mechanism, self.summary) {
            (Some(mechanism), Some(summary)) => writeln!(f, " ({mechanism}): {summary}")?,
            _ => f.write_str(": the catalogue does not have it\n")?,
        }
        if let Some(payload) = &self.payload {
            write!(f, "    {payload}")?;
            if let Some(unified) = &self.unified {
                write!(f, ", {unified}")?;
            }
            writeln!(f)?;
        }
        self.handlers.iter().try_for_each(|handler| {
            write!(f, "    {handler}")?;
            if handler.listens_to != self.name {
                write!(f, ", by {}", handler.listens_to)?;
            }
            writeln!(f)
        })
    }
}

impl Display for Handler {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.name, self.location)?;
        if self.has_id {
            write!(f, ", id {:?}", self.id)?;
        }
        Ok(())
    }
}

impl Display for Pattern {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        writeln!(f, "  {} reaches {}", self.pattern, list(&self.reaches))?;
        let mut handlers = self.handlers.iter();
        handlers.try_for_each(|handler| writeln!(f, "    {handler}"))
    }
}

impl Display for Setup {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        writeln!(f, "  Settings > Webhooks: {}", list(&self.account_webhook))?;
        writeln!(
            f,
            "  rules with the action \"Send webhook\": {}",
            list(&self.automations)
        )
    }
}

impl Display for Trust {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let secrets: Vec<_> = self.secrets.iter().map(Secret::to_string).collect();
        writeln!(f, "  account webhooks: {}", list(&secrets))?;
        let by = match (self.tokens, &self.source_ips) {
            (0, None) => "nothing",
            (0, Some(_)) => "source address",
            (1, _) => "token",
            _ => "one of several tokens",
        };
        writeln!(f, "  automations: {by}")?;
        if let Some(addresses) = &self.source_ips {
            writeln!(f, "  source addresses: {}", list(addresses))?;
        }
        if !self.trusted_proxies.is_empty() {
            writeln!(f, "  behind proxies: {}", list(&self.trusted_proxies))?;
        }
        if self.accepts_reserialized_bodies {
            f.write_str("  accepts bodies that were parsed and serialised again on the way\n")?;
        }
        if self.accepts_unverified {
            f.write_str("  accepts every delivery, because of `accept_unverified`\n")?;
        }
        Ok(())
    }
}

impl Display for Secret {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "secret {:?}", Shown::value(&self.label))?;
        match &self.events {
            Some(events) => {
                let events: Vec<_> = events.iter().map(Shown::value).collect();
                write!(f, " for {}", list(&events))
            }
            None => Ok(()),
        }
    }
}

impl Debug for Secret {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let events = self.events.as_deref().unwrap_or_default();
        let events: Vec<_> = events.iter().map(Shown::value).collect();
        f.debug_struct("Secret")
            .field("label", &Shown::value(&self.label))
            .field("events", &self.events.as_ref().map(|_| events))
            .finish()
    }
}

impl Display for Limits {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        writeln!(f, "  bodies: {} bytes", self.max_body_bytes)?;
        writeln!(f, "  remembered deliveries: {}", self.redelivery_memory)?;
        let status = if self.rejects_unhandled { 404 } else { 200 };
        writeln!(f, "  reply when no handler listens: {status}")?;
        if self.panics_abort {
            f.write_str(
                "  a panic in a handler ends the process, because of `panic = \"abort\"`\n",
            )?;
        }
        Ok(())
    }
}

/// Joins texts with commas.
fn list(texts: &[impl Display]) -> String {
    let texts: Vec<String> = texts.iter().map(ToString::to_string).collect();
    if texts.is_empty() {
        return "none".to_owned();
    }
    texts.join(", ")
}
