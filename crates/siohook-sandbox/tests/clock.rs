//! What the clock calls, and when.

use std::sync::mpsc;
use std::time::Duration;

use siohook_events::Timestamp;
use siohook_sandbox::{AdvanceError, Clock, Pace};

const SECOND: Duration = Duration::from_secs(1);

fn start() -> Timestamp {
    "2026-01-01T00:00:00Z".parse().unwrap()
}

fn after(seconds: u64) -> Timestamp {
    start()
        .checked_add(SECOND * u32::try_from(seconds).unwrap())
        .unwrap()
}

#[tokio::test]
async fn due_moments_come_in_order_and_at_their_time() {
    let clock = Clock::manual(start());
    let (sender, receiver) = mpsc::channel();
    for (seconds, name) in [(5, "c"), (2, "a"), (2, "b"), (9, "d")] {
        let (sender, watch) = (sender.clone(), clock.clone());
        clock.at(after(seconds), move || {
            sender.send((name, watch.now())).unwrap();
        });
    }
    clock.advance(SECOND * 8).await.unwrap();
    let seen: Vec<_> = receiver.try_iter().collect();
    assert_eq!(seen, [("a", after(2)), ("b", after(2)), ("c", after(5))]);
    assert_eq!(clock.now(), after(8));
    assert_eq!(clock.step().await, Ok(Some(after(9))));
    assert_eq!(clock.step().await, Ok(None));
}

#[tokio::test]
async fn the_work_of_a_moment_ends_before_the_next_begins() {
    let clock = Clock::manual(start());
    let (sender, receiver) = mpsc::channel();
    for seconds in [1, 2] {
        let (sender, watch) = (sender.clone(), clock.clone());
        clock.at(after(seconds), move || {
            let busy = watch.busy();
            tokio::spawn(async move {
                tokio::task::yield_now().await;
                sender.send(watch.now()).unwrap();
                // What follows at the same moment belongs to it.
                let again = sender.clone();
                let now = watch.now();
                watch.at(now, move || again.send(now).unwrap());
                drop(busy);
            });
        });
    }
    clock.advance(SECOND * 2).await.unwrap();
    let seen: Vec<_> = receiver.try_iter().collect();
    assert_eq!(seen, [after(1), after(1), after(2), after(2)]);
}

#[tokio::test]
async fn a_running_clock_calls_by_itself_and_is_not_advanced() {
    let clock = Clock::starting_at(start(), "x1000".parse().unwrap());
    let (sender, receiver) = tokio::sync::oneshot::channel();
    let watch = clock.clone();
    clock.at(after(10), move || sender.send(watch.now()).unwrap());
    assert!(receiver.await.unwrap() >= after(10));
    let error = clock.advance(SECOND).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "the clock is `x1000` and moves by itself: only a `manual` clock can be advanced"
    );
}

#[tokio::test]
async fn a_clock_that_becomes_real_goes_on_from_what_it_shows() {
    let clock = Clock::manual(start());
    let (sender, receiver) = tokio::sync::oneshot::channel();
    clock.at(start(), move || sender.send(()).unwrap());
    clock.set_pace(Pace::Real);
    receiver.await.unwrap();
    assert!(clock.now() >= start());
    clock.set_now(after(3600));
    clock.set_pace(Pace::Manual);
    assert!(clock.now() >= after(3600));
}

#[tokio::test]
async fn the_year_9999_is_the_end() {
    let clock = Clock::manual("9999-12-31T23:59:59Z".parse().unwrap());
    assert_eq!(clock.advance(SECOND).await, Err(AdvanceError::TooFar));
}

#[test]
fn a_pace_is_a_word_or_a_number_above_0() {
    for text in [
        "",
        "x",
        "x0",
        "x-1",
        "x+1",
        "60",
        "Real",
        "x60 ",
        "x99999999999",
    ] {
        let error = text.parse::<Pace>().unwrap_err().to_string();
        assert!(
            error.contains("write `real`, `manual`, or `x60`"),
            "{error}"
        );
    }
    for text in ["real", "x1", "x60", "manual"] {
        assert_eq!(text.parse::<Pace>().unwrap().to_string(), text);
    }
}
