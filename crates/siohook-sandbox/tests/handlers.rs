//! siohook as the receiver: every event is verified, and read as its type without a remainder.

use std::sync::{Arc, Mutex};

use siohook::{Delivery, Dispatcher, ReplyOutcome, State, account, automation, on_event};
use siohook_sandbox::{Sandbox, Status};

/// What was handled: the event, and the pointers of members that could not be read.
type Handled = Arc<Mutex<Vec<(String, Vec<String>)>>>;

fn note(handled: &Handled, delivery: &Delivery) {
    let unread = delivery.unread().iter();
    let unread = unread.map(|one| one.pointer().to_owned()).collect();
    let event = delivery.event().to_string();
    handled.lock().unwrap().push((event, unread));
}

macro_rules! handlers {
    ($($handler:ident: $event:literal, $payload:ty;)*) => {
        $(#[on_event($event)]
        fn $handler(_: $payload, delivery: &Delivery, State(handled): State<Handled>) {
            note(&handled, delivery);
        })*
    };
}

handlers! {
    opt_in_completed: "contact.optin.completed", automation::OptInCompleted;
    sale_completed: "customer.sale.completed", automation::SaleCompleted;
    tag_added: "contact.tag.added", automation::TagAdded;
    tag_removed: "contact.tag.removed", automation::TagRemoved;
    webinar_registered: "contact.webinar.registered", automation::WebinarRegistered;
    course_enrolled: "contact.course.enrolled", automation::CourseEnrolled;
    bundle_enrolled: "contact.course_bundle.enrolled", automation::CourseBundleEnrolled;
    campaign_finished: "contact.campaign.finished", automation::CampaignFinished;
    page_visited: "contact.page.visited", automation::PageVisited;
    link_clicked: "contact.email_link.clicked", automation::EmailLinkClicked;
    contact_created: "CONTACT_CREATED", account::ContactCreated;
    contact_tag_added: "CONTACT_TAG_ADDED", account::ContactTagAdded;
    contact_tag_removed: "CONTACT_TAG_REMOVED", account::ContactTagRemoved;
    contact_opt_in: "CONTACT_OPT_IN", account::ContactOptIn;
    sale_new: "SALE_NEW", account::SaleNew;
    sale_canceled: "SALE_CANCELED", account::SaleCanceled;
}

/// Serves the dispatcher. Returns its URL.
async fn serve(dispatcher: &Dispatcher) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/systeme", listener.local_addr().unwrap());
    let app = axum::Router::new().route_service("/systeme", dispatcher.service());
    tokio::spawn(async move { axum::serve(listener, app).await });
    url
}

#[tokio::test]
async fn every_event_is_handled() {
    let handled = Handled::default();
    let outcomes = Arc::new(Mutex::new(vec![]));
    let seen = Arc::clone(&outcomes);
    let dispatcher = Dispatcher::builder()
        .account_secret("main", "s3cret")
        .automation_token("t0ken")
        .state(Arc::clone(&handled))
        .on_report(move |report| seen.lock().unwrap().push(report.reply().outcome()))
        .build()
        .unwrap();
    let url = serve(&dispatcher).await;

    let sandbox = Sandbox::builder().to(&url).secret("s3cret").token("t0ken");
    let sandbox = sandbox.start().await.unwrap();
    let events: Vec<_> = dispatcher
        .handlers()
        .iter()
        .map(siohook::HandlerInfo::event)
        .collect();
    for event in &events {
        let ids = sandbox.fire(event).send().await.unwrap();
        assert_eq!(ids.len(), 1, "{event}");
    }
    let ada = sandbox.contact("ada@example.com");
    let order = ada.buys_together(["Course", "Workbook"]).await.unwrap();
    sandbox.refund(&order).await.unwrap();
    sandbox.advance_until_idle().await;

    for message in sandbox.messages().all() {
        message.assert_delivered(1);
        assert_eq!(message.status, Status::Delivered);
    }
    let outcomes = outcomes.lock().unwrap();
    assert!(
        outcomes.iter().all(|one| *one == ReplyOutcome::Done),
        "{outcomes:?}"
    );
    let handled = handled.lock().unwrap();
    for event in events {
        assert!(handled.iter().any(|(own, _)| own == event), "{event}");
    }
    for (event, unread) in &*handled {
        assert!(unread.is_empty(), "{event}: {unread:?}");
    }
}

#[tokio::test]
async fn a_receiver_with_another_secret_refuses() {
    let dispatcher = Dispatcher::builder()
        .account_secret("main", "another")
        .automation_token("another")
        .state(Handled::default())
        .build()
        .unwrap();
    let url = serve(&dispatcher).await;

    let sandbox = Sandbox::builder()
        .manual_clock("2026-01-01T00:00:00Z")
        .to(&url);
    let sandbox = sandbox.start().await.unwrap();
    for (event, hint) in [
        (
            "SALE_NEW",
            "the receiver says unauthorized: is its secret the webhook's?",
        ),
        (
            "contact.tag.added",
            "the receiver says unauthorized: is its token the one in the URL?",
        ),
    ] {
        sandbox.fire(event).send().await.unwrap();
        let message = sandbox.messages().event(event).one().await;
        assert_eq!(message.attempts[0].status, Some(401));
        assert_eq!(message.attempts[0].hint.as_deref(), Some(hint));
    }
}
