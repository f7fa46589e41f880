use siohook::Outcome;

use super::*;

fn sale_of(email: &str) -> Sample {
    Sample::of("SALE_NEW")
        .set("/customer/email", email)
        .with_message_id("m-1")
}

/// `file:line:column` of a handler.
fn place(function: &str) -> String {
    let source = include_str!("handlers.rs");
    let wanted = format!("fn {function}(");
    let found = (1..)
        .zip(source.lines())
        .find_map(|(at, line): (u32, _)| Some((at, line.find(&wanted)?)));
    let (line, column) = found.unwrap();
    let file = file!().replace("assertions.rs", "handlers.rs");
    format!("{file}:{line}:{}", column + "fn ".len() + 1)
}

/// The text without the durations of handlers.
fn stable(text: &str) -> String {
    let lines = text.lines().map(|line| match line.rsplit_once(" [") {
        Some((before, elapsed)) if elapsed.ends_with("s]") => before,
        _ => line,
    });
    lines.collect::<Vec<_>>().join("\n")
}

#[test]
fn a_failed_assertion_shows_each_handler_and_its_location() {
    let report = send("shop::grant", &sale_of("away@example.com"));
    let ran = format!(
        "SALE_NEW m-1, attempt 1: 500 failed\n  testing::handlers::shop::grant ({}): failed: the database is away",
        place("grant")
    );
    for (text, expected) in [
        (
            panic_of(|| {
                report.assert_done();
            }),
            "expected the outcome `done`",
        ),
        (
            panic_of(|| {
                report.assert_outcome(ReplyOutcome::FailedForGood);
            }),
            "expected the outcome `failed_for_good`",
        ),
        (
            panic_of(|| {
                report.assert_status(200);
            }),
            "expected the status 200",
        ),
        (
            panic_of(|| {
                report.assert_not_ran("grant");
            }),
            "expected `grant` not to run",
        ),
        (
            panic_of(|| {
                report.assert_panicked("grant");
            }),
            "expected `grant` to panic",
        ),
        (
            panic_of(|| {
                report.assert_mismatch("grant");
            }),
            "expected `grant` to be a mismatch",
        ),
        (
            panic_of(|| {
                report.assert_refused(Reason::TokenWrong);
            }),
            "expected a refusal with the code `token_wrong`",
        ),
    ] {
        assert_eq!(stable(&text), format!("{expected}\n\n{ran}"));
    }
    assert_eq!(stable(&report.to_string()), ran);
    assert_eq!(stable(&format!("{report:?}")), ran);
    report
        .assert_status(500)
        .assert_outcome(ReplyOutcome::Failed)
        .assert_failed("grant")
        .assert_ran("shop.grant");
}

#[test]
fn each_assertion_accepts_only_its_outcome() {
    let panicked = send("shop::grant", &sale_of("panic@example.com"));
    panicked
        .assert_panicked("grant")
        .assert_ran("grant")
        .assert_status(500);
    let text = panic_of(|| {
        panicked.assert_failed("grant");
    });
    assert!(text.contains("): panicked: out of paper ["), "{text}");

    let banned = send("shop::grant", &sale_of("banned@example.com"));
    banned
        .assert_status(200)
        .assert_outcome(ReplyOutcome::FailedForGood)
        .assert_failed("grant");
    let text = panic_of(|| {
        banned.assert_done();
    });
    assert!(text.contains("): failed for good: banned ["), "{text}");

    let misfit = send("misfits", &sale_of("a@example.com"));
    misfit
        .assert_status(422)
        .assert_mismatch("misfits")
        .assert_not_ran("misfits");
    let text = panic_of(|| {
        misfit.assert_ran("misfits");
    });
    assert!(text.contains("): not called: not a `u64`: "), "{text}");

    let done = send("shop::grant", &sale_of("a@example.com"));
    done.assert_done().assert_ran("grant");
    assert!(matches!(done.handler("grant").outcome(), Outcome::Done));
    let text = panic_of(|| {
        done.assert_failed("grant");
    });
    assert!(
        text.contains(&format!("({}): done [", place("grant"))),
        "{text}"
    );
}

/// The sender gets 200, because its new event is not wrong. A test has to fail.
#[test]
fn a_mismatch_that_is_answered_with_200_is_not_done() {
    let report = send(
        "misfits",
        &Sample::automation("contact.community.joined", ()),
    );
    report.assert_status(200).assert_outcome(ReplyOutcome::Done);
    let text = panic_of(|| {
        report.assert_done();
    });
    assert!(
        text.starts_with("expected every handler to succeed\n\n"),
        "{text}"
    );
    assert!(text.contains("): not called: not a `u64`: "), "{text}");
}

#[test]
fn a_failed_assertion_shows_the_hint_of_a_refusal() {
    let report = send(
        "shop::grant",
        &sale_of("a@example.com").signed_with("battery staple"),
    );
    let refused = "SALE_NEW m-1, attempt 1: 401 unauthorized\n  refused, signature_wrong: account: the signature \
                   fits none of the secrets (the signature was made with another secret, or the body was changed on the way)";
    let text = panic_of(|| {
        report.assert_done();
    });
    assert_eq!(text, format!("expected the outcome `done`\n\n{refused}"));
    assert_eq!(
        panic_of(|| {
            let _ = report.report();
        }),
        format!("expected a report\n\n{refused}")
    );
    let text = panic_of(|| {
        report.assert_refused(Reason::TokenWrong);
    });
    assert_eq!(
        text,
        format!("expected a refusal with the code `token_wrong`\n\n{refused}")
    );
    let text = panic_of(|| {
        report.assert_ran("grant");
    });
    let listens = format!(
        "testing::handlers::shop::grant listens to SALE_NEW ({})",
        place("grant")
    );
    assert_eq!(
        text,
        format!("expected `grant` to run\n{listens}\n\n{refused}")
    );
}

#[test]
fn a_failed_assertion_says_what_the_handler_listens_to() {
    let report = send("revoke", &sale_of("a@example.com"));
    report
        .assert_outcome(ReplyOutcome::Unhandled)
        .assert_not_ran("revoke");
    let text = panic_of(|| {
        report.assert_ran("revoke");
    });
    let place = place("revoke");
    let expected = format!(
        "expected `revoke` to run\ntesting::handlers::shop::revoke listens to SALE_CANCELED ({place})\n\n\
         SALE_NEW m-1, attempt 1: 200 unhandled\n  no handler listens to it:\n"
    );
    assert!(text.starts_with(&expected), "{text}");
    assert!(
        text.ends_with(&format!(
            "\nSALE_CANCELED  testing::handlers::shop::revoke  {place}"
        )),
        "{text}"
    );
    let text = panic_of(|| {
        let _ = report.handler("revoke");
    });
    assert!(
        text.starts_with("expected `revoke` to listen to the event\n"),
        "{text}"
    );
}

#[test]
fn a_name_of_no_handler_or_of_several_is_reported() {
    let report = send("grant", &sale_of("a@example.com"));
    let text = panic_of(|| {
        report.assert_ran("grant");
    });
    assert!(
        text.starts_with("several handlers match `grant`: give more segments of the path\n\n"),
        "{text}"
    );
    report
        .assert_ran("shop::grant")
        .assert_ran("courses::grant");
    for text in [
        panic_of(|| {
            report.assert_ran("gramt");
        }),
        panic_of(|| {
            report.assert_not_ran("gramt");
        }),
        panic_of(|| {
            report.assert_failed("gramt");
        }),
    ] {
        assert!(
            text.starts_with("this dispatcher has no handler with the path `gramt`\n\nevent"),
            "{text}"
        );
    }
    // One of several handlers listens to the event, so the name is not ambiguous.
    let automation = send("grant", &Sample::of("customer.sale.completed"));
    automation.assert_ran("grant").assert_not_ran("shop::grant");
}

#[test]
fn a_failed_assertion_explains_another_attempt() {
    let (dispatcher, _) = only("tagged");
    block_on(dispatcher.send(&Sample::of("contact.tag.added"))).assert_done();
    let report = block_on(dispatcher.send(&Sample::of("contact.tag.added")));
    let text = panic_of(|| {
        report.assert_ran("tagged");
    });
    assert!(
        text.contains(&format!("({}): done before [", place("tagged"))),
        "{text}"
    );
    assert!(
        text.contains("every automation with the same body; see `Sample::another`"),
        "{text}"
    );
}
