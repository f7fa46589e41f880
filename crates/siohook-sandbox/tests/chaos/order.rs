//! Deliveries that come late, in another order, or not at all.

use std::collections::BTreeSet;
use std::time::Duration;

use siohook_sandbox::{Chaos, ChaosHit, DeliveryChaos, Outcome, Status};

use crate::receiver::Receiver;
use crate::{EVENTS, Handled, OK, both, builder, dispatcher, fire, serve};

#[tokio::test]
async fn messages_change_places() {
    let receiver = Receiver::answering(vec![OK]).await;
    let url = receiver.url();
    let order = async |reorder| {
        let before = receiver.requests().len();
        let chaos = both(DeliveryChaos {
            reorder,
            ..DeliveryChaos::default()
        });
        let chaos = Chaos {
            seed: Some(3),
            ..chaos
        };
        let sandbox = builder(&url).chaos(chaos).start().await.unwrap();
        let mut ids = vec![];
        for _ in 0..20 {
            ids.extend(sandbox.fire("SALE_NEW").send().await.unwrap());
        }
        sandbox.advance_until_idle().await;
        for message in sandbox.messages().all() {
            message.assert_delivered(1);
        }
        let requests = receiver.requests();
        let places = requests[before..].iter().map(|request| {
            let is_of = |id: &String| request.contains(&**id);
            ids.iter().position(is_of).unwrap()
        });
        let held = sandbox.messages().all().into_iter();
        let held = held.filter(|one| one.chaos == [ChaosHit::Reorder]).count();
        (places.collect::<Vec<_>>(), held)
    };
    let in_order: Vec<_> = (0..20).collect();
    assert_eq!(order(1).await, (in_order.clone(), 0));
    let (shuffled, held) = order(4).await;
    assert!(shuffled != in_order && held > 5, "{shuffled:?} {held}");
    for (place, message) in shuffled.iter().enumerate() {
        assert!(message.abs_diff(place) < 4, "{shuffled:?}");
    }
    let sorted: BTreeSet<_> = shuffled.iter().copied().collect();
    assert_eq!(sorted.len(), 20);
    // The seed decides.
    assert_eq!(order(4).await, (shuffled, held));

    let handled = Handled::default();
    let url = serve(&dispatcher(&handled).build().unwrap()).await;
    let chaos = both(DeliveryChaos {
        reorder: 5,
        ..DeliveryChaos::default()
    });
    let sandbox = builder(&url).chaos(chaos).start().await.unwrap();
    for _ in 0..10 {
        for event in EVENTS {
            sandbox.fire(event).send().await.unwrap();
        }
        sandbox.advance(Duration::from_millis(700)).await.unwrap();
    }
    sandbox.advance_until_idle().await;
    assert_eq!(handled.count("SALE_NEW"), 10);
}

#[tokio::test]
async fn messages_wait_and_get_lost() {
    let handled = Handled::default();
    let url = serve(&dispatcher(&handled).build().unwrap()).await;
    let range = (Duration::from_secs(2), Duration::from_secs(5));
    let sandbox = builder(&url).chaos(both(DeliveryChaos {
        delay: Some(range),
        ..DeliveryChaos::default()
    }));
    let sandbox = sandbox.start().await.unwrap();
    for event in EVENTS {
        let message = fire(&sandbox, event).await;
        assert_eq!(message.chaos, [ChaosHit::Delay]);
        assert_eq!(message.status, Status::Waiting);
        let wait =
            message.next_attempt_at.unwrap().unix_seconds() - sandbox.clock().now().unix_seconds();
        assert!((2..=5).contains(&wait), "{wait}");
    }
    sandbox.advance(Duration::from_secs(1)).await.unwrap();
    assert_eq!(handled.events.lock().unwrap().len(), 0);
    sandbox.advance(Duration::from_secs(4)).await.unwrap();
    assert_eq!(EVENTS.map(|event| handled.count(event)), [1, 1]);

    sandbox.chaos(both(DeliveryChaos {
        drop: 1.0,
        ..DeliveryChaos::default()
    }));
    for (event, status) in EVENTS.into_iter().zip([Status::Waiting, Status::Exhausted]) {
        let message = fire(&sandbox, event).await;
        assert_eq!(message.status, status);
        assert_eq!(message.attempts[0].chaos, [ChaosHit::Drop]);
        assert_eq!(message.attempts[0].outcome, Outcome::Reset);
    }
    sandbox.chaos(Chaos::default());
    sandbox.advance_until_idle().await;
    assert_eq!(EVENTS.map(|event| handled.count(event)), [2, 1]);
}

#[tokio::test]
async fn a_receiver_survives_a_sender_that_hangs_up() {
    let handled = Handled {
        takes: Duration::from_millis(300),
        ..Handled::default()
    };
    let runtime = tokio::runtime::Handle::current();
    let dispatcher = dispatcher(&handled).detach(move |task| {
        runtime.spawn(task);
    });
    let dispatcher = dispatcher.build().unwrap();
    let impatient = both(DeliveryChaos {
        hang_up_after: Some(Duration::from_millis(50)),
        ..DeliveryChaos::default()
    });
    let sandbox = builder(&serve(&dispatcher).await).chaos(impatient);
    let sandbox = sandbox.start().await.unwrap();
    for event in EVENTS {
        let message = fire(&sandbox, event).await;
        let attempt = &message.attempts[0];
        assert_eq!(attempt.chaos, [ChaosHit::HangUp]);
        assert_eq!((attempt.outcome, attempt.status), (Outcome::Timeout, None));
    }
    dispatcher.idle().await;
    assert_eq!(EVENTS.map(|event| handled.count(event)), [1, 1]);
    sandbox.chaos(Chaos::default());
    sandbox.advance_until_idle().await;
    sandbox
        .messages()
        .event("SALE_NEW")
        .one()
        .await
        .assert_delivered(2);
    assert_eq!(handled.count("SALE_NEW"), 1);

    // A receiver that is fast enough is not hit.
    sandbox.chaos(both(DeliveryChaos {
        hang_up_after: Some(Duration::from_secs(20)),
        ..DeliveryChaos::default()
    }));
    let message = fire(&sandbox, "SALE_NEW").await;
    message.assert_delivered(1);
    assert!(message.attempts[0].chaos.is_empty());
}
