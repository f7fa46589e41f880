//! A request that leads to each row.

use crate::support::odd;
use crate::*;

pub(super) struct Case {
    pub(super) code: &'static str,
    /// A part of the row's text.
    pub(super) words: &'static str,
    pub(super) builder: DispatcherBuilder,
    pub(super) incoming: Incoming,
}

struct Cases {
    code: &'static str,
    all: Vec<Case>,
}

impl Cases {
    fn of(&mut self, code: &'static str) {
        self.code = code;
    }

    fn add(&mut self, words: &'static str, builder: DispatcherBuilder, incoming: Incoming) {
        self.all.push(Case {
            code: self.code,
            words,
            builder,
            incoming,
        });
    }
}

pub(super) fn cases() -> Vec<Case> {
    let mut cases = Cases {
        code: "",
        all: vec![],
    };
    heads(&mut cases);
    addresses(&mut cases);
    trust(&mut cases);
    signatures(&mut cases);
    tokens(&mut cases);
    bodies(&mut cases);
    events(&mut cases);
    cases.all
}

fn heads(cases: &mut Cases) {
    cases.of("method_not_allowed");
    cases.add("a browser sends GET", both(), Incoming::new("GET", ""));
    cases.of("body_too_large");
    let small = both().max_body_bytes(9);
    cases.add("the limit is {bytes}", small, automation(TAG_ADDED));
    cases.of("body_unreadable");
    let unreadable = Head::new("POST").unreadable();
    cases.add("the connection broke", both(), unreadable);
}

fn addresses(cases: &mut Cases) {
    let proxy = [10, 0, 0, 1].into();
    let listed = || {
        let listed = both().source_ips(IpAllowList::systeme_io());
        listed.trusted_proxies(["10.0.0.1"])
    };
    let forwarded = |header, entry| automation(TAG_ADDED).peer(proxy).header(header, entry);
    let client = |entry| forwarded("X-Forwarded-For", entry);
    cases.of("address_unknown");
    cases.add("no peer address", listed(), automation(TAG_ADDED));
    cases.add("is not an address", listed(), client("unknown"));
    let two = client("185.236.142.1").header("Forwarded", "for=203.0.113.9");
    cases.add("name different clients", listed(), two);
    cases.of("address_not_allowed");
    let stranger = || automation(TAG_ADDED).peer(elsewhere());
    let by_stranger = stranger().header("X-Forwarded-For", "185.236.142.1");
    cases.add("not in `trusted_proxies`", listed(), by_stranger);
    let silent = forwarded("CF-Connecting-IP", "185.236.142.1");
    cases.add("sent neither", listed(), silent);
    cases.add(
        "a trusted proxy forwarded it",
        listed(),
        client("203.0.113.9"),
    );
    cases.add("if it is the address of a proxy", listed(), stranger());
}

fn trust(cases: &mut Cases) {
    let accounts = || no_trust().account_secret("main", SECRET);
    let automations = || no_trust().automation_token(TOKEN);
    let with = |header: &str| Incoming::post(TAG_ADDED).header(header, SECRET);
    let lost = || Incoming::post(odd("account_sale_without_headers.json"));
    cases.of("not_configured");
    cases.add(
        "configure `account_secret`",
        automations(),
        account("SALE_NEW", sale()),
    );
    cases.add(
        "configure `automation_token`",
        accounts(),
        Incoming::post(TAG_ADDED),
    );
    cases.add(
        "another header has a signature",
        accounts(),
        with("X-Signature"),
    );
    cases.add(
        "a header has a secret",
        accounts(),
        with("X-Webhook-Secret"),
    );
    cases.add("the body of an account webhook", accounts(), lost());
    cases.of("token_missing");
    cases.add(
        "has to end in `?token=…`",
        both(),
        Incoming::post(TAG_ADDED),
    );
    cases.add(
        "another header has a signature",
        both(),
        with("Stripe-Signature"),
    );
    cases.add("a header has a secret", both(), with("X-Webhook-Secret"));
    cases.add("the body of an account webhook", both(), lost());
    cases.of("signature_missing");
    let hub = unsigned("SALE_NEW").header("X-Hub-Signature-256", "sha256=00");
    let secret = unsigned("SALE_NEW").header("x-webhook-secret", SECRET);
    cases.add(
        "removed on the way or never sent",
        both(),
        unsigned("SALE_NEW"),
    );
    cases.add("another header has a signature", both(), hub);
    cases.add("a header has a secret", both(), secret);
}

fn signatures(cases: &mut Cases) {
    const HEX: &str = "0f0e0d0c0b0a09080706050403020100F0E0D0C0B0A090807060504030201000";
    let given = |signature: &str| unsigned("SALE_NEW").header("X-Webhook-Signature", signature);
    let of = |body: Vec<u8>| {
        let signed = Incoming::post(body).header("X-Webhook-Event", "SALE_NEW");
        signed.header("X-Webhook-Signature", sign(SECRET, sale()))
    };
    let secret = |secret: &str| no_trust().account_secret("main", secret);
    cases.of("signature_malformed");
    cases.add("not 64 hex digits", both(), given("sha256=00"));
    cases.add("has secret {label} itself", both(), given(SECRET));
    let prefixed = format!("sha256={}", sign(SECRET, sale()));
    cases.add("a word such as `sha256=`", both(), given(&prefixed));
    let base64 = "Ab+/".repeat(10) + "Ab+=";
    cases.add("it is in base64", both(), given(&base64));
    cases.of("signature_wrong");
    cases.add("has secret {label} itself", secret(HEX), given(HEX));
    let signed = |secret: &str| signed_with(secret, "SALE_NEW", sale());
    cases.add("in this program's", secret("'key'"), signed("key"));
    cases.add("quotes around it at", secret("key"), signed("\"key\""));
    cases.add("white space around it", secret("key"), signed("key "));
    cases.add("spells in hex or base64", secret("6b6579"), signed("key"));
    cases.add("with another secret", secret("key"), signed("another"));
    let original = odd("SALE_NEW.as_signed_before_rewriting.json");
    let by_javascript = Incoming::post(odd("SALE_NEW.rewritten_by_javascript.json"))
        .header("X-Webhook-Event", "SALE_NEW")
        .header("X-Webhook-Signature", sign(SECRET, original));
    cases.add("JavaScript", both(), by_javascript);
    let text = String::from_utf8(sale()).unwrap();
    cases.add("once normalised", both(), of(format!("{text} ").into()));
    let marked = format!("\u{feff}{text}");
    cases.add("the byte order mark", both(), of(marked.into()));
    cases.add(
        "the line break at its end",
        both(),
        of(format!("{text}\n").into()),
    );
    let line = given(&sign(SECRET, format!("{text}\n")));
    cases.add("with a line break at its end", both(), line);
    let escaped = text.replace('\\', r"\\");
    cases.add("is `\\` again", both(), of(escaped.into()));
    cases.add("the body is empty", both(), of(vec![]));
    cases.add("the body is a form", both(), of(odd("form_urlencoded.txt")));
    cases.add(
        "the body is a list",
        both(),
        of([b"[", &*sale(), b"]"].concat()),
    );
    cases.add("the body is a JSON string", both(), of(b"\"{}\"".to_vec()));
    let request = format!(r#"{{"headers":{{}},"body":{TAG_ADDED}}}"#);
    cases.add("the body is a whole request", both(), of(request.into()));
    let json = [br#"{"json":"#, &*sale(), b"}"].concat();
    cases.add("into the member `{member}`", both(), of(json));
    cases.of("event_not_covered");
    let bound = no_trust().account_secret_for("main", SECRET, ["SALE_NEW"]);
    cases.add("event not covered", bound, account("SALE_CANCELED", sale()));
}

fn tokens(cases: &mut Cases) {
    let token = |token: &str| no_trust().automation_token(token);
    let given = |query: &str| Incoming::post(TAG_ADDED).query(query);
    cases.of("token_wrong");
    cases.add("quotes or white space", token("abc"), given("token='abc'"));
    cases.add(
        "`automation_token` has quotes",
        token("\"abc\""),
        given("token=abc"),
    );
    cases.add("a meaning in a URL", token("a&b"), given("token=a&b"));
    cases.add("compare the webhook's URL", token("abc"), given("token=x"));
}

fn bodies(cases: &mut Cases) {
    let unlisted = |body: &str| account("ORDER_PAID", body);
    let automation_of = |file| automation(odd(file));
    cases.of("not_json");
    cases.add("the body is empty", both(), automation(""));
    cases.add(
        "the body is a form",
        both(),
        automation_of("form_urlencoded.txt"),
    );
    cases.add("it is not UTF-8", both(), automation(b"{\"\xff\":1}"));
    cases.add("an automation sends", both(), automation("{"));
    cases.add("an account webhook sends", both(), unlisted("{"));
    cases.of("no_envelope");
    let lost = automation_of("account_sale_without_headers.json");
    cases.add("the body of an account webhook", both(), lost);
    let in_list = automation_of("contact.optin.completed.in_list.json");
    cases.add("the body is a list", both(), in_list);
    cases.add("the body is a list", both(), unlisted("[{}]"));
    cases.add("the body is a JSON string", both(), automation("\"{}\""));
    let item = automation_of("contact.optin.completed.in_n8n_item.json");
    cases.add("the body is a whole request", both(), item);
    for member in ["json", "body", "payload", "data"] {
        let wrapped = automation(format!(r#" {{"{member}":{TAG_ADDED}}}"#));
        cases.add("into the member `{member}`", both(), wrapped);
    }
    // The `type` of this automation was lost, and it is not wrapped.
    let no_type = r#"{"data":{"contact":{}},"account":{},"created_at":null}"#;
    cases.add("an automation sends", both(), automation(no_type));
    cases.add("an automation sends", both(), automation("{}"));
    cases.add("an account webhook sends", both(), unlisted("7"));
    cases.add("`type` is empty", both(), automation(envelope("", "{}")));
}

fn events(cases: &mut Cases) {
    let as_event = |event: &str, body: &str| account(event, body);
    cases.of("event_missing");
    let unnamed = Incoming::post(sale()).header("X-Webhook-Signature", sign(SECRET, sale()));
    cases.add("systeme.io names the event", both(), unnamed);
    cases.of("event_contradicted");
    let forged = automation(envelope("SALE_NEW", "{}"));
    cases.add("only account webhooks have", both(), forged);
    for (words, event, body) in [
        ("only automations have", "contact.tag.added", "{}"),
        ("has no `customer`", "SALE_NEW", r#"{"order":{}}"#),
        ("has none of `order`", "SALE_NEW", r#"{"customer":{}}"#),
        ("has no `contact`", "CONTACT_CREATED", "{}"),
        ("has no `tag`", "CONTACT_TAG_ADDED", r#"{"contact":{}}"#),
        (
            "body has `tag`",
            "CONTACT_CREATED",
            r#"{"contact":{},"tag":{}}"#,
        ),
        (
            "body has `customer`",
            "CONTACT_CREATED",
            r#"{"contact":{},"customer":{}}"#,
        ),
        ("names a sale", "SALE_REFUNDED", r#"{"contact":{}}"#),
        (
            "names a contact's event",
            "CONTACT_MERGED",
            r#"{"customer":{}}"#,
        ),
    ] {
        cases.add(words, both(), as_event(event, body));
    }
}
