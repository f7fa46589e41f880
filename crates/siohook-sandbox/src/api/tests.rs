mod arbitrary;
mod contacts;
mod document;
mod generate;
mod operations;
mod paging;
mod school;
mod server;
mod shop;

use axum::body::Body;
use axum::http::Request;

use self::server::{Server, request};
use super::{Ignored, Note};
use crate::fidelity;

const JSON: (&str, &str) = ("content-type", "application/json");

#[test]
fn a_key_is_needed() {
    let server = Server::new();
    let missing = r#"{"detail":"Full authentication is required to access this resource."}"#;
    for request in [
        Request::get("/api/contacts"),
        Request::get("/api/contacts").header("x-api-key", ""),
        Request::get("/api/contacts").header("authorization", "Bearer key"),
        Request::get("/api/nothing"),
    ] {
        let answer = server.send(request.body(Body::empty()).unwrap());
        assert_eq!((answer.status, &*answer.text), (401, missing));
        assert_eq!(
            answer.header("content-type"),
            Some("application/problem+json")
        );
        assert_eq!(answer.header("www-authenticate"), None);
    }

    let server = Server::with_keys(&["right", "other"]);
    assert_eq!(
        server
            .send(request("GET", "/tags", &[("x-api-key", "right")], ""))
            .status,
        200
    );
    let answer = server.send(request("GET", "/tags", &[("x-api-key", "wrong")], ""));
    let wrong = r#"{"detail":"Invalid API Key."}"#;
    assert_eq!((answer.status, &*answer.text), (401, wrong));
    assert_eq!(answer.header("www-authenticate"), Some("API Key"));
}

#[test]
fn what_is_not_there() {
    let server = Server::new();
    let text = r#"{"type":"https://tools.ietf.org/html/rfc2616#section-10","title":"An error occurred","detail":"Not Found"}"#;
    for path in [
        "",
        "/",
        "/nothing",
        "/tags/",
        "/tags/x",
        "/tags/0",
        "/tags/-1",
        "/tags/%FF",
        "/tags/..",
        "/tags/18446744073709551616",
    ] {
        let answer = server.send(request("GET", path, &[], ""));
        assert_eq!((answer.status, &*answer.text), (404, text), "{path}");
    }
    let answer = server.send(request("PATCH", "/tags", &[], ""));
    assert_eq!(answer.status, 405);
    assert_eq!(answer.header("allow"), Some("GET, POST"));
    assert_eq!(
        answer.header("content-type"),
        Some("application/problem+json")
    );
}

#[test]
fn bodies_that_cannot_be_read() {
    let server = Server::new();
    let status = |method, path, headers: &[_], body: &str| {
        let answer = server.send(request(method, path, headers, body));
        (answer.status, answer.text)
    };
    let name = r#"{"name":"n"}"#;
    for media_type in [
        "application/x-www-form-urlencoded",
        "text/plain",
        "",
        "application/jsonp",
    ] {
        let headers = [("content-type", media_type)];
        assert_eq!(
            status("POST", "/tags", &headers, name).0,
            415,
            "{media_type}"
        );
    }
    assert_eq!(status("POST", "/tags", &[], name).0, 415);
    let contact = format!("/contacts/{}", server.contact);
    assert_eq!(status("PATCH", &contact, &[JSON], "{}").0, 415);
    let utf8 = [("content-type", "Application/JSON; charset=utf-8")];
    assert_eq!(status("POST", "/tags", &utf8, name).0, 201);

    for body in ["", "{", "[]", "null", "7", "{\"name\":\"\u{0}\"}"] {
        let (code, text) = status("POST", "/tags", &[JSON], body);
        assert_eq!(code, 400, "{body}");
        assert!(text.contains(r#""detail":"Syntax error""#), "{text}");
    }
    for (body, given) in [
        ("7", "int"),
        ("[]", "array"),
        ("{}", "array"),
        ("true", "bool"),
        ("1.5", "float"),
    ] {
        let (code, text) = status("POST", "/tags", &[JSON], &format!(r#"{{"name":{body}}}"#));
        let detail =
            format!(r#"The type of the \"name\" attribute must be \"string\", \"{given}\" given."#);
        assert_eq!(code, 400);
        assert!(text.contains(&detail), "{text}");
    }
    let long = format!(r#"{{"name":"{}"}}"#, "n".repeat(1 << 20));
    assert_eq!(status("POST", "/tags", &[JSON], &long).0, 413);
    // A request without a body may have any media type.
    assert_eq!(status("GET", "/tags", &[JSON], "").0, 200);
}

#[test]
fn unknown_members_are_ignored_and_named() {
    let server = Server::new();
    let body = r#"{"email":"ada@example.com","firstName":"Ada","tags":[1]}"#;
    let answer = server.send(request("POST", "/contacts", &[JSON], body));
    assert_eq!(answer.status, 201);
    let names = vec!["firstName".to_owned(), "tags".to_owned()];
    assert_eq!(answer.extensions.get(), Some(&Ignored(names)));

    let all = server.call("GET", "/webhooks", "").json();
    let path = format!("/webhooks/{}", all["items"][0]["id"].as_str().unwrap());
    let body = r#"{"url":"http://localhost/new","active":false}"#;
    let answer = server.call("PATCH", &path, body);
    assert_eq!(answer.status, 200);
    assert_eq!(
        answer.extensions.get(),
        Some(&Ignored(vec!["url".to_owned()]))
    );
}

#[test]
fn digits_in_strings_are_noted() {
    let server = Server::new();
    let path = format!("/school/courses/{}/enrollments", server.course);
    let note = |contact: &str, modules: &str| {
        let body =
            format!(r#"{{"contactId":{contact},"accessType":"full_access","modules":{modules}}}"#);
        let answer = server.send(request("POST", &path, &[JSON], &body));
        let note = answer.extensions.get().map(|Note(text)| text.clone());
        (answer.status, note)
    };
    assert_eq!(note("1", "[]"), (201, None));
    let text = "`contactId`: digits in a string, which systeme.io may refuse".to_owned();
    assert_eq!(note(r#""1""#, "[]"), (201, Some(text)));
    let text = "`contactId`, `modules`: digits in a string, which systeme.io may refuse".to_owned();
    assert_eq!(note(r#""1""#, r#"["6","6"]"#).1, Some(text));
    assert_eq!(note(r#""x""#, "[]"), (400, None));
}

#[test]
fn a_limit_is_told_and_enforced() {
    let server = Server::new();
    let answer = server.send(request("GET", "/tags", &[], ""));
    let numbers = ["limit", "remaining", "refill"].map(|name| format!("x-ratelimit-{name}"));
    let of = |answer: &server::Answer| {
        numbers
            .each_ref()
            .map(|name| answer.header(name).unwrap().to_owned())
    };
    assert_eq!(of(&answer), ["100", "100", "60"]);
    let value = "100 requests in 60 seconds, not enforced";
    assert!(fidelity().iter().any(|one| one.value == value));

    let server = Server::with(|api| api.rate_limit(2, 10));
    let call = || server.send(request("GET", "/tags", &[], ""));
    assert_eq!(of(&call()), ["2", "1", "10"]);
    server.pass(4);
    assert_eq!(of(&call()), ["2", "0", "6"]);
    let refused = call();
    assert_eq!(refused.status, 429);
    assert_eq!(refused.header("retry-after"), Some("6"));
    assert_eq!(of(&refused), ["2", "0", "6"]);
    server.pass(6);
    assert_eq!(call().status, 200);
}
