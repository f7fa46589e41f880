//! A recorder that keeps all metrics.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use metrics::{
    Counter, CounterFn, Gauge, GaugeFn, Histogram, HistogramFn, Key, KeyName, Metadata,
    SharedString, Unit,
};

/// Clones share the record.
#[derive(Clone, Default)]
pub(crate) struct Recorder(Arc<Mutex<Seen>>);

/// Series are `name{label=value,…}`, with sorted labels.
#[derive(Clone, Default)]
pub(crate) struct Seen {
    pub(crate) counters: BTreeMap<String, u64>,
    pub(crate) gauges: BTreeMap<String, String>,
    pub(crate) histograms: BTreeMap<String, Vec<f64>>,
    /// The kind and the unit of each metric that is described.
    pub(crate) described: BTreeMap<String, (&'static str, Unit)>,
}

impl Recorder {
    pub(crate) fn seen(&self) -> Seen {
        self.0.lock().unwrap().clone()
    }

    pub(crate) fn clear(&self) {
        *self.0.lock().unwrap() = Seen::default();
    }

    fn describe(&self, kind: &'static str, name: &KeyName, unit: Option<Unit>) {
        let described = (kind, unit.expect("each metric has a unit"));
        let mut seen = self.0.lock().unwrap();
        seen.described.insert(name.as_str().to_owned(), described);
    }

    fn series(&self, key: &Key) -> Arc<Series> {
        let labels = key.labels();
        let labels = labels.map(|label| format!("{}={}", label.key(), label.value()));
        let mut labels: Vec<_> = labels.collect();
        labels.sort();
        let name = format!("{}{{{}}}", key.name(), labels.join(","));
        Arc::new(Series(self.clone(), name))
    }
}

impl Seen {
    /// The series that counted something, of this crate.
    pub(crate) fn counted(&self) -> Vec<(&str, u64)> {
        let counters = self.counters.iter();
        let counted = counters.filter_map(|(series, value)| {
            let series = series.strip_prefix("siohook.inbox.")?;
            (*value > 0).then_some((series, *value))
        });
        counted.collect()
    }

    pub(crate) fn gauge(&self, name: &str) -> &str {
        &self.gauges[&format!("siohook.inbox.{name}{{}}")]
    }
}

struct Series(Recorder, String);

impl CounterFn for Series {
    fn increment(&self, by: u64) {
        let mut seen = self.0.0.lock().unwrap();
        *seen.counters.entry(self.1.clone()).or_default() += by;
    }

    fn absolute(&self, _: u64) {
        panic!("a counter is set to an absolute value");
    }
}

impl GaugeFn for Series {
    fn increment(&self, _: f64) {
        panic!("a gauge is incremented");
    }

    fn decrement(&self, _: f64) {
        panic!("a gauge is decremented");
    }

    fn set(&self, value: f64) {
        let mut seen = self.0.0.lock().unwrap();
        seen.gauges.insert(self.1.clone(), value.to_string());
    }
}

impl HistogramFn for Series {
    fn record(&self, value: f64) {
        let mut seen = self.0.0.lock().unwrap();
        let series = seen.histograms.entry(self.1.clone());
        series.or_default().push(value);
    }
}

impl metrics::Recorder for Recorder {
    fn describe_counter(&self, name: KeyName, unit: Option<Unit>, _: SharedString) {
        self.describe("counter", &name, unit);
    }

    fn describe_gauge(&self, name: KeyName, unit: Option<Unit>, _: SharedString) {
        self.describe("gauge", &name, unit);
    }

    fn describe_histogram(&self, name: KeyName, unit: Option<Unit>, _: SharedString) {
        self.describe("histogram", &name, unit);
    }

    fn register_counter(&self, key: &Key, _: &Metadata<'_>) -> Counter {
        Counter::from_arc(self.series(key))
    }

    fn register_gauge(&self, key: &Key, _: &Metadata<'_>) -> Gauge {
        Gauge::from_arc(self.series(key))
    }

    fn register_histogram(&self, key: &Key, _: &Metadata<'_>) -> Histogram {
        Histogram::from_arc(self.series(key))
    }
}
