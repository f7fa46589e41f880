//! What goes wrong on purpose, with siohook as the receiver.

mod control;
mod damage;
#[path = "../http/mod.rs"]
mod http;
mod order;
#[path = "../receiver/mod.rs"]
mod receiver;
mod seed;

use std::sync::{Arc, Mutex};
use std::time::Duration;

use siohook::{Dispatcher, DispatcherBuilder, State, account, automation, on_event};
use siohook_sandbox::{Builder, Chaos, Damage, DeliveryChaos, Message, Sandbox};

const OK: &str = "HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n";
const EVENTS: [&str; 2] = ["SALE_NEW", "contact.tag.added"];

/// What was handled, and how long that takes.
#[derive(Clone, Default)]
struct Handled {
    events: Arc<Mutex<Vec<&'static str>>>,
    takes: Duration,
}

impl Handled {
    async fn note(&self, event: &'static str) {
        tokio::time::sleep(self.takes).await;
        self.events.lock().unwrap().push(event);
    }

    fn count(&self, event: &str) -> usize {
        let events = self.events.lock().unwrap();
        events.iter().filter(|one| **one == event).count()
    }
}

#[on_event("SALE_NEW")]
async fn sold(_: account::SaleNew, State(handled): State<Handled>) {
    handled.note("SALE_NEW").await;
}

#[on_event("contact.tag.added")]
async fn tagged(_: automation::TagAdded, State(handled): State<Handled>) {
    handled.note("contact.tag.added").await;
}

fn dispatcher(handled: &Handled) -> DispatcherBuilder {
    Dispatcher::builder()
        .account_secret("main", "s3cret")
        .automation_token("t0ken")
        .state(handled.clone())
}

/// Serves a dispatcher. Returns its URL.
async fn serve(dispatcher: &Dispatcher) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/systeme", listener.local_addr().unwrap());
    let app = axum::Router::new().route_service("/systeme", dispatcher.service());
    tokio::spawn(async move { axum::serve(listener, app).await });
    url
}

fn builder(url: &str) -> Builder {
    Sandbox::builder()
        .manual_clock("2026-01-01T00:00:00Z")
        .seed(7)
        .to(url)
        .secret("s3cret")
        .token("t0ken")
}

/// The same for both mechanisms.
fn both(chaos: DeliveryChaos) -> Chaos {
    Chaos {
        account: chaos.clone(),
        automation: chaos,
        ..Chaos::default()
    }
}

fn damaging(damage: Damage) -> Chaos {
    both(DeliveryChaos {
        damage: Some(damage),
        ..DeliveryChaos::default()
    })
}

/// Fires an event, and lets its attempt end.
async fn fire(sandbox: &Sandbox, event: &str) -> Arc<Message> {
    let ids = sandbox.fire(event).send().await.unwrap();
    sandbox.advance(Duration::ZERO).await.unwrap();
    let all = sandbox.messages().all();
    Arc::clone(all.iter().find(|one| *one.id == *ids[0]).unwrap())
}
