//! Requests of any form get an answer of a form that the document describes.

use axum::body::Body;
use axum::http::Request;
use proptest::collection::vec;
use proptest::prelude::*;

use super::document::DOCUMENT;
use super::generate::sent;
use super::server::{Answer, Server};

fn check(answer: &Answer, method: &str, path: &str) -> Result<(), TestCaseError> {
    let case = || format!("{} {}", answer.status, answer.text);
    prop_assert_eq!(answer.header("allow").is_some(), answer.status == 405);
    if answer.status == 405 {
        let is_problem = answer.text.contains(r#""detail":"Method Not Allowed: "#);
        prop_assert!(is_problem || method == "HEAD", "{}", case());
        return Ok(());
    }
    let checked = DOCUMENT.check(method, path, answer);
    checked.map_err(|error| TestCaseError::fail(format!("{}\n{error}", case())))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_answer_has_a_documented_form(requests in vec(sent(), 1..12)) {
        let server = Server::new();
        for sent in requests {
            let path = format!("/api{}", sent.path);
            let uri = format!("{path}?{}", sent.query);
            let mut request = Request::builder().method(sent.method).uri(uri);
            for (name, value) in &sent.headers {
                request = request.header(*name, &value[..]);
            }
            // A URI that `http` refuses never arrives.
            let Ok(request) = request.body(Body::from(sent.body)) else {
                continue;
            };
            check(&server.send(request), sent.method, &path)?;
        }
    }
}
