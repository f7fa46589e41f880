//! Copies that arrive at the same time.

use super::*;

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn one_of_64_simultaneous_copies_is_handled() {
    const COPIES: usize = 64;
    let (dispatcher, script) = built(&["succeeds", "yields"]);
    for round in 1..=8 {
        let barrier = Arc::new(Barrier::new(COPIES));
        let copies: Vec<_> = (0..COPIES)
            .map(|_| {
                let (dispatcher, barrier) = (dispatcher.clone(), Arc::clone(&barrier));
                tokio::spawn(async move {
                    barrier.wait().await;
                    dispatcher.receive(message(&format!("m-{round}"))).await
                })
            })
            .collect();
        let mut counts: HashMap<&str, usize> = HashMap::new();
        for copy in copies {
            let reply = copy.await.unwrap();
            assert!([200, 409].contains(&reply.status()));
            *counts.entry(reply.outcome().as_str()).or_default() += 1;
        }
        assert_eq!(counts.remove("done"), Some(1));
        let others = ["in_progress", "done_before"].map(|it| counts.remove(it).unwrap_or_default());
        assert_eq!(others.iter().sum::<usize>(), COPIES - 1);
        assert_eq!(
            (script.runs("succeeds"), script.runs("yields")),
            (round, round)
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn simultaneous_copies_run_failed_handlers_again_and_finished_ones_once() {
    let (dispatcher, script) = built(&["succeeds", "yields", "fails_once", "panics_once"]);
    let copies: Vec<_> = (0..64)
        .map(|_| {
            let dispatcher = dispatcher.clone();
            tokio::spawn(async move { dispatcher.receive(message("m-1")).await.status() })
        })
        .collect();
    for copy in copies {
        assert!([200, 409, 500].contains(&copy.await.unwrap()));
    }
    dispatcher.receive(message("m-1")).await;
    let last = dispatcher.receive(message("m-1")).await;
    assert_eq!(last.outcome().as_str(), "done_before");
    let runs = ["succeeds", "yields", "fails_once", "panics_once"].map(|it| script.runs(it));
    assert_eq!(runs, [1, 1, 2, 2]);
}

#[test]
fn a_copy_is_refused_while_the_delivery_is_being_handled() {
    let (dispatcher, script) = built(&["succeeds", "waits"]);
    let mut first = pin!(dispatcher.receive(message("m-1")));
    assert!(poll(first.as_mut()).is_none());
    for _ in 0..3 {
        assert_eq!(receive(&dispatcher, message("m-1")).status(), 409);
    }
    script.gate.notify_one();
    assert_eq!(finish(first).outcome().as_str(), "done");
    assert_eq!(
        receive(&dispatcher, message("m-1")).outcome().as_str(),
        "done_before"
    );
    assert_eq!((script.runs("succeeds"), script.runs("waits")), (1, 1));
}

#[test]
fn identical_bodies_with_different_message_ids_are_handled_concurrently() {
    let (dispatcher, script) = built(&["waits"]);
    let mut one = pin!(dispatcher.receive(message("m-1")));
    let mut other = pin!(dispatcher.receive(message("m-2")));
    assert!(poll(one.as_mut()).is_none() && poll(other.as_mut()).is_none());
    script.gate.notify_one();
    script.gate.notify_one();
    assert_eq!(
        [
            finish(one).outcome().as_str(),
            finish(other).outcome().as_str()
        ],
        ["done", "done"]
    );
}
