//! The shop beside a systeme.io on this machine, over HTTP.

use siohook::testing::SECRET;
use siohook_inbox::testing::Clock;
use siohook_inbox::{Inbox, SECOND};
use siohook_sandbox::{Sandbox, Status};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use super::inbox::in_memory;
use super::{Shop, config};
use crate::router;

/// A shop that serves, and an account with a webhook to it.
struct Street {
    shop: Shop,
    inbox: Inbox,
    /// The clock of the inbox.
    clock: Clock,
    server: JoinHandle<()>,
    sandbox: Sandbox,
    /// Id of the webhook.
    webhook: String,
}

impl Street {
    async fn open() -> Self {
        let shop = Shop::open().await;
        let clock = Clock::new();
        let inbox = shop.run(&shop.config, in_memory(&clock)).await;
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/systeme", listener.local_addr().unwrap());
        let sandbox = Sandbox::builder().manual_clock("2026-01-01T00:00:00Z");
        let sandbox = sandbox.start().await.unwrap();
        let webhook = sandbox.webhook("shop", &url).secret(SECRET).all_events();
        let webhook = webhook.create().await.unwrap().id;
        Self {
            server: serve(listener, &inbox, &shop),
            shop,
            inbox,
            clock,
            sandbox,
            webhook,
        }
    }

    /// Lets systeme.io send what is due, and the shop handle it.
    async fn settle(&self) {
        self.sandbox.advance_until_idle().await;
        self.inbox.idle().await;
    }
}

fn serve(listener: TcpListener, inbox: &Inbox, shop: &Shop) -> JoinHandle<()> {
    let app = router(inbox, shop.database.clone());
    tokio::spawn(async move { axum::serve(listener, app).await.unwrap() })
}

#[tokio::test]
async fn a_sale_is_granted_and_welcomed() {
    let street = Street::open().await;
    let Street { shop, sandbox, .. } = &street;
    let sale = sandbox.contact("jane@example.com").buys("Course").await;
    assert_eq!(sale.unwrap().total, 4700);
    street.settle().await;
    let message = sandbox.messages().event("SALE_NEW").one().await;
    message.assert_delivered(1);
    assert_eq!(shop.granted().await, 1);
    let mail = "jane@example.com: Welcome to Course, at 47.00 EUR.";
    assert_eq!(shop.mails().await, [mail]);
}

#[tokio::test]
async fn a_bump_is_a_line_of_the_order() {
    let street = Street::open().await;
    let Street { shop, sandbox, .. } = &street;
    let jane = sandbox.contact("jane@example.com");
    jane.buys_together(["Course", "Workbook"]).await.unwrap();
    for message in sandbox.messages().event("SALE_NEW").exactly(2).await {
        message.assert_delivered(1);
    }
    street.settle().await;
    assert_eq!(shop.count("SELECT count(*) FROM orders").await, 1);
    assert_eq!(shop.granted().await, 2);
    assert_eq!(shop.mails().await.len(), 2);
}

#[tokio::test]
async fn a_refund_revokes() {
    let street = Street::open().await;
    let Street { shop, sandbox, .. } = &street;
    let jane = sandbox.contact("jane@example.com");
    let sale = jane.buys("Course").await.unwrap();
    street.settle().await;
    assert_eq!(shop.granted().await, 1);
    sandbox.refund(&sale).await.unwrap();
    street.settle().await;
    let refund = sandbox.messages().event("SALE_CANCELED").one().await;
    refund.assert_delivered(1);
    assert_eq!(shop.granted().await, 0);
}

#[tokio::test]
async fn a_mail_server_that_is_away_concerns_the_shop_alone() {
    let street = Street::open().await;
    let Street { shop, sandbox, .. } = &street;
    shop.mailer.lock().await.is_away = true;
    let jane = sandbox.contact("jane@example.com");
    jane.buys("Course").await.unwrap();
    street.settle().await;
    let sale = sandbox.messages().event("SALE_NEW").one().await;
    sale.assert_delivered(1);
    assert_eq!(shop.granted().await, 1);
    assert_eq!(shop.mails().await, [""; 0]);

    shop.mailer.lock().await.is_away = false;
    street.clock.advance(SECOND);
    street.settle().await;
    assert_eq!(shop.granted().await, 1);
    assert_eq!(shop.mails().await.len(), 1);
}

#[tokio::test]
async fn a_secret_is_replaced_between_two_attempts() {
    let mut street = Street::open().await;
    let webhook = street.sandbox.state().webhooks[&street.webhook].clone();
    street.server.abort();
    assert!(street.server.await.unwrap_err().is_cancelled());
    let jane = street.sandbox.contact("jane@example.com");
    jane.buys("Course").await.unwrap();
    let sales = street.sandbox.messages().event("SALE_NEW");
    assert_eq!(sales.one().await.status, Status::Waiting);

    // The shop starts again with both secrets, at the same address.
    let address = webhook.url.trim_start_matches("http://");
    let address = address.trim_end_matches("/systeme");
    let listener = TcpListener::bind(address).await.unwrap();
    let config = config(&[
        ("SYSTEME_WEBHOOK_SECRET", "of this year"),
        ("SYSTEME_WEBHOOK_SECRET_PREVIOUS", SECRET),
        ("SHOP_DATABASE", "unused"),
        ("SHOP_OUTBOX", "unused"),
    ]);
    let config = config.unwrap();
    street.inbox = street.shop.run(&config, street.inbox.kill()).await;
    street.server = serve(listener, &street.inbox, &street.shop);
    jane.buys("Workbook").await.unwrap();

    // An edited webhook signs its next attempts with the new secret.
    street.sandbox.edit(|account| {
        let webhook = account.webhooks.get_mut(&webhook.id).unwrap();
        webhook.secret = "of this year".to_owned();
    });
    street.settle().await;
    let [course, workbook] = &sales.exactly(2).await[..] else {
        panic!("two sales");
    };
    course.assert_delivered(2);
    workbook.assert_delivered(1);
    assert_eq!(street.shop.granted().await, 2);
}
