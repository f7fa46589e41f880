//! A layer that records all spans and events.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard};

use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::layer::{Context, Layer};
use tracing_subscriber::registry::LookupSpan;

/// Clones share the record.
#[derive(Clone, Default)]
pub(crate) struct Capture(Arc<Mutex<Seen>>);

#[derive(Default)]
struct Seen {
    spans: Vec<Span>,
    events: Vec<LogEvent>,
}

#[derive(Clone, Debug)]
pub(crate) struct Span {
    pub(crate) id: u64,
    pub(crate) name: &'static str,
    pub(crate) parent: Option<u64>,
    pub(crate) follows: Vec<u64>,
    pub(crate) is_closed: bool,
    fields: Fields,
}

#[derive(Clone, Debug)]
pub(crate) struct LogEvent {
    pub(crate) level: Level,
    pub(crate) span: Option<u64>,
    pub(crate) message: String,
}

type Fields = BTreeMap<&'static str, String>;

impl Capture {
    fn lock(&self) -> MutexGuard<'_, Seen> {
        self.0.lock().unwrap()
    }

    pub(crate) fn clear(&self) {
        *self.lock() = Seen::default();
    }

    /// The spans of this name, in the order of their beginning.
    pub(crate) fn spans(&self, name: &str) -> Vec<Span> {
        let seen = self.lock();
        let named = seen.spans.iter().filter(|span| span.name == name);
        named.cloned().collect()
    }

    /// The events that are as severe as `least`.
    pub(crate) fn events(&self, least: Level) -> Vec<LogEvent> {
        let seen = self.lock();
        let severe = seen.events.iter().filter(|event| event.level <= least);
        severe.cloned().collect()
    }

    /// All values and messages.
    pub(crate) fn texts(&self) -> Vec<String> {
        let seen = self.lock();
        let values = seen.spans.iter().flat_map(|span| span.fields.values());
        let messages = seen.events.iter().map(|event| &event.message);
        values.chain(messages).cloned().collect()
    }

    /// Changes a span, unless it is of an earlier test.
    fn change(&self, id: &Id, change: impl FnOnce(&mut Span)) {
        let id = id.into_u64();
        if let Some(span) = self.lock().spans.iter_mut().rfind(|span| span.id == id) {
            change(span);
        }
    }
}

impl Span {
    /// All fields, as `name=value`.
    pub(crate) fn shown(&self) -> Vec<String> {
        let fields = self.fields.iter();
        let fields = fields.map(|(name, value)| format!("{name}={value}"));
        fields.collect()
    }
}

impl<S: Subscriber + for<'a> LookupSpan<'a>> Layer<S> for Capture {
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        let mut fields = Values::default();
        attributes.record(&mut fields);
        let span = context.span(id).expect("it is new");
        self.lock().spans.push(Span {
            id: id.into_u64(),
            name: span.name(),
            parent: span.parent().map(|parent| parent.id().into_u64()),
            follows: vec![],
            is_closed: false,
            fields: fields.0,
        });
    }

    fn on_record(&self, id: &Id, values: &Record<'_>, _: Context<'_, S>) {
        let mut fields = Values::default();
        values.record(&mut fields);
        self.change(id, |span| span.fields.extend(fields.0));
    }

    fn on_follows_from(&self, id: &Id, followed: &Id, context: Context<'_, S>) {
        // Exporters panic, or lose the link, if it is closed.
        assert!(context.span(followed).is_some(), "it is still open");
        self.change(id, |span| span.follows.push(followed.into_u64()));
    }

    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        let mut fields = Values::default();
        event.record(&mut fields);
        self.lock().events.push(LogEvent {
            level: *event.metadata().level(),
            span: context.event_span(event).map(|span| span.id().into_u64()),
            message: fields.0.remove("message").unwrap_or_default(),
        });
    }

    fn on_close(&self, id: Id, _: Context<'_, S>) {
        self.change(&id, |span| span.is_closed = true);
    }
}

#[derive(Default)]
struct Values(Fields);

impl Visit for Values {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.0.insert(field.name(), format!("{value:?}"));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.0.insert(field.name(), value.to_owned());
    }
}
