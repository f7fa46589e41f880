//! A recorder that keeps all metrics.

#![allow(dead_code, reason = "each test uses a part of it")]

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use metrics::{
    Counter, CounterFn, Gauge, Histogram, HistogramFn, Key, KeyName, Metadata, SharedString, Unit,
};

/// Clones share the record.
#[derive(Clone, Default)]
pub(crate) struct Recorder(Arc<Mutex<Seen>>);

#[derive(Default)]
struct Seen {
    counters: BTreeMap<String, u64>,
    histograms: BTreeMap<String, Vec<f64>>,
    described: BTreeMap<String, (Unit, String)>,
}

impl Recorder {
    pub(crate) fn during<T>(&self, work: impl FnOnce() -> T) -> T {
        metrics::with_local_recorder(self, work)
    }

    /// The counters by `name{label=value,…}`, with sorted labels.
    pub(crate) fn counters(&self) -> BTreeMap<String, u64> {
        self.0.lock().unwrap().counters.clone()
    }

    pub(crate) fn count(&self, series: &str) -> u64 {
        self.counters().get(series).copied().unwrap_or_default()
    }

    pub(crate) fn histograms(&self) -> BTreeMap<String, Vec<f64>> {
        self.0.lock().unwrap().histograms.clone()
    }

    /// The units by metric.
    pub(crate) fn units(&self) -> BTreeMap<String, Unit> {
        let seen = self.0.lock().unwrap();
        let described = seen.described.iter();
        described
            .map(|(name, (unit, _))| (name.clone(), *unit))
            .collect()
    }

    /// The descriptions, and the series that recorded something. A counter at 0 names what
    /// handlers listen to.
    pub(crate) fn texts(&self) -> Vec<String> {
        let seen = self.0.lock().unwrap();
        let counted = seen.counters.iter().filter(|(_, value)| **value > 0);
        let counted = counted.map(|(series, _)| series);
        let series = counted.chain(seen.histograms.keys()).cloned();
        let texts = seen.described.values().map(|(_, text)| text.clone());
        series.chain(texts).collect()
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

impl HistogramFn for Series {
    fn record(&self, value: f64) {
        let mut seen = self.0.0.lock().unwrap();
        seen.histograms
            .entry(self.1.clone())
            .or_default()
            .push(value);
    }
}

impl metrics::Recorder for Recorder {
    fn describe_counter(&self, name: KeyName, unit: Option<Unit>, text: SharedString) {
        self.describe(&name, unit, &text);
    }

    fn describe_gauge(&self, _: KeyName, _: Option<Unit>, _: SharedString) {
        panic!("a gauge is used");
    }

    fn describe_histogram(&self, name: KeyName, unit: Option<Unit>, text: SharedString) {
        self.describe(&name, unit, &text);
    }

    fn register_counter(&self, key: &Key, _: &Metadata<'_>) -> Counter {
        Counter::from_arc(Arc::new(self.series(key)))
    }

    fn register_gauge(&self, _: &Key, _: &Metadata<'_>) -> Gauge {
        panic!("a gauge is used");
    }

    fn register_histogram(&self, key: &Key, _: &Metadata<'_>) -> Histogram {
        Histogram::from_arc(Arc::new(self.series(key)))
    }
}

impl Recorder {
    fn series(&self, key: &Key) -> Series {
        let labels = key
            .labels()
            .map(|label| format!("{}={}", label.key(), label.value()));
        let mut labels: Vec<_> = labels.collect();
        labels.sort();
        Series(
            self.clone(),
            format!("{}{{{}}}", key.name(), labels.join(",")),
        )
    }

    fn describe(&self, name: &KeyName, unit: Option<Unit>, text: &str) {
        let described = (unit.expect("each metric has a unit"), text.to_owned());
        let mut seen = self.0.lock().unwrap();
        seen.described.insert(name.as_str().to_owned(), described);
    }
}
