//! The shop with its inbox: in memory, and with a clock that is moved by hand.

use axum::body::Body;
use axum::http::{Request, StatusCode};
use siohook::testing::Sample;
use siohook_inbox::testing::Clock;
use siohook_inbox::{HOUR, Inbox, InboxBuilder};
use tower::ServiceExt;

use super::{Shop, cancellation};
use crate::config::Config;
use crate::{builder, router, settings};

impl Shop {
    /// Opens an inbox and runs its handlers, as `main` does.
    pub(super) async fn run(&self, config: &Config, inbox: InboxBuilder) -> Inbox {
        let builder = builder(config, self.database.clone(), self.mailer.clone());
        let inbox = inbox.open(&builder.build().unwrap()).await.unwrap();
        tokio::spawn(inbox.clone().run());
        inbox
    }
}

pub(super) fn in_memory(clock: &Clock) -> InboxBuilder {
    settings(Inbox::memory()).clock(clock)
}

#[tokio::test]
async fn the_router_takes_deliveries_and_says_whether_it_is_ready() {
    let shop = Shop::open().await;
    let inbox = shop.run(&shop.config, in_memory(&Clock::new())).await;
    let app = router(&inbox, shop.database.clone());
    let status =
        async |request: Request<Body>| app.clone().oneshot(request).await.unwrap().status();
    let ready = || Request::get("/ready").body(Body::empty()).unwrap();

    let sale = Sample::of("SALE_NEW").request("/systeme").unwrap();
    let sale = Request::from(sale).map(Body::from);
    assert_eq!(status(sale).await, StatusCode::OK);
    inbox.idle().await;
    assert_eq!(shop.granted().await, 1);
    assert_eq!(status(ready()).await, StatusCode::OK);

    let rename = async |sql| sqlx::query(sql).execute(&shop.database.0).await.unwrap();
    rename("ALTER TABLE grants RENAME TO away").await;
    assert_eq!(status(ready()).await, StatusCode::SERVICE_UNAVAILABLE);
    rename("ALTER TABLE away RENAME TO grants").await;
    assert_eq!(status(ready()).await, StatusCode::OK);
    drop(inbox.kill());
    assert_eq!(status(ready()).await, StatusCode::SERVICE_UNAVAILABLE);
}

#[tokio::test]
async fn a_cancellation_waits_five_days_for_its_sale() {
    let shop = Shop::open().await;
    let clock = Clock::new();
    let inbox = shop.run(&shop.config, in_memory(&clock)).await;
    let send = async |sample: Sample| inbox.receiver().receive(sample.into()).await;
    assert_eq!(send(cancellation()).await.status(), 200);
    for _ in 0..5 * 24 {
        clock.advance(HOUR);
        inbox.idle().await;
    }
    assert_eq!(inbox.stats().await.unwrap().waiting(), 1);

    assert_eq!(send(Sample::of("SALE_NEW")).await.status(), 200);
    inbox.idle().await;
    assert_eq!(shop.granted().await, 1);
    clock.advance(HOUR);
    inbox.idle().await;
    assert_eq!(shop.granted().await, 0);
}

#[tokio::test]
async fn a_cancellation_without_a_line_is_a_dead_letter() {
    let shop = Shop::open().await;
    let inbox = shop.run(&shop.config, in_memory(&Clock::new())).await;
    let nameless = Sample::of("SALE_CANCELED").remove("/orderItem");
    let reply = inbox.receiver().receive(nameless.into()).await;
    assert_eq!(reply.status(), 200);
    inbox.idle().await;
    inbox.assert_dead("revoke");
}
