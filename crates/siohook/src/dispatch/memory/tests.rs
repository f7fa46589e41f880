use std::collections::{BTreeSet, HashMap};
use std::fmt::Debug;
use std::hash::Hash;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::thread;

use proptest::prelude::*;

use super::done::Done;
use super::{Attempt, Memory};

/// Begins an attempt, marks the handlers as done and ends it.
fn handle(memory: &Memory, key: impl Hash, handlers: &[u32]) {
    let mut attempt = memory.begin(&key).expect("no other attempt holds it");
    for &handler in handlers {
        attempt.done(handler);
    }
}

/// The keys that are remembered, in the order of their eviction.
fn remembered<K: Copy + Hash>(memory: &Memory, keys: impl IntoIterator<Item = K>) -> Vec<K> {
    let known: HashMap<u128, K> = keys
        .into_iter()
        .map(|key| (memory.fingerprint(&key), key))
        .collect();
    let entries = memory.lock();
    assert_eq!(entries.oldest.len(), entries.remembered.len());
    entries.oldest.iter().map(|it| known[it]).collect()
}

fn is_done(memory: &Memory, key: impl Hash, handler: u32) -> bool {
    memory.begin(&key).is_some_and(|it| it.is_done(handler))
}

#[test]
fn a_key_in_progress_is_refused_until_released() {
    let memory = Memory::new(1);
    let attempt = memory.begin(&"a");
    assert!(attempt.is_some());
    assert!(memory.begin(&"a").is_none());
    assert!(memory.begin(&"b").is_some());
    drop(attempt);
    assert!(memory.begin(&"a").is_some());
}

#[test]
fn a_refused_copy_does_not_release_the_key() {
    let memory = Memory::new(1);
    let _attempt = memory.begin(&"a");
    drop(memory.begin(&"a"));
    assert!(memory.begin(&"a").is_none());
}

#[test]
fn a_done_handler_stays_done_in_this_attempt_and_the_next() {
    let memory = Memory::new(1);
    let mut attempt = memory.begin(&"a").unwrap();
    assert!(!attempt.is_done(3));
    attempt.done(3);
    assert!(attempt.is_done(3));
    drop(attempt);
    let attempt = memory.begin(&"a").unwrap();
    assert!(attempt.is_done(3));
    assert!(!attempt.is_done(4));
}

#[test]
fn done_handlers_add_up_over_attempts() {
    let memory = Memory::new(1);
    handle(&memory, "a", &[1]);
    handle(&memory, "a", &[2, 700]);
    handle(&memory, "a", &[]);
    let attempt = memory.begin(&"a").unwrap();
    let done: Vec<u32> = (0..1000).filter(|&it| attempt.is_done(it)).collect();
    assert_eq!(done, [1, 2, 700]);
}

#[test]
fn an_attempt_with_nothing_done_stores_nothing() {
    let memory = Memory::new(1);
    handle(&memory, "a", &[1]);
    handle(&memory, "b", &[]);
    assert_eq!(remembered(&memory, ["a", "b"]), ["a"]);
}

#[test]
fn an_attempt_that_does_nothing_forgets_nothing() {
    let memory = Memory::new(1);
    handle(&memory, "a", &[1]);
    handle(&memory, "a", &[]);
    assert!(is_done(&memory, "a", 1));
}

#[test]
fn a_panic_releases_the_key_and_keeps_done_handlers() {
    let memory = Memory::new(1);
    let panicked = catch_unwind(AssertUnwindSafe(|| {
        let mut attempt = memory.begin(&"a").unwrap();
        attempt.done(1);
        resume_unwind(Box::new(()));
    }));
    assert!(panicked.is_err());
    assert!(is_done(&memory, "a", 1));
}

#[test]
fn a_dropped_future_releases_the_key_and_keeps_done_handlers() {
    let memory = Memory::new(1);
    let mut future = Box::pin(async {
        let mut attempt = memory.begin(&"a").unwrap();
        attempt.done(1);
        std::future::pending::<()>().await;
    });
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    assert!(future.as_mut().poll(&mut context).is_pending());
    assert!(memory.begin(&"a").is_none());
    drop(future);
    assert!(is_done(&memory, "a", 1));
}

#[test]
fn the_key_remembered_first_is_evicted_first() {
    let memory = Memory::new(2);
    handle(&memory, "a", &[1]);
    handle(&memory, "b", &[1]);
    handle(&memory, "c", &[1]);
    assert_eq!(remembered(&memory, ["a", "b", "c"]), ["b", "c"]);
    assert!(!is_done(&memory, "a", 1));
}

#[test]
fn a_later_attempt_does_not_make_a_key_newer() {
    let memory = Memory::new(2);
    handle(&memory, "a", &[1]);
    handle(&memory, "b", &[1]);
    handle(&memory, "a", &[2]);
    handle(&memory, "c", &[1]);
    assert_eq!(remembered(&memory, ["a", "b", "c"]), ["b", "c"]);
}

#[test]
fn a_key_evicted_while_in_progress_is_remembered_again() {
    let memory = Memory::new(2);
    handle(&memory, "a", &[1]);
    handle(&memory, "b", &[1]);
    let mut attempt = memory.begin(&"a").unwrap();
    attempt.done(2);
    handle(&memory, "c", &[1]);
    handle(&memory, "d", &[1]);
    drop(attempt);
    assert_eq!(remembered(&memory, ["a", "b", "c", "d"]), ["d", "a"]);
    assert!(is_done(&memory, "a", 1) && is_done(&memory, "a", 2));
}

#[test]
fn keys_are_evicted_in_the_order_in_which_attempts_ended() {
    let memory = Memory::new(2);
    let mut attempt = memory.begin(&"a").unwrap();
    attempt.done(1);
    handle(&memory, "b", &[1]);
    drop(attempt);
    handle(&memory, "c", &[1]);
    assert_eq!(remembered(&memory, ["a", "b", "c"]), ["a", "c"]);
}

#[test]
fn an_eviction_does_not_release_a_key_in_progress() {
    let memory = Memory::new(1);
    handle(&memory, 0, &[1]);
    let attempt = memory.begin(&0);
    for other in 1..100 {
        handle(&memory, other, &[1]);
    }
    assert!(memory.begin(&0).is_none());
    drop(attempt);
    assert!(is_done(&memory, 0, 1));
}

#[test]
fn keys_in_progress_are_not_limited_by_the_capacity() {
    let memory = Memory::new(1);
    let attempts: Vec<_> = (0..100).map(|key| memory.begin(&key)).collect();
    assert!(attempts.iter().all(Option::is_some));
    assert!((0..100).all(|key| memory.begin(&key).is_none()));
}

#[test]
fn a_capacity_of_zero_refuses_only_simultaneous_copies() {
    let memory = Memory::new(0);
    let mut attempt = memory.begin(&"a").unwrap();
    attempt.done(1);
    assert!(memory.begin(&"a").is_none());
    drop(attempt);
    assert!(!is_done(&memory, "a", 1));
}

#[test]
fn huge_capacities_allocate_nothing_ahead() {
    for capacity in [10_000_000, u32::MAX as usize, usize::MAX] {
        let memory = Memory::new(capacity);
        handle(&memory, "a", &[1]);
        assert!(is_done(&memory, "a", 1));
    }
}

#[test]
fn the_newest_keys_up_to_the_capacity_are_remembered() {
    let memory = Memory::new(10_000);
    for key in 0..30_000 {
        handle(&memory, key, &[key]);
    }
    let kept: Vec<u32> = (20_000..30_000).collect();
    assert_eq!(remembered(&memory, 0..30_000), kept);
    assert!((20_000..30_000).all(|key| is_done(&memory, key, key)));
    assert!((0..20_000).all(|key| !is_done(&memory, key, key)));
}

#[test]
fn evictions_do_not_make_the_table_grow() {
    for capacity in [1, 3, 7, 10, 100] {
        let memory = Memory::new(capacity);
        for key in 0..50_000_u32 {
            handle(&memory, key, &[1]);
            assert!(memory.lock().remembered.capacity() < 2 * (capacity + 1));
        }
    }
}

#[test]
fn a_poisoned_lock_changes_nothing() {
    let memory = Memory::new(1);
    handle(&memory, "a", &[1]);
    let attempt = memory.begin(&"b");
    let poisoned = catch_unwind(AssertUnwindSafe(|| {
        let _state = memory.entries.lock();
        resume_unwind(Box::new(()));
    }));
    assert!(poisoned.is_err() && memory.entries.is_poisoned());
    assert!(memory.begin(&"b").is_none());
    drop(attempt);
    assert!(memory.begin(&"b").is_some());
    assert!(is_done(&memory, "a", 1));
}

#[test]
fn each_memory_has_its_own_fingerprints() {
    let (one, other) = (Memory::new(1), Memory::new(1));
    assert_eq!(one.fingerprint(&"a"), one.fingerprint(&"a"));
    assert_ne!(one.fingerprint(&"a"), one.fingerprint(&"b"));
    assert_ne!(one.fingerprint(&"a"), other.fingerprint(&"a"));
}

#[test]
fn a_done_set_takes_16_bytes() {
    assert_eq!(size_of::<Done>(), 16);
}

#[test]
fn a_delivery_can_have_thousands_of_done_handlers() {
    let memory = Memory::new(1);
    let even: Vec<u32> = (0..5000).map(|it| it * 2).collect();
    handle(&memory, "a", &even);
    let attempt = memory.begin(&"a").unwrap();
    assert!((0..10_000).all(|it| attempt.is_done(it) == (it % 2 == 0)));
}

#[test]
fn attempts_and_memories_are_send_and_sync() {
    fn check<T: Send + Sync>() {}
    check::<Memory>();
    check::<Attempt<'_>>();
}

#[test]
fn one_of_64_simultaneous_copies_gets_the_attempt() {
    const HANDLERS: usize = 100;
    let memory = Memory::new(1);
    let busy = AtomicBool::new(false);
    let runs = [const { AtomicU32::new(0) }; HANDLERS];

    // Runs one handler in each attempt, so that there are many. Returns `true` if all are done.
    let deliver = || {
        let Some(mut attempt) = memory.begin(&"a") else {
            return false;
        };
        assert!(!busy.swap(true, Ordering::Relaxed));
        let open = (0..).zip(&runs).find(|&(it, _)| !attempt.is_done(it));
        if let Some((handler, runs)) = open {
            runs.fetch_add(1, Ordering::Relaxed);
            thread::yield_now();
            attempt.done(handler);
        }
        busy.store(false, Ordering::Relaxed);
        open.is_none()
    };
    thread::scope(|scope| {
        for _ in 0..64 {
            scope.spawn(|| {
                while !deliver() {
                    thread::yield_now();
                }
            });
        }
    });
    assert!(runs.iter().all(|it| it.load(Ordering::Relaxed) == 1));
}

/// The specification of the memory: lists that are searched linearly.
struct Model<K> {
    capacity: usize,
    running: Vec<(K, BTreeSet<u32>)>,
    remembered: Vec<(K, BTreeSet<u32>)>,
}

impl<K: Copy + Eq> Model<K> {
    fn begin(&mut self, key: K) -> bool {
        if self.running.iter().any(|it| it.0 == key) {
            return false;
        }
        let known = self.remembered.iter().find(|it| it.0 == key).cloned();
        self.running.push(known.unwrap_or((key, BTreeSet::new())));
        true
    }

    fn end(&mut self, at: usize) {
        let entry = self.running.remove(at);
        let known = self.remembered.iter_mut().find(|it| it.0 == entry.0);
        match known {
            Some(known) => *known = entry,
            None if entry.1.is_empty() => {}
            None => self.remembered.push(entry),
        }
        if self.remembered.len() > self.capacity {
            self.remembered.remove(0);
        }
    }
}

#[derive(Clone, Debug)]
enum Step<K> {
    Begin(K),
    Mark(prop::sample::Index, u32),
    Release(prop::sample::Index),
    Cancel(prop::sample::Index),
}

const HANDLERS: [u32; 6] = [0, 1, 63, 64, 65, 5000];

fn steps<K: Clone + Debug>(key: impl Strategy<Value = K>) -> impl Strategy<Value = Vec<Step<K>>> {
    let step = prop_oneof![
        4 => key.prop_map(Step::Begin),
        3 => (any::<prop::sample::Index>(), prop::sample::select(&HANDLERS))
            .prop_map(|(at, handler)| Step::Mark(at, handler)),
        2 => any::<prop::sample::Index>().prop_map(Step::Release),
        1 => any::<prop::sample::Index>().prop_map(Step::Cancel),
    ];
    prop::collection::vec(step, 0..200)
}

fn behaves_like_the_model(capacity: usize, steps: Vec<Step<u8>>) {
    let memory = Memory::new(capacity);
    let mut attempts: Vec<Attempt<'_>> = Vec::new();
    let mut model = Model {
        capacity,
        running: Vec::new(),
        remembered: Vec::new(),
    };
    for step in steps {
        match step {
            Step::Begin(key) => {
                let attempt = memory.begin(&key);
                assert_eq!(attempt.is_some(), model.begin(key));
                attempts.extend(attempt);
            }
            _ if attempts.is_empty() => {}
            Step::Mark(at, handler) => {
                let at = at.index(attempts.len());
                attempts[at].done(handler);
                model.running[at].1.insert(handler);
            }
            Step::Release(at) => {
                let at = at.index(attempts.len());
                drop(attempts.remove(at));
                model.end(at);
            }
            Step::Cancel(at) => {
                let at = at.index(attempts.len());
                let attempt = attempts.remove(at);
                let cancelled = catch_unwind(AssertUnwindSafe(|| {
                    let _attempt = attempt;
                    resume_unwind(Box::new(()));
                }));
                assert!(cancelled.is_err());
                model.end(at);
            }
        }
        for (attempt, (_, done)) in attempts.iter().zip(&model.running) {
            assert!(
                HANDLERS
                    .iter()
                    .all(|it| attempt.is_done(*it) == done.contains(it))
            );
        }
        let keys: Vec<u8> = model.remembered.iter().map(|it| it.0).collect();
        assert_eq!(remembered(&memory, 0..8), keys);
        assert_eq!(memory.lock().in_progress.len(), model.running.len());
    }
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 1000,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn any_sequence_behaves_like_the_model(capacity in 0..=5_usize, steps in steps(0..8_u8)) {
        behaves_like_the_model(capacity, steps);
    }

    #[test]
    fn a_done_set_behaves_like_a_set(handlers in prop::collection::vec(0..130_u32, 0..100)) {
        let mut done = Done::default();
        let mut model = BTreeSet::new();
        for handler in handlers {
            done.insert(handler);
            model.insert(handler);
            assert!(!done.is_empty());
            assert!((0..200).all(|it| done.contains(it) == model.contains(&it)));
        }
    }
}
