//! Handlers, hooks and executors that call their own dispatcher, and deliveries that go to two
//! dispatchers.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};

use siohook::{Delivery, unified};

use super::*;

/// The dispatcher of the test, which is set after it is built.
#[derive(Clone, Default)]
struct Own(Arc<OnceLock<Dispatcher>>);

impl Own {
    fn set(&self, builder: DispatcherBuilder) -> Dispatcher {
        let dispatcher = builder.build().unwrap();
        self.0.get_or_init(|| dispatcher).clone()
    }

    fn get(&self) -> &Dispatcher {
        self.0.get().unwrap()
    }
}

#[on_event("*")]
async fn nests(State(own): State<Own>, delivery: Delivery) {
    let again = own.get().dispatch(&delivery).await;
    assert_eq!(again.reply().status(), 409);
    let created = account("CONTACT_CREATED", fixture("account/CONTACT_CREATED"));
    if delivery.event() != "CONTACT_CREATED" {
        assert_eq!(own.get().receive(created).await.status(), 200);
    }
}

#[on_event("contact.tag.added")]
fn takes_the_payload(event: unified::TagAdded) {
    assert_eq!(event.tag.name, "vip");
}

#[test]
fn a_handler_can_call_the_dispatcher() {
    let own = Own::default();
    let (builder, _) = with(&["nests"]);
    let dispatcher = own.set(builder.state(own.clone()));
    for outcome in ["done", "done_before"] {
        let reply = finish(dispatcher.receive(tag()));
        assert_eq!(reply.outcome().as_str(), outcome);
    }
    finish(dispatcher.idle());
}

#[test]
fn hooks_can_call_the_dispatcher() {
    let own = Own::default();
    let (reports, rejections) = <(Arc<AtomicUsize>, Arc<AtomicUsize>)>::default();
    let few = |calls: &AtomicUsize| calls.fetch_add(1, Ordering::SeqCst) < 3;
    let (builder, world) = with(&["waits"]);
    let (reporting, rejecting) = (own.clone(), own.clone());
    let (reported, rejected) = (Arc::clone(&reports), Arc::clone(&rejections));
    let dispatcher = own.set(
        builder
            .on_report(move |report| {
                let dispatcher = reporting.get();
                assert!(poll(pin!(dispatcher.idle())).is_none());
                if few(&reported) {
                    let again = finish(dispatcher.dispatch(report.delivery()));
                    assert_eq!(again.reply().outcome().as_str(), "done_before");
                }
            })
            .on_reject(move |_| {
                if few(&rejected) {
                    let reply = finish(rejecting.get().receive(Incoming::post("")));
                    assert_eq!(reply.status(), 401);
                }
            }),
    );
    world.gate.notify_one();
    assert_eq!(finish(dispatcher.receive(tag())).outcome().as_str(), "done");
    assert!(dispatcher.verify(Incoming::post("")).is_err());
    let calls = [reports, rejections].map(|calls| calls.load(Ordering::SeqCst));
    assert_eq!(calls, [4, 4]);
    finish(dispatcher.idle());
}

#[test]
fn an_executor_can_call_the_dispatcher() {
    let own = Own::default();
    let depth = AtomicUsize::new(0);
    let (builder, world) = with(&["waits"]);
    let called = own.clone();
    let dispatcher = own.set(builder.detach(move |work| {
        let is_inner = depth.fetch_add(1, Ordering::SeqCst) == 3;
        if !is_inner {
            assert_eq!(finish(called.get().receive(tag())).status(), 200);
        }
        finish(work);
    }));
    world.gate.notify_one();
    let reply = finish(dispatcher.receive(tag()));
    assert_eq!(reply.outcome().as_str(), "done_before");
    assert_eq!(world.ended(), ["waits"]);
    finish(dispatcher.idle());
}

/// Any of them can verify it, also if its handlers take the payload out.
#[test]
fn several_dispatchers_can_dispatch_one_delivery() {
    let nothing = builder().select(|_| false).allow_no_handlers();
    let nothing = nothing.build().unwrap();
    let (one, _) = built(&["takes_the_payload"]);
    let (two, _) = built(&["takes_the_payload", "returns"]);
    let dispatchers = [&nothing, &one, &two];
    for verifies in dispatchers {
        let delivery = verifies.verify(tag()).unwrap();
        for dispatcher in dispatchers {
            let report = finish(dispatcher.dispatch(&delivery));
            assert_eq!(report.reply().status(), 200, "{report}");
        }
    }
}
