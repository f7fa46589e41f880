//! Properties that hold for all requests.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use siohook::{
    Data, Delivery, Dispatcher, DispatcherBuilder, Incoming, IpAllowList, Trust, account, on_event,
    unified,
};

use crate::support::{self, SECRET, TOKEN, envelope, finish, fixtures, sign, signed_with, within};

#[on_event("*")]
async fn takes_optional_arguments(
    delivery: &Delivery,
    contact: Option<unified::Contact>,
    Data(_): Data<serde_json::Value>,
) {
    let _ = (format!("{delivery:?}"), contact);
}

#[on_event("SALE_NEW", "customer.sale.completed")]
fn reads_sales(_: unified::Sale) {}

#[on_event("SALE_NEW")]
fn reads_new_sales(_: account::SaleNew) {}

/// The parts of a request, for a test that compares them with the delivery.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    method: String,
    query: String,
    headers: Vec<(String, Vec<u8>)>,
    pub(crate) body: Vec<u8>,
    peer: Option<IpAddr>,
}

impl Request {
    pub(crate) fn incoming(&self) -> Incoming {
        let mut incoming = Incoming::post(self.body.clone())
            .method(&self.method)
            .query(&self.query);
        for (name, value) in &self.headers {
            incoming = incoming.header(name, value);
        }
        match self.peer {
            Some(peer) => incoming.peer(peer),
            None => incoming,
        }
    }

    fn header(&self, name: &str) -> Option<&[u8]> {
        let mut headers = self.headers.iter();
        let (_, value) = headers.find(|(own, _)| own.eq_ignore_ascii_case(name))?;
        Some(value)
    }
}

/// Mostly fixtures. Sometimes damaged fixtures, envelopes or arbitrary bytes.
fn bodies() -> impl Strategy<Value = Vec<u8>> {
    let known: Vec<_> = fixtures().into_iter().map(|fixture| fixture.body).collect();
    let known = select(known);
    let spoilt = (known.clone(), any::<Index>(), any::<u8>()).prop_map(|(mut body, at, byte)| {
        let at = at.index(body.len());
        body[at] = byte;
        body
    });
    let cut = (known.clone(), any::<Index>()).prop_map(|(mut body, at)| {
        body.truncate(at.index(body.len()));
        body
    });
    let wrapped = ("[a-z.A-Z_*]{0,20}", ".{0,20}").prop_map(|(name, data)| envelope(&name, &data));
    prop_oneof![
        4 => known,
        1 => spoilt,
        1 => cut,
        1 => wrapped.prop_map(String::into_bytes),
        1 => r#"[\[\]{}:,"\\0-9a-z ]{0,60}"#.prop_map(String::into_bytes),
        1 => vec(any::<u8>(), 0..200),
    ]
}

fn queries() -> impl Strategy<Value = String> {
    prop_oneof![
        2 => Just(format!("token={TOKEN}")),
        1 => "[a-z%+&=0-9]{0,20}",
        1 => "token=[%0-9a-f+é]{0,12}",
        1 => ".{0,30}",
    ]
}

fn methods() -> impl Strategy<Value = String> {
    prop_oneof![8 => Just("POST".to_owned()), 1 => ".{0,8}"]
}

fn header_names() -> impl Strategy<Value = String> {
    let known = select(vec![
        "x-webhook-event",
        "X-Webhook-Signature",
        "x-webhook-message-id",
        "X-Webhook-Event-Timestamp",
        "X-Forwarded-For",
        "Forwarded",
    ]);
    prop_oneof![3 => known.prop_map(str::to_owned), 1 => ".{0,10}"]
}

fn header_values() -> impl Strategy<Value = Vec<u8>> {
    let events: Vec<_> = siohook::events()
        .iter()
        .map(siohook::event::Event::name)
        .collect();
    prop_oneof![
        select(events).prop_map(|name| name.as_bytes().to_vec()),
        "[0-9a-fA-F]{62,66}".prop_map(String::into_bytes),
        r#"(for=)?["\[]?[0-9a-f.:]{0,20}["\]]?[,; ]{0,3}[a-z="]{0,5}"#.prop_map(String::into_bytes),
        "20[0-9]{2}-[01][0-9]-[0-3][0-9]T[0-9:]{8}[+-][0-9:]{5}".prop_map(String::into_bytes),
        vec(any::<u8>(), 0..40),
    ]
}

fn addresses() -> impl Strategy<Value = IpAddr> {
    prop_oneof![
        Just(IpAddr::from([185, 236, 142, 1])),
        Just(IpAddr::from([10, 0, 0, 1])),
        any::<u32>().prop_map(|bits| Ipv4Addr::from(bits).into()),
        any::<u128>().prop_map(|bits| Ipv6Addr::from(bits).into()),
    ]
}

pub(crate) fn requests() -> impl Strategy<Value = Request> {
    let headers = vec((header_names(), header_values()), 0..6);
    // A valid signature, one of another secret, or none, and often an event name.
    let signer = option::of(select(vec![SECRET, SECRET, "another"]));
    let named = option::of(select(vec!["SALE_NEW", "CONTACT_CREATED", "ORDER_PAID"]));
    let parts = (
        methods(),
        queries(),
        headers,
        bodies(),
        option::of(addresses()),
        (signer, named),
    );
    parts.prop_map(
        |(method, query, mut headers, body, peer, (signer, named))| {
            if let Some(secret) = signer {
                let signature = sign(secret, &body).into_bytes();
                headers.insert(0, ("x-webhook-signature".to_owned(), signature));
                let named = named.map(|name| ("X-Webhook-Event".to_owned(), name.into()));
                headers.splice(0..0, named);
            }
            Request {
                method,
                query,
                headers,
                body,
                peer,
            }
        },
    )
}

fn builder() -> DispatcherBuilder {
    support::builder().select(within(module_path!()))
}

fn dispatchers() -> [Dispatcher; 3] {
    let listed = builder()
        .source_ips(IpAllowList::systeme_io())
        .trusted_proxies(["10.0.0.0/8"])
        .accept_reserialized_bodies();
    [builder(), listed, builder().accept_unverified()].map(|builder| builder.build().unwrap())
}

proptest! {
    #[test]
    fn nothing_panics_and_verify_agrees_with_receive(request in requests()) {
        for dispatcher in dispatchers() {
            let verified = dispatcher.verify(request.incoming());
            let reply = finish(dispatcher.receive(request.incoming()));
            match verified {
                Ok(_) => prop_assert!([200, 422].contains(&reply.status())),
                Err(rejection) => {
                    prop_assert_eq!(rejection.reply(), reply);
                    prop_assert!([400, 401, 403, 405].contains(&rejection.status()));
                }
            }
        }
    }

    #[test]
    fn an_accepted_request_is_signed_or_has_the_token(request in requests()) {
        let [dispatcher, ..] = dispatchers();
        let Ok(delivery) = dispatcher.verify(request.incoming()) else {
            return Ok(());
        };
        prop_assert_eq!(&request.method, "POST");
        prop_assert_eq!(delivery.body(), &request.body);
        match delivery.trust() {
            Trust::Signed { secret: "main" } => {
                let given = request.header("x-webhook-signature").unwrap();
                let given = str::from_utf8(given).unwrap().trim().to_lowercase();
                prop_assert_eq!(given, sign(SECRET, &request.body));
            }
            Trust::Token { .. } => {
                // No other generated query decodes to the token.
                prop_assert_eq!(&request.query, &format!("token={TOKEN}"));
                prop_assert!(request.header("x-webhook-signature").is_none());
                prop_assert!(request.header("x-webhook-event").is_none());
            }
            other => prop_assert!(false, "{other:?}"),
        }
    }

    #[test]
    fn an_accepted_request_comes_from_an_allowed_address(request in requests()) {
        let [_, dispatcher, _] = dispatchers();
        if dispatcher.verify(request.incoming()).is_ok() {
            let peer = request.peer.unwrap();
            prop_assert!([IpAddr::from([185, 236, 142, 1]), [10, 0, 0, 1].into()].contains(&peer));
        }
    }

    #[test]
    fn a_signed_object_of_any_name_is_accepted(
        name in "[A-Z]{1,10}_[A-Z]{1,10}_X",
        member in "[a-z]{1,10}",
        text in ".{0,40}",
    ) {
        let body = serde_json::json!({ member: text }).to_string();
        let [dispatcher, ..] = dispatchers();
        let delivery = dispatcher.verify(signed_with(SECRET, &name, &body)).unwrap();
        prop_assert_eq!(delivery.event(), &*name);
        prop_assert_eq!(finish(dispatcher.dispatch(&delivery)).reply().status(), 200);
    }

    #[test]
    fn a_signed_body_with_one_bit_changed_is_refused(
        fixture in select(support::account_fixtures().into_iter().map(|it| it.body).collect::<Vec<_>>()),
        at in any::<Index>(),
        bit in 0..8_u32,
    ) {
        let signature = sign(SECRET, &fixture);
        let mut body = fixture;
        let at = at.index(body.len());
        body[at] ^= 1 << bit;
        let incoming = || {
            Incoming::post(body.clone())
                .header("x-webhook-event", "SALE_NEW")
                .header("x-webhook-signature", &signature)
        };
        let [strict, ..] = dispatchers();
        prop_assert_eq!(strict.verify(incoming()).unwrap_err().code(), "signature_wrong");
        // A changed bit is accepted only if the JSON still means the same.
        let lax = builder().accept_reserialized_bodies().build().unwrap();
        if let Ok(delivery) = lax.verify(incoming()) {
            let own: serde_json::Value = serde_json::from_slice(delivery.body()).unwrap();
            body[at] ^= 1 << bit;
            prop_assert_eq!(own, serde_json::from_slice::<serde_json::Value>(&body).unwrap());
        }
    }

    #[test]
    fn no_other_signature_is_accepted(bytes in any::<[u8; 32]>()) {
        let [dispatcher, ..] = dispatchers();
        let signature: String = bytes.iter().map(|byte| format!("{byte:02X}")).collect();
        let incoming = Incoming::post("{}")
            .header("x-webhook-event", "ORDER_PAID")
            .header("x-webhook-signature", signature);
        prop_assert_eq!(dispatcher.verify(incoming).unwrap_err().code(), "signature_wrong");
    }

    #[test]
    fn no_other_token_is_accepted(token in "\\PC{0,12}") {
        prop_assume!(token != TOKEN);
        let [dispatcher, ..] = dispatchers();
        let encoded: String = token.bytes().map(|byte| format!("%{byte:02x}")).collect();
        let incoming = Incoming::post("{}").query(format!("token={encoded}"));
        prop_assert_eq!(dispatcher.verify(incoming).unwrap_err().code(), "token_wrong");
    }

    #[test]
    fn a_token_is_accepted_pasted_or_the_log_says_how_to_escape_it(
        token in "[a-z%+&#=?/é \"]{1,3}(%[0-9A-F]{2})?[a-z%+&#=?/é \"]{0,3}",
    ) {
        prop_assume!(token.trim() == token);
        let dispatcher = builder().automation_token(&token).on_reject(|_| ()).build().unwrap();
        // A URL ends at `#`. An HTTP client encodes the characters that a URL can't contain.
        let sent = token.split('#').next().unwrap_or_default();
        let encoded = |c: char| match c {
            '!'..='~' if c != '"' => c.to_string(),
            c => c.to_string().bytes().map(|byte| format!("%{byte:02X}")).collect(),
        };
        for sent in [sent.to_owned(), sent.chars().map(encoded).collect()] {
            let incoming = Incoming::post(envelope("contact.tag.added", "{}"))
                .query(format!("token={sent}"));
            if let Err(rejection) = dispatcher.verify(incoming) {
                prop_assert!(token.contains(['%', '&', '#']), "{} as {}", token, sent);
                let text = rejection.to_string();
                prop_assert!(text.contains("write `%` as `%25`"), "{}", text);
            }
        }
    }

    #[test]
    fn a_token_of_any_text_is_accepted_encoded(
        token in r"[\p{L}\p{N}\p{P}\p{S}]\PC{0,12}[\p{L}\p{N}\p{P}\p{S}]",
    ) {
        let dispatcher = builder().automation_token(&token).build().unwrap();
        let encoded: String = token.bytes().map(|byte| format!("%{byte:02x}")).collect();
        let incoming = Incoming::post(envelope("contact.tag.added", "{}"))
            .query(format!("a=%&token={encoded}"));
        let delivery = dispatcher.verify(incoming).unwrap();
        prop_assert_eq!(delivery.trust(), Trust::Token { label: None });
    }
}
