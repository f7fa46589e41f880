//! Tests of the shop without sockets. `siohook::testing` sends what systeme.io would send.

mod inbox;
mod sandbox;

use std::path::Path;
use std::sync::Arc;

use anyhow::{Result, bail};
use siohook::account::SaleNew;
use siohook::testing::{self, SECRET, Sample, TestDispatcher};
use siohook::{Reason, ReplyOutcome};
use tempfile::TempDir;
use tokio::sync::Mutex;

use crate::builder;
use crate::config::Config;
use crate::database::Database;
use crate::mail::{self, Mailer, Outbox, Sending};

/// A shop of its own for each test.
struct Shop {
    folder: TempDir,
    config: Config,
    database: Database,
    mailer: Arc<Mutex<TestMailer>>,
    dispatcher: TestDispatcher,
}

#[derive(Default)]
struct TestMailer {
    is_away: bool,
    sent: Vec<String>,
}

impl Mailer for TestMailer {
    fn welcome<'a>(&'a mut self, sale: &'a SaleNew) -> Sending<'a> {
        Box::pin(async move {
            // Other deliveries get their turn.
            tokio::task::yield_now().await;
            if self.is_away {
                bail!("the mail server is away");
            }
            let mail = format!("{}: {}", sale.customer.email, mail::text(sale));
            self.sent.push(mail);
            Ok(())
        })
    }
}

impl Shop {
    async fn open() -> Self {
        let folder = TempDir::new().unwrap();
        let database = folder.path().join("shop.db");
        let config = config(&[
            ("SYSTEME_WEBHOOK_SECRET", SECRET),
            ("SHOP_DATABASE", database.to_str().unwrap()),
            ("SHOP_OUTBOX", "unused"),
        ]);
        Self::start(folder, config.unwrap()).await
    }

    async fn start(folder: TempDir, config: Config) -> Self {
        let database = Database::open(&config.database).await.unwrap();
        let mailer = Arc::<Mutex<TestMailer>>::default();
        let builder = builder(&config, database.clone(), mailer.clone());
        Self {
            dispatcher: TestDispatcher::builder_from(builder).build(),
            folder,
            config,
            database,
            mailer,
        }
    }

    /// Another process on the same database, which remembers no delivery and no mail.
    async fn restart(self) -> Self {
        self.database.0.close().await;
        Self::start(self.folder, self.config).await
    }

    async fn mails(&self) -> Vec<String> {
        self.mailer.lock().await.sent.clone()
    }

    async fn count(&self, sql: &'static str) -> i64 {
        let count = sqlx::query_scalar(sql).fetch_one(&self.database.0);
        count.await.unwrap()
    }

    async fn granted(&self) -> i64 {
        self.count("SELECT count(*) FROM grants WHERE revoked_at IS NULL")
            .await
    }
}

fn config(variables: &[(&str, &str)]) -> Result<Config> {
    Config::read(|name| {
        let mut values = variables.iter().filter(|(known, _)| *known == name);
        values.next().map(|(_, value)| (*value).to_owned())
    })
}

/// The cancellation of the line that a sample of a sale is about.
fn cancellation() -> Sample {
    let line = testing::sample::<SaleNew>().order_item.id;
    Sample::of("SALE_CANCELED").set("/orderItem/id", line)
}

#[tokio::test]
async fn a_sale_is_granted_and_welcomed_once() {
    let shop = Shop::open().await;
    let sale = Sample::of("SALE_NEW");
    shop.dispatcher.send(&sale).await.assert_done();
    let again = shop.dispatcher.send(&sale.attempt(2)).await;
    again.assert_outcome(ReplyOutcome::DoneBefore);
    // Another delivery of the same line: its message id is not signed.
    shop.dispatcher.send(&sale.another()).await.assert_done();
    assert_eq!(
        shop.mails().await,
        ["lea.martin@example.com: Welcome to Atelier (3 mois), at 47.00 EUR."]
    );
    assert_eq!(shop.granted().await, 1);

    let shop = shop.restart().await;
    shop.dispatcher.send(&sale.attempt(3)).await.assert_done();
    assert_eq!(shop.granted().await, 1);
    assert_eq!(shop.mails().await, [""; 0]);
}

#[tokio::test]
async fn deliveries_of_one_line_at_once_are_welcomed_once() {
    let shop = Shop::open().await;
    let sale = Sample::of("SALE_NEW");
    let copies: Vec<_> = (0..8).map(|_| sale.another()).collect();
    for report in shop.dispatcher.send_at_once(&copies).await {
        report.assert_done().assert_ran("grant");
    }
    assert_eq!(shop.granted().await, 1);
    assert_eq!(shop.mails().await.len(), 1);
}

#[tokio::test]
async fn each_line_of_an_order_is_granted() {
    let shop = Shop::open().await;
    let product = Sample::of("SALE_NEW");
    let bump = product.another().set("/orderItem/id", 15_460_872);
    let bump = bump.set("/pricePlan/name", "Cahier");
    for report in shop.dispatcher.send_at_once([&product, &bump]).await {
        report.assert_done();
    }
    assert_eq!(shop.count("SELECT count(*) FROM orders").await, 1);
    assert_eq!(shop.granted().await, 2);
    assert_eq!(shop.mails().await.len(), 2);
}

#[tokio::test]
async fn a_mail_that_failed_is_sent_at_the_next_attempt() {
    let shop = Shop::open().await;
    shop.mailer.lock().await.is_away = true;
    let sale = Sample::of("SALE_NEW");
    let failed = shop.dispatcher.send(&sale).await;
    failed.assert_status(500).assert_failed("grant");
    assert_eq!(shop.granted().await, 1);

    shop.mailer.lock().await.is_away = false;
    shop.dispatcher.send(&sale.attempt(2)).await.assert_done();
    shop.dispatcher.send(&sale.another()).await.assert_done();
    assert_eq!(shop.granted().await, 1);
    assert_eq!(shop.mails().await.len(), 1);
}

#[tokio::test]
async fn a_mail_is_not_lost_if_the_shop_ends_before_it() {
    let shop = Shop::open().await;
    shop.database.grant(&testing::sample()).await.unwrap();
    let shop = shop.restart().await;
    let sale = Sample::of("SALE_NEW").attempt(2);
    shop.dispatcher.send(&sale).await.assert_done();
    assert_eq!(shop.granted().await, 1);
    assert_eq!(shop.mails().await.len(), 1);
}

#[tokio::test]
async fn an_address_cannot_add_headers_to_a_mail() {
    let shop = Shop::open().await;
    let outbox = Outbox(shop.folder.path().join("outbox"));
    std::fs::create_dir(&outbox.0).unwrap();
    let mailer = Arc::new(Mutex::new(outbox));
    let builder = builder(&shop.config, shop.database.clone(), mailer.clone());
    let dispatcher = TestDispatcher::builder_from(builder).build();
    let forged = "lea@example.com\nBcc: ada@example.com";
    let sale = Sample::of("SALE_NEW").set("/customer/email", forged);
    let failed = dispatcher.send(&sale).await;
    failed.assert_outcome(ReplyOutcome::FailedForGood);
    assert_eq!(shop.granted().await, 1);
    let outbox = &mailer.lock().await.0;
    assert_eq!(outbox.read_dir().unwrap().count(), 0);
}

#[tokio::test]
async fn a_cancellation_revokes() {
    let shop = Shop::open().await;
    let sale = Sample::of("SALE_NEW");
    shop.dispatcher.send(&sale).await.assert_done();
    let bump = sale.another().set("/orderItem/id", 15_460_872);
    shop.dispatcher.send(&bump).await.assert_done();
    assert_eq!(shop.granted().await, 2);

    // A cancellation that comes again finds nothing to do, and a sale grants nothing again.
    for report in [cancellation(), cancellation(), sale.another()] {
        shop.dispatcher.send(&report).await.assert_done();
        assert_eq!(shop.granted().await, 1);
    }
    assert_eq!(shop.mails().await.len(), 2);
}

#[tokio::test]
async fn a_cancellation_that_comes_first_is_tried_again() {
    let shop = Shop::open().await;
    let cancellation = cancellation();
    let early = shop.dispatcher.send(&cancellation).await;
    early.assert_failed("revoke");

    let sale = Sample::of("SALE_NEW");
    shop.dispatcher.send(&sale).await.assert_done();
    let later = shop.dispatcher.send(&cancellation.attempt(2)).await;
    later.assert_done();
    assert_eq!(shop.granted().await, 0);
}

#[tokio::test]
async fn a_cancelled_line_is_not_welcomed() {
    let shop = Shop::open().await;
    shop.mailer.lock().await.is_away = true;
    let sale = Sample::of("SALE_NEW");
    let failed = shop.dispatcher.send(&sale).await;
    failed.assert_failed("grant");
    shop.dispatcher.send(&cancellation()).await.assert_done();
    shop.mailer.lock().await.is_away = false;
    shop.dispatcher.send(&sale.attempt(2)).await.assert_done();
    assert_eq!(shop.mails().await, [""; 0]);
}

#[tokio::test]
async fn a_cancellation_without_a_line_is_not_tried_again() {
    let shop = Shop::open().await;
    let nameless = Sample::of("SALE_CANCELED").remove("/orderItem");
    let failed = shop.dispatcher.send(&nameless).await;
    failed.assert_outcome(ReplyOutcome::FailedForGood);
}

#[tokio::test]
async fn deliveries_under_either_secret_are_accepted() {
    let shop = Shop::open().await;
    let config = Config {
        secret: "of this year".into(),
        previous_secret: Some("of last year".into()),
        ..shop.config
    };
    let builder = builder(&config, shop.database, shop.mailer);
    let dispatcher = TestDispatcher::from(builder.build().unwrap());
    let sale = Sample::of("SALE_NEW");
    for secret in [config.secret.as_str(), "of last year"] {
        let signed = sale.another().signed_with(secret);
        dispatcher.send(&signed).await.assert_done();
    }
    let forged = dispatcher.send(&sale.signed_with("a guess")).await;
    forged.assert_refused(Reason::SignatureWrong);
}

#[test]
fn prices_have_the_decimals_of_their_currency() {
    for (amount, currency, expected) in [
        (583, "eur", "Welcome to Atelier, at 5.83 EUR."),
        (583, "jpy", "Welcome to Atelier, at 583 JPY."),
        (5, "bhd", "Welcome to Atelier, at 0.005 BHD."),
    ] {
        let sale = Sample::of("SALE_NEW")
            .set("/pricePlan/name", "Atelier")
            .set("/pricePlan/amount", amount)
            .set("/pricePlan/currency", currency);
        assert_eq!(mail::text(&sale.payload()), expected);
    }
}

#[tokio::test]
async fn the_same_mail_is_the_same_file() {
    let folder = TempDir::new().unwrap();
    let mut outbox = Outbox(folder.path().to_owned());
    for _ in 0..2 {
        outbox.welcome(&testing::sample()).await.unwrap();
    }
    assert_eq!(folder.path().read_dir().unwrap().count(), 1);
    let mail = std::fs::read_to_string(folder.path().join("15460871.eml")).unwrap();
    assert!(mail.starts_with("To: lea.martin@example.com\n"), "{mail}");
}

#[test]
fn the_inbox_lies_beside_the_database_unless_it_is_named() {
    let mut variables = vec![
        ("SYSTEME_WEBHOOK_SECRET", SECRET),
        ("SHOP_DATABASE", "/var/lib/shop/shop.db"),
        ("SHOP_OUTBOX", "outbox"),
    ];
    let inbox = |variables: &[_]| config(variables).unwrap().inbox;
    assert_eq!(inbox(&variables), Path::new("/var/lib/shop/inbox.db"));
    variables.push(("SHOP_INBOX", "/var/lib/inbox/shop.db"));
    assert_eq!(inbox(&variables), Path::new("/var/lib/inbox/shop.db"));
}

#[test]
fn a_missing_or_wrong_variable_is_named() {
    let complete = [
        ("SYSTEME_WEBHOOK_SECRET", SECRET),
        ("SHOP_DATABASE", "shop.db"),
        ("SHOP_OUTBOX", "outbox"),
    ];
    assert!(config(&complete).is_ok());
    for (name, _) in complete {
        let without: Vec<_> = complete.into_iter().filter(|it| it.0 != name).collect();
        let empty: Vec<_> = without.iter().copied().chain([(name, "")]).collect();
        for variables in [without, empty] {
            let error = config(&variables).err().unwrap().to_string();
            assert_eq!(error, format!("{name} is missing, empty or not UTF-8"));
        }
    }
    for name in ["SHOP_ADDRESS", "SHOP_METRICS_ADDRESS"] {
        let wrong: Vec<_> = complete.into_iter().chain([(name, "port 80")]).collect();
        let error = config(&wrong).err().unwrap().to_string();
        assert!(error.starts_with(name), "{error}");
    }
}
