use siohook_api::{DisabledReason, NewWebhook, WebhookEdit, WebhookId};
use siohook_sandbox::state;

use crate::{BLANK, CHOICE, USED, World, assert_invalid, assert_not_found};

const URL: &str = "http://localhost:3000/systeme";

#[tokio::test]
async fn webhooks_are_created_read_edited_and_deleted() {
    let World { sandbox, client } = World::new().await;
    let new = NewWebhook::new("shop", URL, "s3cret").events(["SALE_NEW", "CONTACT_OPT_IN"]);
    let made = client.create_webhook(&new).await.unwrap();
    let there = sandbox.state().webhooks[made.id.as_str()].clone();
    assert_eq!(
        (&*there.name, &*there.url, &*there.secret, there.active),
        ("shop", URL, "s3cret", true)
    );
    assert!(
        there
            .subscriptions
            .iter()
            .map(|one| &one.event)
            .eq(["SALE_NEW", "CONTACT_OPT_IN"])
    );
    let all = client.webhooks().await.unwrap();
    assert_eq!(all, std::slice::from_ref(&made));
    assert_eq!(client.webhook(&made.id).await.unwrap(), made);

    let edit = WebhookEdit::new().name("all").secret("other").active(false);
    let edited = client
        .edit_webhook(&made.id, &edit.events(["SALE_NEW"]))
        .await
        .unwrap();
    assert_eq!((&*edited.name, edited.active), ("all", false));
    assert!(edited.events().eq(["SALE_NEW"]));
    assert_eq!(
        edited.subscriptions[1].disabled_reason,
        Some(DisabledReason::UserCanceled)
    );
    assert_eq!(sandbox.state().webhooks[made.id.as_str()].secret, "other");

    client.delete_webhook(&made.id).await.unwrap();
    assert!(sandbox.state().webhooks.is_empty());
}

#[tokio::test]
async fn an_event_that_the_sender_disabled_is_enabled_again() {
    let World { sandbox, client } = World::new().await;
    let made = sandbox
        .webhook("shop", URL)
        .events(["SALE_NEW"])
        .create()
        .await
        .unwrap();
    sandbox.edit(|state| {
        let webhook = state.webhooks.get_mut(&made.id).unwrap();
        webhook.subscriptions[0].disabled = Some(state::Disabled {
            at: "2026-01-01T00:00:00+00:00".parse().unwrap(),
            reason: state::DisabledReason::BadSuccessRate,
        });
    });
    let id = WebhookId::from(&*made.id);
    let found = client.webhook(&id).await.unwrap();
    let subscription = &found.subscriptions[0];
    assert_eq!(
        subscription.disabled_reason,
        Some(DisabledReason::BadSuccessRate)
    );
    assert_eq!(
        subscription.disabled_at.unwrap().to_string(),
        "2026-01-01T00:00:00+00:00"
    );
    assert!(!subscription.is_enabled() && found.events().next().is_none());
    let edit = WebhookEdit::new().events(["SALE_NEW"]);
    let edited = client.edit_webhook(&id, &edit).await.unwrap();
    assert!(edited.events().eq(["SALE_NEW"]));
}

#[tokio::test]
async fn wrong_webhooks_are_refused() {
    let world = World::new().await;
    let client = &world.client;
    let new = NewWebhook::new("shop", URL, "s3cret").events(["SALE_NEW"]);
    let made = client.create_webhook(&new).await.unwrap();
    let again = client.create_webhook(&new).await;
    assert_invalid(again, &[("name", USED), ("url", USED)]);
    let wrong = NewWebhook::new("", "ftp://example.com", "")
        .events(["NEW_SALE"])
        .active(false);
    assert_invalid(
        client.create_webhook(&wrong).await,
        &[
            ("name", BLANK),
            ("secret", BLANK),
            ("url", "This value is not a valid URL."),
            ("subscriptions[0]", CHOICE),
        ],
    );
    let edit = WebhookEdit::new().name("");
    assert_invalid(
        client.edit_webhook(&made.id, &edit).await,
        &[("name", BLANK)],
    );
    for id in ["019b7755-5800-7000-8000-000000000001", "../tags", "x y"] {
        let id = WebhookId::from(id);
        assert_not_found(client.webhook(&id).await);
        assert_not_found(
            client
                .edit_webhook(&id, &WebhookEdit::new().active(true))
                .await,
        );
        assert_not_found(client.delete_webhook(&id).await);
    }
}
