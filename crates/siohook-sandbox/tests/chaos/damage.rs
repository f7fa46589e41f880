//! Damaged and doubled deliveries.

use std::collections::BTreeSet;
use std::time::Duration;

use siohook_sandbox::{Attempt, Chaos, ChaosHit, Damage, DeliveryChaos, Status};

use crate::receiver::Receiver;
use crate::{EVENTS, Handled, both, builder, damaging, dispatcher, fire, serve};

#[tokio::test]
async fn damaged_deliveries_are_refused() {
    let handled = Handled::default();
    let strict = serve(&dispatcher(&handled).build().unwrap()).await;
    let sandbox = builder(&strict).start().await.unwrap();
    let intact = fire(&sandbox, "SALE_NEW").await;
    intact.assert_delivered(1);
    assert!(intact.attempts[0].chaos.is_empty());
    for damage in [
        Damage::Signature,
        Damage::Body,
        Damage::Truncate,
        Damage::Reserialise,
    ] {
        sandbox.chaos(damaging(damage));
        for event in EVENTS {
            let message = fire(&sandbox, event).await;
            let attempt = &message.attempts[0];
            assert_eq!(attempt.chaos, [ChaosHit::Damage(damage)], "{event}");
            let request = attempt.request().unwrap();
            let length = (
                "content-length".to_owned(),
                request.body().len().to_string(),
            );
            assert!(request.headers().contains(&length));
            let status = attempt.status.unwrap();
            // Nothing signs the body of an automation: it may have changed, or be no JSON now.
            let is_refused = match (event, damage) {
                ("SALE_NEW", _) | (_, Damage::Signature) => {
                    assert_eq!(status, 401, "{event} {damage:?}");
                    true
                }
                (_, Damage::Truncate) => (400..500).contains(&status),
                (_, Damage::Reserialise) => status != 200,
                _ => continue,
            };
            assert_eq!(
                is_refused,
                damage != Damage::Reserialise || event == "SALE_NEW"
            );
            assert_eq!(attempt.hint, None);
        }
    }
    // What was damaged is sent as it is later.
    assert_eq!(handled.count("SALE_NEW"), 1);
    sandbox.chaos(Chaos::default());
    sandbox.advance_until_idle().await;
    assert_eq!(handled.count("SALE_NEW"), 5);

    let lenient = dispatcher(&handled).accept_reserialized_bodies().build();
    let sandbox = builder(&serve(&lenient.unwrap()).await)
        .chaos(damaging(Damage::Reserialise))
        .start()
        .await
        .unwrap();
    fire(&sandbox, "SALE_NEW").await.assert_delivered(1);
}

#[tokio::test]
async fn copies_are_told_apart() {
    let handled = Handled {
        takes: Duration::from_millis(50),
        ..Handled::default()
    };
    let url = serve(&dispatcher(&handled).build().unwrap()).await;
    let twice = both(DeliveryChaos {
        duplicate: 1.0,
        ..DeliveryChaos::default()
    });
    let sandbox = builder(&url).chaos(twice).start().await.unwrap();
    for event in EVENTS {
        let message = fire(&sandbox, event).await;
        message.assert_delivered(2);
        let [first, copy] = &message.attempts[..] else {
            panic!("{message:?}");
        };
        assert_eq!((&first.chaos, first.resent), (&vec![], false));
        assert_eq!(
            (&*copy.chaos, copy.resent),
            (&[ChaosHit::Duplicate][..], true)
        );
        assert_ne!(first.id, copy.id);
        let body = |one: &Attempt| one.request().unwrap().body().clone();
        assert_eq!(body(first), body(copy));
        // Both are on their way at the same time.
        let statuses = BTreeSet::from([first.status, copy.status]);
        assert_eq!(statuses, BTreeSet::from([Some(200), Some(409)]));
    }
    sandbox.advance_until_idle().await;
    assert_eq!(EVENTS.map(|event| handled.count(event)), [1, 1]);
}

#[tokio::test]
async fn a_copy_does_not_count_as_a_retry() {
    let failed = "HTTP/1.1 500 Oops\r\ncontent-length: 0\r\n\r\n";
    let receiver = Receiver::answering(vec![failed]).await;
    let twice = both(DeliveryChaos {
        duplicate: 1.0,
        ..DeliveryChaos::default()
    });
    let sandbox = builder(&receiver.url())
        .chaos(twice)
        .retries("4s,16s".parse().unwrap());
    let sandbox = sandbox.start().await.unwrap();
    fire(&sandbox, "SALE_NEW").await;
    sandbox.advance_until_idle().await;
    let message = sandbox.messages().one().await;
    assert_eq!(message.status, Status::Exhausted);
    let times = message.attempts.iter().map(|one| one.at.unix_seconds());
    let first = message.attempts[0].at.unix_seconds();
    let gaps: Vec<_> = times.map(|time| time - first).collect();
    assert_eq!(gaps, [0, 0, 4, 4, 20, 20]);
}
