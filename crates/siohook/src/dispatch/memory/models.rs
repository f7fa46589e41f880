use std::sync::Arc;

use loom::model;
use loom::sync::atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed};
use loom::thread;

use super::Memory;

/// The state that the threads of a model share.
struct World {
    memory: Memory,
    busy: AtomicBool,
    handled: AtomicUsize,
}

impl World {
    fn new(capacity: usize) -> Arc<Self> {
        Arc::new(Self {
            memory: Memory::new(capacity),
            busy: AtomicBool::new(false),
            handled: AtomicUsize::new(0),
        })
    }

    /// Runs one handler of key 1 unless it is done. Returns the handlers that were done before
    /// and are done now, as bits, or `None` if another attempt holds the key.
    fn deliver(&self, handler: u32) -> Option<(u32, u32)> {
        let mut attempt = self.memory.begin(&1_u8)?;
        assert!(!self.busy.swap(true, Relaxed), "two attempts at once");
        let bits = |done: &dyn Fn(u32) -> bool| {
            (0..4).filter(|&it| done(it)).map(|it| 1 << it).sum::<u32>()
        };
        let before: u32 = bits(&|it| attempt.is_done(it));
        if !attempt.is_done(handler) {
            self.handled.fetch_add(1, Relaxed);
            attempt.done(handler);
        }
        let after = bits(&|it| attempt.is_done(it));
        self.busy.store(false, Relaxed);
        Some((before, after))
    }

    /// Handles key 2, which evicts key 1 from a memory of 1.
    fn evict(&self) {
        let mut attempt = self.memory.begin(&2_u8).expect("only begun here");
        attempt.done(0);
    }

    fn done(&self, key: u8) -> u32 {
        let attempt = self.memory.begin(&key).expect("all attempts are over");
        (0..4)
            .filter(|&it| attempt.is_done(it))
            .map(|it| 1 << it)
            .sum::<u32>()
    }
}

fn spawn<T: 'static>(
    world: &Arc<World>,
    run: impl FnOnce(&World) -> T + 'static,
) -> thread::JoinHandle<T> {
    let world = Arc::clone(world);
    thread::spawn(move || run(&world))
}

#[test]
fn simultaneous_copies_run_a_handler_once() {
    model(|| {
        let world = World::new(1);
        let one = spawn(&world, |it| it.deliver(0));
        let two = spawn(&world, |it| it.deliver(0));
        let three = world.deliver(0);
        let all = [one.join().unwrap(), two.join().unwrap(), three];
        assert!(all.iter().any(Option::is_some));
        assert_eq!(world.handled.load(Relaxed), 1);
        assert_eq!(world.done(1), 0b1);
    });
}

#[test]
fn no_done_handler_is_forgotten() {
    model(|| {
        let world = World::new(1);
        let one = spawn(&world, |it| it.deliver(0));
        let two = spawn(&world, |it| it.deliver(1));
        let three = world.deliver(2);
        let all = [one.join().unwrap(), two.join().unwrap(), three];
        let marked = (0..).zip(all).filter(|it| it.1.is_some());
        assert_eq!(world.done(1), marked.map(|(it, _)| 1 << it).sum::<u32>());
    });
}

#[test]
fn an_eviction_forgets_all_handlers_of_a_key_or_none() {
    model(|| {
        let world = World::new(1);
        world.deliver(3);
        let one = spawn(&world, |it| it.deliver(0));
        let two = spawn(&world, |it| it.deliver(1));
        world.evict();
        let (one, two) = (one.join().unwrap(), two.join().unwrap());
        for (before, after) in [one, two].into_iter().flatten() {
            assert!([0, 0b1000, 0b1001, 0b1010, 0b1, 0b10].contains(&before));
            assert_eq!(after & before, before);
        }
        // One key is left, with all handlers that its last attempt knew.
        assert_eq!(world.memory.lock().remembered.len(), 1);
        let (first, second) = (world.done(1), world.done(2));
        let last = [one, two].into_iter().flatten().map(|it| it.1);
        assert!(first == 0 || last.into_iter().any(|it| it == first));
        assert_ne!(first == 0, second == 0);
    });
}

#[test]
fn a_key_in_progress_outlives_evictions() {
    model(|| {
        let world = World::new(1);
        world.deliver(3);
        let mut attempt = world
            .memory
            .begin(&1_u8)
            .expect("no other attempt holds it");
        let evicting = spawn(&world, World::evict);
        let refused = spawn(&world, |it| it.memory.begin(&1_u8).is_none());
        attempt.done(0);
        assert!(refused.join().unwrap());
        evicting.join().unwrap();
        drop(attempt);
        assert_eq!((world.done(1), world.done(2)), (0b1001, 0));
    });
}
