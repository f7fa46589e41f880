//! An API over an account with an object of each kind.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Extensions, HeaderMap, Method, Request};
use axum::response::Response;
use serde_json::Value;
use siohook_events::Timestamp;
use tower::ServiceExt;

use crate::Outgoing;
use crate::api::{Api, Backend, Performance};
use crate::state::{Change, Community, Module, State};
use crate::test_account::{Account, NOW};

pub(super) struct Server {
    pub(super) account: Arc<Mutex<State>>,
    pub(super) contact: u64,
    pub(super) tag: u64,
    pub(super) course: u64,
    pub(super) module: u64,
    pub(super) community: u64,
    pub(super) subscription: u64,
    router: Router,
    /// Names of the events of all messages.
    sent: Arc<Mutex<Vec<String>>>,
    /// Seconds since [`NOW`].
    passed: Arc<AtomicU64>,
}

pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) text: String,
    pub(super) headers: HeaderMap,
    pub(super) extensions: Extensions,
}

impl Answer {
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }

    #[track_caller]
    pub(super) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap()
    }
}

impl Server {
    pub(super) fn new() -> Self {
        Self::with(|api| api)
    }

    pub(super) fn with(settings: impl FnOnce(Api) -> Api) -> Self {
        Self::of(&[], settings)
    }

    /// A server that accepts only these keys.
    pub(super) fn with_keys(keys: &'static [&'static str]) -> Self {
        Self::of(keys, |api| api)
    }

    fn of(keys: &'static [&'static str], settings: impl FnOnce(Api) -> Api) -> Self {
        let mut account = Account::new();
        let contact = account.contact("jane@example.com");
        let (tag, course) = (account.tag("VIP"), account.course());
        let subscription = account.subscription(contact);
        let (module, community) = (account.state.ids.number(), account.state.ids.number());
        let name = "One".to_owned();
        let found = account.state.courses.get_mut(&course).unwrap();
        found.modules.push(Module {
            id: module,
            name: name.clone(),
        });
        let place = Community {
            id: community,
            name,
            domain_name: "community.example.com".to_owned(),
            path: "one".to_owned(),
        };
        account.state.communities.insert(community, place);
        account.webhook();

        let account = Arc::new(Mutex::new(account.state));
        let (sent, passed) = (Arc::default(), Arc::default());
        let api = Api::new(Arc::new(Behind {
            account: Arc::clone(&account),
            keys,
            sent: Arc::clone(&sent),
            passed: Arc::clone(&passed),
        }));
        Self {
            account,
            contact,
            tag,
            course,
            module,
            community,
            subscription,
            router: settings(api).router(),
            sent,
            passed,
        }
    }

    pub(super) fn pass(&self, seconds: u64) {
        self.passed.fetch_add(seconds, Ordering::Relaxed);
    }

    pub(super) fn apply(&self, change: Change) -> Option<u64> {
        let now = NOW.parse().unwrap();
        self.account.lock().unwrap().apply(change, now).unwrap().id
    }

    /// The events that were sent since the last call.
    pub(super) fn sent(&self) -> Vec<String> {
        std::mem::take(&mut self.sent.lock().unwrap())
    }

    pub(super) fn send(&self, request: Request<Body>) -> Answer {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .build()
            .unwrap();
        runtime.block_on(async {
            let response = self.router.clone().oneshot(request).await.unwrap();
            let (parts, body) = response.into_parts();
            let body = to_bytes(body, usize::MAX).await.unwrap();
            Answer {
                status: parts.status.as_u16(),
                text: String::from_utf8(body.to_vec()).unwrap(),
                headers: parts.headers,
                extensions: parts.extensions,
            }
        })
    }

    /// Sends a request with the media type of its method.
    pub(super) fn call(&self, method: &str, path: &str, body: &str) -> Answer {
        let media_type = match method {
            "PATCH" => "application/merge-patch+json",
            _ => "application/json",
        };
        self.send(request(method, path, &[("content-type", media_type)], body))
    }

    /// Checks the status, and that the text of the answer contains a part.
    #[track_caller]
    pub(super) fn expect(&self, method: &str, path: &str, body: &str, status: u16, part: &str) {
        let answer = self.call(method, path, body);
        let case = format!("{method} {path} {body}: {} {}", answer.status, answer.text);
        assert_eq!(answer.status, status, "{case}");
        assert!(answer.text.contains(part), "{case}\nlacks {part}");
        assert_eq!(answer.text.is_empty(), status == 204, "{case}");
    }

    /// Checks that values are refused, with all texts of `detail`.
    #[track_caller]
    pub(super) fn refuse(&self, method: &str, path: &str, body: &str, detail: &[&str]) {
        let answer = self.call(method, path, body);
        let case = format!("{method} {path} {body}: {} {}", answer.status, answer.text);
        assert_eq!(answer.status, 422, "{case}");
        assert_eq!(answer.json()["detail"], detail.join("\n"), "{case}");
    }
}

/// The account behind the API. It does not send to URLs with the word `forbidden`.
struct Behind {
    account: Arc<Mutex<State>>,
    /// Any key is accepted if there are none.
    keys: &'static [&'static str],
    sent: Arc<Mutex<Vec<String>>>,
    passed: Arc<AtomicU64>,
}

impl Backend for Behind {
    fn now(&self) -> Timestamp {
        let start: Timestamp = NOW.parse().unwrap();
        let passed = Duration::from_secs(self.passed.load(Ordering::Relaxed));
        start.checked_add(passed).unwrap()
    }

    fn accepts_key(&self, key: &[u8]) -> bool {
        self.keys.is_empty() || self.keys.iter().any(|one| one.as_bytes() == key)
    }

    fn perform(&self, _: &Method, operation: Performance<'_>) -> Response {
        let mut state = self.account.lock().unwrap();
        let due = state.advance(self.now());
        let (response, outgoing) = operation(&mut state, self.now());
        let all = due.iter().chain(&outgoing);
        let events = all.map(|one: &Outgoing| one.sample.event().to_string());
        self.sent.lock().unwrap().extend(events);
        response
    }
}

/// A request with a key, unless the headers have one.
pub(super) fn request(
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
    body: &str,
) -> Request<Body> {
    let mut request = Request::builder().method(method).uri(format!("/api{path}"));
    if headers.iter().all(|(name, _)| *name != "x-api-key") {
        request = request.header("x-api-key", "key");
    }
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.body(Body::from(body.to_owned())).unwrap()
}
