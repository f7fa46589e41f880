//! The shop beside a systeme.io on this machine, over HTTP.

use std::time::Duration;

use siohook::testing::SECRET;
use siohook_sandbox::{Sandbox, Status};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use super::Shop;
use crate::config::Config;
use crate::{builder, router};

/// A shop that serves, and an account with a webhook to it.
struct Street {
    shop: Shop,
    sandbox: Sandbox,
    /// Id of the webhook.
    webhook: String,
    server: JoinHandle<()>,
}

impl Street {
    async fn open() -> Self {
        let shop = Shop::open().await;
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/systeme", listener.local_addr().unwrap());
        let sandbox = Sandbox::builder().manual_clock("2026-01-01T00:00:00Z");
        let sandbox = sandbox.start().await.unwrap();
        let webhook = sandbox.webhook("shop", &url).secret(SECRET).all_events();
        let webhook = webhook.create().await.unwrap().id;
        let server = serve(listener, &shop, &shop.config);
        Self {
            shop,
            sandbox,
            webhook,
            server,
        }
    }
}

fn serve(listener: TcpListener, shop: &Shop, config: &Config) -> JoinHandle<()> {
    let dispatcher = builder(config, shop.database.clone(), shop.mailer.clone()).build();
    let app = router(&dispatcher.unwrap(), shop.database.clone());
    tokio::spawn(async move { axum::serve(listener, app).await.unwrap() })
}

#[tokio::test]
async fn a_sale_is_granted_and_welcomed() {
    let Street { shop, sandbox, .. } = Street::open().await;
    let sale = sandbox.contact("jane@example.com").buys("Course").await;
    assert_eq!(sale.unwrap().total, 4700);
    sandbox.advance_until_idle().await;
    let message = sandbox.messages().event("SALE_NEW").one().await;
    message.assert_delivered(1);
    assert_eq!(shop.granted().await, 1);
    let mail = "jane@example.com: Welcome to Course, at 47.00 EUR.";
    assert_eq!(shop.mails().await, [mail]);
}

#[tokio::test]
async fn a_bump_is_a_line_of_the_order() {
    let Street { shop, sandbox, .. } = Street::open().await;
    let jane = sandbox.contact("jane@example.com");
    jane.buys_together(["Course", "Workbook"]).await.unwrap();
    for message in sandbox.messages().event("SALE_NEW").exactly(2).await {
        message.assert_delivered(1);
    }
    assert_eq!(shop.count("SELECT count(*) FROM orders").await, 1);
    assert_eq!(shop.granted().await, 2);
    assert_eq!(shop.mails().await.len(), 2);
}

#[tokio::test]
async fn a_refund_revokes() {
    let Street { shop, sandbox, .. } = Street::open().await;
    let jane = sandbox.contact("jane@example.com");
    let sale = jane.buys("Course").await.unwrap();
    sandbox.advance_until_idle().await;
    assert_eq!(shop.granted().await, 1);
    sandbox.refund(&sale).await.unwrap();
    let refund = sandbox.messages().event("SALE_CANCELED").one().await;
    refund.assert_delivered(1);
    assert_eq!(shop.granted().await, 0);
}

#[tokio::test]
async fn a_shop_that_fails_twice_gets_a_third_attempt() {
    let Street { shop, sandbox, .. } = Street::open().await;
    shop.mailer.lock().await.is_away = true;
    let jane = sandbox.contact("jane@example.com");
    jane.buys("Course").await.unwrap();
    let sales = sandbox.messages().event("SALE_NEW");
    assert_eq!(sales.one().await.status, Status::Waiting);
    // The second attempt comes after 4 seconds, and the third after 16 more.
    sandbox.advance(Duration::from_secs(4)).await.unwrap();
    assert_eq!(sales.one().await.attempts.len(), 2);
    shop.mailer.lock().await.is_away = false;
    sandbox.advance_until_idle().await;
    sales.one().await.assert_delivered(3);
    assert_eq!(
        sandbox.clock().now().to_string(),
        "2026-01-01T00:00:20+00:00"
    );
    assert_eq!(shop.granted().await, 1);
    assert_eq!(shop.mails().await.len(), 1);
}

#[tokio::test]
async fn a_secret_is_replaced_between_two_attempts() {
    let Street {
        shop,
        sandbox,
        webhook,
        server,
    } = Street::open().await;
    shop.mailer.lock().await.is_away = true;
    let jane = sandbox.contact("jane@example.com");
    jane.buys("Course").await.unwrap();
    sandbox.messages().event("SALE_NEW").one().await;

    // The shop starts again with both secrets, at the same address.
    let url = sandbox.state().webhooks[&webhook].url.clone();
    server.abort();
    assert!(server.await.unwrap_err().is_cancelled());
    let address = url
        .trim_start_matches("http://")
        .trim_end_matches("/systeme");
    let listener = TcpListener::bind(address).await.unwrap();
    let config = Config {
        secret: "of this year".to_owned(),
        previous_secret: Some(SECRET.to_owned()),
        database: shop.config.database.clone(),
        outbox: shop.config.outbox.clone(),
        ..shop.config
    };
    serve(listener, &shop, &config);
    shop.mailer.lock().await.is_away = false;
    jane.buys("Workbook").await.unwrap();

    // An edited webhook signs its next attempts with the new secret.
    sandbox.edit(|account| {
        let webhook = account.webhooks.get_mut(&webhook).unwrap();
        webhook.secret = "of this year".to_owned();
    });
    sandbox.advance_until_idle().await;
    let [course, workbook] = &sandbox.messages().event("SALE_NEW").exactly(2).await[..] else {
        panic!("two sales");
    };
    course.assert_delivered(2);
    workbook.assert_delivered(1);
    assert_eq!(shop.granted().await, 2);
}
