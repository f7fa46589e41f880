use std::rc::Rc;
use std::time::Duration;

use siohook::Delivery;
use siohook::testing::{self, Sample};

use super::process::Process;
use crate::DAY;
use crate::clock::{Clock, ManualClock, millis};
use crate::engine::EngineSettings;
use crate::store::{DeliveryId, Memory, Millis, Retention, Row, State, Store};

/// What processes share.
pub(crate) trait Disk: 'static {
    /// Opens the store in a process that links these handlers.
    fn open(&self, handlers: Vec<&'static str>) -> Box<dyn Store>;

    /// All runs, in the order of acceptance: delivery, its key, handler, row.
    fn runs(&self) -> Vec<(DeliveryId, [u8; 38], String, Row)>;
}

impl Disk for Memory {
    fn open(&self, handlers: Vec<&'static str>) -> Box<dyn Store> {
        Box::new(self.open(handlers))
    }

    fn runs(&self) -> Vec<(DeliveryId, [u8; 38], String, Row)> {
        let runs = self.runs().into_iter();
        runs.map(|(id, key, handler, row)| (id, key, handler.to_owned(), row))
            .collect()
    }
}

/// A disk, a clock, and what was delivered. Processes are opened over them.
pub(crate) struct World {
    disk: Rc<dyn Disk>,
    delivery: Delivery,
    pub(super) clock: ManualClock,
    pub(super) settings: EngineSettings,
}

/// When a world begins.
pub(super) const START: Millis = 1_800_000_000_000;

impl World {
    pub(crate) fn new(disk: impl Disk) -> Self {
        Self {
            disk: Rc::new(disk),
            delivery: testing::delivery(&Sample::of("SALE_NEW")),
            clock: ManualClock::new(START),
            settings: EngineSettings {
                running_at_most: 64,
                crashes: 3,
                timeout: Duration::from_secs(600),
                retention: Retention {
                    body: millis(DAY * 7),
                    dead_body: millis(DAY * 30),
                    remember: millis(DAY * 30),
                },
            },
        }
    }

    /// Opens a process that links these handlers and runs them.
    pub(super) fn process(&self, handlers: &[&'static str]) -> Process {
        let mut process = self.accepting(handlers);
        process.work();
        process.turn();
        process
    }

    /// Opens a process that links these handlers, and only accepts.
    pub(super) fn accepting(&self, handlers: &[&'static str]) -> Process {
        let clock = Clock::Manual(self.clock.clone());
        let (delivery, settings) = (self.delivery.clone(), self.settings.clone());
        Process::open(Rc::clone(&self.disk), handlers, delivery, settings, clock)
    }

    /// All runs as they are stored: number of the delivery, handler, row.
    pub(super) fn rows(&self) -> Vec<(u64, String, Row)> {
        let runs = self.disk.runs().into_iter();
        runs.map(|(_, key, handler, row)| (number(&key), handler, row))
            .collect()
    }

    /// The run of a handler.
    pub(super) fn row(&self, number: u64, handler: &str) -> Row {
        let mut rows = self
            .rows()
            .into_iter()
            .filter(|row| (row.0, &*row.1) == (number, handler));
        let Some((.., row)) = rows.next() else {
            panic!("there is no run of `{handler}` for delivery {number}");
        };
        assert_eq!(rows.next(), None);
        row
    }

    pub(super) fn state(&self, number: u64, handler: &str) -> State {
        self.row(number, handler).state
    }

    pub(super) fn advance(&self, millis: u64) {
        self.clock.advance(Duration::from_millis(millis));
    }

    pub(super) fn now(&self) -> Millis {
        self.clock.now()
    }
}

/// The key of a delivery with a number.
pub(super) fn key(number: u64) -> [u8; 38] {
    let mut key = [0; 38];
    key[30..].copy_from_slice(&number.to_be_bytes());
    key
}

pub(super) fn number(key: &[u8; 38]) -> u64 {
    u64::from_be_bytes(key[30..].try_into().expect("8 bytes"))
}
