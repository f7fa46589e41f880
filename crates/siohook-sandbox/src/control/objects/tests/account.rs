//! An account behind its control API.

use http::{Method, StatusCode};
use serde_json::{Value, json};

use crate::AllowList;
use crate::control::fault::Fault;
use crate::control::objects::{Call, Reply, call};
use crate::state::State;
use crate::test_account::NOW;

pub(super) struct Account {
    pub(super) state: State,
}

impl Account {
    pub(super) fn new() -> Self {
        let state = State::new(7);
        Self { state }
    }

    /// An account with an object of each kind that others name: tag 1, step 3 of funnel 2, page 5
    /// of blog 4, course 6, bundle 7, community 8, campaign 9, e-mail 10, price plan 11, webinar
    /// 12 and contact 13.
    pub(super) fn full() -> Self {
        let mut account = Self::new();
        for (path, body) in [
            ("tags", r#"{"name": "VIP"}"#),
            ("funnels", r#"{"name": "F"}"#),
            (
                "funnels/2/steps",
                r#"{"name": "Squeeze page", "type": "squeeze"}"#,
            ),
            ("blogs", r#"{"name": "B"}"#),
            ("blogs/4/pages", r#"{"name": "Post"}"#),
            ("courses", r#"{"name": "C"}"#),
            ("bundles", r#"{"name": "All", "courses": [6]}"#),
            ("communities", r#"{"name": "Club"}"#),
            ("campaigns", r#"{"name": "Welcome"}"#),
            ("emails", r#"{"subject": "Hello"}"#),
            ("price-plans", r#"{"name": "Course", "amount": 4700}"#),
            ("webinars", r#"{"step": 3, "duration": 7200}"#),
            ("contacts", r#"{"email": "jane@example.com"}"#),
        ] {
            account.create(path, body);
        }
        account
    }

    pub(super) fn answer(&mut self, method: &str, path: &str, body: &[u8]) -> Result<Reply, Fault> {
        let method = Method::from_bytes(method.as_bytes()).unwrap();
        let (path, query) = match path.split_once('?') {
            Some((path, query)) => (path, Some(query)),
            None => (path, None),
        };
        let allowed = AllowList::new();
        let accepts_url = |url: &str| allowed.check(url).map(drop);
        let (method, now) = (&method, NOW.parse().unwrap());
        let accepts_url = &accepts_url;
        let request = Call {
            method,
            path,
            query,
            body,
            now,
            accepts_url,
        };
        call(&mut self.state, &request)
    }

    /// The status and the body of an answer that is not an error.
    pub(super) fn send(&mut self, method: &str, path: &str, body: &str) -> (u16, Value) {
        let reply = self.answer(method, path, body.as_bytes());
        let reply = reply.unwrap_or_else(|fault| panic!("{method} {path} {body}: {fault:?}"));
        (reply.status.as_u16(), reply.body.unwrap_or_default())
    }

    pub(super) fn create(&mut self, path: &str, body: &str) -> Value {
        let (status, created) = self.send("POST", path, body);
        assert_eq!(status, 201, "{path}");
        created
    }

    pub(super) fn get(&mut self, path: &str) -> Value {
        self.send("GET", path, "").1
    }

    /// The error of a request. The account stays as it is.
    pub(super) fn refuse(&mut self, method: &str, path: &str, body: &str) -> Fault {
        let before = self.state.clone();
        let fault = self.answer(method, path, body.as_bytes());
        let fault = fault.expect_err(&format!("{method} {path} {body}"));
        assert_eq!(self.state, before, "{method} {path} {body}");
        fault
    }

    /// Refuses a body with 422.
    pub(super) fn misfit(&mut self, method: &str, path: &str, body: &str) -> Value {
        let fault = self.refuse(method, path, body);
        assert_eq!(fault.status, StatusCode::UNPROCESSABLE_ENTITY, "{fault:?}");
        json!([fault.at, fault.error, fault.did_you_mean])
    }
}
