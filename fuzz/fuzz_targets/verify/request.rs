//! Requests. Some are fixtures with a valid signature, so that they pass the check of
//! the signature; others are random bytes.

use std::net::IpAddr;

use arbitrary::{Arbitrary, Unstructured};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use siohook::Incoming;
use siohook_events::php_json;

/// Keys that sign requests: the secrets of the setup, texts that look like them, and the
/// secret of another account.
const KEYS: [&str; 6] = [
    "correct horse battery staple",
    "\"quotes around it\"",
    "for nothing but sales",
    "correct horse battery staple\n",
    "quotes around it",
    "another account's secret",
];

const QUERIES: [&str; 6] = [
    "token=b7e1f3c9-d2",
    "utm=1&token=a%2Fb+c%2b%C3%A9%25%26%3D",
    "token=a/b+c%2B%c3%a9%%26=",
    "token=wrong-token-wrong",
    "token&token=",
    "",
];

const ADDRESSES: [&str; 6] = [
    "203.0.113.7",
    "198.51.100.4",
    "2001:db8::7",
    "::ffff:192.0.2.9",
    "192.0.2.9",
    "192.0.2.10",
];

const NAMES: [&str; 7] = [
    "X-Webhook-Event",
    "x-webhook-signature",
    "X-Webhook-Message-Id",
    "x-webhook-event-timestamp",
    "X-Webhook-Delivery-Attempt-Id",
    "X-Forwarded-For",
    "Forwarded",
];

/// Values that replace a member of a body.
const VALUES: [&str; 16] = [
    "null",
    "true",
    "-1",
    "1e999",
    "0.5",
    "99999999999999999999",
    "\"7200\"",
    "\"sensitive@example.com\"",
    // An error of serde may contain `, expected `, so no letter touches it.
    "\"sensitive@, expected @sensitive\"",
    "\"`sensitive`\"",
    "\"\\ud800\"",
    "\"-0001-11-30T00:00:00+00:00\"",
    "[]",
    "{}",
    "[{}]",
    "{\"contact\":{}}",
];

macro_rules! fixtures {
    ($($mechanism:ident $payload:ident $name:literal [$($unified:ident)?] {
        ($($member:ident)*) [$($variant:literal)*]
        $summary:literal
    })*) => {
        /// Names of events, each with a body.
        pub const FIXTURES: &[(&str, &str)] = &[$($((
            $name,
            include_str!(concat!(
                "../../../fixtures/", stringify!($mechanism), "/", $name, $variant, ".json"
            )),
        ),)*)*];
    };
}
siohook_events::__for_each_event!(fixtures);

/// Describes a request.
#[derive(Arbitrary, Debug)]
pub struct Plan<'a> {
    method: Rare<&'a str>,
    query: Query<'a>,
    peer: Option<Address>,
    signature: Option<Signature>,
    headers: Vec<Header<'a>>,
    body: Body<'a>,
}

/// A value that is `None` seven times out of eight.
#[derive(Debug)]
pub struct Rare<T>(pub Option<T>);

impl<'a, T: Arbitrary<'a>> Arbitrary<'a> for Rare<T> {
    fn arbitrary(bytes: &mut Unstructured<'a>) -> arbitrary::Result<Self> {
        let is_none = bytes.ratio(7, 8)?;
        let value = (!is_none).then(|| T::arbitrary(bytes));
        value.transpose().map(Self)
    }
}

#[derive(Arbitrary, Debug)]
enum Query<'a> {
    Known(u8),
    Any(&'a str),
}

#[derive(Arbitrary, Debug)]
enum Address {
    Known(u8),
    Any(IpAddr),
}

#[derive(Arbitrary, Debug)]
struct Signature {
    key: u8,
    upper_case: bool,
    /// Signs the body as PHP writes it.
    normalized: bool,
    /// The event in the header, if it is not the event of the body.
    event: Rare<u8>,
}

#[derive(Arbitrary, Debug)]
enum Header<'a> {
    Known(u8, &'a [u8]),
    ForwardedFor(u8),
    Forwarded(u8),
    Any(&'a str, &'a [u8]),
}

#[derive(Arbitrary, Debug)]
enum Body<'a> {
    Fixture(u8, Vec<Edit<'a>>),
    Any(&'a [u8]),
}

#[derive(Arbitrary, Debug)]
enum Edit<'a> {
    Insert(u16, &'a [u8]),
    Remove(u16, u8),
    Member(u8, u8),
    /// Writes the same JSON differently, as a proxy may.
    Respell,
}

/// A request that can be sent more than once.
pub struct Request {
    pub method: String,
    pub query: String,
    pub peer: Option<IpAddr>,
    pub headers: Vec<(String, Vec<u8>)>,
    pub body: Vec<u8>,
}

impl Plan<'_> {
    pub fn build(&self) -> Request {
        let (event, body) = self.body.build();
        let mut headers = vec![];
        if let Some(signature) = &self.signature {
            let event = match signature.event.0 {
                Some(other) => pick(siohook_events::events(), other).name(),
                None => event,
            };
            headers.push(("X-Webhook-Event".to_owned(), event.into()));
            headers.push(("X-Webhook-Signature".to_owned(), signature.of(&body)));
        }
        headers.extend(self.headers.iter().map(Header::build));
        let query = match self.query {
            Query::Known(which) => *pick(&QUERIES, which),
            Query::Any(text) => text,
        };
        Request {
            method: self.method.0.unwrap_or("POST").to_owned(),
            query: query.to_owned(),
            peer: self.peer.as_ref().map(|peer| match *peer {
                Address::Known(which) => pick(&ADDRESSES, which).parse().unwrap(),
                Address::Any(address) => address,
            }),
            headers,
            body,
        }
    }
}

impl Signature {
    fn of(&self, body: &[u8]) -> Vec<u8> {
        let normalized = self.normalized.then(|| php_json::normalize(body));
        let signed = normalized.flatten().unwrap_or_else(|| body.to_vec());
        let key = *pick(&KEYS, self.key);
        let hex = hex_signature(key, &signed);
        if self.upper_case {
            hex.to_uppercase()
        } else {
            hex
        }
        .into()
    }
}

impl Header<'_> {
    fn build(&self) -> (String, Vec<u8>) {
        let address = |which| pick(&ADDRESSES, which);
        match *self {
            Self::Known(name, value) => (pick(&NAMES, name).to_string(), value.to_vec()),
            Self::ForwardedFor(which) => ("x-forwarded-for".to_owned(), (*address(which)).into()),
            Self::Forwarded(which) => (
                "FORWARDED".to_owned(),
                format!("for=\"{}\"", address(which)).into(),
            ),
            Self::Any(name, value) => (name.to_owned(), value.to_vec()),
        }
    }
}

impl Body<'_> {
    /// The event and the body.
    fn build(&self) -> (&'static str, Vec<u8>) {
        let (which, edits) = match self {
            Self::Fixture(which, edits) => (*which, edits),
            Self::Any(bytes) => return ("SALE_NEW", bytes.to_vec()),
        };
        let (event, body) = *pick(FIXTURES, which);
        let mut body = body.as_bytes().to_vec();
        for edit in edits {
            edit.apply(&mut body);
        }
        (event, body)
    }
}

impl Edit<'_> {
    fn apply(&self, body: &mut Vec<u8>) {
        match *self {
            Self::Insert(at, bytes) => {
                let at = usize::from(at) % (body.len() + 1);
                body.splice(at..at, bytes.iter().copied());
            }
            Self::Remove(at, length) => {
                let at = usize::from(at) % (body.len() + 1);
                let end = body.len().min(at + usize::from(length));
                body.drain(at..end);
            }
            Self::Member(which, value) => {
                let colons: Vec<_> = (0..body.len()).filter(|at| body[*at] == b':').collect();
                if colons.is_empty() {
                    return;
                }
                let start = pick(&colons, which) + 1;
                let length = body[start..].iter().position(|byte| b",}]".contains(byte));
                let end = length.map_or(body.len(), |length| start + length);
                body.splice(start..end, pick(&VALUES, value).bytes());
            }
            Self::Respell => {
                let text = String::from_utf8_lossy(body);
                let text = text.replace("\\/", "/").replace("\\u00e9", "é");
                *body = format!("\n{}\t", text.replace(",\"", " ,\n\"")).into();
            }
        }
    }
}

impl Request {
    pub fn incoming(&self) -> Incoming {
        let mut incoming = Incoming::post(self.body.clone())
            .method(&self.method)
            .query(&self.query);
        if let Some(peer) = self.peer {
            incoming = incoming.peer(peer);
        }
        for (name, value) in &self.headers {
            incoming = incoming.header(name, value);
        }
        incoming
    }

    pub fn is_account(&self) -> bool {
        let names = ["x-webhook-event", "x-webhook-signature"];
        names.into_iter().any(|name| self.first(name).is_some())
    }

    /// The first value of a header.
    pub fn first(&self, name: &str) -> Option<&[u8]> {
        let mut headers = self.headers.iter();
        let (_, value) = headers.find(|(own, _)| own.eq_ignore_ascii_case(name))?;
        Some(value.trim_ascii())
    }
}

pub fn hex_signature(key: &str, body: &[u8]) -> String {
    let mac =
        Hmac::<Sha256>::new_from_slice(key.as_bytes()).expect("HMAC takes a key of any length");
    let digest = mac.chain_update(body).finalize().into_bytes();
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn pick<T>(list: &[T], which: u8) -> &T {
    &list[usize::from(which) % list.len()]
}
