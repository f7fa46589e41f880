use serde_json::json;
use siohook_api::{Ending, SubscriptionStatus};
use siohook_events::ids::{ContactId, SubscriptionId};

use crate::{World, assert_invalid, assert_not_found};

#[tokio::test]
async fn subscriptions_are_listed_and_cancelled() {
    let world = World::new().await;
    let rhythm = json!({
        "id": 1, "interval": "month", "interval_count": 1, "trial_period": 0,
        "trial_interval": "day",
    });
    let plan = json!({
        "name": "Plan", "inner_name": "plan", "statement_descriptor": "PLAN",
        "type": "subscription", "amount": 1000, "currency": "eur", "resources": [],
        "recurring_options": rhythm,
    });
    world.make(plan, |state, id, plan| {
        state.price_plans.insert(id, plan);
    });
    let World { sandbox, client } = world;
    let jane = sandbox.contact("jane@example.com");
    jane.buys("Plan").await.unwrap();
    let contact = ContactId::from(jane.get().unwrap().id);

    // The sandbox refuses a page of 100, as the real API is said to.
    let list = client.subscriptions(contact).page_size(100);
    let found = list.all().await.unwrap();
    assert_eq!(found, client.subscriptions(contact).all().await.unwrap());
    let [subscription] = &found[..] else {
        panic!("{found:?}")
    };
    assert_eq!(subscription.status, SubscriptionStatus::Active);
    assert_eq!(subscription.cancelled_at, None);
    let plan = subscription.price_plan.as_ref().unwrap();
    assert_eq!(
        (plan.amount.decimal("eur").to_string(), &*plan.currency),
        ("10.00".to_owned(), "eur")
    );
    let rhythm = plan.recurring_options.as_ref().unwrap();
    assert_eq!(rhythm.interval.as_deref(), Some("month"));

    let id = subscription.id;
    client
        .cancel_subscription(id, Ending::WhenBillingPeriodEnds)
        .await
        .unwrap();
    let found = client.subscriptions(contact).all().await.unwrap();
    assert_eq!(found[0].status, SubscriptionStatus::Active);
    assert!(found[0].cancelled_at.is_some());
    client.cancel_subscription(id, Ending::Now).await.unwrap();
    let found = client.subscriptions(contact).all().await.unwrap();
    assert_eq!(found[0].status, SubscriptionStatus::Cancelled);
    assert_invalid(
        client.cancel_subscription(id, Ending::Now).await,
        &[("", "Subscription is already cancelled")],
    );
    assert_not_found(
        client
            .cancel_subscription(SubscriptionId::from(9), Ending::Now)
            .await,
    );
    assert_not_found(client.subscriptions(9.into()).all().await);
    let zero = client.subscriptions(0.into()).all().await;
    assert_invalid(zero, &[("contact", "This value should be positive.")]);
}
