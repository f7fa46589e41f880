//! The same chaos again, and what is kept of it.

use std::time::Duration;

use serde_json::json;
use siohook_sandbox::{Chaos, Damage, DeliveryChaos, Pace, Sandbox};

use crate::receiver::Receiver;
use crate::{EVENTS, OK, both, builder, fire};

#[tokio::test]
async fn a_seed_makes_the_same_hits() {
    let receiver = Receiver::answering(vec![OK]).await;
    let hits = async |seed| {
        let chaos = Chaos {
            seed: Some(seed),
            ..both(DeliveryChaos {
                duplicate: 0.3,
                delay: Some((Duration::ZERO, Duration::from_secs(5))),
                drop: 0.3,
                damage: Some(Damage::Body),
                probability: 0.4,
                ..DeliveryChaos::default()
            })
        };
        let sandbox = builder(&receiver.url()).chaos(chaos).start().await.unwrap();
        for _ in 0..10 {
            for event in EVENTS {
                fire(&sandbox, event).await;
            }
        }
        sandbox.advance_until_idle().await;
        let messages = sandbox.messages().all().into_iter();
        let hits = messages.map(|message| {
            let attempts = message.attempts.iter().map(|one| one.chaos.clone());
            (message.chaos.clone(), attempts.collect::<Vec<_>>())
        });
        hits.collect::<Vec<_>>()
    };
    let first = hits(1).await;
    assert_eq!(hits(1).await, first);
    assert_ne!(hits(2).await, first);
}

#[tokio::test]
async fn hits_and_damaged_bytes_are_kept() {
    let folder = tempfile::tempdir().unwrap();
    let receiver = Receiver::answering(vec![OK]).await;
    let sandbox = builder(&receiver.url()).data(folder.path());
    let sandbox = sandbox.start().await.unwrap();
    for damage in [Damage::Signature, Damage::Body, Damage::Truncate] {
        sandbox.chaos(both(DeliveryChaos {
            duplicate: 1.0,
            delay: Some((Duration::from_secs(1), Duration::from_secs(2))),
            damage: Some(damage),
            ..DeliveryChaos::default()
        }));
        for event in EVENTS {
            fire(&sandbox, event).await;
        }
        sandbox.advance(Duration::from_secs(2)).await.unwrap();
    }
    sandbox.advance_until_idle().await;
    fire(&sandbox, "SALE_NEW").await;
    let seen = |sandbox: &Sandbox| {
        let messages = sandbox.messages().all().into_iter();
        let seen = messages.map(|message| {
            let requests = message
                .attempts
                .iter()
                .map(|one| one.request().unwrap().to_http1());
            (
                serde_json::to_value(&*message).unwrap(),
                requests.collect::<Vec<_>>(),
            )
        });
        seen.collect::<Vec<_>>()
    };
    let before = seen(&sandbox);
    assert_eq!(before.len(), 7);
    assert_eq!(
        before[0].0["attempts"][1]["chaos"],
        json!(["duplicate", "damage_signature"])
    );
    sandbox.close().await.unwrap();
    let sandbox = Sandbox::builder()
        .data(folder.path())
        .clock(Pace::Manual)
        .start()
        .await
        .unwrap();
    assert_eq!(seen(&sandbox), before);
}
