//! Producers: each sends a delivery, waits for the answer, and sends the next one.

use std::fs::File;
use std::io::{self, Write as _};
use std::os::unix::fs::FileExt as _;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use rustix::time::{ClockId, clock_gettime};

use crate::contestant::Contestant;
use crate::deliveries::Deliveries;

/// When producers stop.
#[derive(Clone, Copy)]
pub(crate) enum Until {
    Time(Duration),
    Count(u64),
}

/// One measurement.
#[derive(Clone, Debug)]
pub(crate) struct Measured {
    /// Deliveries a second.
    pub(crate) rate: f64,
    /// CPU time of the process for a delivery, in microseconds.
    pub(crate) cpu: f64,
    /// How long a producer waited for an answer.
    pub(crate) waits: Vec<Duration>,
}

/// Counts the time from its start, of the clock and of the processor.
pub(crate) struct Watch {
    started: Instant,
    cpu: Duration,
}

impl Watch {
    pub(crate) fn start() -> Self {
        Self {
            started: Instant::now(),
            cpu: cpu_time(),
        }
    }

    /// The measurement of so many deliveries.
    pub(crate) fn stop(&self, deliveries: u64, waits: Vec<Duration>) -> Measured {
        let elapsed = self.started.elapsed();
        let cpu = cpu_time().saturating_sub(self.cpu);
        #[expect(clippy::cast_precision_loss, reason = "there are fewer than 2^52")]
        let deliveries = deliveries as f64;
        Measured {
            rate: deliveries / elapsed.as_secs_f64(),
            cpu: cpu.as_secs_f64() * 1e6 / deliveries,
            waits,
        }
    }
}

fn cpu_time() -> Duration {
    let time = clock_gettime(ClockId::ProcessCPUTime);
    Duration::try_from(time).expect("CPU time is not negative")
}

/// Sends deliveries, and returns how long each waited for its answer.
pub(crate) async fn produce<C: Contestant>(
    to: &Arc<C>,
    deliveries: &Deliveries,
    producers: usize,
    until: Until,
) -> Vec<Duration> {
    let (time, count) = match until {
        Until::Time(time) => (time, u64::MAX),
        Until::Count(count) => (Duration::MAX, count),
    };
    let (started, sent) = (Instant::now(), Arc::new(AtomicU64::new(0)));
    let produce = || {
        let (to, deliveries, sent) = (Arc::clone(to), deliveries.clone(), Arc::clone(&sent));
        tokio::spawn(async move {
            let mut waits = vec![];
            while sent.fetch_add(1, Ordering::Relaxed) < count && started.elapsed() < time {
                let request = deliveries.next();
                let asked = Instant::now();
                to.accept(&request).await;
                waits.push(asked.elapsed());
            }
            waits
        })
    };
    let producers: Vec<_> = (0..producers).map(|_| produce()).collect();
    let mut waits = vec![];
    for producer in producers {
        waits.extend(producer.await.expect("no delivery is refused"));
    }
    waits
}

/// Accepts for a while.
pub(crate) async fn accept<C: Contestant>(
    to: C,
    deliveries: &Deliveries,
    producers: usize,
    time: Duration,
) -> Measured {
    let (to, watch) = (Arc::new(to), Watch::start());
    let waits = produce(&to, deliveries, producers, Until::Time(time)).await;
    watch.stop(waits.len() as u64, waits)
}

/// Accepts for a while, and waits until both handlers of each delivery are recorded as done.
pub(crate) async fn live<C: Contestant>(
    to: C,
    deliveries: &Deliveries,
    producers: usize,
    time: Duration,
) -> Measured {
    let (to, watch) = (Arc::new(to), Watch::start());
    let waits = produce(&to, deliveries, producers, Until::Time(time)).await;
    let count = waits.len() as u64;
    to.settle(2 * count).await;
    watch.stop(count, waits)
}

/// The limit of the disk: a file that has its size already is written over, in pieces of one
/// group's bodies, each followed by `fdatasync`.
pub(crate) fn raw(
    folder: &Path,
    group: usize,
    body: usize,
    time: Duration,
) -> io::Result<Measured> {
    const SIZE: usize = 32 << 20;
    let path = folder.join("raw");
    let mut file = File::create(&path)?;
    file.write_all(&vec![1; SIZE])?;
    file.sync_all()?;
    let piece = vec![2; group * body];
    let (watch, started) = (Watch::start(), Instant::now());
    let (mut count, mut waits) = (0, vec![]);
    let places = (0..SIZE - piece.len()).step_by(piece.len()).cycle();
    for place in places {
        let asked = Instant::now();
        file.write_all_at(&piece, place as u64)?;
        file.sync_data()?;
        waits.push(asked.elapsed());
        count += group as u64;
        if started.elapsed() >= time {
            break;
        }
    }
    std::fs::remove_file(path)?;
    Ok(watch.stop(count, waits))
}
