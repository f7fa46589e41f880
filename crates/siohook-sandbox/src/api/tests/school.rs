use crate::api::tests::server::Server;

const BLANK: &str = "This value should not be blank.";
const CHOICE: &str = "The value you selected is not a valid choice.";

#[test]
fn courses() {
    let server = Server::new();
    let (course, module) = (server.course, server.module);
    let all = format!(
        r#"{{"items":[{{"id":{course},"locale":"en","domainName":null,"path":"course","active":true,"name":"Course","modules":[{{"id":{module},"name":"One"}}],"description":null}}],"hasMore":false}}"#
    );
    for query in ["", "?active=true", "?query=OUR&active=1"] {
        server.expect("GET", &format!("/school/courses{query}"), "", 200, &all);
    }
    for query in ["active=false", "query=nothing"] {
        server.expect(
            "GET",
            &format!("/school/courses?{query}"),
            "",
            200,
            r#"{"items":[]"#,
        );
    }
    server.refuse(
        "GET",
        "/school/courses?active=x",
        "",
        &["active: This value is not valid."],
    );

    let modules =
        format!(r#"{{"items":[{{"id":{module},"name":"One","position":1}}],"hasMore":false}}"#);
    let path = format!("/school/course-modules?courseId={course}");
    server.expect("GET", &path, "", 200, &modules);
    server.expect(
        "GET",
        "/school/course-modules?courseId=9999",
        "",
        200,
        r#"{"items":[]"#,
    );
    server.refuse(
        "GET",
        "/school/course-modules",
        "",
        &[&format!("courseId: {BLANK}")],
    );
    let invalid = "courseId: This value is not valid.";
    server.refuse("GET", "/school/course-modules?courseId=x", "", &[invalid]);
}

#[test]
fn enrolments() {
    let server = Server::new();
    let (contact, course, module) = (server.contact, server.course, server.module);
    let path = format!("/school/courses/{course}/enrollments");
    let body = |access: &str, modules: &str| {
        format!(r#"{{"contactId":{contact},"accessType":"{access}","modules":{modules}}}"#)
    };
    let created = server.call("POST", &path, &body("full_access", "null"));
    assert_eq!(created.status, 201);
    let enrolment = created.json();
    let id = enrolment["id"].as_u64().unwrap();
    let text = format!(
        r#"{{"id":{id},"contact":{{"id":{contact},"email":"jane@example.com","registeredAt":"2026-01-31T12:00:00+00:00","locale":"en","sourceURL":null,"unsubscribed":false,"bounced":false,"needsConfirmation":false}},"course":{{"id":{course},"locale":"en","path":"course","active":true,"name":"Course"}},"accessType":"full_access","active":true}}"#
    );
    assert_eq!(created.text, text);
    for access in ["partial_access", "partial_dripping_access"] {
        let modules = format!("[{module}]");
        server.expect("POST", &path, &body(access, &modules), 201, access);
        server.refuse(
            "POST",
            &path,
            &body(access, "[]"),
            &[&format!("modules: {BLANK}")],
        );
    }
    server.expect(
        "POST",
        &path,
        &body("dripping_content", "[]"),
        201,
        &format!(r#"{{"id":{id},"#),
    );
    let wrong = r#"{"contactId":9999,"accessType":"all","modules":[7]}"#;
    let details = [
        "contactId: Contact with ID 9999 not found.",
        &format!("accessType: {CHOICE}"),
        &format!("modules[0]: {CHOICE}"),
    ];
    server.refuse("POST", &path, wrong, &details);
    let missing = [
        &*format!("contactId: {BLANK}"),
        &format!("accessType: {BLANK}"),
    ];
    server.refuse("POST", &path, "{}", &missing);
    server.expect("POST", "/school/courses/9999/enrollments", "{}", 404, "");

    for query in [
        String::new(),
        format!("course={course}"),
        format!("contact={contact}"),
    ] {
        let list = format!("/school/enrollments?{query}");
        server.expect(
            "GET",
            &list,
            "",
            200,
            &format!(r#"{{"items":[{{"id":{id},"#),
        );
    }
    for query in ["course=9999", "contact=9999"] {
        server.expect(
            "GET",
            &format!("/school/enrollments?{query}"),
            "",
            200,
            r#"{"items":[]"#,
        );
    }
    let details = [
        "course: This value is not valid.",
        "contact: This value is not valid.",
    ];
    server.refuse(
        "GET",
        "/school/enrollments?course=x&contact=y",
        "",
        &details,
    );
    let one = format!("/school/enrollments/{id}");
    server.expect("DELETE", &one, "", 204, "");
    server.expect("DELETE", &one, "", 404, "");
    // Clients try these.
    server.expect("POST", "/school/enrollments", "{}", 405, "");
    server.expect("GET", &path, "", 405, "");
    server.expect("DELETE", &format!("{path}/{id}"), "", 404, "");
}

#[test]
fn communities() {
    let server = Server::new();
    let (contact, community) = (server.contact, server.community);
    let text = format!(
        r#"{{"id":{community},"name":"One","domainName":"community.example.com","path":"one"}}"#
    );
    let list = format!(r#"{{"items":[{text}],"hasMore":false}}"#);
    server.expect("GET", "/community/communities?query=on", "", 200, &list);
    server.expect(
        "GET",
        "/community/communities?query=two",
        "",
        200,
        r#"{"items":[]"#,
    );

    let path = format!("/community/communities/{community}/memberships");
    let body = format!(r#"{{"contactId":"{contact}"}}"#);
    server.expect("POST", &path, &body, 202, "{}");
    server.expect("POST", &path, &body, 202, "{}");
    server.refuse("POST", &path, "{}", &[&format!("contactId: {BLANK}")]);
    let unknown = "contactId: Contact with ID 9999 not found.";
    server.refuse("POST", &path, r#"{"contactId":9999}"#, &[unknown]);
    server.expect(
        "POST",
        "/community/communities/9999/memberships",
        &body,
        404,
        "",
    );

    let query = format!("/community/memberships?community={community}&contact={contact}");
    let answer = server.call("GET", &query, "");
    let id = answer.json()["items"][0]["id"].as_u64().unwrap();
    let item = format!(r#"{{"id":{id},"community":{text},"contact":{{"id":{contact}}}}}"#);
    assert_eq!(
        answer.text,
        format!(r#"{{"items":[{item}],"hasMore":false}}"#)
    );
    for query in ["community=9999", "contact=9999"] {
        server.expect(
            "GET",
            &format!("/community/memberships?{query}"),
            "",
            200,
            r#"{"items":[]"#,
        );
    }
    let details = [
        "community: This value is not valid.",
        "contact: This value is not valid.",
    ];
    server.refuse(
        "GET",
        "/community/memberships?community=x&contact=y",
        "",
        &details,
    );
    let one = format!("/community/memberships/{id}");
    server.expect("DELETE", &one, "", 204, "");
    server.expect("DELETE", &one, "", 404, "");
}
