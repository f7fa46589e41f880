use std::time::Duration;

use siohook::{HandlerInfo, Incoming, Unhandled};

use super::*;

fn names(dispatcher: &TestDispatcher) -> Vec<&'static str> {
    let handlers = dispatcher.dispatcher().handlers();
    handlers.iter().map(HandlerInfo::name).collect()
}

#[test]
fn handlers_are_chosen_by_the_end_of_their_paths() {
    for (path, expected) in [
        ("revoke", &["testing::handlers::shop::revoke"][..]),
        ("shop::revoke", &["testing::handlers::shop::revoke"]),
        (
            "testing::handlers::shop::revoke",
            &["testing::handlers::shop::revoke"],
        ),
        ("shop.grant", &["testing::handlers::shop::grant"]),
        (
            "grant",
            &[
                "testing::handlers::courses::grant",
                "testing::handlers::shop::grant",
                "testing::handlers::courses::grant",
            ],
        ),
    ] {
        assert_eq!(names(&only(path).0), expected, "{path}");
    }
    let both = TestDispatcher::builder()
        .only("revoke")
        .only("tagged")
        .state(Seen::default());
    assert_eq!(
        names(&both.build()),
        [
            "testing::handlers::shop::revoke",
            "testing::handlers::tagged"
        ]
    );
    let all = TestDispatcher::builder().state(Seen::default()).build();
    assert_eq!(names(&all).len(), 8);
}

#[test]
fn an_unknown_path_is_reported_with_all_linked_handlers() {
    for path in ["gramt", "rant", "shop", "op::grant", ""] {
        let text = panic_of(|| TestDispatcher::builder().only("revoke").only(path).build());
        assert!(
            text.starts_with(&format!(
                "no linked handler has the path `{path}`\n\nevent "
            )),
            "{text}"
        );
        assert!(
            text.contains("SALE_CANCELED            testing::handlers::shop::revoke "),
            "{text}"
        );
        assert!(text.contains("tests/testing/handlers.rs:"), "{text}");
    }
}

#[test]
fn a_missing_state_is_reported() {
    let text = panic_of(|| TestDispatcher::builder().only("revoke").build());
    assert!(
        text.starts_with("the dispatcher can't be built:\n"),
        "{text}"
    );
    assert!(
        text.contains("testing::handlers::shop::revoke (") && text.contains("`State<"),
        "{text}"
    );
}

#[test]
fn dispatchers_share_no_memory() {
    let sale = Sample::of("SALE_NEW");
    for _ in 0..2 {
        let (dispatcher, seen) = only("shop::grant");
        block_on(dispatcher.send(&sale)).assert_done();
        block_on(dispatcher.clone().send(&sale)).assert_outcome(ReplyOutcome::DoneBefore);
        assert_eq!(seen.take(), ["lea.martin@example.com"]);
    }
}

#[test]
fn the_builder_can_be_configured() {
    let builder = TestDispatcher::builder_from(siohook::Dispatcher::builder().max_body_bytes(300))
        .only("tagged")
        .state(Seen::default())
        .configure(|builder| builder.on_unhandled(Unhandled::Reject).redelivery_memory(0));
    let dispatcher = builder.build();
    block_on(dispatcher.send(&Sample::of("SALE_NEW"))).assert_refused(Reason::BodyTooLarge);
    let unhandled = Sample::automation("contact.community.joined", ());
    block_on(dispatcher.send(&unhandled))
        .assert_status(404)
        .assert_outcome(ReplyOutcome::Unhandled);
    let get = Incoming::post("").method("GET");
    block_on(dispatcher.receive(get))
        .assert_refused(Reason::MethodNotAllowed)
        .assert_status(405);
}

#[test]
fn block_on_sleeps_until_it_is_woken() {
    let (sender, receiver) = tokio::sync::oneshot::channel();
    let other = std::thread::spawn(move || {
        std::thread::sleep(Duration::from_millis(20));
        sender.send(7).unwrap();
    });
    assert_eq!(block_on(receiver), Ok(7));
    other.join().unwrap();
}

/// The inner call consumes the unpark token of the thread.
#[test]
fn block_on_can_be_nested() {
    let (sender, receiver) = tokio::sync::oneshot::channel();
    let (inner_sender, inner_receiver) = tokio::sync::oneshot::channel();
    let both = async {
        let waits_inside = async {
            tokio::task::yield_now().await;
            sender.send(1).unwrap();
            let other = std::thread::spawn(move || inner_sender.send(2).unwrap());
            let inner = block_on(inner_receiver).unwrap();
            other.join().unwrap();
            inner
        };
        tokio::join!(receiver, waits_inside)
    };
    assert_eq!(block_on(both), (Ok(1), 2));
}
