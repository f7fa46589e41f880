//! Requests of any form get an answer of a documented form.

use axum::body::Body;
use axum::http::Request;
use proptest::collection::vec;
use proptest::prelude::*;
use serde_json::Value;

use super::generate::sent;
use super::server::{Answer, Server};

fn check(answer: &Answer, method: &str) -> Result<(), TestCaseError> {
    prop_assert!(
        answer.status < 500 && answer.status >= 200,
        "{} {}",
        answer.status,
        answer.text
    );
    prop_assert!(answer.header("x-ratelimit-limit").is_some());
    if method == "HEAD" {
        return Ok(());
    }
    if answer.status == 204 {
        prop_assert_eq!(&answer.text, "");
        return Ok(());
    }
    let json: Value = serde_json::from_str(&answer.text)
        .map_err(|error| TestCaseError::fail(error.to_string()))?;
    if answer.status < 300 {
        prop_assert_eq!(
            answer.header("content-type"),
            Some("application/json; charset=utf-8")
        );
        return Ok(());
    }
    prop_assert_eq!(
        answer.header("content-type"),
        Some("application/problem+json")
    );
    let documented = [400, 401, 403, 404, 405, 413, 415, 421, 422, 429];
    prop_assert!(documented.contains(&answer.status), "{}", answer.status);
    prop_assert!(json["detail"].is_string());
    prop_assert_eq!(json["title"].is_string(), answer.status != 401);
    prop_assert_eq!(answer.header("allow").is_some(), answer.status == 405);
    let violations = json["violations"].as_array();
    prop_assert_eq!(violations.is_some(), answer.status == 422);
    for violation in violations.into_iter().flatten() {
        for name in ["propertyPath", "message", "code"] {
            prop_assert!(violation[name].is_string());
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_answer_has_a_documented_form(requests in vec(sent(), 1..12)) {
        let server = Server::new();
        for sent in requests {
            let uri = format!("/api{}?{}", sent.path, sent.query);
            let mut request = Request::builder().method(sent.method).uri(uri);
            for (name, value) in &sent.headers {
                request = request.header(*name, &value[..]);
            }
            // A URI that `http` refuses never arrives.
            let Ok(request) = request.body(Body::from(sent.body)) else {
                continue;
            };
            check(&server.send(request), sent.method)?;
        }
    }
}
