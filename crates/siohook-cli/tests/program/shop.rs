//! A receiver whose handlers fail, with an inbox.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use siohook::{Delivery, Dispatcher, HandlerError, State, account, on_event, unified};
use siohook_inbox::{Inbox, InboxBuilder, Retry};
use siohook_sender::{Mechanism, Sample};
use tokio::runtime::Runtime;

use crate::run::{SECRET, TOKEN};

/// The message of a sale whose error would drive a terminal.
pub(crate) const HOSTILE: &str = "m-9";

/// Whether the handlers of sales succeed.
#[derive(Clone, Default)]
pub(crate) struct Open(pub(crate) Arc<AtomicBool>);

#[on_event("SALE_NEW", id = "shop::grant")]
async fn grant(_: account::SaleNew, State(open): State<Open>) -> Result<(), HandlerError> {
    if open.0.load(Ordering::SeqCst) {
        return Ok(());
    }
    Err(HandlerError::new("connection refused (os error 111)"))
}

#[on_event("SALE_NEW", id = "shop::send_invoice")]
async fn send_invoice(sale: Delivery) -> Result<(), HandlerError> {
    let text = if sale.message_id() == Some(HOSTILE) {
        "\u{1b}[2J"
    } else {
        "no address"
    };
    Err(HandlerError::permanent(text))
}

#[on_event("contact.tag.added", id = "shop::welcome")]
async fn welcome(_: unified::TagAdded) {}

/// A receiver whose inbox has taken deliveries.
pub(crate) struct Shop {
    pub(crate) runtime: Runtime,
    pub(crate) inbox: Inbox,
    pub(crate) open: Open,
}

impl Shop {
    pub(crate) fn start(builder: InboxBuilder) -> Self {
        let open = Open::default();
        let dispatcher = Dispatcher::builder()
            .account_secret("main", SECRET)
            .automation_token(TOKEN)
            .select(|handler| handler.id().starts_with("shop::"))
            .state(open.clone())
            .build()
            .unwrap();
        let runtime = Runtime::new().unwrap();
        let retry = Retry::every(Duration::from_secs(1)).attempts(1);
        let builder = builder.retry(retry).accept_volatile();
        let inbox = runtime.block_on(builder.open(&dispatcher)).unwrap();
        runtime.spawn(inbox.clone().run());
        Self {
            runtime,
            inbox,
            open,
        }
    }

    /// Starts one with a file of SQLite in this folder, which has two sales and a tag.
    pub(crate) fn in_folder(folder: &Path) -> Self {
        let shop = Self::start(Inbox::sqlite(folder.join("inbox.db")));
        for message in ["m-1", "m-2"] {
            shop.receive(&Sample::of("SALE_NEW").with_message_id(message));
        }
        shop.receive(&Sample::of("contact.tag.added"));
        shop
    }

    pub(crate) fn receive(&self, sample: &Sample) {
        let sample = sample.clone();
        let sample = match sample.mechanism() {
            Mechanism::Account => sample.signed_with(SECRET),
            _ => sample.token(TOKEN),
        };
        self.runtime.block_on(async {
            let reply = self.inbox.receiver().receive(sample.into()).await;
            assert_eq!(reply.status(), 200);
            self.inbox.idle().await;
        });
    }

    pub(crate) fn dead(&self) -> u64 {
        self.runtime.block_on(self.inbox.stats()).unwrap().dead()
    }

    /// Waits until so many runs of sales are done.
    pub(crate) fn wait_for_done(&self, done: usize) {
        let handler = "shop::grant";
        let chosen = self
            .inbox
            .deliveries()
            .handler(handler)
            .state(siohook_inbox::State::Done);
        let end = Instant::now() + Duration::from_secs(60);
        while self
            .runtime
            .block_on(chosen.clone().list(10))
            .unwrap()
            .len()
            != done
        {
            assert!(Instant::now() < end, "{} dead", self.dead());
            std::thread::sleep(Duration::from_millis(10));
        }
    }
}
