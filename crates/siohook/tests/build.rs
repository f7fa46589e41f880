//! The problems that `build()` reports, with their exact texts. It is a binary of its own,
//! because one of the texts has the number of linked handlers.

mod support;

use std::sync::Arc;

use siohook::{
    BuildError, Dispatcher, DispatcherBuilder, FromDelivery, HandlerContext, IpAllowList, Mismatch,
    Requirements, State, on_event,
};
use support::{SECRET, TOKEN, location, only};

#[derive(Clone)]
struct Database;

#[derive(Clone)]
struct Mailer;

/// A custom argument that needs a state.
struct Session;

impl<'a, E> FromDelivery<'a, E> for Session {
    fn from_delivery(_: HandlerContext<'a>) -> Result<Self, Mismatch> {
        Ok(Self)
    }

    fn requirements(requirements: &mut Requirements) {
        requirements.state::<Database>();
    }
}

#[on_event("SALE_NEW", "SALE_CANCELED")]
fn needs_both(_: State<Arc<Database>>, _: State<Mailer>) {}

#[on_event("*")]
async fn needs_session(_: Session) {}

mod shop {
    use siohook::on_event;

    #[on_event("SALE_NEW", id = "grant")]
    pub(crate) fn grants() {}
}

#[on_event("customer.sale.completed", id = "grant")]
fn grants_again() {}

/// Two events of one handler share its id.
#[on_event("contact.tag.added", "CONTACT_TAG_ADDED", id = "tag")]
fn needs_nothing() {}

fn place(function: &str) -> String {
    location(file!(), include_str!("build.rs"), function)
}

fn problems(builder: DispatcherBuilder) -> Vec<String> {
    let error = builder.build().unwrap_err();
    error.problems().iter().map(ToString::to_string).collect()
}

/// A builder without problems, to which a test adds some.
fn valid() -> DispatcherBuilder {
    support::builder().select(only(&["needs_nothing"]))
}

fn everything_wrong() -> BuildError {
    Dispatcher::builder()
        .account_secret("main", "")
        .account_secret("old", "hunter2-secret\n")
        .account_secret_for("sales", SECRET, ["NEW_SALE"])
        .automation_token(" hunter2-token")
        .state(1_u8)
        .state(2_u8)
        .source_ips(IpAllowList::new(["systeme.io"]))
        .trusted_proxies(["203.0.113.0/33"])
        .build()
        .unwrap_err()
}

#[test]
fn all_problems_are_reported_at_once() {
    let [both, session] = ["needs_both", "needs_session"].map(place);
    let [first, second] = ["grants", "grants_again"].map(place);
    let expected = format!(
        r#"the dispatcher can't be built:
  - the secret "main" is empty; is the environment variable set?
  - the secret "old" ends in U+000A; remove white space and invisible characters where it is read
  - the secret "sales" is bound to `NEW_SALE`, which is never sent; did you mean `SALE_NEW`?
  - an automation token begins with U+0020; remove white space and invisible characters where it is read
  - `.state(…)` was given two values of type `u8`; wrap one of them in a type of its own
  - `.source_ips(…)`: "systeme.io" is neither an address nor a network such as 203.0.113.0/24
  - `.trusted_proxies(…)`: "203.0.113.0/33" is neither an address nor a network such as 203.0.113.0/24
  - build::needs_session ({session}) takes `State<build::Database>`, which was not provided: add `.state(…)` with a value of that type; provided: `u8`
  - build::needs_both ({both}) takes `State<alloc::sync::Arc<build::Database>>`, which was not provided: add `.state(…)` with a value of that type; provided: `u8`
  - build::needs_both ({both}) takes `State<build::Mailer>`, which was not provided: add `.state(…)` with a value of that type; provided: `u8`
  - build::grants_again ({second}) has the id "grant", which build::shop::grants ({first}) also has; give each handler an id of its own"#
    );
    let error = everything_wrong();
    assert_eq!(error.to_string(), expected);
    assert_eq!(format!("{error:?}"), expected);
    assert_eq!(error.problems().len(), expected.lines().count() - 1);
}

#[test]
fn a_missing_state_is_reported_with_the_provided_states() {
    let builder = support::builder().select(only(&["needs_both"]));
    let none = problems(builder);
    assert!(none[0].ends_with("add `.state(…)` with a value of that type"));
    let builder = support::builder().select(only(&["needs_both"]));
    let some = problems(builder.state(Mailer).state(Database));
    let [problem] = &*some else {
        panic!("{some:?}");
    };
    assert!(problem.contains("takes `State<alloc::sync::Arc<build::Database>>`"));
    assert!(
        problem.ends_with("; provided: `build::Database`, `build::Mailer`"),
        "{problem}"
    );
}

#[test]
fn problems_and_builders_show_no_secret() {
    let text = format!("{0} {0:?} {0:#?}", everything_wrong());
    for secret in ["hunter2", SECRET] {
        assert!(!text.contains(secret), "{text}");
    }
    let builder = valid().account_secret("x", "hunter2").state("hunter2");
    assert_eq!(format!("{builder:?}"), "DispatcherBuilder { .. }");
}

#[test]
fn a_builder_without_problems_builds() {
    valid().build().unwrap();
    let all = support::builder()
        .select(|handler| handler.id() != "grant")
        .state(Arc::new(Database))
        .state(Database)
        .state(Mailer);
    all.build().unwrap();
}

#[test]
fn missing_trust_is_reported() {
    let without_trust = || Dispatcher::builder().select(only(&["needs_nothing"]));
    assert_eq!(
        problems(without_trust()),
        [
            "no delivery can be trusted: add `.account_secret(label, secret)`, \
             `.automation_token(token)` or `.source_ips(…)`; for development, `.accept_unverified()`"
        ]
    );
    without_trust()
        .account_secret("main", SECRET)
        .build()
        .unwrap();
    without_trust().automation_token(TOKEN).build().unwrap();
    without_trust()
        .source_ips(IpAllowList::systeme_io())
        .build()
        .unwrap();
    without_trust().accept_unverified().build().unwrap();
}

#[test]
fn a_selection_without_handlers_is_reported() {
    assert_eq!(
        problems(support::builder().select(|_| false)),
        ["`.select(…)` refused all 7 handlers; if this is intended, add `.allow_no_handlers()`"]
    );
    let allowed = support::builder().select(|_| false).allow_no_handlers();
    assert!(allowed.build().unwrap().handlers().is_empty());
}

/// The characters of a class in the syntax of regular expressions.
fn characters(class: &str) -> impl Iterator<Item = char> + use<> {
    let parsed = regex_syntax::parse(class).unwrap();
    let regex_syntax::hir::HirKind::Class(regex_syntax::hir::Class::Unicode(class)) = parsed.kind()
    else {
        panic!("{class} is not a class of characters")
    };
    let ranges: Vec<_> = class.iter().map(|it| it.start()..=it.end()).collect();
    ranges.into_iter().flatten()
}

#[test]
fn white_space_or_an_invisible_character_at_an_end_is_reported() {
    let unseen = r"[\p{White_Space}\p{Cc}\p{Cf}\p{Z}\u{115F}\u{1160}\u{2800}\u{3164}\u{FFA0}]";
    for character in characters(unseen) {
        let shown = format!("U+{:04X}", u32::from(character));
        for (text, ends) in [
            (
                format!("{character}hunter2"),
                format!("begins with {shown}"),
            ),
            (format!("hunter2{character}"), format!("ends in {shown}")),
            (
                format!("{character}hunter2 "),
                format!("begins with {shown} and ends in U+0020"),
            ),
            (
                character.to_string(),
                format!("begins with {shown} and ends in {shown}"),
            ),
        ] {
            let remove = "remove white space and invisible characters where it is read";
            for (what, builder) in [
                ("the secret \"main\"", valid().account_secret("main", &text)),
                ("an automation token", valid().automation_token(&text)),
                (
                    "the automation token \"shop\"",
                    valid().automation_token_as("shop", &text),
                ),
            ] {
                assert_eq!(problems(builder), [format!("{what} {ends}; {remove}")]);
            }
        }
    }
}

#[test]
fn a_secret_or_token_may_have_any_visible_character() {
    let seen = r"[\p{L}\p{M}\p{N}\p{P}\p{S}--[\u{115F}\u{1160}\u{2800}\u{3164}\u{FFA0}]]";
    let tokens = characters(seen).map(String::from);
    let builder = tokens.fold(valid(), DispatcherBuilder::automation_token);
    builder.build().unwrap();
    let builder = valid()
        .account_secret("inside", "a b\u{200b}c")
        .account_secret("accent", "e\u{301}")
        .account_secret("quoted", "\"\\'");
    builder.build().unwrap();
}

#[test]
fn empty_secrets_and_tokens_are_reported() {
    assert_eq!(
        problems(valid().account_secret_for("main", "", ["SALE_NEW"])),
        ["the secret \"main\" is empty; is the environment variable set?"]
    );
    assert_eq!(
        problems(valid().automation_token("")),
        ["an automation token is empty; is the environment variable set?"]
    );
}

#[test]
fn a_secret_for_an_event_that_is_never_signed_is_reported() {
    let bound = |events: &[&str]| valid().account_secret_for("sales", SECRET, events.to_vec());
    for (event, problem) in [
        (
            "SALE_CANCELLED",
            "`SALE_CANCELLED`, which is never sent; did you mean `SALE_CANCELED`?",
        ),
        (
            "contact.tag.added",
            "`contact.tag.added`, an event of automations, which are not signed",
        ),
        (
            "sale_*",
            "`sale_*`, but account webhooks spell their events in upper case with `_`",
        ),
        (
            "contact.*",
            "`contact.*`, but account webhooks spell their events in upper case with `_`",
        ),
        (
            "SALE*",
            "`SALE*`: `*` stands alone, or at the end after `.` or `_`: `\"*\"`, `\"contact.*\"`, `\"SALE_*\"`",
        ),
    ] {
        let expected = format!("the secret \"sales\" is bound to {problem}");
        assert_eq!(problems(bound(&[event])), [expected]);
    }
    assert_eq!(
        problems(bound(&[])),
        ["the secret \"sales\" is bound to no event: name at least one"]
    );
    // systeme.io may send names that are not published yet.
    bound(&["SALE_NEW", "SALE_*", "*", "COMMUNITY_JOINED", "COMMUNITY_*"])
        .build()
        .unwrap();
}

#[test]
fn invalid_addresses_and_empty_lists_are_reported() {
    assert_eq!(
        problems(valid().source_ips(IpAllowList::default())),
        ["`.source_ips(…)` is empty: every delivery would be refused"]
    );
    let entry = |method, entry| {
        format!(
            "`.{method}(…)`: {entry:?} is neither an address nor a network such as 203.0.113.0/24"
        )
    };
    assert_eq!(
        problems(valid().source_ips(IpAllowList::new(["203.0.113.1", "nine", ""]))),
        [entry("source_ips", "nine"), entry("source_ips", "")]
    );
    assert_eq!(
        problems(valid().trusted_proxies(["proxy.example.com"])),
        [entry("trusted_proxies", "proxy.example.com")]
    );
    valid().trusted_proxies(Vec::<&str>::new()).build().unwrap();
}

#[test]
fn proxies_that_hold_every_address_are_reported() {
    let problem = |network| {
        format!(
            "`.trusted_proxies(…)` holds every address of {network}, so every sender could \
             choose its own address: name your proxies only. If their addresses are not known, \
             leave out `.trusted_proxies(…)` and `.source_ips(…)`, and trust secrets and a token"
        )
    };
    let (v4, v6) = (problem("0.0.0.0/0"), problem("::/0"));
    for (entries, expected) in [
        (&["0.0.0.0/0"][..], &[&v4][..]),
        (&["203.0.113.7/0"], &[&v4]),
        (&["::ffff:0:0/96"], &[&v4]),
        (&["::ffff:203.0.113.7/96"], &[&v4]),
        (&["::/0"], &[&v6]),
        (&["2001:db8::7/0"], &[&v6]),
        (&["10.0.0.1", "::/0", "0.0.0.0/0"], &[&v4, &v6]),
        // Networks that make up every address together.
        (&["0.0.0.0/1", "128.0.0.0/1"], &[&v4]),
        (&["8000::/1", "::/2", "4000::/2"], &[&v6]),
        (&["0.0.0.0/1", "128.0.0.0/2"], &[]),
        (&["::/1", "10.0.0.0/8", "::ffff:0:0/97"], &[]),
    ] {
        let builder = valid().trusted_proxies(entries.to_vec());
        let problems = builder.build().map_or_else(
            |error| error.problems().iter().map(ToString::to_string).collect(),
            |_| vec![],
        );
        let expected: Vec<_> = expected.iter().map(ToString::to_string).collect();
        assert_eq!(problems, expected, "{entries:?}");
    }
}
