use std::collections::BTreeSet;

use siohook::testing::{orders, shuffled};

use super::*;

#[test]
fn every_order_comes_once() {
    for (items, count) in [(0, 1), (1, 1), (2, 2), (3, 6), (4, 24), (5, 120)] {
        let all: Vec<Vec<i32>> = orders(0..items).collect();
        assert_eq!(all[0], (0..items).collect::<Vec<_>>());
        assert_eq!(all.len(), count);
        assert_eq!(all.iter().collect::<BTreeSet<_>>().len(), count);
        for mut order in all {
            order.sort_unstable();
            assert_eq!(order, (0..items).collect::<Vec<_>>());
        }
    }
    // Items that are equal are not told apart.
    assert_eq!(orders("aa".chars()).count(), 2);
}

#[test]
fn a_seed_decides_the_order() {
    let of = |seed| shuffled(0..100, seed);
    let mut sorted = of(1);
    sorted.sort_unstable();
    assert_eq!(sorted, (0..100).collect::<Vec<_>>());
    assert_eq!(of(1), of(1));
    assert_eq!((0..50).map(of).collect::<BTreeSet<_>>().len(), 50);
    // Each item comes first about as often as any other.
    let mut firsts = [0; 4];
    (0..4000).for_each(|seed| firsts[shuffled(0..4, seed)[0]] += 1);
    assert!(
        firsts.iter().all(|count| (900..1100).contains(count)),
        "{firsts:?}"
    );
    assert!(shuffled(0..0, 1).is_empty());
}

#[test]
fn samples_arrive_in_the_order_given() {
    let sale = Sample::of("SALE_NEW");
    let tag = Sample::of("contact.tag.added");
    for order in orders([&sale, &tag, &sale]) {
        let (dispatcher, seen) = only("audit");
        let reports = block_on(dispatcher.send_each(&order));
        assert_eq!(
            reports
                .iter()
                .filter(|it| it.reply().outcome().as_str() == "done")
                .count(),
            2
        );
        let names: Vec<_> = order.iter().map(|it| it.event().to_string()).collect();
        let mut heard = names.clone();
        heard.dedup();
        heard.truncate(2);
        assert_eq!(seen.take(), heard);
    }
}

#[test]
fn copies_that_arrive_at_once_run_once() {
    let (dispatcher, seen) = only("shop::grant");
    let sale = Sample::of("SALE_NEW");
    // The handler waits once, so all copies are begun before it ends.
    let reports = block_on(dispatcher.send_at_once([&sale; 8]));
    reports[0].assert_done();
    for copy in &reports[1..] {
        copy.assert_status(409)
            .assert_outcome(ReplyOutcome::InProgress)
            .assert_not_ran("shop::grant");
    }
    assert_eq!((reports.len(), seen.take().len()), (8, 1));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_sent_can_be_spawned() {
    let (dispatcher, seen) = only("shop::grant");
    let sale = Sample::of("SALE_NEW");
    let sent: Vec<_> = (0..16)
        .map(|_| tokio::spawn(dispatcher.send(&sale)))
        .collect();
    drop(dispatcher);
    let mut outcomes = vec![];
    for report in sent {
        outcomes.push(report.await.unwrap().reply().outcome().as_str());
    }
    assert_eq!(outcomes.iter().filter(|it| **it == "done").count(), 1);
    assert_eq!(seen.take().len(), 1);
}
