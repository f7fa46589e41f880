//! What holds for every operation.

use std::collections::BTreeSet;

use super::document::DOCUMENT;
use super::generate::BODY;
use super::server::{Answer, Server, request};
use crate::state::{AccessType, Change};

/// A server with a tag on its contact, which is in the course and in the community.
fn server() -> Server {
    let server = Server::new();
    let (contact, tag, course) = (server.contact, server.tag, server.course);
    let community = server.community;
    server.apply(Change::AddTag { contact, tag });
    server.apply(Change::Join { contact, community });
    server.apply(Change::Enroll {
        contact,
        course,
        access_type: AccessType::FullAccess,
        modules: vec![],
    });
    server
}

/// The path with the ids of the server's objects.
fn filled(path: &str, server: &Server) -> String {
    let state = server.account.lock().unwrap();
    let number = |id: u64| id.to_string();
    let ids = [
        ("/contacts/{id}", number(server.contact)),
        ("/{tagId}", number(server.tag)),
        ("/tags/{id}", number(server.tag)),
        ("/{slug}", "first_name".to_owned()),
        ("/{courseId}", number(server.course)),
        (
            "/enrollments/{id}",
            number(*state.enrolments.keys().next().unwrap()),
        ),
        ("/{communityId}", number(server.community)),
        (
            "/memberships/{id}",
            number(*state.memberships.keys().next().unwrap()),
        ),
        ("/subscriptions/{id}", number(server.subscription)),
        (
            "/webhooks/{id}",
            state.webhooks.keys().next().unwrap().clone(),
        ),
    ];
    ids.iter().fold(path.to_owned(), |path, (pattern, id)| {
        let start = pattern.rfind('{').unwrap();
        path.replace(pattern, &format!("{}{id}", &pattern[..start]))
    })
}

#[test]
fn every_operation_succeeds_as_described() {
    for (method, path, operation) in DOCUMENT.operations() {
        let server = server();
        let path = filled(path.strip_prefix("/api").unwrap(), &server);
        let query = format!("contact={}&courseId={}", server.contact, server.course);
        let answer = server.call(&method, &format!("{path}?{query}"), BODY);
        let case = format!("{method} {path}: {} {}", answer.status, answer.text);
        assert!(
            operation["responses"][answer.status.to_string()]["content"].is_object()
                || answer.status == 204,
            "{case}"
        );
        let checked = DOCUMENT.check(&method, &format!("/api{path}"), &answer);
        checked.unwrap_or_else(|error| panic!("{case}\n{error}"));
        // An empty list would fit any schema of its items.
        assert!(!answer.text.contains(r#"{"items":[]"#), "{case}");
    }
}

#[test]
fn objects_that_do_not_exist() {
    let server = Server::new();
    for (method, path, _) in DOCUMENT
        .operations()
        .filter(|(_, path, _)| path.contains('{'))
    {
        for id in [
            "0",
            "9999",
            "x",
            "-1",
            "+1",
            "1.0",
            "..",
            "%2e%2e%2f",
            "%FF",
            "%00",
        ] {
            let segments = path.split('/').skip(2);
            let segments = segments.map(|one| if one.starts_with('{') { id } else { one });
            let path = format!("/{}", segments.collect::<Vec<_>>().join("/"));
            server.expect(&method, &path, BODY, 404, r#""detail":"Not Found"}"#);
        }
    }
}

#[test]
fn bodies_of_another_form() {
    let server = server();
    for (method, path, operation) in DOCUMENT.operations() {
        let Some(content) = operation["requestBody"]["content"].as_object() else {
            continue;
        };
        let path = filled(path.strip_prefix("/api").unwrap(), &server);
        let media_type = content.keys().next().unwrap();
        let long = format!(r#"{{"name":"{}"}}"#, "n".repeat(1 << 20));
        for (media_type, body, status) in [
            ("application/x-www-form-urlencoded", BODY, 415),
            ("application/ld+json", BODY, 415),
            ("", BODY, 415),
            (media_type, "", 400),
            (media_type, "{", 400),
            (media_type, "[]", 400),
            (media_type, &long, 413),
        ] {
            let headers = [("content-type", media_type)];
            let answer = server.send(request(&method, &path, &headers, body));
            assert_eq!(answer.status, status, "{method} {path} {media_type}");
            let checked = DOCUMENT.check(&method, &format!("/api{path}"), &answer);
            checked.unwrap_or_else(|error| panic!("{method} {path}: {error}"));
        }
    }
}

#[test]
fn every_route_is_described_once() {
    let ids: BTreeSet<_> = DOCUMENT
        .operations()
        .map(|(.., operation)| operation["operationId"].as_str().unwrap())
        .collect();
    assert_eq!(ids.len(), crate::api::routes::ROUTES.len());
}

#[test]
fn every_schema_is_used() {
    let text = DOCUMENT.json.to_string();
    for (pointer, _) in &DOCUMENT.indices {
        assert!(
            text.contains(&format!(r#"{{"$ref":"{pointer}"}}"#)),
            "{pointer}"
        );
    }
}

#[test]
fn answers_of_another_form_would_be_noticed() {
    let answer = Server::new().call("GET", "/tags", "");
    assert_eq!(DOCUMENT.check("GET", "/api/tags", &answer), Ok(()));
    let is_noticed = |change: fn(&mut Answer)| {
        let mut answer = Server::new().call("GET", "/tags", "");
        change(&mut answer);
        assert!(DOCUMENT.check("GET", "/api/tags", &answer).is_err());
    };
    is_noticed(|answer| answer.status = 201);
    is_noticed(|answer| answer.text.clear());
    is_noticed(|answer| answer.text = answer.text.replace(r#""name""#, r#""title""#));
    is_noticed(|answer| answer.text = answer.text.replace(r#""id":2,"#, ""));
    is_noticed(|answer| answer.text = answer.text.replace(r#"{"id""#, r#"{"color":1,"id""#));
    is_noticed(|answer| answer.text = answer.text.replace("+00:00", ".5+00:00"));
    is_noticed(|answer| drop(answer.headers.remove("x-ratelimit-refill")));
    is_noticed(|answer| drop(answer.headers.remove("content-type")));
}
