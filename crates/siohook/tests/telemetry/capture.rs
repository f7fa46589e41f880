//! A subscriber that records all spans and events.

use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard};
use std::thread::{self, ThreadId};

use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::subscriber::Subscriber;
use tracing::{Event, Level, Metadata};

/// Clones share the record.
#[derive(Clone)]
pub(crate) struct Capture {
    most: Level,
    seen: Arc<Mutex<Seen>>,
}

#[derive(Default)]
struct Seen {
    spans: Vec<Span>,
    events: Vec<LogEvent>,
    entered: HashMap<ThreadId, Vec<usize>>,
}

/// A recorded span. Its index is its id minus 1.
#[derive(Clone, Debug)]
pub(crate) struct Span {
    pub(crate) name: &'static str,
    pub(crate) target: &'static str,
    pub(crate) level: Level,
    pub(crate) parent: Option<usize>,
    pub(crate) fields: Fields,
    /// The fields that had a value when the span was created.
    pub(crate) at_first: Vec<&'static str>,
    handles: usize,
}

#[derive(Clone, Debug)]
pub(crate) struct LogEvent {
    pub(crate) level: Level,
    pub(crate) target: &'static str,
    pub(crate) span: Option<usize>,
    pub(crate) message: String,
    pub(crate) fields: Fields,
}

pub(crate) type Fields = BTreeMap<&'static str, String>;

impl Capture {
    pub(crate) fn new() -> Self {
        Self::up_to(Level::TRACE)
    }

    /// Records only what is at least as severe.
    pub(crate) fn up_to(most: Level) -> Self {
        Self {
            most,
            seen: Arc::default(),
        }
    }

    pub(crate) fn during<T>(&self, work: impl FnOnce() -> T) -> T {
        tracing::subscriber::with_default(self.clone(), work)
    }

    fn seen(&self) -> MutexGuard<'_, Seen> {
        self.seen.lock().unwrap()
    }

    pub(crate) fn spans(&self) -> Vec<Span> {
        self.seen().spans.clone()
    }

    /// The only span of this name.
    pub(crate) fn span(&self, name: &str) -> (usize, Span) {
        let spans = self.spans();
        let mut named = spans.into_iter().enumerate();
        let mut named = named.by_ref().filter(|(_, span)| span.name == name);
        let only = named.next().unwrap_or_else(|| panic!("no span {name}"));
        assert!(named.next().is_none(), "several spans {name}");
        only
    }

    pub(crate) fn events(&self) -> Vec<LogEvent> {
        self.seen().events.clone()
    }

    /// All values and messages, each with the name of its field.
    pub(crate) fn values(&self) -> Vec<(&'static str, String)> {
        let seen = self.seen();
        let of = |fields: &Fields| fields.clone().into_iter().collect::<Vec<_>>();
        let spans = seen.spans.iter().flat_map(|span| of(&span.fields));
        let events = seen.events.iter().flat_map(|logged| of(&logged.fields));
        let messages = seen.events.iter();
        let messages = messages.map(|logged| ("message", logged.message.clone()));
        spans.chain(events).chain(messages).collect()
    }
}

impl Span {
    pub(crate) fn is_closed(&self) -> bool {
        self.handles == 0
    }

    pub(crate) fn get(&self, field: &str) -> Option<&str> {
        self.fields.get(field).map(String::as_str)
    }

    /// All fields but times, as `name=value`.
    pub(crate) fn shown(&self) -> Vec<String> {
        let fields = self.fields.iter();
        let fields = fields.filter(|(name, _)| **name != "siohook.elapsed");
        fields
            .map(|(name, value)| format!("{name}={value}"))
            .collect()
    }

    pub(crate) fn elapsed(&self) -> f64 {
        self.get("siohook.elapsed").unwrap().parse().unwrap()
    }
}

impl Subscriber for Capture {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        *metadata.level() <= self.most
    }

    fn new_span(&self, attributes: &Attributes<'_>) -> Id {
        let mut fields = Values::default();
        attributes.record(&mut fields);
        let mut seen = self.seen();
        let current = seen.current();
        let parent = match attributes.parent() {
            Some(parent) => Some(place(parent)),
            None => attributes.is_contextual().then_some(current).flatten(),
        };
        let metadata = attributes.metadata();
        seen.spans.push(Span {
            name: metadata.name(),
            target: metadata.target(),
            level: *metadata.level(),
            parent,
            at_first: fields.0.keys().copied().collect(),
            fields: fields.0,
            handles: 1,
        });
        Id::from_u64(seen.spans.len() as u64)
    }

    fn record(&self, span: &Id, values: &Record<'_>) {
        let mut fields = Values::default();
        values.record(&mut fields);
        let mut seen = self.seen();
        let span = &mut seen.spans[place(span)];
        assert!(!span.is_closed());
        span.fields.extend(fields.0);
    }

    fn record_follows_from(&self, _: &Id, _: &Id) {
        panic!("a span follows another one");
    }

    fn event(&self, event: &Event<'_>) {
        let mut fields = Values::default();
        event.record(&mut fields);
        let mut seen = self.seen();
        let current = seen.current();
        let logged = LogEvent {
            level: *event.metadata().level(),
            target: event.metadata().target(),
            span: event.parent().map(place).or(current),
            message: fields.0.remove("message").unwrap_or_default(),
            fields: fields.0,
        };
        seen.events.push(logged);
    }

    fn enter(&self, span: &Id) {
        let mut seen = self.seen();
        seen.stack().push(place(span));
    }

    fn exit(&self, span: &Id) {
        let mut seen = self.seen();
        // Spans have to be exited in the reverse order, or handlers would be mixed up.
        assert_eq!(seen.stack().pop(), Some(place(span)));
    }

    fn clone_span(&self, span: &Id) -> Id {
        self.seen().spans[place(span)].handles += 1;
        span.clone()
    }

    fn try_close(&self, span: Id) -> bool {
        let mut seen = self.seen();
        let span = &mut seen.spans[place(&span)];
        span.handles -= 1;
        span.is_closed()
    }
}

impl Seen {
    fn stack(&mut self) -> &mut Vec<usize> {
        self.entered.entry(thread::current().id()).or_default()
    }

    fn current(&mut self) -> Option<usize> {
        self.stack().last().copied()
    }
}

fn place(id: &Id) -> usize {
    usize::try_from(id.into_u64()).unwrap() - 1
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
